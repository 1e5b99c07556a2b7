//! The one loop that decides: an input is stepped on the newest state, its events are appended, and only when they are
//! durable are they folded in and answered.
//!
//! Ledger, side store, clock and randomness are handed in, so the server and the simulator run this very code, in this
//! very order. What is deliberately absent: queues, tasks, sockets. Whoever calls does so from one place at a time.

mod codec;
mod engine;
mod once;
mod open;
mod signals;
mod watching;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use seaworthy_contract::catalogue::PersonDetails;
use seaworthy_core::{Fact, Refusal, State, Watch};
use seaworthy_model::{PersonId, Position, ServiceId, Tally};
use seaworthy_store::{AppendError, Clock, Ledger, SeriesError, SeriesStore, Side, SideError};

pub use codec::{decode, encode};
pub use engine::Engine;
pub use open::OpenError;

/// Randomness for ids: 128 fresh bits a call.
pub type Random = Arc<dyn Fn() -> u128 + Send + Sync>;

/// Everything that an engine does not have in itself.
#[derive(Clone)]
pub struct Outside {
    /// What is true.
    pub ledger: Arc<dyn Ledger>,
    /// What stands beside it.
    pub side: Arc<dyn Side>,
    /// What was counted.
    pub series: Arc<dyn SeriesStore>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
}

/// What readers look at.
#[derive(Default)]
pub struct Shared {
    /// What the ledger says.
    pub state: State,
    /// What gateways report.
    pub watch: Watch,
    /// What people are called and how they are reached.
    pub directory: BTreeMap<PersonId, PersonDetails>,
}

/// Counts of one series that a service sent itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pushed {
    /// The service.
    pub service: ServiceId,
    /// The series, as objectives name it.
    pub series: String,
    /// Counts by time.
    pub points: Vec<(Timestamp, Tally)>,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommandError {
    /// The domain says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store did not take it: nothing happened, or all that had become durable before.
    #[error("could not write to the ledger")]
    Store(#[source] Arc<AppendError>),
    /// What stands beside the ledger could not be written.
    #[error("could not write to the side store")]
    Side(#[source] SideError),
    /// What was counted could not be written or read.
    #[error("could not keep what was counted")]
    Series(#[from] SeriesError),
    /// Too much is waiting, or the server is stopping.
    #[error("too much is waiting to be decided; try again in a moment")]
    Busy,
}

/// What a command came to.
#[derive(Debug, Clone)]
pub struct Done {
    /// Where the ledger stands.
    pub position: Position,
    /// Its events, as folded.
    pub facts: Vec<Fact>,
}

/// What readers may wait for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changed {
    /// Position of the last event folded in.
    pub position: Position,
    /// Position of the last event that changed what gateways should do.
    pub config: Position,
    /// Position of the last event that changed what should run.
    pub desired: Position,
}

impl Changed {
    fn of(state: &State) -> Self {
        Self { position: state.position, config: state.config_version, desired: state.desired_version }
    }
}

/// The error with everything it comes from, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        line.push_str(": ");
        line.push_str(&inner.to_string());
        source = inner.source();
    }
    line
}

#[cfg(test)]
mod tests;
