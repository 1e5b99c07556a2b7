//! What is appended ([`NewEvent`]) and what is kept ([`Record`]).
//!
//! A record is never re-encoded: its payload is the text that came in, byte for byte, so that an auditor can hash it.

use std::fmt;

use jiff::Timestamp;
use seaworthy_model::{EventId, Position};
use serde::de::IgnoredAny;

use crate::chain::{GENESIS, Hash};
use crate::limits::{PAYLOAD_BYTES_MAX, TEXT_BYTES_MAX};

/// A text that is kept exactly as it came in. One made by [`RawJson::new`] is JSON; one read back is what was found.
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson(Box<str>);

/// A payload is not JSON.
#[derive(Debug, thiserror::Error)]
#[error("the payload is not JSON")]
pub struct NotJson(#[source] serde_json::Error);

impl RawJson {
    /// Wraps a text after checking that it is one JSON value; white space stays.
    ///
    /// # Errors
    /// When the text is not JSON.
    pub fn new(text: impl Into<Box<str>>) -> Result<Self, NotJson> {
        let text = text.into();
        serde_json::from_str::<IgnoredAny>(&text).map_err(NotJson)?;
        Ok(Self(text))
    }

    /// Wraps what a store found, unchecked: a damaged payload is the chain's to report, with its position.
    pub fn found(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An event that somebody wants in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Its id, made by who appends it; never twice in one ledger.
    pub id: EventId,
    /// What it is about, `<noun>/<id>`, e.g. `rollout/0197…`; 1 to 200 bytes.
    pub stream: String,
    /// When it happened, by the clock of who saw it.
    pub occurred_at: Timestamp,
    /// Who did it, by an opaque handle; 1 to 200 bytes.
    pub actor: String,
    /// The event that led to it.
    pub cause: Option<EventId>,
    /// Its type, `<noun>.<past-participle>`; 1 to 200 bytes. Types nobody knows are kept as well.
    pub kind: String,
    /// The version of its type.
    pub version: u16,
    /// Its payload, at most 64 KiB.
    pub payload: RawJson,
    /// Idempotency key, 1 to 200 bytes: a second append with the same key appends nothing.
    pub key: Option<String>,
}

/// Why an event cannot be appended, whatever the ledger holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// A text is empty, too long, or holds a control character (a line break would forge lines in a log).
    #[error("{field} must be 1 to {TEXT_BYTES_MAX} bytes without control characters, got {got:?}")]
    Text {
        /// The column.
        field: &'static str,
        /// Its value, shortened.
        got: String,
    },
    /// The payload is over [`PAYLOAD_BYTES_MAX`].
    #[error("a payload has at most {PAYLOAD_BYTES_MAX} bytes, got {bytes}; keep the large part beside the ledger")]
    PayloadTooLong {
        /// Its length.
        bytes: usize,
    },
    /// An instant is before 1677-09-22 or after 2262-04-10: it does not fit 64 bits of nanoseconds.
    #[error("an instant lies between 1677-09-22 and 2262-04-10, got {0}")]
    Instant(Timestamp),
}

impl NewEvent {
    /// Checks what can be checked without the ledger.
    ///
    /// # Errors
    /// When a limit of [`crate::limits`] is passed.
    pub fn check(&self) -> Result<(), EventError> {
        check_text("stream", &self.stream)?;
        check_text("actor", &self.actor)?;
        check_text("kind", &self.kind)?;
        self.key.as_deref().map_or(Ok(()), |key| check_text("key", key))?;
        nanos(self.occurred_at)?;
        match self.payload.as_str().len() {
            bytes if bytes > PAYLOAD_BYTES_MAX => Err(EventError::PayloadTooLong { bytes }),
            _ => Ok(()),
        }
    }
}

fn check_text(field: &'static str, text: &str) -> Result<(), EventError> {
    if text.is_empty() || text.len() > TEXT_BYTES_MAX || text.chars().any(char::is_control) {
        return Err(EventError::Text { field, got: text.chars().take(40).collect() });
    }
    Ok(())
}

/// Returns nanoseconds since 1970-01-01T00:00:00Z, the form in which every backend keeps an instant.
///
/// # Errors
/// When they do not fit 64 bits.
pub(crate) fn nanos(instant: Timestamp) -> Result<i64, EventError> {
    i64::try_from(instant.as_nanosecond()).map_err(|_| EventError::Instant(instant))
}

/// An event in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place: 1 for the first, without gaps.
    pub position: Position,
    /// Its place in its stream: 1 for the first, without gaps.
    pub stream_seq: u64,
    /// When it was appended, by the clock of the writer. Not monotonic: clocks are set back; positions are not.
    pub recorded_at: Timestamp,
    /// The hash of the record before it, [`GENESIS`] for the first.
    pub prev_hash: Hash,
    /// The hash over `prev_hash` and every column but this one.
    pub hash: Hash,
    /// How `hash` was made; see [`crate::chain`].
    pub algorithm: u8,
    /// What came in.
    pub event: NewEvent,
}

/// The end of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last position; 0 when nothing was appended yet.
    pub position: Position,
    /// The hash of the last record; [`GENESIS`] when there is none.
    pub hash: Hash,
}

impl Head {
    /// The head of an empty ledger.
    pub const EMPTY: Self = Self { position: 0, hash: GENESIS };
}

impl From<&Record> for Head {
    fn from(record: &Record) -> Self {
        Self { position: record.position, hash: record.hash }
    }
}
