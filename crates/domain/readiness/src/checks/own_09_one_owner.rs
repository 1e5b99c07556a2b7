//! OWN-09: a digital service has exactly one owning team. Two are refused by the catalogue, so what can be missing is
//! a team with people in it.

use crate::clock::exercise_counts_for;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "OWN-09",
    title: "Exactly one team owns it",
    remedy: "declare the owning team and its members in the service's files, then `seaworthy apply`",
    section: Section::Architecture,
    needed_at: Exposure::Internal,
    reads: &[Kind::Profile, Kind::Owner],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let owner = &facts.owner;
    let evidence = Evidence { position: owner.position, at: owner.at, seen_by: format!("catalogue, {}", owner.source) };
    if facts.owner_members == 0 {
        let seen = format!("team {} has no members, so nobody owns it", owner.value);
        return Verdict::DoesNotHold { seen, evidence: Some(evidence) };
    }
    // A declaration is a claim that people must renew: it counts as long as an exercise does.
    let Some(expires_at) = clock.counts(owner.at, exercise_counts_for(facts.tier)) else {
        return Verdict::Unknown { missing: format!("owner {} was declared too long ago to count", owner.value) };
    };
    let noun = if facts.owner_members == 1 { "person" } else { "people" };
    Verdict::Holds { seen: format!("team {}, {} {noun}", owner.value, facts.owner_members), evidence, expires_at }
}
