//! What is open, what is silenced, and what every rule has been worth so far.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_model::{AlertId, PageId, ServiceId};

use crate::index::Index;
use crate::{Change, Nature, Purpose, Rule, Signal, Urgency, Verdict, rule_of};

/// An alert: one symptom of one service, from its first rule to its last.
#[derive(Debug, Clone, PartialEq)]
pub struct Alert {
    /// The service.
    pub service: ServiceId,
    /// The symptom.
    pub symptom: String,
    /// Whether customers feel it: as soon as one rule says so.
    pub nature: Nature,
    /// The highest that any of its rules asked for.
    pub urgency: Urgency,
    /// Whether it is meant.
    pub purpose: Purpose,
    /// Since when the symptom is there.
    pub began_at: Timestamp,
    /// When it fired.
    pub fired_at: Timestamp,
    /// What its first rule said.
    pub sentence: String,
    /// Rules, or instances of rules, that say so now.
    pub rules: BTreeSet<String>,
    /// The alert of the failing dependency that stands for it.
    pub folded_into: Option<AlertId>,
    /// When the dependency that stood for it was well again.
    pub unfolded_at: Option<Timestamp>,
    /// The page about it, and when it was asked for.
    pub page: Option<(PageId, Timestamp)>,
    /// When it ended.
    pub resolved_at: Option<Timestamp>,
}

impl Alert {
    /// Says whether it goes on.
    pub fn is_open(&self) -> bool {
        self.resolved_at.is_none()
    }
}

/// Nobody is told until it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// The service.
    pub service: ServiceId,
    /// One rule; all of the service where there is none.
    pub rule: Option<String>,
    /// Its end.
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A symptom is there that was not.
    Fired {
        /// Its id.
        alert: AlertId,
        /// What the rule said, with the urgency that counts.
        signal: Signal,
        /// The alert of the failing dependency that stands for it.
        folded_into: Option<AlertId>,
    },
    /// Another rule says the same.
    Joined {
        /// The alert.
        alert: AlertId,
        /// The rule.
        rule: String,
        /// What the alert asks for from now on.
        urgency: Urgency,
        /// What it is from now on.
        nature: Nature,
    },
    /// A rule no longer says so.
    Left {
        /// The alert.
        alert: AlertId,
        /// The rule.
        rule: String,
    },
    /// A failing dependency stands for it from now on.
    Folded {
        /// The alert.
        alert: AlertId,
        /// The dependency's.
        into: AlertId,
    },
    /// It stands for itself again.
    Unfolded {
        /// The alert.
        alert: AlertId,
    },
    /// No rule says so any more.
    Resolved {
        /// The alert.
        alert: AlertId,
    },
    /// Its owner is being told.
    Paged {
        /// The alert.
        alert: AlertId,
        /// The page.
        page: PageId,
    },
    /// A person has the page: its rules are known to reach somebody.
    Reached {
        /// The page.
        page: PageId,
    },
    /// Somebody said what the page was worth.
    Judged {
        /// The page.
        page: PageId,
        /// What they said.
        verdict: Verdict,
    },
    /// A silence began.
    Silenced(Silence),
    /// A silence was taken back: service and rule.
    Unsilenced(ServiceId, Option<String>),
    /// What a rule may ask for was changed.
    RuleChanged {
        /// The rule.
        rule: String,
        /// How.
        change: Change,
    },
}

/// Every alert and rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Alerts {
    /// Alerts, also those that ended, while they are kept.
    pub alerts: BTreeMap<AlertId, Alert>,
    /// What is open, by service, symptom and purpose.
    open: BTreeMap<(ServiceId, String, Purpose), AlertId>,
    /// Open alerts by what their next turn waits for, so that a look costs what there is to do, not what is open.
    index: Index,
    /// Which alert a page is about.
    pages: BTreeMap<PageId, AlertId>,
    /// Silences, also those that ended, while they are kept.
    pub silences: Vec<Silence>,
    /// What every rule has done.
    pub rules: BTreeMap<String, Rule>,
}

/// Alerts that ended and are kept; the oldest make room. A quarter of a noisy company.
const KEPT_MAX: usize = 20_000;

impl Alerts {
    /// Returns the open alert of a symptom.
    pub fn open(&self, service: &ServiceId, symptom: &str, purpose: Purpose) -> Option<AlertId> {
        self.open.get(&(service.clone(), symptom.to_owned(), purpose)).copied()
    }

    /// Returns every open alert.
    pub fn all_open(&self) -> impl Iterator<Item = (AlertId, &Alert)> {
        self.open.values().filter_map(|id| Some((*id, self.alerts.get(id)?)))
    }

    /// Returns open alerts of which this rule, or this instance of one, says so now.
    pub fn said_by(&self, rule: &str) -> impl Iterator<Item = AlertId> {
        self.index.saying.get(rule).into_iter().flatten().copied()
    }

    /// Returns the rules that say so now of some open alert, and begin so.
    pub fn saying<'a>(&'a self, beginning: &'a str) -> impl Iterator<Item = &'a str> {
        let from =
            self.index.saying.range::<str, _>((std::ops::Bound::Included(beginning), std::ops::Bound::Unbounded));
        from.map(|(rule, _)| rule.as_str()).take_while(move |rule| rule.starts_with(beginning))
    }

    /// Returns open alerts that ask for a page and have none.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = (AlertId, &Alert)> {
        self.found(&self.index.waiting)
    }

    /// Returns open alerts that a dependency stands for.
    pub(crate) fn all_folded(&self) -> impl Iterator<Item = (AlertId, &Alert)> {
        self.found(&self.index.folded)
    }

    /// Returns drills that go on.
    pub fn drills(&self) -> impl Iterator<Item = (AlertId, &Alert)> {
        self.found(&self.index.drills)
    }

    fn found<'a>(&'a self, ids: &'a BTreeSet<AlertId>) -> impl Iterator<Item = (AlertId, &'a Alert)> {
        ids.iter().filter_map(|id| Some((*id, self.alerts.get(id)?)))
    }

    /// Returns how many are open.
    pub fn open_count(&self) -> usize {
        self.open.len()
    }

    /// Returns every service that has an open alert.
    pub(crate) fn services_open(&self) -> impl Iterator<Item = &ServiceId> {
        let mut last = None;
        self.open.keys().map(|(service, _, _)| service).filter(move |service| last.replace(*service) != Some(*service))
    }

    /// Returns open alerts of a service.
    pub fn open_of<'a>(&'a self, service: &'a ServiceId) -> impl Iterator<Item = (AlertId, &'a Alert)> {
        let from = (service.clone(), String::new(), Purpose::Real);
        let mine = self.open.range(from..).take_while(move |((of, _, _), _)| of == service);
        mine.filter_map(|(_, id)| Some((*id, self.alerts.get(id)?)))
    }

    /// Returns what a page is about.
    pub fn of_page(&self, page: PageId) -> Option<(AlertId, &Alert)> {
        let id = *self.pages.get(&page)?;
        Some((id, self.alerts.get(&id)?))
    }

    /// Returns the open alerts that a dependency's alert stands for: its dependants' names are in them.
    pub fn folded(&self, into: AlertId) -> impl Iterator<Item = (AlertId, &Alert)> {
        self.all_folded().filter(move |(_, alert)| alert.folded_into == Some(into))
    }

    /// Returns the silence that holds for a rule of a service.
    pub fn silence(&self, service: &ServiceId, rule: &str, now: Timestamp) -> Option<&Silence> {
        self.silences
            .iter()
            .rev()
            .find(|s| s.service == *service && s.until > now && s.rule.as_deref().is_none_or(|r| r == rule_of(rule)))
    }

    /// Folds an event in. Total: what does not fit changes nothing.
    pub fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::Fired { alert, signal, folded_into } => self.fired(*alert, signal, *folded_into, at),
            Event::Joined { alert, rule, urgency, nature } => self.joined(*alert, rule, *urgency, *nature, at),
            Event::Left { alert, rule } => {
                self.index.says_no_more(rule, *alert);
                self.change(*alert, |a| a.rules.retain(|r| r != rule));
            }
            Event::Folded { alert, into } => self.change(*alert, |a| a.folded_into = Some(*into)),
            Event::Unfolded { alert } => self.change(*alert, |a| {
                a.folded_into = None;
                a.unfolded_at = Some(at);
            }),
            Event::Resolved { alert } => self.resolved(*alert, at),
            Event::Paged { alert, page } => self.paged(*alert, *page, at),
            Event::Reached { page } => self.rules_of(*page, |rule| rule.reached(at)),
            Event::Judged { page, verdict } => {
                let alert = self.pages.get(page).copied();
                self.rules_of(*page, |rule| rule.judged(alert, *verdict));
            }
            Event::Silenced(silence) => {
                // The last word counts, also where it is the shorter one.
                let is_same = |s: &Silence| s.service == silence.service && s.rule == silence.rule;
                self.silences.retain(|s| s.until > at && !is_same(s));
                self.silences.push(silence.clone());
            }
            Event::Unsilenced(service, rule) => {
                self.silences.retain(|s| (&s.service, &s.rule) != (service, rule));
            }
            Event::RuleChanged { rule, change } => {
                if let Some(rule) = self.rule(rule) {
                    rule.change = Some((*change, at));
                }
            }
        }
    }

    fn fired(&mut self, id: AlertId, signal: &Signal, folded_into: Option<AlertId>, at: Timestamp) {
        self.make_room();
        let alert = Alert {
            service: signal.service.clone(),
            symptom: signal.symptom.clone(),
            nature: signal.nature,
            urgency: signal.urgency,
            purpose: signal.purpose,
            began_at: signal.began_at,
            fired_at: at,
            sentence: signal.sentence.clone(),
            rules: BTreeSet::from([signal.rule.clone()]),
            folded_into,
            unfolded_at: None,
            page: None,
            resolved_at: None,
        };
        self.open.insert((alert.service.clone(), alert.symptom.clone(), alert.purpose), id);
        self.index.says(&signal.rule, id);
        self.index.file(id, &alert);
        self.alerts.insert(id, alert);
        if let Some(rule) = self.rule(&signal.rule) {
            rule.fired(id, at, signal.purpose);
        }
    }

    fn joined(&mut self, id: AlertId, name: &str, urgency: Urgency, nature: Nature, at: Timestamp) {
        let Some(alert) = self.alerts.get_mut(&id).filter(|a| a.is_open()) else { return };
        let is_new = !alert.rules.iter().any(|other| rule_of(other) == rule_of(name));
        let purpose = alert.purpose;
        alert.rules.insert(name.to_owned());
        alert.urgency = alert.urgency.max(urgency);
        alert.nature = alert.nature.min(nature);
        let paged = alert.page.is_some();
        self.index.says(name, id);
        self.index.file(id, alert);
        if let Some(rule) = self.rule(name).filter(|_| is_new) {
            rule.fired(id, at, purpose);
            if paged {
                rule.paged(id);
            }
        }
    }

    fn resolved(&mut self, id: AlertId, at: Timestamp) {
        let Some(alert) = self.alerts.get_mut(&id) else { return };
        alert.resolved_at.get_or_insert(at);
        for rule in std::mem::take(&mut alert.rules) {
            self.index.says_no_more(&rule, id);
        }
        self.index.file(id, alert);
        let key = (alert.service.clone(), alert.symptom.clone(), alert.purpose);
        if self.open.get(&key) == Some(&id) {
            self.open.remove(&key);
        }
    }

    fn paged(&mut self, id: AlertId, page: PageId, at: Timestamp) {
        let Some(alert) = self.alerts.get_mut(&id) else { return };
        alert.page = Some((page, at));
        self.index.file(id, alert);
        let rules: BTreeSet<String> = alert.rules.iter().map(|rule| rule_of(rule).to_owned()).collect();
        self.pages.insert(page, id);
        for name in rules {
            if let Some(rule) = self.rule(&name) {
                rule.paged(id);
            }
        }
    }

    fn rules_of(&mut self, page: PageId, mut change: impl FnMut(&mut Rule)) {
        let Some(id) = self.pages.get(&page).copied() else { return };
        self.rules.values_mut().filter(|rule| rule.firings.iter().any(|f| f.alert == id)).for_each(&mut change);
    }

    fn change(&mut self, id: AlertId, change: impl FnOnce(&mut Alert)) {
        if let Some(alert) = self.alerts.get_mut(&id) {
            change(alert);
            self.index.file(id, alert);
        }
    }

    /// Past the limit a rule is not remembered; its alerts are alerts all the same.
    fn rule(&mut self, instance: &str) -> Option<&mut Rule> {
        let name = rule_of(instance);
        if !self.rules.contains_key(name) && self.rules.len() >= crate::RULES_MAX {
            return None;
        }
        Some(self.rules.entry(name.to_owned()).or_default())
    }

    /// Ids begin with their time, so the first that ended is the oldest.
    fn make_room(&mut self) {
        while self.alerts.len() >= KEPT_MAX {
            let Some(id) = self.alerts.iter().find(|(_, a)| !a.is_open()).map(|(id, _)| *id) else { return };
            if let Some((page, _)) = self.alerts.remove(&id).and_then(|a| a.page) {
                self.pages.remove(&page);
            }
        }
    }
}
