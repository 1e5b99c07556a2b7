//! What waits for other systems: for each outlet, threads of events that it hears of, in order.
//!
//! Only places in the ledger are kept; what is said is made when it is sent. Queues are bounded: where one is full the oldest
//! message of the fullest outlet is dropped, counted and shown, and what comes after it still leaves in order.

use std::collections::{BTreeMap, VecDeque};

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Entity, Outlet, OutletWay};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::outward::OutwardMadeV1;
use seaworthy_contract::events::ticket::TicketPlaceV1;
use seaworthy_model::{OutletId, Position, ServiceId, TicketId};

use super::State;
use super::incident::incident_named;
use crate::Fact;

/// Messages that wait for one outlet: a week of a busy team's incidents while the other system is down.
pub const WAITING_MAX: usize = 1_000;

/// Threads of which is known what another system made; the oldest are forgotten.
const MADE_MAX: usize = 5_000;

/// A tracker hears at most once in this time that a ticket's matter is over or there again: what flutters tells nothing.
const QUIET_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Every outlet.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outward {
    outlets: BTreeMap<OutletId, Waiting>,
}

/// What one outlet waits for, and what it made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Waiting {
    /// Messages by thread, oldest first; a thread that waits for nothing is not there.
    pub threads: BTreeMap<String, VecDeque<Item>>,
    /// What the other system made for a thread.
    pub made: BTreeMap<String, OutwardMadeV1>,
    /// Messages that left.
    pub delivered: u64,
    /// When the last one did.
    pub delivered_at: Option<Timestamp>,
    /// Messages that were given up or dropped, and the last reason.
    pub lost: u64,
    /// The last reason, and when.
    pub last_lost: Option<(Timestamp, String)>,
    /// When each thread was last told of over and again.
    told: BTreeMap<String, Timestamp>,
}

/// A message that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// The event that it is about.
    pub about: Position,
    /// When that was recorded.
    pub at: Timestamp,
    /// It does not leave before.
    pub due_at: Timestamp,
    /// Whether a later one of its kind replaces it.
    flutters: bool,
}

impl Outward {
    /// Returns what waits for an outlet.
    pub fn get(&self, outlet: &OutletId) -> Option<&Waiting> {
        self.outlets.get(outlet)
    }

    /// Returns every outlet that something was said to or waits for.
    pub fn iter(&self) -> impl Iterator<Item = (&OutletId, &Waiting)> {
        self.outlets.iter()
    }

    /// Returns what a tracker made of a ticket.
    pub fn made(&self, outlet: &OutletId, thread: &str) -> Option<&OutwardMadeV1> {
        self.get(outlet)?.made.get(thread)
    }

    fn push(&mut self, outlet: &OutletId, thread: String, fact: &Fact, flutters: bool) {
        let waiting = self.outlets.entry(outlet.clone()).or_default();
        let items = waiting.threads.entry(thread.clone()).or_default();
        let due_at = match items.iter().find(|item| flutters && item.flutters) {
            // The newer word leaves when the older one would have.
            Some(older) => older.due_at.max(fact.at),
            None => {
                let last = waiting.told.get(&thread).filter(|_| flutters);
                last.and_then(|at| at.checked_add(QUIET_FOR).ok()).map_or(fact.at, |at| at.max(fact.at))
            }
        };
        if flutters {
            waiting.told.insert(thread, due_at);
        }
        items.retain(|item| !(flutters && item.flutters));
        items.push_back(Item { about: fact.position, at: fact.at, due_at, flutters });
        if waiting.threads.values().map(VecDeque::len).sum::<usize>() > WAITING_MAX {
            waiting.drop_oldest(fact.at);
        }
    }
}

impl Waiting {
    /// Returns the message that leaves next in a thread.
    pub fn next(&self, thread: &str) -> Option<&Item> {
        self.threads.get(thread)?.front()
    }

    fn drop_oldest(&mut self, now: Timestamp) {
        let oldest =
            self.threads.iter().filter_map(|(thread, items)| Some((items.front()?.about, thread.clone()))).min();
        if let Some((about, thread)) = oldest {
            self.take(&thread, about);
            self.lost += 1;
            self.last_lost = Some((now, format!("over {WAITING_MAX} messages waited, and the oldest was dropped")));
        }
    }

    /// Takes a message out.
    fn take(&mut self, thread: &str, about: Position) {
        if let Some(items) = self.threads.get_mut(thread) {
            items.retain(|item| item.about != about);
            if items.is_empty() {
                self.threads.remove(thread);
            }
        }
    }

    fn forget(&mut self) {
        while self.made.len() > MADE_MAX {
            self.made.pop_first();
        }
        // A thread that was told long ago is told at once anyway.
        while self.told.len() > MADE_MAX {
            self.told.pop_first();
        }
    }
}

/// Returns the thread of a ticket.
pub(crate) fn thread_of(ticket: TicketId) -> String {
    format!("ticket/{ticket}")
}

impl State {
    /// Folds a fact into what waits for other systems, as the state is after it.
    pub(super) fn apply_outward(&mut self, fact: &Fact) {
        match &fact.event {
            Event::OutwardDelivered(e) => {
                let waiting = self.outward.outlets.entry(e.outlet.clone()).or_default();
                waiting.take(&e.thread, e.about);
                waiting.delivered += 1;
                waiting.delivered_at = Some(fact.at);
                if let Some(made) = &e.made {
                    waiting.made.insert(e.thread.clone(), made.clone());
                    waiting.forget();
                }
            }
            Event::OutwardUndeliverable(e) => {
                let waiting = self.outward.outlets.entry(e.outlet.clone()).or_default();
                waiting.take(&e.thread, e.about);
                waiting.lost += 1;
                waiting.last_lost = Some((fact.at, e.reason.clone()));
            }
            Event::EntityRetired(e) if e.kind == "outlet" => self.outward.outlets.retain(|id, _| id.as_str() != e.name),
            Event::TicketOpened(_)
            | Event::TicketJoined(_)
            | Event::TicketEnded(_)
            | Event::TicketClosed(_)
            | Event::TicketReopened(_) => self.tell_tracker(fact),
            _ => self.tell_others(fact),
        }
    }

    /// What was done in the tracker itself is not told to it.
    fn tell_tracker(&mut self, fact: &Fact) {
        let (ticket, flutters) = match &fact.event {
            Event::TicketOpened(e) => (e.ticket, false),
            Event::TicketJoined(e) => (e.ticket, true),
            Event::TicketEnded(e) => (e.ticket, true),
            Event::TicketClosed(e) if e.place == TicketPlaceV1::Here => (e.ticket, false),
            Event::TicketReopened(e) if e.place == TicketPlaceV1::Here => (e.ticket, false),
            _ => return,
        };
        let tracker = self.tickets.get(ticket).and_then(|record| record.opened.tracker.clone());
        let tracker = tracker.and_then(|name| name.parse::<OutletId>().ok());
        if let Some(tracker) = tracker.filter(|name| self.catalogue.outlet(name).is_some()) {
            self.outward.push(&tracker, thread_of(ticket), fact, flutters);
        }
    }

    fn tell_others(&mut self, fact: &Fact) {
        let (kind, _) = fact.event.kind();
        if !kind.starts_with("incident.") && !kind.starts_with("page.") {
            return;
        }
        let Some((service, incident)) = self.of_whom(&fact.event) else { return };
        let Some(team) = self.catalogue.service(&service).map(|service| service.owner.clone()) else { return };
        let hearing: Vec<(OutletId, String)> = self
            .catalogue
            .outlets()
            .filter(|outlet| outlet.team == team)
            .filter_map(|outlet| Some((outlet.name.clone(), thread(outlet, kind, &service, incident.as_deref())?)))
            .collect();
        for (outlet, thread) in hearing {
            self.outward.push(&outlet, thread, fact, false);
        }
    }

    /// Returns the service that an event of incidents or pages is about, and its incident.
    fn of_whom(&self, event: &Event) -> Option<(ServiceId, Option<String>)> {
        if let Some(id) = incident_named(event) {
            let service = self.incidents.get(id)?.incident.service.clone();
            return Some((service, Some(format!("incident/{id}"))));
        }
        let page = match event {
            Event::PageRequested(e) => e.page,
            Event::PageDelivered(e) => e.page,
            Event::PageUndeliverable(e) => e.page,
            Event::PageAcknowledged(e) => e.page,
            Event::PageEscalated(e) => e.page,
            Event::PageExhausted(e) => e.page,
            Event::PageCalled(e) => e.page,
            Event::PageTold(e) => e.page,
            Event::PageJudged(e) => e.page,
            _ => return None,
        };
        Some((self.pages.get(&page)?.request.service.clone(), None))
    }
}

/// Returns the thread in which an outlet hears of an event; none where it does not.
fn thread(outlet: &Outlet, kind: &str, service: &ServiceId, incident: Option<&str>) -> Option<String> {
    match &outlet.way {
        OutletWay::Tracker(_) => None,
        OutletWay::Webhook { events, .. } => {
            let is_wanted = |wanted: &String| match wanted.strip_suffix('*') {
                Some(beginning) => kind.starts_with(beginning),
                None => wanted == kind,
            };
            // One incident at a time a service, and its pages among them: in the order in which it happened.
            events.iter().any(is_wanted).then(|| format!("service/{service}"))
        }
        OutletWay::Rooms { .. } => incident.map(str::to_owned),
    }
}

/// Returns an outlet that an entity declares.
pub(super) fn outlet(entity: &Entity) -> Option<&Outlet> {
    match entity {
        Entity::Outlet(outlet) => Some(outlet),
        _ => None,
    }
}
