//! Tickets: what wakes nobody and waits to be looked at, one for each symptom of a service while it is open.
//!
//! Which alerts still need one, and which tickets have nothing left that goes on, is kept as it changes: a tick then costs
//! what there is to do, not what is open.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::alert::Urgency;
use seaworthy_contract::events::ticket::{TicketMatterV1, TicketOpenedV1, TicketPlaceV1};
use seaworthy_model::{AlertId, IncidentId, Position, ServiceId, TicketId};

use super::State;
use crate::Fact;

/// Tickets that are remembered; the oldest that are closed make room. Older ones are in the ledger.
const TICKETS_MAX: usize = 5_000;

/// Every ticket that is remembered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tickets {
    records: BTreeMap<TicketId, TicketRecord>,
    open: BTreeSet<TicketId>,
    /// Alerts that ask for a ticket and have none.
    waiting: BTreeSet<AlertId>,
    /// Tickets of alerts and incidents that go on.
    alerts: BTreeMap<AlertId, TicketId>,
    incidents: BTreeMap<IncidentId, TicketId>,
    /// Open tickets of which nothing goes on, while that is not said.
    ending: BTreeSet<TicketId>,
}

/// A ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketRecord {
    /// How it was opened.
    pub opened: TicketOpenedV1,
    /// Where that stands.
    pub position: Position,
    /// When.
    pub opened_at: Timestamp,
    /// How often something joined it, the first one included.
    pub times: usize,
    /// Its newest alert.
    pub alert: Option<AlertId>,
    /// Its newest incident.
    pub incident: Option<IncidentId>,
    /// Since when nothing of it goes on.
    pub ended_at: Option<Timestamp>,
    /// When it was closed, by whom and where.
    pub closed: Option<(Timestamp, String, TicketPlaceV1)>,
}

impl Tickets {
    /// Returns every ticket, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&TicketId, &TicketRecord)> {
        self.records.iter()
    }

    /// Returns a ticket.
    pub fn get(&self, id: TicketId) -> Option<&TicketRecord> {
        self.records.get(&id)
    }

    /// Returns those that nobody has closed.
    pub fn open(&self) -> impl ExactSizeIterator<Item = TicketId> {
        self.open.iter().copied()
    }

    /// Returns whether nobody has closed a ticket.
    pub fn is_open(&self, id: TicketId) -> bool {
        self.open.contains(&id)
    }

    /// Returns the open ticket of a symptom.
    pub fn of_symptom(&self, service: &ServiceId, symptom: &str) -> Option<TicketId> {
        let is_it = |record: &TicketRecord| match &record.opened.matter {
            TicketMatterV1::Alert { symptom: of, .. } => record.opened.service == *service && of == symptom,
            TicketMatterV1::Incident { .. } => false,
        };
        self.open().find(|id| self.get(*id).is_some_and(is_it))
    }

    /// Returns the ticket of an alert that goes on.
    pub fn of_alert(&self, alert: AlertId) -> Option<TicketId> {
        self.alerts.get(&alert).copied()
    }

    /// Returns the ticket of an incident that goes on.
    pub fn of_incident(&self, incident: IncidentId) -> Option<TicketId> {
        self.incidents.get(&incident).copied()
    }

    pub(crate) fn waiting(&self) -> impl ExactSizeIterator<Item = AlertId> {
        self.waiting.iter().copied()
    }

    pub(crate) fn ending(&self) -> impl Iterator<Item = TicketId> {
        self.ending.iter().copied()
    }

    fn open_with(&mut self, e: &TicketOpenedV1, fact: &Fact) {
        let record = TicketRecord {
            opened: e.clone(),
            position: fact.position,
            opened_at: fact.at,
            times: 0,
            alert: None,
            incident: None,
            ended_at: None,
            closed: None,
        };
        self.records.insert(e.ticket, record);
        self.open.insert(e.ticket);
        self.join(e.ticket, &e.matter);
        self.forget();
    }

    fn join(&mut self, id: TicketId, matter: &TicketMatterV1) {
        let Some(record) = self.records.get_mut(&id) else { return };
        record.times += 1;
        record.ended_at = None;
        self.ending.remove(&id);
        match matter {
            TicketMatterV1::Alert { alert, .. } => {
                record.alert = Some(*alert);
                self.waiting.remove(alert);
                self.alerts.insert(*alert, id);
            }
            TicketMatterV1::Incident { incident } => {
                record.incident = Some(*incident);
                self.incidents.insert(*incident, id);
            }
        }
    }

    /// Notes that something of a ticket is over.
    fn over(&mut self, id: TicketId) {
        let goes_on = self.alerts.values().chain(self.incidents.values()).any(|of| *of == id);
        let unsaid = self.records.get(&id).is_some_and(|record| record.ended_at.is_none() && record.closed.is_none());
        if !goes_on && unsaid {
            self.ending.insert(id);
        }
    }

    fn close(&mut self, id: TicketId, closed: (Timestamp, String, TicketPlaceV1)) {
        let Some(record) = self.records.get_mut(&id) else { return };
        record.closed = Some(closed);
        self.open.remove(&id);
        self.ending.remove(&id);
    }

    fn reopen(&mut self, id: TicketId) {
        let Some(record) = self.records.get_mut(&id) else { return };
        record.closed = None;
        self.open.insert(id);
        self.over(id);
    }

    fn forget(&mut self) {
        while self.records.len() > TICKETS_MAX {
            let closed = self.records.keys().find(|id| !self.open.contains(id)).or(self.records.keys().next()).copied();
            let Some(id) = closed else { return };
            self.records.remove(&id);
            self.open.remove(&id);
            self.ending.remove(&id);
            self.alerts.retain(|_, of| *of != id);
            self.incidents.retain(|_, of| *of != id);
        }
    }
}

impl State {
    /// Folds a fact into the tickets that it is about.
    pub(super) fn apply_ticket(&mut self, fact: &Fact) {
        let tickets = &mut self.tickets;
        match &fact.event {
            Event::AlertFired(e) if e.urgency == Urgency::Ticket && !e.drill => drop(tickets.waiting.insert(e.alert)),
            // What pages is told by its page.
            Event::AlertJoined(e) if e.urgency == Urgency::Page => drop(tickets.waiting.remove(&e.alert)),
            Event::AlertResolved(e) => {
                tickets.waiting.remove(&e.alert);
                if let Some(id) = tickets.alerts.remove(&e.alert) {
                    tickets.over(id);
                }
            }
            Event::IncidentClosed(e) => {
                if let Some(id) = tickets.incidents.remove(&e.incident) {
                    tickets.over(id);
                }
            }
            Event::TicketOpened(e) => tickets.open_with(e, fact),
            Event::TicketJoined(e) => tickets.join(e.ticket, &e.matter),
            Event::TicketEnded(e) => {
                if let Some(record) = tickets.records.get_mut(&e.ticket) {
                    record.ended_at = Some(fact.at);
                }
                tickets.ending.remove(&e.ticket);
            }
            Event::TicketClosed(e) => tickets.close(e.ticket, (fact.at, fact.actor.clone(), e.place.clone())),
            Event::TicketReopened(e) => tickets.reopen(e.ticket),
            _ => {}
        }
    }
}
