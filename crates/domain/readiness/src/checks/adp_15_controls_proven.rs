//! ADP-15: traffic can be throttled, problematic features can be taken away, dependencies can be isolated. Seen when each
//! of the three was in force on every gateway and refused a request. Without flags, a feature is taken away by a shutter
//! over its route.

use jiff::SignedDuration;
use seaworthy_model::ControlKind;

use crate::snapshot::Controlled;
use crate::words::seconds;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How long a control that was used counts, whatever the tier: the row itself says so.
const COUNTS_FOR: SignedDuration = SignedDuration::from_hours(24 * 180);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ADP-15",
    title: "Traffic can be throttled, features taken away, dependencies isolated",
    remedy: "try each in working hours, with --drill: `seaworthy throttle`, `seaworthy shutter --route`, `seaworthy isolate`",
    section: Section::Response,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::Controls, Kind::Edges],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "no gateway of Seaworthy carries its requests".to_owned() };
    }
    let last =
        |kind| facts.controls.iter().rev().find(|c| c.kind == kind && clock.counts(c.set_at, COUNTS_FOR).is_some());
    let wanted = ControlKind::ALL.into_iter().filter(|kind| *kind != ControlKind::Isolate || facts.has_edges);
    let (mut proven, mut missing): (Vec<&Controlled>, Vec<&str>) = (Vec::new(), Vec::new());
    for kind in wanted {
        match last(kind) {
            Some(control) => proven.push(control),
            None => missing.push(kind.as_str()),
        }
    }
    let oldest = proven.iter().min_by_key(|control| control.set_at);
    match (oldest, missing.as_slice()) {
        (Some(oldest), []) => {
            let times: Vec<String> = proven.iter().map(|c| format!("{} after {}", c.kind, seconds(c.took_s))).collect();
            Verdict::Holds {
                seen: format!("in force everywhere: {}", times.join(", ")),
                evidence: Evidence {
                    position: oldest.position,
                    at: oldest.set_at,
                    seen_by: format!("gateway {}", oldest.gateways.join(", ")),
                },
                expires_at: oldest.set_at + COUNTS_FOR,
            }
        }
        _ => Verdict::Unknown { missing: format!("not seen to work in 180 days: {}", missing.join(", ")) },
    }
}
