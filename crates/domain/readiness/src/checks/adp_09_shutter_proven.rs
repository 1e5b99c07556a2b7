//! ADP-09: shutter pages stand ready to replace entry points. Seen when gateways had a shutter in force and a request met
//! it instead of the service; a drill counts as much as the real thing.

use seaworthy_model::ControlKind;

use crate::clock::exercise_counts_for;
use crate::words::seconds;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// Longest time until every gateway shows it, in seconds: a person who has pressed looks about that long.
const SHOWN_WITHIN_S: f64 = 10.0;

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ADP-09",
    title: "A shutter page can take the service's place",
    remedy: "try it in working hours: `seaworthy shutter SERVICE --drill --reason \"exercise\"` closes it for two minutes",
    section: Section::Response,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::Controls],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "no gateway of Seaworthy carries its requests".to_owned() };
    }
    let Some(last) = facts.controls.iter().rev().find(|control| control.kind == ControlKind::Shutter) else {
        return Verdict::Unknown { missing: "no shutter of it was seen by anybody yet".to_owned() };
    };
    let Some(expires_at) = clock.counts(last.set_at, exercise_counts_for(facts.tier)) else {
        return Verdict::Unknown { missing: "the last shutter of it is too old to count".to_owned() };
    };
    let evidence =
        Evidence { position: last.position, at: last.set_at, seen_by: format!("gateway {}", last.gateways.join(", ")) };
    let word = if last.drill { "as a drill, " } else { "" };
    let seen = format!("shuttered {word}in force everywhere after {}", seconds(last.took_s));
    match last.took_s <= SHOWN_WITHIN_S {
        true => Verdict::Holds { seen, evidence, expires_at },
        false => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}
