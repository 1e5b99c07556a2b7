//! DWN-04: somebody of the business said how much planned downtime of it is tolerated, within a year, and nothing was planned
//! against it.

use jiff::SignedDuration;

use crate::clock::days;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How long such a word counts, whatever the tier: the row says twelve months.
const COUNTS_FOR: SignedDuration = days(365);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DWN-04",
    title: "The business said what planned downtime it tolerates, and none was planned against it",
    remedy: "write `tolerates` with who said so and since when into its files, and say it anew once a year",
    section: Section::Capacity,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Promised],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let Some(promise) = &facts.promise else {
        return Verdict::Unknown {
            missing: "nobody of the business said what planned downtime of it is tolerated".to_owned(),
        };
    };
    let seen_by = format!("{}, {}", promise.by, promise.source);
    let evidence = Evidence { position: promise.position, at: promise.since, seen_by };
    if let Some(broken) = promise.broken.first() {
        return Verdict::DoesNotHold { seen: broken.trim_end_matches('.').to_owned(), evidence: Some(evidence) };
    }
    match clock.counts(promise.since, COUNTS_FOR) {
        Some(expires_at) => {
            let seen = format!("{} says: {}, and nothing was planned against it", promise.by, promise.planned);
            Verdict::Holds { seen, evidence, expires_at }
        }
        None => Verdict::Unknown { missing: format!("{} said so more than a year ago", promise.by) },
    }
}
