//! Incidents: the ledger's events become the domain's, and each incident writes its own timeline.
//!
//! Whatever happens to a service, or to what it cannot work without, while an incident of it goes on stands in its
//! timeline. What changed shortly before is kept for every service, so that an incident begins with its suspects. All of it is
//! folded, so it is read while no store answers.

mod mark;
mod noted;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_alert::Purpose;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::incident::{IncidentOpenedV1, IncidentSourceV1};
use seaworthy_incident::{Event as Happened, Incident, Mark, Source};
use seaworthy_model::{AlertId, IncidentId, Position, ServiceId};

use super::State;
use crate::Fact;
use crate::view::sentence;

pub(crate) use mark::{moment, role};
pub(crate) use noted::stands;
pub use noted::{Noted, NotedChange};

/// Incidents that are remembered: three a day for a year. Older ones are in the ledger.
const INCIDENTS_MAX: usize = 1_000;

/// Lines of one timeline: an incident of a day that is updated every ten minutes. What comes later is in the ledger.
const TIMELINE_MAX: usize = 300;

/// Every incident that is remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Incidents {
    records: BTreeMap<IncidentId, IncidentRecord>,
    /// The last one of each service, drills apart.
    last: BTreeMap<ServiceId, IncidentId>,
    open: BTreeSet<IncidentId>,
    noted: Noted,
}

/// An incident with its places in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentRecord {
    /// What is known of it.
    pub incident: Incident,
    /// Place of its first event.
    pub position: Position,
    /// Who or what opened it.
    pub by: String,
    /// Alerts of its pages, the first one first.
    pub alerts: Vec<AlertId>,
    /// What it could not work without when it was opened.
    pub needs: BTreeSet<ServiceId>,
    /// What changed before and while it went on, oldest first.
    pub changes: Vec<NotedChange>,
    /// What happened, oldest first.
    pub timeline: Vec<Line>,
    /// Lines that the timeline has no room for.
    pub left_out: usize,
}

/// A line of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// Where that stands.
    pub position: Position,
    /// Who or what did it.
    pub actor: String,
    /// Of which service, where it is another.
    pub service: Option<ServiceId>,
    /// What happened.
    pub words: String,
}

impl Incidents {
    /// Returns every incident, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&IncidentId, &IncidentRecord)> {
        self.records.iter()
    }

    /// Returns an incident.
    pub fn get(&self, id: IncidentId) -> Option<&IncidentRecord> {
        self.records.get(&id)
    }

    /// Returns those that go on.
    pub fn open(&self) -> impl Iterator<Item = (IncidentId, &IncidentRecord)> {
        self.open.iter().filter_map(|id| Some((*id, self.records.get(id)?)))
    }

    /// Returns the last one of a service, drills apart.
    pub fn last_of(&self, service: &ServiceId) -> Option<(IncidentId, &IncidentRecord)> {
        let id = *self.last.get(service)?;
        Some((id, self.records.get(&id)?))
    }

    /// Returns what changed lately, of every service.
    pub fn noted(&self) -> &Noted {
        &self.noted
    }

    fn change(&mut self, id: IncidentId, change: impl FnOnce(&mut IncidentRecord)) {
        if let Some(record) = self.records.get_mut(&id) {
            change(record);
            if record.incident.is_open() {
                self.open.insert(id);
            } else {
                self.open.remove(&id);
            }
        }
    }

    /// Makes room: the oldest that is over goes first.
    fn forget(&mut self) {
        while self.records.len() > INCIDENTS_MAX {
            let over = self.records.keys().find(|id| !self.open.contains(id)).or(self.records.keys().next()).copied();
            let Some(record) = over.and_then(|id| self.records.remove(&id)) else { return };
            self.open.retain(|id| Some(*id) != over);
            self.last.retain(|service, id| *service != record.incident.service || Some(*id) != over);
        }
    }
}

impl State {
    /// Notes what a fact changes for users, as the state was before it.
    pub(super) fn note_change(&mut self, fact: &Fact) {
        let Some(change) = noted::change(self, fact) else { return };
        for id in self.touched(change.service.as_ref()) {
            self.incidents.change(id, |record| record.changed(change.clone()));
        }
        self.incidents.noted.push(change, fact.at);
    }

    /// Folds a fact into the incidents that it is about, as the state is after it.
    pub(super) fn apply_incident(&mut self, fact: &Fact) {
        if let Event::IncidentOpened(e) = &fact.event {
            return self.open_incident(e, fact);
        }
        let (ids, of) = match mark::incident_of(&fact.event) {
            Some(id) => (vec![id], None),
            None if self.incidents.open.is_empty() => return,
            None => {
                let Some(of) = mark::service_of(self, &fact.event) else { return };
                (self.touched(Some(&of)), Some(of))
            }
        };
        for id in ids {
            let Some(record) = self.incidents.get(id) else { continue };
            let own = of.as_ref().is_none_or(|of| *of == record.incident.service);
            let happened = if own { mark::happened(self, record, fact) } else { Vec::new() };
            let alert = mark::alert_of(&fact.event);
            let line = Line { service: of.clone().filter(|_| !own), ..line(fact) };
            self.incidents.change(id, |record| {
                record.alerts.extend(alert.filter(|alert| !record.alerts.contains(alert)));
                happened.into_iter().for_each(|event| record.incident.apply(event));
                record.tell(line);
            });
        }
    }

    /// Returns the open incidents that a service's events belong to; all of them for what is nobody's.
    fn touched(&self, service: Option<&ServiceId>) -> Vec<IncidentId> {
        let is_of = |record: &IncidentRecord| {
            service.is_none_or(|of| record.incident.service == *of || record.needs.contains(of))
        };
        self.incidents.open().filter(|(_, record)| is_of(record)).map(|(id, _)| id).collect()
    }

    fn open_incident(&mut self, e: &IncidentOpenedV1, fact: &Fact) {
        let alert = e.alert.and_then(|id| Some((id, self.alerts.alerts.get(&id)?)));
        let (began, detected) = mark::opening(e, alert.map(|(_, alert)| alert), fact);
        let source = match e.source {
            IncidentSourceV1::Page => Source::Page,
            IncidentSourceV1::Hand => Source::Hand,
            IncidentSourceV1::Drill => Source::Drill,
        };
        let mut incident =
            Incident::new(source, e.service.clone(), e.sentence.clone(), began.clone(), detected.clone());
        incident.opened_at = fact.at;
        let paged = e.page.zip(alert.map(|(id, _)| id));
        if let (Some((page, alert)), Some(began)) = (paged, began) {
            incident.apply(Happened::Paged { page, alert, began, detected });
        }
        let needs = crate::step::hard(self, &e.service);
        let is_of = |of: &Option<ServiceId>| of.as_ref().is_none_or(|of| *of == e.service || needs.contains(of));
        let changes = self.incidents.noted.iter().filter(|change| is_of(&change.service)).cloned().collect();
        let mut record = IncidentRecord {
            incident,
            position: fact.position,
            by: fact.actor.clone(),
            alerts: e.alert.into_iter().collect(),
            needs,
            changes,
            timeline: Vec::new(),
            left_out: 0,
        };
        mark::before(self, &record).into_iter().for_each(|line| record.tell(line));
        record.tell(line(fact));
        self.incidents.records.insert(e.incident, record);
        self.incidents.open.insert(e.incident);
        if source != Source::Drill {
            self.incidents.last.insert(e.service.clone(), e.incident);
        }
        self.incidents.forget();
    }
}

impl IncidentRecord {
    fn tell(&mut self, line: Line) {
        match self.timeline.len() < TIMELINE_MAX {
            true => self.timeline.push(line),
            false => self.left_out += 1,
        }
    }

    fn changed(&mut self, change: NotedChange) {
        if self.changes.len() < TIMELINE_MAX {
            self.changes.push(change);
        }
    }
}

fn line(fact: &Fact) -> Line {
    let words = sentence(&fact.event);
    Line { at: fact.at, position: fact.position, actor: fact.actor.clone(), service: None, words }
}

/// Says whether an alert is meant; a drill of its rule is no incident.
pub(crate) fn is_meant(state: &State, alert: AlertId) -> bool {
    state.alerts.alerts.get(&alert).is_some_and(|alert| alert.purpose == Purpose::Real)
}

/// Returns the incident that an event is of.
pub(super) fn incident_named(event: &Event) -> Option<IncidentId> {
    match event {
        Event::IncidentOpened(e) => Some(e.incident),
        event => mark::incident_of(event),
    }
}

fn marked(fact: &Fact, source: impl Into<String>) -> Mark {
    Mark { at: fact.at, source: source.into(), position: fact.position }
}
