//! INC-01: the priority is to restore service first. Seen when users met failures and the first act was a restore
//! action that worked, minutes at most after the first bad response.

use jiff::Timestamp;
use seaworthy_model::{ControlKind, Position};

use crate::clock::exercise_counts_for;
use crate::snapshot::{Controlled, Revert};
use crate::words::seconds;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// Longest time from the first bad response to restored, in seconds: five minutes.
const RESTORED_WITHIN_S: f64 = 300.0;

/// The check.
pub(super) const CHECK: Check = Check {
    row: "INC-01",
    title: "Service is restored first, the cause is looked for after",
    remedy: "exercise the restore action: revert a failing version in working hours and look at the time it took",
    section: Section::Response,
    needed_at: Exposure::All,
    reads: &[Kind::Profile, Kind::Reverts, Kind::Controls],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "no restore action of Seaworthy reaches it".to_owned() };
    }
    let reverted = facts.reverts.iter().filter_map(restored_by_revert);
    let Some(last) = reverted.chain(facts.controls.iter().filter_map(restored_by_control)).max_by_key(|r| r.at) else {
        return Verdict::Unknown { missing: "no failure of it was met with a restore action yet".to_owned() };
    };
    let Some(expires_at) = clock.counts(last.at, exercise_counts_for(facts.tier)) else {
        return Verdict::Unknown { missing: "the last restore is too old to count".to_owned() };
    };
    let seen_by = format!("gateway {}", last.gateways.join(", "));
    let evidence = Evidence { position: last.position, at: last.at, seen_by };
    let seen = format!("restored {} after the first bad response, by {}", seconds(last.after_s), last.by);
    match last.after_s <= RESTORED_WITHIN_S {
        true => Verdict::Holds { seen, evidence, expires_at },
        false => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}

/// A restore action that worked while users met failures.
struct Restored<'a> {
    at: Timestamp,
    after_s: f64,
    by: String,
    position: Position,
    gateways: &'a [String],
}

fn restored_by_revert(revert: &Revert) -> Option<Restored<'_>> {
    Some(Restored {
        at: revert.confirmed_at,
        after_s: revert.from_first_bad_s?,
        by: format!("reverting {}", revert.version),
        position: revert.position,
        gateways: &revert.gateways,
    })
}

/// A throttle or an isolation: a shutter spares users the failure, and does not serve them.
fn restored_by_control(control: &Controlled) -> Option<Restored<'_>> {
    let restores = !control.drill && control.kind != ControlKind::Shutter;
    Some(Restored {
        at: control.set_at,
        after_s: control.from_first_bad_s.filter(|_| restores)?,
        by: match control.kind {
            ControlKind::Isolate => "an isolation".to_owned(),
            kind => format!("a {kind}"),
        },
        position: control.position,
        gateways: &control.gateways,
    })
}
