//! The ledger as everybody else sees it: append, read, find, head.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use jiff::Timestamp;
use seaworthy_model::{EventId, Position};
use tokio::sync::watch;

use crate::event::{EventError, Head, NewEvent, Record};
use crate::limits::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX};

/// A future behind a pointer: it lets the traits be used as `Arc<dyn _>` without a macro crate.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Tells the time for `recorded_at`: the wall clock in production, virtual time in a simulation.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What must be so for an append to happen: optimistic concurrency, so that a decision is never made on old state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expect {
    /// Nothing: a fact that is true whatever else is.
    Any,
    /// The last sequence of a stream; 0 for a stream that has no events.
    Stream {
        /// The stream.
        stream: String,
        /// Its last sequence.
        seq: u64,
    },
    /// The last position of the whole ledger; 0 for an empty one.
    Head(Position),
}

/// What an [`Expect`] was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The whole ledger.
    Head,
    /// One stream.
    Stream(String),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => f.write_str("the ledger: expected position"),
            Self::Stream(stream) => write!(f, "stream {stream:?}: expected sequence"),
        }
    }
}

/// A batch that is durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Appended {
    /// It was appended now, one record an event, in order, at positions next to each other.
    Now(Vec<Record>),
    /// Its idempotency key was known: these are the records of the first time.
    Before(Vec<Record>),
}

impl Appended {
    /// Returns the batch's records; never empty.
    pub fn records(&self) -> &[Record] {
        match self {
            Self::Now(records) | Self::Before(records) => records,
        }
    }

    /// Returns the position of the batch's first event.
    pub fn first(&self) -> Position {
        self.records().first().map_or(0, |record| record.position)
    }

    /// Returns the position of the batch's last event.
    pub fn last(&self) -> Position {
        self.records().last().map_or(0, |record| record.position)
    }
}

/// Why a batch was not appended. Unless it says otherwise, nothing of the batch is in the ledger.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AppendError {
    /// The ledger moved on: read it, decide again.
    #[error("could not append to {on} {expected}, found {found}")]
    Conflict {
        /// What was expected about.
        on: Subject,
        /// What was expected.
        expected: u64,
        /// What is so.
        found: u64,
    },
    /// The key belongs to another batch.
    #[error("could not append with idempotency key {key:?}: position {position} used it for something else")]
    KeyReused {
        /// The key.
        key: String,
        /// The event that has it.
        position: Position,
    },
    /// The id belongs to another event.
    #[error("could not append event {0}: an event with this id is in the ledger or in the batch already")]
    IdTaken(EventId),
    /// A batch has no events or too many, or too many bytes.
    #[error(
        "could not append {events} events with {bytes} payload bytes: a batch has 1 to {BATCH_EVENTS_MAX} events and \
         at most {BATCH_BYTES_MAX} bytes"
    )]
    BatchSize {
        /// How many events it has.
        events: usize,
        /// How many payload bytes they have.
        bytes: usize,
    },
    /// An event is not one that a ledger takes.
    #[error("could not append event {index} of the batch")]
    Event {
        /// Which, from 0.
        index: usize,
        /// Why.
        #[source]
        why: EventError,
    },
    /// Too much waits already: try again in a moment.
    #[error("could not append: too many batches wait for the ledger, try again in a moment")]
    Busy,
    /// The disk is full. What was acknowledged before is safe; appends work again when there is room.
    #[error("could not append to {path:?}: the disk is full; free some space and try again")]
    Full {
        /// The ledger's file.
        path: String,
    },
    /// The store failed, and takes no further appends until it is opened again. The batch may be in the ledger:
    /// try again with the same idempotency key after that.
    #[error("could not append to {path:?}: the ledger has stopped; restart the server once the cause is gone")]
    Stopped {
        /// The ledger's file.
        path: String,
        /// Why, unless the failure was reported to another append.
        #[source]
        why: Option<Arc<dyn Error + Send + Sync>>,
    },
}

/// Why records could not be read.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// A row is not a record.
    #[error("could not read position {position} of the ledger: {why}; run `seaworthy ledger verify`")]
    Damaged {
        /// The position where it should stand.
        position: Position,
        /// What is wrong.
        why: String,
    },
    /// The store failed.
    #[error("could not read the ledger {path:?}")]
    Store {
        /// The ledger's file.
        path: String,
        /// Why.
        #[source]
        why: Arc<dyn Error + Send + Sync>,
    },
}

/// An append-only, totally ordered, hash-chained list of events.
///
/// Commit order is position order and there are no gaps, so a reader that has seen position n has seen all up to n.
/// Every backend passes [`mod@crate::conformance`].
pub trait Ledger: Send + Sync {
    /// Appends a batch, whole or not at all, and returns once it is on disk.
    ///
    /// When an event of the batch carries an idempotency key that is in the ledger, nothing is appended, nothing is
    /// expected, and the first time's records come back. A caller that stops waiting does not stop the append.
    ///
    /// # Errors
    /// See [`AppendError`]; after a [`AppendError::Stopped`] it is not known whether the batch is in the ledger.
    fn append(&self, batch: Vec<NewEvent>, expect: Expect) -> Answer<'_, Result<Appended, AppendError>>;

    /// Reads records from a position on, in order: at most `limit`, and at most a page
    /// ([`crate::limits::PAGE_RECORDS_MAX`], [`crate::limits::PAGE_BYTES_MAX`]). Empty past the head. Only what is
    /// durable is read.
    ///
    /// # Errors
    /// When the store fails or a row is damaged. The hash chain is not checked here.
    fn read(&self, from: Position, limit: usize) -> Answer<'_, Result<Vec<Record>, ReadError>>;

    /// Returns the position of the event with an idempotency key.
    ///
    /// # Errors
    /// When the store fails.
    fn find(&self, key: &str) -> Answer<'_, Result<Option<Position>, ReadError>>;

    /// Returns the end of what is durable.
    fn head(&self) -> Head;

    /// Follows the head: to tail the ledger, wait for a change, then read from the last position seen.
    fn watch(&self) -> watch::Receiver<Head>;
}
