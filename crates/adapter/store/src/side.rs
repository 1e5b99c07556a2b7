//! The side store: small mutable tables that are not history.
//!
//! Losing one costs convenience, never truth: a judge's checkpoint is folded again, a session signs in again. So it is
//! kept cheaper than the ledger: a write survives the death of the process, not the loss of power.

use std::error::Error;
use std::sync::Arc;

use crate::ledger::Answer;
use crate::limits::{SIDE_KEY_BYTES_MAX, SIDE_VALUE_BYTES_MAX, SIDE_WRITES_MAX};

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// States of judges, by rollout.
    Checkpoints,
    /// How far the telemetry of each gateway was taken, runs of probes, and since when objectives are counted.
    Signals,
    /// Hashes of credentials, by token id.
    Tokens,
    /// Sessions of people.
    Sessions,
    /// Names and contacts of people; they change and can be erased.
    Directory,
    /// Invitations into rotas that wait, and what people said to nobody but us. Never exported and never listed as a whole;
    /// who does not want to join leaves nothing here.
    Invitations,
    /// Messages about rotas that were sent, times in which people are away, and addresses of calendars.
    Rota,
    /// What fits nowhere else.
    Meta,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 8] = [
        Self::Checkpoints,
        Self::Signals,
        Self::Tokens,
        Self::Sessions,
        Self::Directory,
        Self::Invitations,
        Self::Rota,
        Self::Meta,
    ];

    /// Returns its name on disk; never changed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Checkpoints => "checkpoints",
            Self::Signals => "signals",
            Self::Tokens => "tokens",
            Self::Sessions => "sessions",
            Self::Directory => "directory",
            Self::Invitations => "invitations",
            Self::Rota => "rota",
            Self::Meta => "meta",
        }
    }
}

/// A key and its value.
pub type Entry = (String, Vec<u8>);

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Sets a key, whatever it was before.
    Put {
        /// The table.
        table: Table,
        /// 1 to 200 bytes.
        key: String,
        /// At most 1 MiB.
        value: Vec<u8>,
    },
    /// Removes a key; one that is not there stays not there.
    Delete {
        /// The table.
        table: Table,
        /// The key.
        key: String,
    },
}

/// Why the side store did not answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SideError {
    /// A key or value is too long, or there are too many writes.
    #[error("could not write {what}: {got}, at most {max} allowed")]
    TooMuch {
        /// What is too much.
        what: &'static str,
        /// How much it is.
        got: usize,
        /// The limit.
        max: usize,
    },
    /// A table has grown past [`crate::limits::SIDE_LIST_MAX`].
    #[error("could not list side table {table:?}: it has more than {max} entries")]
    TooLong {
        /// The table.
        table: &'static str,
        /// The limit.
        max: usize,
    },
    /// The store failed; a batch of writes is not there at all.
    #[error("could not {doing} the side store {path:?}")]
    Store {
        /// What was attempted.
        doing: &'static str,
        /// The file.
        path: String,
        /// Why.
        #[source]
        why: Arc<dyn Error + Send + Sync>,
    },
}

/// Checks a batch of writes against the limits; every backend calls it first.
///
/// # Errors
/// [`SideError::TooMuch`] for the first limit that is passed.
pub fn check_writes(writes: &[Write]) -> Result<(), SideError> {
    let within = |what, got, max| if got <= max { Ok(()) } else { Err(SideError::TooMuch { what, got, max }) };
    within("a batch of writes", writes.len(), SIDE_WRITES_MAX)?;
    for write in writes {
        match write {
            Write::Put { key, value, .. } => {
                within("a key in bytes", key.len(), SIDE_KEY_BYTES_MAX)?;
                within("a value in bytes", value.len(), SIDE_VALUE_BYTES_MAX)?;
            }
            Write::Delete { key, .. } => within("a key in bytes", key.len(), SIDE_KEY_BYTES_MAX)?,
        }
    }
    Ok(())
}

/// Small mutable tables.
pub trait Side: Send + Sync {
    /// Returns the value of a key.
    ///
    /// # Errors
    /// When the store fails.
    fn get(&self, table: Table, key: &str) -> Answer<'_, Result<Option<Vec<u8>>, SideError>>;

    /// Returns a whole table, by key.
    ///
    /// # Errors
    /// When the store fails, or the table holds more than [`crate::limits::SIDE_LIST_MAX`] entries.
    fn list(&self, table: Table) -> Answer<'_, Result<Vec<Entry>, SideError>>;

    /// Makes every change, in order, or none.
    ///
    /// # Errors
    /// When a limit is passed or the store fails.
    fn write(&self, writes: Vec<Write>) -> Answer<'_, Result<(), SideError>>;
}
