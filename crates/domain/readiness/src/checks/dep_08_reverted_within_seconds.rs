//! DEP-08: a failing change is reverted within seconds of the failure being detected, by machine.

use crate::clock::exercise_counts_for;
use crate::snapshot::{RevertTrigger, ServiceSnapshot};
use crate::words::seconds;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, Verdict};

/// Longest time from the decision until every gateway had let go, in seconds, that counts as "within seconds".
const WITHIN_S: f64 = 60.0;

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-08",
    title: "A failing change is reverted within seconds, by machine",
    remedy: "ship a version that fails to a small share of users on purpose, in working hours, and watch it go",
    section: Section::Change,
    needed_at: Exposure::OnePercent,
    reads: &[Kind::Profile, Kind::Reverts],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "its versions are not shipped through Seaworthy".to_owned() };
    }
    let Some(last) = facts.reverts.iter().rev().find(|r| r.trigger == RevertTrigger::Machine) else {
        return Verdict::Unknown { missing: "no machine has reverted a change of it yet".to_owned() };
    };
    let Some(expires_at) = clock.counts(last.confirmed_at, exercise_counts_for(facts.tier)) else {
        return Verdict::Unknown { missing: format!("the last proof, of {}, is too old to count", last.version) };
    };
    let evidence = Evidence {
        position: last.position,
        at: last.confirmed_at,
        seen_by: format!("gateway {}", last.gateways.join(", ")),
    };
    let since = last.from_first_bad_s.map(|s| format!(", {} after the first bad response", seconds(s)));
    let seen =
        format!("{} was off {} after the decision{}", last.version, seconds(last.took_s), since.unwrap_or_default());
    match last.took_s <= WITHIN_S {
        true => Verdict::Holds { seen, evidence, expires_at },
        false => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}
