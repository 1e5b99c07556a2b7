//! Facts: events with the columns that the core reads and writes.

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_model::{EventId, Position};

/// An event as it stands in the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// Its place.
    pub position: Position,
    /// Its id.
    pub id: EventId,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who or what did it: `token/<id>`, `judge`, `gateway/<name>`, `supervisor/<name>`, `server`.
    pub actor: String,
    /// The event.
    pub event: Event,
}

/// An event on its way into the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct NewFact {
    /// What it is about: `service/checkout`, `rollout/<id>`.
    pub stream: String,
    /// The event.
    pub event: Event,
    /// When it happened, where that is not now.
    pub occurred_at: Option<Timestamp>,
    /// A key under which it is appended once only, however often it is tried: where it is in the ledger already, this fact is
    /// left out, and the others of its decision are appended.
    pub key: Option<String>,
    /// Keys of facts of the same decision that it is nothing without: it names what they make, and is left out with any of them.
    pub only_with: Vec<String>,
}

impl NewFact {
    /// An event that happens now.
    pub fn new(stream: impl Into<String>, event: impl Into<Event>) -> Self {
        Self { stream: stream.into(), event: event.into(), occurred_at: None, key: None, only_with: Vec::new() }
    }

    /// Sets the key under which it is appended once only.
    #[must_use]
    pub fn once(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Names facts of the same decision that it is nothing without, by their keys.
    #[must_use]
    pub fn only_with(mut self, keys: impl IntoIterator<Item = String>) -> Self {
        self.only_with.extend(keys);
        self
    }

    /// Sets when it happened.
    #[must_use]
    pub fn at(mut self, when: Timestamp) -> Self {
        self.occurred_at = Some(when);
        self
    }
}
