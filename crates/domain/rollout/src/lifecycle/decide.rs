//! What an input means in each phase: at most one event.

use std::fmt;
use std::time::Duration;

use seaworthy_model::Timestamp;

use super::{Cause, Event, Holder, Phase, Rollout};
use crate::policy::Verdict;

/// Shortest hold of the judge: evidence that hovers at its bound would else fill the ledger four times a second.
pub const HOLD_MIN: Duration = Duration::from_secs(5);

/// What may happen to a rollout from outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// An instance of the version answers its health check.
    VersionHealthy,
    /// The version could not be started, or cannot be kept running.
    VersionFailed {
        /// What was seen.
        reason: String,
    },
    /// The judge looked.
    Judged(Verdict),
    /// A gateway's local guard ejected the version.
    Guard {
        /// What it saw.
        why: String,
    },
    /// A person reverted on a gateway's own socket.
    BreakGlass {
        /// Who.
        by: String,
    },
    /// A person reverts.
    Revert {
        /// Who.
        by: String,
        /// Why, where they say so.
        reason: Option<String>,
    },
    /// A person freezes the share.
    Hold {
        /// Who.
        by: String,
        /// Why, where they say so.
        reason: Option<String>,
    },
    /// A person lets the share grow again.
    Resume,
    /// Every gateway has let go of the version, as measured.
    Drained,
    /// Time passed.
    Tick,
}

/// Why a person's input is not followed. Machines are never refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The rollout was reverted already.
    Reverted,
    /// The version serves everybody and the old one is no longer warm.
    NotWarm,
    /// It is the first version: there is none to go back to.
    NoBaseline,
    /// The version does not serve a share that could be frozen or grow.
    NotStepping,
    /// A person holds it already.
    HeldAlready,
    /// The judge holds it.
    HeldByJudge,
    /// Nobody holds it.
    NotHeld,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reverted => "the rollout was reverted already",
            Self::NotWarm => "the old version is no longer warm: ship it again to go back to it",
            Self::NoBaseline => "it is the service's first version, there is none to go back to: ship another",
            Self::NotStepping => "only a rollout on a step can be held and resumed",
            Self::HeldAlready => "the rollout is held already: resume or revert it",
            Self::HeldByJudge => "the judge holds the rollout until its evidence recedes: wait, or revert it",
            Self::NotHeld => "the rollout is not held",
        })
    }
}

impl std::error::Error for Refusal {}

/// Decides what an input means now.
///
/// # Errors
/// When a person asks for what the phase does not allow. Machines' inputs that come late or twice are no event.
pub fn decide(rollout: &Rollout, input: Input, now: Timestamp) -> Result<Option<Event>, Refusal> {
    match &rollout.phase {
        Phase::Starting { since } => starting(rollout, *since, input, now),
        Phase::Stepping { index, held, .. } => {
            let held = held.as_ref().map(|held| (held.by, held.at));
            stepping(rollout, *index, held, input, now)
        }
        Phase::Promoted { at } => promoted(rollout, *at, input, now),
        Phase::Reverting { .. } if input == Input::Drained => Ok(Some(Event::RevertConfirmed)),
        Phase::Reverting { .. } | Phase::Reverted { .. } => refuse_people(&input, Refusal::Reverted),
        Phase::Baked { .. } => refuse_people(&input, Refusal::NotWarm),
    }
}

fn starting(rollout: &Rollout, since: Timestamp, input: Input, now: Timestamp) -> Result<Option<Event>, Refusal> {
    match input {
        Input::VersionHealthy if rollout.baseline.is_none() || rollout.steps.judged().is_empty() => {
            Ok(Some(Event::Promoted { log_e: None }))
        }
        Input::VersionHealthy => Ok(Some(Event::StepEntered { index: 0, log_e: None })),
        Input::VersionFailed { reason } => Ok(reverted(Cause::StartFailure { reason })),
        Input::Tick if passed(since, now) >= rollout.start_timeout => {
            let reason = format!("no healthy answer within {} s", rollout.start_timeout.as_secs_f64());
            Ok(reverted(Cause::StartFailure { reason }))
        }
        Input::Hold { .. } | Input::Resume => Err(Refusal::NotStepping),
        // A guard counts users' failures and no user has met the version.
        Input::Guard { .. } => Ok(None),
        other => Ok(revert_cause(other).and_then(reverted)),
    }
}

fn stepping(
    rollout: &Rollout,
    index: usize,
    held: Option<(Holder, Timestamp)>,
    input: Input,
    now: Timestamp,
) -> Result<Option<Event>, Refusal> {
    match input {
        Input::Judged(verdict) => Ok(judged(rollout, index, held, verdict, now)),
        Input::Hold { by, reason } => match held {
            Some((Holder::Person, _)) => Err(Refusal::HeldAlready),
            _ => {
                let reason = reason.map_or_else(|| format!("by {by}"), |reason| format!("by {by}: {reason}"));
                Ok(Some(Event::Held { by: Holder::Person, reason }))
            }
        },
        Input::Resume => match held {
            Some((Holder::Person, _)) => Ok(Some(Event::Resumed)),
            Some((Holder::Judge, _)) => Err(Refusal::HeldByJudge),
            None => Err(Refusal::NotHeld),
        },
        other => Ok(revert_cause(other).and_then(reverted)),
    }
}

fn judged(
    rollout: &Rollout,
    index: usize,
    held: Option<(Holder, Timestamp)>,
    verdict: Verdict,
    now: Timestamp,
) -> Option<Event> {
    match (verdict, held) {
        (Verdict::Abort { metric, log_e }, _) => reverted(Cause::Judge { metric, log_e }),
        (Verdict::Hold(why), None) => Some(Event::Held { by: Holder::Judge, reason: why.to_string() }),
        (Verdict::Wait(_) | Verdict::Promote { .. }, Some((Holder::Judge, at))) => {
            (passed(at, now) >= HOLD_MIN).then_some(Event::Resumed)
        }
        (Verdict::Promote { log_e }, None) => {
            let (index, log_e) = (index + 1, Some(log_e));
            let more = index < rollout.steps.judged().len();
            Some(if more { Event::StepEntered { index, log_e } } else { Event::Promoted { log_e } })
        }
        (Verdict::Hold(_) | Verdict::Promote { .. }, Some(_)) | (Verdict::Wait(_), _) => None,
    }
}

fn promoted(rollout: &Rollout, at: Timestamp, input: Input, now: Timestamp) -> Result<Option<Event>, Refusal> {
    let warm = passed(at, now) < rollout.bake;
    match input {
        Input::Tick => Ok((!warm).then_some(Event::BakeEnded)),
        Input::Hold { .. } | Input::Resume => Err(Refusal::NotStepping),
        other if rollout.baseline.is_none() => refuse_people(&other, Refusal::NoBaseline),
        other if !warm => refuse_people(&other, Refusal::NotWarm),
        other => Ok(revert_cause(other).and_then(reverted)),
    }
}

/// Returns why an input reverts a version that is running, if it does.
fn revert_cause(input: Input) -> Option<Cause> {
    match input {
        Input::VersionFailed { reason } => {
            Some(Cause::Guard { why: format!("its process could not be kept running: {reason}") })
        }
        Input::Guard { why } => Some(Cause::Guard { why }),
        Input::BreakGlass { by } => Some(Cause::BreakGlass { by }),
        Input::Revert { by, reason } => Some(Cause::Hand { by, reason }),
        Input::VersionHealthy
        | Input::Judged(_)
        | Input::Hold { .. }
        | Input::Resume
        | Input::Drained
        | Input::Tick => None,
    }
}

fn refuse_people(input: &Input, refusal: Refusal) -> Result<Option<Event>, Refusal> {
    match input {
        Input::Revert { .. } | Input::Hold { .. } | Input::Resume => Err(refusal),
        _ => Ok(None),
    }
}

fn reverted(cause: Cause) -> Option<Event> {
    Some(Event::Reverted { cause })
}

/// Returns the time from `from` to `now`; none when the clock stepped back.
fn passed(from: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(now.duration_since(from)).unwrap_or(Duration::ZERO)
}
