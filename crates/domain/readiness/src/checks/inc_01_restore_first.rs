//! INC-01: the priority is to restore service first. Seen when users met failures and the first act was a restore
//! action that worked, minutes at most after the first bad response.

use jiff::Timestamp;

use crate::check::{exercise_counts_for, seconds};
use crate::{Check, Evidence, ServiceSnapshot, Verdict};

/// Longest time from the first bad response to restored, in seconds: five minutes.
const RESTORED_WITHIN_S: f64 = 300.0;

/// The check.
pub(super) const CHECK: Check = Check {
    row: "INC-01",
    title: "Service is restored first, the cause is looked for after",
    remedy: "exercise the restore action: revert a failing version in working hours and look at the time it took",
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, now: Timestamp) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "no restore action of Seaworthy reaches it".to_owned() };
    }
    let failing = facts.reverts.iter().rev().find_map(|r| r.from_first_bad_s.map(|s| (r, s)));
    let Some((last, restored_after)) = failing else {
        return Verdict::Unknown { missing: "no failure of it was met with a restore action yet".to_owned() };
    };
    let expires_at = last.confirmed_at + exercise_counts_for(facts.tier);
    if expires_at <= now {
        return Verdict::Unknown { missing: "the last restore is too old to count".to_owned() };
    }
    let evidence = Evidence {
        position: last.position,
        at: last.confirmed_at,
        seen_by: format!("gateway {}", last.gateways.join(", ")),
    };
    let seen =
        format!("restored {} after the first bad response, by reverting {}", seconds(restored_after), last.version);
    match restored_after <= RESTORED_WITHIN_S {
        true => Verdict::Holds { seen, evidence, expires_at },
        false => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}
