//! Decision tables of incidents, suspects and likeness; laws over any sequence of events.

mod laws;
mod runbooks;
mod tables;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::{AlertId, Entropy, PageId, ServiceId};

use crate::{Event, Incident, Mark, Source};

fn t0() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("in range")
}

fn at(minute: i64) -> Timestamp {
    t0() + SignedDuration::from_mins(minute)
}

fn mark(minute: i64) -> Mark {
    Mark { at: at(minute), source: "a test".to_owned(), position: 1 }
}

fn service(name: &str) -> ServiceId {
    name.parse().expect("a name")
}

fn ids(seed: u128) -> (PageId, AlertId) {
    let mut entropy = Entropy::new(seed);
    (PageId::new(t0(), &mut entropy), AlertId::new(t0(), &mut entropy))
}

fn paged(seed: u128, began: i64, detected: i64) -> Event {
    let (page, alert) = ids(seed);
    Event::Paged { page, alert, began: mark(began), detected: mark(detected) }
}

/// Opened by a page at minute 2; it began at minute 0.
fn by_page() -> Incident {
    let mut incident = Incident::new(Source::Page, service("checkout"), "it fails".to_owned(), None, mark(2));
    incident.apply(paged(1, 0, 2));
    incident
}
