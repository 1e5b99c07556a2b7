//! One rollout from start to promoted or reverted: a state machine without clock, traffic or judge.
//!
//! Invariants, each a law in the tests: a version that is not healthy never gets a user; a share only grows while the
//! rollout steps; a reverted version never gets a user again; without a baseline there is nothing to revert to, so a
//! promoted first version stays. Machines may repeat themselves and come late: what does not fit the phase is nothing.
//! A person is told: that is a [`Refusal`].

mod apply;
mod decide;

use std::fmt;
use std::time::Duration;

use seaworthy_model::{RolloutId, ServiceId, Share, Timestamp, VersionId};

pub use apply::apply;
pub use decide::{HOLD_MIN, Input, Refusal, decide};

use crate::policy::MetricName;
use crate::steps::Steps;

/// One rollout of one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollout {
    /// Its id.
    pub id: RolloutId,
    /// The service.
    pub service: ServiceId,
    /// The version on trial.
    pub version: VersionId,
    /// The version it is compared with and reverted to; none for a first version.
    pub baseline: Option<VersionId>,
    /// The shares it goes through.
    pub steps: Steps,
    /// Longest time until the version is healthy.
    pub start_timeout: Duration,
    /// How long the baseline stays warm after a promotion.
    pub bake: Duration,
    /// Where it stands.
    pub phase: Phase,
}

/// Where a rollout stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// The version is not healthy yet; no user has met it.
    Starting {
        /// Since when.
        since: Timestamp,
    },
    /// It serves the share of a step.
    Stepping {
        /// Index into the steps.
        index: usize,
        /// When the step began.
        entered_at: Timestamp,
        /// Whether its share is frozen.
        held: Option<Held>,
    },
    /// It serves everybody; the baseline is warm for the bake time.
    Promoted {
        /// When.
        at: Timestamp,
    },
    /// It serves everybody and the baseline is gone. Final.
    Baked {
        /// When it was promoted.
        promoted_at: Timestamp,
    },
    /// It gets no users; not every gateway has confirmed that it let go.
    Reverting {
        /// When it was decided.
        at: Timestamp,
        /// Why.
        cause: Cause,
        /// Share of users it served at that moment.
        share: Share,
    },
    /// It gets no users. Final.
    Reverted {
        /// When it was decided.
        at: Timestamp,
        /// Why.
        cause: Cause,
        /// Share of users it served at that moment.
        share: Share,
    },
}

/// A frozen share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Since when.
    pub at: Timestamp,
    /// By whom.
    pub by: Holder,
    /// Why, in words.
    pub reason: String,
}

/// Who froze a share, and so who lets it go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The judge, until its evidence recedes.
    Judge,
    /// A person, until a person resumes.
    Person,
}

/// Why a rollout was reverted.
#[derive(Debug, Clone, PartialEq)]
pub enum Cause {
    /// The judge's evidence.
    Judge {
        /// What showed it.
        metric: MetricName,
        /// Natural log of the evidence.
        log_e: f64,
    },
    /// A guard beside the version: a gateway ejected it, or its process could not be kept running.
    Guard {
        /// What it saw.
        why: String,
    },
    /// A person, through the control plane.
    Hand {
        /// Who.
        by: String,
        /// Why, where they said so.
        reason: Option<String>,
    },
    /// A person, on a gateway's own socket.
    BreakGlass {
        /// Who.
        by: String,
    },
    /// The version never became healthy: no user met it.
    StartFailure {
        /// What was seen.
        reason: String,
    },
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Judge { metric, log_e } => {
                let harm = match metric {
                    MetricName::Latency => "its requests were slower than stable's",
                    _ => "its users failed more often than stable's",
                };
                write!(f, "{harm} (evidence {} on {metric})", odds(*log_e))
            }
            Self::Guard { why } => f.write_str(why),
            Self::Hand { by, reason: Some(reason) } => write!(f, "by {by}: {reason}"),
            Self::Hand { by, reason: None } => write!(f, "by {by}"),
            Self::BreakGlass { by } => write!(f, "break-glass on the gateway itself, by {by}"),
            Self::StartFailure { reason } => write!(f, "it never became healthy: {reason}"),
        }
    }
}

/// Says evidence as odds, for people: `1,096 to 1`. Past a million nobody reads digits.
fn odds(log_e: f64) -> String {
    let odds = log_e.exp();
    if odds >= 1e6 {
        return "over a million to 1".to_owned();
    }
    let whole = odds.floor() as u64;
    match whole / 1_000 {
        0 => format!("{whole} to 1"),
        thousands => format!("{thousands},{:03} to 1", whole % 1_000),
    }
}

/// What happened to a rollout. The moment stands beside it, in the ledger as in [`apply`].
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The canary got the share of a step.
    StepEntered {
        /// Index into the steps.
        index: usize,
        /// Natural log of the evidence that let the step before end; none for the first.
        log_e: Option<f64>,
    },
    /// The share is frozen.
    Held {
        /// By whom.
        by: Holder,
        /// Why, in words.
        reason: String,
    },
    /// The share may grow again.
    Resumed,
    /// The version serves everybody.
    Promoted {
        /// Natural log of the evidence that let the last judged step end; none where nothing was judged.
        log_e: Option<f64>,
    },
    /// The version gets no further users.
    Reverted {
        /// Why.
        cause: Cause,
    },
    /// Every gateway has let go of the version.
    RevertConfirmed,
    /// The baseline is no longer needed.
    BakeEnded,
}

impl Rollout {
    /// Returns the share of users that the version should serve now.
    pub fn share(&self) -> Share {
        match &self.phase {
            Phase::Stepping { index, .. } => self.steps.as_slice().get(*index).copied().unwrap_or(Share::ZERO),
            Phase::Promoted { .. } | Phase::Baked { .. } => Share::ALL,
            Phase::Starting { .. } | Phase::Reverting { .. } | Phase::Reverted { .. } => Share::ZERO,
        }
    }

    /// Says whether nothing can happen to it any more.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Baked { .. } | Phase::Reverted { .. })
    }
}
