//! What the judge says, and the words for it.

use std::fmt;
use std::time::Duration;

use seaworthy_model::Share;

use super::Tick;

/// What a verdict rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricName {
    /// Users who met a failure.
    Errors,
    /// Requests slower than stable's were.
    Latency,
    /// Users first seen in the step, by arm.
    SampleRatio,
}

impl MetricName {
    /// Returns its name in events, the API and on pages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Errors => "errors",
            Self::Latency => "latency",
            Self::SampleRatio => "sample-ratio",
        }
    }
}

impl fmt::Display for MetricName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a step goes on; its text is a sentence without its capital and full stop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    /// The canary has no users to judge.
    NotStepping,
    /// The evidence that the canary is worse is past the hold.
    Suspicious(MetricName),
    /// The users of the step, `[canary, stable]`, do not split by its weight: the comparison is void.
    Void {
        /// Users first seen in the step.
        users: [u64; 2],
        /// What the canary should have got.
        weight: Share,
    },
    /// The comparator itself fails.
    ComparatorFails {
        /// Its recent failure ratio, 0 to 1.
        ratio: f64,
        /// The ratio from which promotion freezes.
        ceiling: f64,
    },
    /// The newest reports are not in yet: what users met meanwhile is unknown.
    Behind,
    /// No request of the service comes.
    NoTraffic {
        /// For how long.
        quiet: Duration,
    },
    /// The step is young.
    Dwell {
        /// What is left of its shortest stay.
        left: Duration,
    },
    /// The canary served too few requests.
    Requests {
        /// How many more are needed.
        left: u64,
    },
    /// Not proved good enough yet.
    Evidence {
        /// Canary users without a failure that would prove it; `None` when out of reach.
        users_left: Option<u64>,
        /// The failure ratio to rule out, 0 to 1.
        delta: f64,
    },
}

impl Why {
    /// Returns whether it may last for ever: it ends when somebody acts, or the world changes, and not by waiting.
    pub fn may_last(&self) -> bool {
        match self {
            Self::Suspicious(_)
            | Self::Void { .. }
            | Self::ComparatorFails { .. }
            | Self::Behind
            | Self::NoTraffic { .. }
            | Self::Evidence { users_left: None, .. } => true,
            Self::NotStepping | Self::Dwell { .. } | Self::Requests { .. } | Self::Evidence { .. } => false,
        }
    }

    /// Returns the metric it is about.
    pub fn metric(&self) -> MetricName {
        match self {
            Self::Suspicious(metric) => *metric,
            Self::Void { .. } => MetricName::SampleRatio,
            _ => MetricName::Errors,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |ratio: f64| ratio * 100.0;
        match self {
            Self::NotStepping => f.write_str("no user has met the version yet"),
            Self::Suspicious(MetricName::Latency) => f.write_str("the canary looks slower than stable"),
            Self::Suspicious(_) => f.write_str("the canary's users look like failing more often than stable's"),
            Self::Void { users: [canary, stable], weight } => write!(
                f,
                "{canary} of the step's {} users met the canary where {weight} should: the arms cannot be compared",
                canary.saturating_add(*stable)
            ),
            Self::ComparatorFails { ratio, ceiling } => write!(
                f,
                "stable itself fails {:.1}% of its users, {:.1}% or more freezes promotion",
                percent(*ratio),
                percent(*ceiling)
            ),
            Self::Behind => f.write_str("the gateways' newest reports are not in yet"),
            Self::NoTraffic { quiet } if quiet.as_secs() < 120 => {
                write!(f, "no request of the service came for {} s", quiet.as_secs())
            }
            Self::NoTraffic { quiet } => write!(f, "no request of the service came for {} min", quiet.as_secs() / 60),
            Self::Dwell { left } => write!(f, "the step has to last {} s more", left.as_secs_f64().ceil()),
            Self::Requests { left } => write!(f, "the canary has to serve {left} more requests"),
            Self::Evidence { users_left: Some(left), delta } => {
                write!(f, "about {left} more users without a failure would prove it fails under {}%", percent(*delta))
            }
            Self::Evidence { users_left: None, delta } => {
                write!(f, "too many users failed to prove soon that it fails under {}%", percent(*delta))
            }
        }
    }
}

/// What the judge says about a step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Verdict {
    /// Go on looking.
    Wait(Why),
    /// Something is wrong: freeze exposure, go on looking, tell the owner.
    Hold(Why),
    /// The next step may begin.
    Promote {
        /// Natural log of the evidence for it.
        log_e: f64,
    },
    /// The canary does harm. Final.
    Abort {
        /// What showed it.
        metric: MetricName,
        /// Natural log of the evidence for it, all metrics together.
        log_e: f64,
    },
}

impl Verdict {
    /// Returns the word for it: `wait`, `hold`, `promote` or `abort`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Wait(_) => "wait",
            Self::Hold(_) => "hold",
            Self::Promote { .. } => "promote",
            Self::Abort { .. } => "abort",
        }
    }
}

/// Sums of one arm in the current step.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Users, each once an epoch.
    pub users: u64,
    /// Of these, failed.
    pub users_failed: u64,
    /// Requests.
    pub requests: u64,
}

impl Sums {
    pub(super) fn add(sums: &mut [Self; 2], tick: &Tick<'_>) {
        for (sum, arm) in sums.iter_mut().zip([&tick.canary, &tick.stable]) {
            sum.users = sum.users.saturating_add(arm.users);
            sum.users_failed = sum.users_failed.saturating_add(arm.users_failed);
            sum.requests = sum.requests.saturating_add(arm.requests);
        }
    }
}

/// The judge's evidence, for people. Evidence is a natural log; 0 is none, below 0 speaks against.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// The step, from 0; `None` when nothing is judged.
    pub step: Option<usize>,
    /// That the canary is worse, all metrics together.
    pub log_e_abort: f64,
    /// The metric that adds most to it.
    pub metric: MetricName,
    /// That the canary fails more of its users than stable does.
    pub log_e_errors: f64,
    /// That more of the canary's requests are slow.
    pub log_e_latency: f64,
    /// Where exposure freezes.
    pub hold_at: f64,
    /// Where the rollout is aborted.
    pub abort_at: f64,
    /// That the canary is good enough for the next step.
    pub log_e_promote: f64,
    /// Where the next step may begin.
    pub promote_at: f64,
    /// The failure ratio that has to be ruled out for it, 0 to 1.
    pub delta: f64,
    /// That users do not split by the weight.
    pub log_e_ratio: f64,
    /// Where the comparison is void.
    pub void_at: f64,
    /// Users first seen in the step, `[canary, stable]`.
    pub users_new: [u64; 2],
    /// Sums of the step, `[canary, stable]`.
    pub sums: [Sums; 2],
    /// Stable's recent failure ratio, 0 to 1; `None` with too few users to say.
    pub stable_failing: Option<f64>,
    /// Over this many microseconds a request is slow; `None` until stable has shown what is normal.
    pub slow_over_us: Option<u64>,
    /// Everything that keeps the step from ending well, most important first.
    pub waits_for: Vec<Why>,
}
