//! The kernel: the one task that decides. Inputs queue, and the engine takes them one after the other.
//!
//! Everybody else reads: [`Kernel::look`] gives state and watch under a lock that is held for the time of a view.

mod open;
mod run;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use seaworthy_contract::catalogue::PersonDetails;
use seaworthy_contract::gateway::{Report, ReportAck};
use seaworthy_contract::prober::{ProbeAck, ProbeReport};
use seaworthy_core::Input;
use seaworthy_core::view::Look;
use seaworthy_core::watch::objectives::Readings;
use seaworthy_core::watch::{CalendarSeen, Confirmed};
use seaworthy_kernel::{Done, Shared};
use seaworthy_model::{PersonId, RotationId};
use seaworthy_store::{Clock, Ledger, SeriesStore, Side};
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use open::open;
pub(crate) use seaworthy_kernel::Pushed;
pub(crate) use seaworthy_kernel::{Changed, chain, decode};
pub use seaworthy_kernel::{CommandError, OpenError};

/// Inputs that may wait. A command takes a few milliseconds, so a full queue is seconds of work: refusing is kinder.
const QUEUE_MAX: usize = 1_024;

pub(crate) enum Job {
    Command { input: Box<Input>, actor: String, reply: oneshot::Sender<Result<Done, CommandError>> },
    Report { report: Box<Report>, reply: oneshot::Sender<Result<ReportAck, CommandError>> },
    Probes { report: Box<ProbeReport>, reply: oneshot::Sender<Result<ProbeAck, CommandError>> },
    Count { counted: Counted, reply: oneshot::Sender<Result<usize, CommandError>> },
}

/// What was counted elsewhere than in a gateway.
pub(crate) enum Counted {
    /// Counts that services sent themselves.
    Pushed(Vec<Pushed>),
    /// What another system measured.
    Read {
        /// The objective that asks it.
        objective: String,
        /// The windows.
        readings: Readings,
    },
    /// That another system did not say.
    Unread {
        /// The objective that asks it.
        objective: String,
        /// Why not, and what to do about it.
        why: String,
    },
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
    pub(crate) series: Arc<dyn SeriesStore>,
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

    /// Takes the results of a prober and returns once they are persisted.
    ///
    /// # Errors
    /// When they could not be persisted, or too much waits; the prober sends them again.
    pub(crate) async fn probes(&self, report: ProbeReport) -> Result<ProbeAck, CommandError> {
        let (reply, answer) = oneshot::channel();
        let job = Job::Probes { report: Box::new(report), reply };
        self.jobs.try_send(job).map_err(|_| CommandError::Busy)?;
        answer.await.unwrap_or(Err(CommandError::Busy))
    }

    /// Takes what was counted elsewhere and returns once it is stored; says how many objectives it is of.
    ///
    /// # Errors
    /// When it is refused, could not be stored, or too much waits.
    pub(crate) async fn count(&self, counted: Counted) -> Result<usize, CommandError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job::Count { counted, reply }).map_err(|_| CommandError::Busy)?;
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

    /// Replaces what is known of which contacts are confirmed.
    pub(crate) fn set_confirmed(&self, confirmed: Confirmed) {
        self.shared.write().unwrap_or_else(std::sync::PoisonError::into_inner).watch.confirmed = confirmed;
    }

    /// Replaces what is known beside the ledger of a calendar that a rotation follows.
    pub(crate) fn set_calendar(&self, rotation: RotationId, seen: CalendarSeen) {
        let mut shared = self.shared.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        shared.watch.calendars.0.insert(rotation, seen);
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
