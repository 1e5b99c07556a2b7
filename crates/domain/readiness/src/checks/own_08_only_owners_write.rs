//! OWN-08: one team has exclusive write access. Seen at the repository: nobody else changed it in 90 days.

use crate::outside::{Asked, at_most};
use crate::words::counted;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = ("git.commits_by_others_90d", "`seaworthy collect git DIR --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "OWN-08",
    title: "Nobody outside its team changed it in 90 days",
    remedy: "let the team merge what others propose, or move the ownership",
    section: Section::Security,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Git],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_most(&facts.git, ASKED, 0.0, clock, |n| {
        format!("{} of others in 90 days", counted(n as usize, "commit", "commits"))
    })
}
