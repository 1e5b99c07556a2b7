//! The account of one attempt: opened when a request is assigned, given a verdict once, closed when it is dropped.
//!
//! Whatever happens to the request's future, the account is closed: a dropped one without verdict was cancelled, or given
//! up by a user who waited.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::StatusCode;
use seaworthy_contract::gateway::GAVE_UP_MS;
use seaworthy_model::Arm;
use seaworthy_traffic::guard::Ended;
use seaworthy_traffic::net::Failure;
use seaworthy_traffic::users::{Epoch, FirstFailure};

use crate::row::{Row, Tally, When};
use crate::shared::{Shared, Tripped};
use crate::trial::Trial;
use crate::worker::Worker;
use crate::worker::body::Upload;

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Answered; the status decides.
    Answered(StatusCode),
    /// No good answer.
    Failed(Failure),
    /// The user went away.
    Cancelled,
    /// The user went away after waiting for [`GAVE_UP_MS`].
    GaveUp,
}

impl Class {
    pub(crate) fn is_failure(self) -> bool {
        match self {
            Self::Answered(status) => status.is_server_error(),
            Self::Failed(_) => true,
            Self::Cancelled | Self::GaveUp => false,
        }
    }

    /// Whether it says how the version did.
    fn is_verdict(self) -> bool {
        !matches!(self, Self::Cancelled | Self::GaveUp)
    }

    fn tally(self) -> Tally {
        match self {
            Self::Answered(status) if status.is_server_error() => Tally::ServerError,
            Self::Answered(status) if status.is_client_error() => Tally::ClientError,
            Self::Answered(_) => Tally::Ok,
            Self::Failed(Failure::ServerError) => Tally::ServerError,
            Self::Failed(Failure::Connect) => Tally::ConnectError,
            Self::Failed(Failure::Reset) => Tally::Reset,
            Self::Failed(Failure::Timeout) => Tally::Timeout,
            Self::Cancelled => Tally::Cancelled,
            Self::GaveUp => Tally::GaveUp,
        }
    }
}

/// Whose account it is.
enum Role {
    /// The version the request was assigned to.
    Assigned {
        /// The trial that is going on in the service, on either arm.
        trial: Option<Arc<Trial>>,
        arm: Arm,
        user: Option<u64>,
        epoch: Epoch,
    },
    /// Stable, answering for a canary: the outcome is written to the canary's row.
    Rescuer { canary: Arc<Row>, trial: Option<Arc<Trial>> },
}

pub(crate) struct Ticket {
    worker: Rc<Worker>,
    row: Arc<Row>,
    role: Role,
    may_repeat: bool,
    started: Instant,
    sent: Sent,
    is_judged: bool,
    was_answered: bool,
}

/// How far the request is on its way to the version: only who sent it whole waits for an answer.
enum Sent {
    No,
    Whole(Instant),
    Streamed(Rc<Upload>),
}

/// What an assigned request brings along.
pub(crate) struct Assigned {
    pub(crate) arm: Arm,
    pub(crate) trial: Option<Arc<Trial>>,
    /// The user's hash; none for a request that is a user of its own.
    pub(crate) user: Option<u64>,
    pub(crate) may_repeat: bool,
    pub(crate) now: Instant,
}

impl Ticket {
    /// Opens the account of a request.
    pub(crate) fn open(worker: Rc<Worker>, row: Arc<Row>, request: Assigned) -> Self {
        let Assigned { arm, trial, user, may_repeat, now } = request;
        let now_ms = worker.shared.ms(now);
        let epoch = Shared::epoch(now_ms);
        row.count(Tally::Starts);
        row.count(Tally::Entered);
        row.note(When::LastAssigned, now_ms);
        if let Some(trial) = &trial {
            let is_first = user.is_none_or(|user| trial.see(arm, user));
            count_if(&row, Tally::UsersInStep, is_first);
        }
        let role = Role::Assigned { trial, arm, user, epoch };
        Self { worker, row, role, may_repeat, started: now, sent: Sent::No, is_judged: false, was_answered: false }
    }

    /// Opens the account of stable's answer for a failed canary, whose account ends here.
    pub(crate) fn rescue(self, stable: Arc<Row>) -> Self {
        stable.count(Tally::Entered);
        let trial = match &self.role {
            Role::Assigned { trial, .. } | Role::Rescuer { trial, .. } => trial.clone(),
        };
        let role = Role::Rescuer { canary: self.row.clone(), trial };
        Self {
            worker: self.worker.clone(),
            row: stable,
            role,
            may_repeat: self.may_repeat,
            started: Instant::now(),
            sent: Sent::No,
            is_judged: false,
            was_answered: false,
        }
    }

    /// Notes that the request goes to the version: whole, or as its user sends it.
    pub(crate) fn sends(&mut self, upload: Option<Rc<Upload>>) {
        self.sent = upload.map_or_else(|| Sent::Whole(Instant::now()), Sent::Streamed);
    }

    /// Says what a user who went away before response headers did.
    fn left(&self) -> Class {
        let since = match &self.sent {
            Sent::No => None,
            Sent::Whole(at) => Some(*at),
            Sent::Streamed(upload) => upload.done.get(),
        };
        let waited = since.filter(|_| !self.was_answered).map_or(Duration::ZERO, |at| at.elapsed());
        if waited >= Duration::from_millis(GAVE_UP_MS) { Class::GaveUp } else { Class::Cancelled }
    }

    /// Notes that response headers came; a failure is judged at once, the rest when the body is complete.
    pub(crate) fn answered(&mut self, status: StatusCode) {
        self.was_answered = true;
        if let Role::Assigned { .. } = self.role {
            self.row.time(micros_since(self.started));
        }
        if status.is_server_error() {
            self.end(Class::Answered(status));
        }
    }

    /// Gives the verdict; the first one stands.
    pub(crate) fn end(&mut self, class: Class) {
        if std::mem::replace(&mut self.is_judged, true) {
            return;
        }
        match &self.role {
            Role::Assigned { trial, arm, user, epoch } => {
                self.row.count(class.tally());
                if matches!(class, Class::Failed(_)) && !self.was_answered {
                    self.row.time(micros_since(self.started));
                }
                if let Some(trial) = trial.as_deref().filter(|_| class.is_verdict()) {
                    let is_first = user.is_none_or(|user| trial.end(*arm, user, *epoch));
                    count_if(&self.row, Tally::Users, is_first);
                }
                if class.is_failure() {
                    self.count_failure(trial.as_deref(), *arm, *user, *epoch);
                }
                if let Some(trial) = trial.as_deref() {
                    self.guard(trial, *arm, class);
                }
            }
            Role::Rescuer { canary, trial } => {
                if class.is_failure() {
                    count_seen(canary, self.may_repeat);
                } else {
                    canary.count(Tally::Rescued);
                }
                if let Some(trial) = trial.as_deref() {
                    self.guard(trial, Arm::Stable, class);
                }
            }
        }
    }

    /// Notes that the user saw the failure of this attempt. A rescuer's verdict says so by itself.
    pub(crate) fn seen(&self) {
        if let Role::Assigned { .. } = self.role {
            count_seen(&self.row, self.may_repeat);
        }
    }

    fn count_failure(&self, trial: Option<&Trial>, arm: Arm, user: Option<u64>, epoch: Epoch) {
        self.row.note(When::FirstFailure, self.worker.shared.now_ms());
        if let Some(trial) = trial {
            let first = user.map_or(FirstFailure::UNKNOWN, |user| trial.fail(arm, user, epoch));
            count_if(&self.row, Tally::UsersFailed, first.in_epoch);
            count_if(&self.row, Tally::UsersFailedInStep, first.in_step);
        }
    }

    /// Tells the guard how an arm answered. A user who went away says nothing of it.
    fn guard(&self, trial: &Trial, arm: Arm, class: Class) {
        let ended = match class {
            _ if !class.is_verdict() => return,
            _ if class.is_failure() => Ended::Badly,
            _ => Ended::Well,
        };
        if arm == Arm::Stable {
            trial.record_stable(ended);
            return;
        }
        // Nothing is ejected while stable has no instance: the last version stays.
        if self.worker.view().has_stable(&trial.key.service)
            && let Some(why) = trial.record(ended)
        {
            let at_ms = self.worker.shared.now_ms();
            self.worker.shared.tripped().push(Tripped { trial: trial.key.clone(), why: why.to_string(), at_ms });
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.end(self.left());
        self.row.count(Tally::Left);
        if self.was_answered {
            self.row.note(When::LastResponse, self.worker.shared.now_ms());
        }
    }
}

fn count_if(row: &Row, what: Tally, is_so: bool) {
    if is_so {
        row.count(what);
    }
}

fn count_seen(row: &Row, may_repeat: bool) {
    row.count(if may_repeat { Tally::SeenIdempotent } else { Tally::SeenOther });
}

fn micros_since(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}
