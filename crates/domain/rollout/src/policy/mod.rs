//! What makes the core's evidence a verdict: dwell, minimum counts, the delta ladder, holds, the freeze while the
//! comparator itself fails, the ratio check.
//!
//! Errors decide; latency may hold or abort and never promotes. No data waits and never passes. Every number that a
//! person may ask about is a constant here, with its reason.

mod comparator;
mod judge;
mod latency;
mod ratio_check;
mod verdict;

use std::time::Duration;

use seaworthy_model::Share;

use crate::judge::BelowCeiling;

pub use judge::Judge;
pub use verdict::{Evidence, MetricName, Verdict, Why};

/// Evidence that aborts: one healthy rollout in a thousand at most, all looks, steps and metrics together.
pub const ABORT_E: f64 = 1_000.0;

/// Evidence that freezes exposure: one healthy rollout in twenty may be slowed down, none is harmed by it.
pub const HOLD_E: f64 = 20.0;

/// Evidence that promotes: a canary that violates its margin is certified once in twenty steps at most.
pub const PROMOTE_E: f64 = 20.0;

/// Part of the alpha that errors get. They decide, so they get nearly all of it.
pub const ERROR_WEIGHT: f64 = 0.9;

/// Part of the alpha that latency gets: a guard against what errors do not show.
pub const LATENCY_WEIGHT: f64 = 1.0 - ERROR_WEIGHT;

/// Prior mass on "worse from the start": most faults show on the first users.
pub const START_MASS: f64 = 0.4;

/// The ratio of failure rates that a promotion rules out.
pub const MARGIN: f64 = 2.0;

/// After this long without a request of either arm a step says that it waits for users. Shorter gaps are usual.
pub const QUIET_AFTER: Duration = Duration::from_secs(10);

/// What a policy lets the writer of a service's file choose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Policy {
    /// Shortest stay on a step. 30 s by default: shorter than that, a periodic job or a cache has not come round once.
    pub dwell: Duration,
    /// Fewest canary requests on a step. 50 by default: fewer prove nothing to a person, whatever the evidence says.
    pub requests_min: u64,
    /// A request faster than this is never slow, whatever the comparator does. 50 ms by default: half of what a person
    /// can notice, and more than two processes on one busy machine differ by for no fault of theirs.
    pub slow_floor: Duration,
    /// Failure ratio of the comparator from which promotion freezes, 0 to 1. 5% by default: with users failing on both
    /// arms the change in flight is not the one to finish.
    pub comparator_ceiling: f64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            dwell: Duration::from_secs(30),
            requests_min: 50,
            slow_floor: Duration::from_millis(50),
            comparator_ceiling: 0.05,
        }
    }
}

/// Returns the failure ratio that a promotion out of a step of `share` must rule out: 5% below a tenth of users, 1%
/// below half, 0.5% from there. The more users the next step reaches, the more is asked.
pub fn delta(share: Share) -> f64 {
    match share.basis_points() {
        ..1_000 => 0.05,
        1_000..5_000 => 0.01,
        5_000.. => 0.005,
    }
}

/// Returns how many users without a failure a step of `share` needs at least, each counted once in ten seconds: 74 below a
/// tenth of users, 377 below half, 755 from there. Failures need more, also where stable fails as often.
pub fn clean_users(share: Share) -> u64 {
    let fresh = BelowCeiling::new(delta(share)).expect("the ladder holds probabilities");
    fresh.clean_units_to(PROMOTE_E.ln()).expect("the ladder is in reach")
}

/// What one arm did between two looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ArmCounts<'a> {
    /// Users first seen in this step, counted when their request was assigned. Feeds the ratio check alone.
    pub users_new: u64,
    /// Users seen in this epoch for the first time, counted when their request ended.
    pub users: u64,
    /// Users who failed in this epoch for the first time. Feeds the evidence for a promotion and the comparator.
    pub users_failed: u64,
    /// Users who failed in this step for the first time. Feeds the evidence for an abort: see `judge`.
    pub users_failed_first: u64,
    /// Requests that ended with a verdict: all but those the user cancelled.
    pub requests: u64,
    /// Latency buckets (`seaworthy_model::latency`) and counts; any order, a bucket may come twice.
    pub latency: &'a [(u8, u64)],
}

/// What both arms did between two looks: counts of requests that the current step's config assigned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tick<'a> {
    /// The version on trial.
    pub canary: ArmCounts<'a>,
    /// All stable traffic of the service.
    pub stable: ArmCounts<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_needs_more_users_the_more_it_reaches() {
        let need = |basis_points| clean_users(Share::from_basis_points(basis_points).expect("a share"));
        assert_eq!([1, 500, 999, 1_000, 2_500, 4_999, 5_000, 9_999].map(need), [74, 74, 74, 377, 377, 377, 755, 755]);
    }

    #[test]
    fn the_ladder_asks_more_of_larger_steps() {
        for (share, want) in [
            ("1", 0.05),
            ("5", 0.05),
            ("9.99", 0.05),
            ("10", 0.01),
            ("25", 0.01),
            ("49.99", 0.01),
            ("50", 0.005),
            ("99", 0.005),
        ] {
            assert_eq!(delta(share.parse().expect("a share")), want, "{share}");
        }
    }
}
