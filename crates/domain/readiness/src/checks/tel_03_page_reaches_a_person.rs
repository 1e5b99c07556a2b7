//! TEL-03: call-outs happen by themselves. A drill injects a bad signal; it counts when alert, page, a person who took it
//! and the end followed without anybody's hand in between.

use crate::clock::exercise_counts_for;
use crate::words::seconds;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "TEL-03",
    title: "A bad signal reaches a person by itself",
    remedy: "fire a rule as a drill (`seaworthy rules --service SERVICE`, `seaworthy rules drill RULE`) and take its page by the link in the message",
    section: Section::Instrumentation,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::OnCall, Kind::Drills],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    // A drill that was taken shows a way to somebody; whoever is on call now may be somebody else.
    let unconfirmed = facts.on_call.as_ref().filter(|now| !now.has_confirmed_contact);
    let unconfirmed = unconfirmed.map(|now| format!("; {}, on call now, has confirmed no contact", now.person));
    let unconfirmed = unconfirmed.unwrap_or_default();
    let Some(last) = facts.drills.iter().max_by_key(|drill| drill.taken_at) else {
        return Verdict::Unknown { missing: format!("no drill of it was followed to a person yet{unconfirmed}") };
    };
    let Some(expires_at) = clock.counts(last.taken_at, exercise_counts_for(facts.tier)) else {
        return Verdict::Unknown {
            missing: format!("the last drill, of {}, is too old to count{unconfirmed}", last.rule),
        };
    };
    let evidence = Evidence { position: last.position, at: last.taken_at, seen_by: format!("drill of {}", last.rule) };
    let Some(delivered_s) = last.delivered_s else {
        let seen = format!("the page of the last drill, of {}, was found and not delivered", last.rule);
        return Verdict::DoesNotHold { seen, evidence: Some(evidence) };
    };
    let hops = [("paged", last.paged_s), ("delivered", delivered_s), ("taken", last.taken_s)];
    let hops: Vec<String> = hops.iter().map(|(hop, s)| format!("{hop} after {}", seconds(*s))).collect();
    Verdict::Holds { seen: hops.join(", ") + &unconfirmed, evidence, expires_at }
}
