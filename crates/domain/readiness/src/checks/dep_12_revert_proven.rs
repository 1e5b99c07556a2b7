//! DEP-12: it is easy to roll back a deploy if something does not go well; proven by having done it, in production.

use crate::clock::exercise_counts_for;
use crate::words::seconds;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-12",
    title: "A revert was proven in production",
    remedy: "ship a version to a small share of users and revert it by hand: `seaworthy revert SERVICE`",
    section: Section::Change,
    needed_at: Exposure::OnePercent,
    reads: &[Kind::Profile, Kind::Reverts],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "its versions are not shipped through Seaworthy".to_owned() };
    }
    let Some(last) = facts.reverts.last() else {
        return Verdict::Unknown { missing: "no revert of it was seen in production yet".to_owned() };
    };
    let Some(expires_at) = clock.counts(last.confirmed_at, exercise_counts_for(facts.tier)) else {
        return Verdict::Unknown { missing: format!("the last revert, of {}, is too old to count", last.version) };
    };
    Verdict::Holds {
        seen: format!("{} was reverted, took {}", last.version, seconds(last.took_s)),
        evidence: Evidence {
            position: last.position,
            at: last.confirmed_at,
            seen_by: format!("gateway {}", last.gateways.join(", ")),
        },
        expires_at,
    }
}
