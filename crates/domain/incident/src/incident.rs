//! An incident as it is folded: who is there, what is open, and the five clocks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_model::{AlertId, PageId, ServiceId};

use crate::{Clock, Mark, Moment, Unknown};

/// People who are remembered as being there: more than any incident of one service has had.
pub const PEOPLE_MAX: usize = 100;

/// Pages that are remembered as belonging to it: the others are in the ledger.
pub const PAGES_MAX: usize = 200;

/// What opened it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The page of an alert.
    Page,
    /// A person.
    Hand,
    /// A person who practises.
    Drill,
}

/// A role. One person has it; taking it takes it from whoever had it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Decides.
    Lead,
    /// Changes the system.
    Operator,
    /// Tells everybody outside.
    Communicator,
}

/// An incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// The service.
    pub service: ServiceId,
    /// What opened it.
    pub source: Source,
    /// What customers cannot do.
    pub sentence: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Pages that belong to it, oldest first.
    pub pages: Vec<PageId>,
    /// Alerts of these pages that go on.
    pub burning: BTreeSet<AlertId>,
    /// Who works on it, and since when.
    pub people: BTreeMap<String, Timestamp>,
    /// Who has which role.
    pub roles: BTreeMap<Role, String>,
    /// When the last update was posted.
    pub updated_at: Option<Timestamp>,
    /// When the next one is promised.
    pub next_update_at: Option<Timestamp>,
    /// When help was asked for last.
    pub help_asked_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    marks: BTreeMap<Moment, Mark>,
    /// Instants that a person set: what is measured later does not change them.
    set: BTreeSet<Moment>,
}

/// What happened to an incident.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A page of an alert belongs to it: the first one, another, or one that says that it came back.
    Paged {
        /// The page.
        page: PageId,
        /// The alert.
        alert: AlertId,
        /// Since when the symptom is there.
        began: Mark,
        /// When the alert fired.
        detected: Mark,
    },
    /// Somebody works on it.
    Joined(String, Mark),
    /// Somebody took a role.
    RoleTaken(String, Role, Mark),
    /// Somebody said how it stands: when, and when they will again.
    Updated(Timestamp, Option<Timestamp>),
    /// Somebody asked for help.
    HelpAsked(Timestamp),
    /// No rule says so any more of one of its alerts.
    AlertEnded(AlertId, Mark),
    /// Customers are served again.
    Restored(Mark),
    /// The service is seen to be well.
    SeenWell(Mark),
    /// A person knows an instant better.
    Set(Moment, Mark),
    /// It is over.
    Closed(Mark),
}

impl Incident {
    /// Opens one. `detected` says who or what noticed, and `began` since when, where anybody has said so.
    pub fn new(source: Source, service: ServiceId, sentence: String, began: Option<Mark>, detected: Mark) -> Self {
        let opened_at = detected.at;
        let began = began.map(|mark| (Moment::Started, mark));
        Self {
            service,
            source,
            sentence,
            opened_at,
            pages: Vec::new(),
            burning: BTreeSet::new(),
            people: BTreeMap::new(),
            roles: BTreeMap::new(),
            updated_at: None,
            next_update_at: None,
            help_asked_at: None,
            closed_at: None,
            marks: began.into_iter().chain([(Moment::Detected, detected)]).collect(),
            set: BTreeSet::new(),
        }
    }

    /// Says whether it goes on.
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// Returns an instant, or why it is not known.
    pub fn clock(&self, moment: Moment) -> Clock<'_> {
        match self.marks.get(&moment) {
            Some(mark) => Clock::Known(mark),
            None if moment == Moment::Started => Clock::Unknown(Unknown::NobodySaid),
            None if self.closed_at.is_some() => Clock::Unknown(Unknown::NeverSeen),
            None => Clock::Unknown(Unknown::NotYet),
        }
    }

    /// Returns an instant where it is known.
    pub fn known(&self, moment: Moment) -> Option<&Mark> {
        self.marks.get(&moment)
    }

    /// Folds one event in; total.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Paged { page, alert, began, detected } => self.paged(page, alert, began, detected),
            Event::Joined(who, mark) => self.joined(who, mark),
            Event::RoleTaken(who, role, mark) => {
                self.roles.insert(role, who.clone());
                self.joined(who, mark);
            }
            Event::Updated(at, next) => (self.updated_at, self.next_update_at) = (Some(at), next),
            Event::HelpAsked(at) => self.help_asked_at = Some(at),
            Event::AlertEnded(alert, mark) => {
                if self.burning.remove(&alert) && self.burning.is_empty() {
                    self.first(Moment::Restored, mark);
                }
            }
            Event::Restored(mark) => self.first(Moment::Restored, mark),
            Event::SeenWell(mark) => self.seen_well(mark),
            Event::Set(moment, mark) => {
                self.marks.insert(moment, mark);
                self.set.insert(moment);
            }
            Event::Closed(mark) => {
                self.closed_at = Some(mark.at);
                self.next_update_at = None;
            }
        }
    }

    /// Another page takes back that it was restored: customers feel something again.
    fn paged(&mut self, page: PageId, alert: AlertId, began: Mark, detected: Mark) {
        self.closed_at = None;
        if self.pages.len() < PAGES_MAX && !self.pages.contains(&page) {
            self.pages.push(page);
        }
        self.burning.insert(alert);
        for moment in [Moment::Restored, Moment::Healthy] {
            self.marks.remove(&moment);
            self.set.remove(&moment);
        }
        self.earliest(Moment::Started, began);
        self.earliest(Moment::Detected, detected);
    }

    fn joined(&mut self, who: String, mark: Mark) {
        if self.people.len() < PEOPLE_MAX || self.people.contains_key(&who) {
            self.people.entry(who).or_insert(mark.at);
        }
        self.first(Moment::Joined, mark);
    }

    /// Well again is what nothing contradicts: no alert of it goes on.
    fn seen_well(&mut self, mark: Mark) {
        if self.burning.is_empty() {
            // What is well is restored, if nothing has shown that before.
            self.first(Moment::Restored, mark.clone());
            self.first(Moment::Healthy, mark);
        }
    }

    fn first(&mut self, moment: Moment, mark: Mark) {
        self.marks.entry(moment).or_insert(mark);
    }

    fn earliest(&mut self, moment: Moment, mark: Mark) {
        let is_set = self.set.contains(&moment);
        let known = self.marks.entry(moment).or_insert_with(|| mark.clone());
        if !is_set && mark.at < known.at {
            *known = mark;
        }
    }
}
