//! ONC-01: a person joins a rota only by accepting an invitation; nobody can be added by another.

use crate::clock::exercise_counts_for;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ONC-01",
    title: "Everybody on its rota said yes themselves",
    remedy: "write joining: accepted with terms in the Rotation, then `seaworthy oncall invite ROTATION`",
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
        let seen = format!("rotation {} is a list in a file: nobody on it said yes here", rota.name);
        return Verdict::DoesNotHold { seen, evidence: None };
    }
    let Some((at, position)) = rota.last_joined.filter(|_| rota.members > 0) else {
        return Verdict::Unknown { missing: format!("nobody has joined rotation {} yet", rota.name) };
    };
    let seen = format!("rotation {}: {} of {} members joined by their own link", rota.name, rota.members, rota.members);
    let evidence = Evidence { position, at, seen_by: format!("acceptances into rotation {}", rota.name) };
    // Whoever is a member may leave at any moment, so the list is asked now; it counts as long as an exercise does.
    Verdict::Holds { seen, evidence, expires_at: rota.looked_at + exercise_counts_for(facts.tier) }
}
