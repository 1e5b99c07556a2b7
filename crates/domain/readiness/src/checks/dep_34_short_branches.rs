//! DEP-34: no branch lives for months. Seen at the repository.

use crate::outside::{Asked, at_most};
use crate::words::counted;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = ("git.branches_older_than_7_days", "`seaworthy collect git DIR --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-34",
    title: "No branch of it is older than a week",
    remedy: "merge it behind a switch, or delete it",
    section: Section::Change,
    needed_at: Exposure::All,
    reads: &[Kind::Git],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_most(&facts.git, ASKED, 0.0, clock, |n| {
        format!("{} older than a week", counted(n as usize, "branch", "branches"))
    })
}
