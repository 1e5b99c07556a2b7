//! DEP-33: code that is not in production is dead code. Seen at the repository, beside its newest release.

use crate::outside::{Asked, at_most};
use crate::words::number;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// Longest wait, in days.
const DAYS_MAX: f64 = 7.0;

/// What is asked, and who tells it.
const ASKED: Asked = ("git.oldest_unreleased_days", "`seaworthy collect git DIR --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-33",
    title: "Nothing that is merged waits for a release longer than a week",
    remedy: "ship what waits: `seaworthy ship SERVICE VERSION`; a week of changes in one rollout hides which of them fails",
    section: Section::Change,
    needed_at: Exposure::All,
    reads: &[Kind::Git],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_most(&facts.git, ASKED, DAYS_MAX, clock, |n| format!("the oldest change waits for {} days", number(n)))
}
