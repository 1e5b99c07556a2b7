//! ONC-10: "a good schedule has 6-8 engineers".

use crate::clock::exercise_counts_for;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ONC-10",
    title: "Six to eight people share its rota",
    remedy: "invite more people, or split a large rota: `seaworthy oncall show ROTATION` says who is in it",
    section: Section::People,
    needed_at: Exposure::All,
    reads: &[Kind::Profile, Kind::Rota],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, _: &Clock) -> Verdict {
    let Some(rota) = &facts.rota else {
        return Verdict::Unknown { missing: "no rotation is paged for it".to_owned() };
    };
    let noun = if rota.members == 1 { "person" } else { "people" };
    let seen = format!("rotation {} has {} {noun}", rota.name, rota.members);
    let evidence = Evidence { position: rota.position, at: rota.looked_at, seen_by: format!("rotation {}", rota.name) };
    match (6..=8).contains(&rota.members) {
        true => Verdict::Holds { seen, evidence, expires_at: rota.looked_at + exercise_counts_for(facts.tier) },
        false => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}
