//! Open alerts by what is asked of them most, so that a look costs what there is to do and not what is open.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_model::AlertId;

use crate::{Alert, Purpose, Urgency};

/// Open alerts by what is asked of them most.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Index {
    /// By each rule or instance that says so now.
    pub(crate) saying: BTreeMap<String, BTreeSet<AlertId>>,
    /// Those that ask for a page and have none.
    pub(crate) waiting: BTreeSet<AlertId>,
    /// Those that a dependency stands for.
    pub(crate) folded: BTreeSet<AlertId>,
    /// Those that are not meant.
    pub(crate) drills: BTreeSet<AlertId>,
}

impl Index {
    /// Files an alert anew, whatever it was filed under.
    pub(crate) fn file(&mut self, id: AlertId, alert: &Alert) {
        let mut keep = |set: fn(&mut Self) -> &mut BTreeSet<AlertId>, holds: bool| match alert.is_open() && holds {
            true => drop(set(self).insert(id)),
            false => drop(set(self).remove(&id)),
        };
        keep(|index| &mut index.waiting, alert.urgency == Urgency::Page && alert.page.is_none());
        keep(|index| &mut index.folded, alert.folded_into.is_some());
        keep(|index| &mut index.drills, alert.purpose == Purpose::Drill);
    }

    pub(crate) fn says(&mut self, rule: &str, id: AlertId) {
        self.saying.entry(rule.to_owned()).or_default().insert(id);
    }

    pub(crate) fn says_no_more(&mut self, rule: &str, id: AlertId) {
        if let Some(of) = self.saying.get_mut(rule) {
            of.remove(&id);
            if of.is_empty() {
                self.saying.remove(rule);
            }
        }
    }
}
