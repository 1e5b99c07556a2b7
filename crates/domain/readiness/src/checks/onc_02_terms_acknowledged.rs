//! ONC-02: on-call has terms, and each member acknowledged those of now.

use crate::clock::exercise_counts_for;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ONC-02",
    title: "Each member of its rota acknowledged the terms of now",
    remedy: "write the terms into the Rotation; whoever joined acknowledges changed ones by the link of their invitation",
    section: Section::People,
    needed_at: Exposure::OnePercent,
    reads: &[Kind::Profile, Kind::Rota],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, _: &Clock) -> Verdict {
    let Some(rota) = &facts.rota else {
        return Verdict::Unknown { missing: "no rotation is paged for it".to_owned() };
    };
    if !rota.joins {
        return Verdict::Unknown { missing: format!("rotation {} has no terms that anybody acknowledges", rota.name) };
    }
    let Some((at, position)) = rota.last_joined.filter(|_| rota.members > 0) else {
        return Verdict::Unknown { missing: format!("nobody has joined rotation {} yet", rota.name) };
    };
    let evidence = Evidence { position, at, seen_by: format!("acceptances into rotation {}", rota.name) };
    let seen = format!("rotation {}: {} of {} members acknowledged them", rota.name, rota.acknowledged, rota.members);
    match rota.acknowledged == rota.members {
        true => Verdict::Holds { seen, evidence, expires_at: rota.looked_at + exercise_counts_for(facts.tier) },
        false => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}
