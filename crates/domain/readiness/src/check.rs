//! The shape of a check, and running them all.

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tier;

use crate::finding::{Finding, Verdict};
use crate::snapshot::ServiceSnapshot;

/// One row of practice.
pub struct Check {
    /// Its id in the list of practices.
    pub row: &'static str,
    /// The statement that holds or does not.
    pub title: &'static str,
    /// What to do unless it holds.
    pub remedy: &'static str,
    /// Looks at the facts.
    pub evaluate: fn(&ServiceSnapshot, Timestamp) -> Verdict,
}

/// Runs every check.
pub fn evaluate(facts: &ServiceSnapshot, now: Timestamp) -> Vec<Finding> {
    let run = |check: &Check| Finding {
        row: check.row,
        title: check.title,
        remedy: check.remedy,
        verdict: (check.evaluate)(facts, now),
    };
    crate::checks::ALL.iter().map(run).collect()
}

/// How long a proof by exercise counts: 30, 90 or 180 days by tier, shorter where more customers lean on it.
pub(crate) fn exercise_counts_for(tier: Tier) -> SignedDuration {
    let days = match tier {
        Tier::One => 30,
        Tier::Two => 90,
        Tier::Three => 180,
    };
    SignedDuration::from_hours(24 * days)
}

/// Words for a length of time in seconds: `0.6 s`, `41 s`, `3 min`.
pub(crate) fn seconds(s: f64) -> String {
    match s {
        s if s < 9.95 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s => format!("{:.0} min", s / 60.0),
    }
}
