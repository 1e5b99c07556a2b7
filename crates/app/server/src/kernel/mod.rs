//! The kernel: the one task that decides. Inputs queue, each is stepped on the newest state, its events are appended,
//! and only when they are durable are they folded in and answered.
//!
//! Everybody else reads: [`Kernel::look`] gives state and watch under a lock that is held for the time of a view.

mod codec;
mod open;
mod run;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use seaworthy_contract::catalogue::PersonDetails;
use seaworthy_contract::gateway::{Report, ReportAck};
use seaworthy_core::view::Look;
use seaworthy_core::{Input, Refusal, State, Watch};
use seaworthy_model::{PersonId, Position};
use seaworthy_store::{AppendError, Clock, Ledger, Side};
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use codec::{decode, encode};
pub use open::OpenError;
pub(crate) use open::open;
pub(crate) use run::chain;

/// Inputs that may wait. A command takes a few milliseconds, so a full queue is seconds of work: refusing is kinder.
const QUEUE_MAX: usize = 1_024;

/// Why a command was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommandError {
    /// The domain says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store took nothing: nothing happened.
    #[error("could not write to the ledger")]
    Store(#[source] Arc<AppendError>),
    /// What stands beside the ledger could not be written: nothing happened.
    #[error("could not write to the side store")]
    Side(#[source] seaworthy_store::SideError),
    /// Too much is waiting, or the server is stopping.
    #[error("too much is waiting to be decided; try again in a moment")]
    Busy,
}

/// What a command came to.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    /// Where the ledger stands.
    pub(crate) position: Position,
    /// Its events, as folded.
    pub(crate) facts: Vec<seaworthy_core::Fact>,
}

pub(crate) enum Job {
    Command { input: Box<Input>, actor: String, reply: oneshot::Sender<Result<Done, CommandError>> },
    Report { report: Box<Report>, reply: oneshot::Sender<Result<ReportAck, CommandError>> },
}

/// What readers look at.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) state: State,
    pub(crate) watch: Watch,
    pub(crate) directory: BTreeMap<PersonId, PersonDetails>,
}

/// A handle on the kernel; cheap to clone.
#[derive(Clone)]
pub(crate) struct Kernel {
    jobs: mpsc::Sender<Job>,
    shared: Arc<RwLock<Shared>>,
    writable: Arc<AtomicBool>,
    changed: watch::Receiver<Changed>,
    clock: Clock,
    pub(crate) ledger: Arc<dyn Ledger>,
    pub(crate) side: Arc<dyn Side>,
}

/// What readers may wait for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    /// Position of the last event folded in.
    pub(crate) position: Position,
    /// Position of the last event that changed what gateways should do.
    pub(crate) config: Position,
    /// Position of the last event that changed what should run.
    pub(crate) desired: Position,
}

impl Kernel {
    /// Decides on an input and returns once what follows is durable and folded in.
    ///
    /// # Errors
    /// When the domain refuses, the store does not take it, or too much waits.
    pub(crate) async fn command(&self, input: Input, actor: impl Into<String>) -> Result<Done, CommandError> {
        let (reply, answer) = oneshot::channel();
        let job = Job::Command { input: Box::new(input), actor: actor.into(), reply };
        self.jobs.try_send(job).map_err(|_| CommandError::Busy)?;
        answer.await.unwrap_or(Err(CommandError::Busy))
    }

    /// Takes a gateway's report and returns once it is persisted.
    ///
    /// # Errors
    /// When it could not be persisted, or too much waits; the gateway sends it again.
    pub(crate) async fn report(&self, report: Report) -> Result<ReportAck, CommandError> {
        let (reply, answer) = oneshot::channel();
        let job = Job::Report { report: Box::new(report), reply };
        self.jobs.try_send(job).map_err(|_| CommandError::Busy)?;
        answer.await.unwrap_or(Err(CommandError::Busy))
    }

    /// Looks at state and watch; `view` must not block.
    pub(crate) fn look<R>(&self, view: impl FnOnce(&Look<'_>) -> R) -> R {
        let shared = self.shared.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        view(&Look { state: &shared.state, watch: &shared.watch, directory: &shared.directory, now: self.now() })
    }

    /// Replaces what people are called and how they are reached.
    pub(crate) fn set_directory(&self, directory: BTreeMap<PersonId, PersonDetails>) {
        self.shared.write().unwrap_or_else(std::sync::PoisonError::into_inner).directory = directory;
    }

    /// Returns the time.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Returns whether the last append succeeded: reads go on when it did not.
    pub(crate) fn writable(&self) -> bool {
        self.writable.load(Ordering::Relaxed)
    }

    /// Follows changes.
    pub(crate) fn changes(&self) -> watch::Receiver<Changed> {
        self.changed.clone()
    }
}
