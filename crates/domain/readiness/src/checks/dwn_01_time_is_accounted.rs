//! DWN-01: the account of downtime is of what somebody saw. Time that nobody watched is a class of its own, and too much of it
//! hides an outage.

use crate::clock::look_counts_for;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// Largest part of the time that nobody may have watched: with more, a day of 30 is missing.
const UNKNOWN_MAX: f64 = 0.05;

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DWN-01",
    title: "Nineteen of twenty minutes of its last 30 days were watched",
    remedy: "declare a probe of it, and run it from a second place: `seaworthy probe --from PLACE`",
    section: Section::Capacity,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::Watched],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let Some(watched) = &facts.watched else {
        return Verdict::Unknown { missing: "nobody has seen yet whether it is up".to_owned() };
    };
    let unknown = watched.unknown_s / watched.whole_s.max(1.0);
    let seen = format!("{:.1}% of its time is unknown; seen by {}", unknown * 100.0, watched.by.join(" and "));
    let seen_by = "the account of downtime".to_owned();
    let evidence = Evidence { position: watched.position, at: watched.looked_at, seen_by };
    if unknown > UNKNOWN_MAX {
        return Verdict::DoesNotHold { seen, evidence: Some(evidence) };
    }
    match clock.counts(watched.looked_at, look_counts_for(facts.tier)) {
        Some(expires_at) => Verdict::Holds { seen, evidence, expires_at },
        None => Verdict::Unknown { missing: "nobody added it up lately".to_owned() },
    }
}
