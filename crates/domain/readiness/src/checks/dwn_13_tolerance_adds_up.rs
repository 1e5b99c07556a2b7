//! DWN-13: tolerance flows along hard dependencies: what a service cannot work without may not be away for longer than it may.

use crate::clock::exercise_counts_for;
use crate::words::counted;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DWN-13",
    title: "Nothing that it cannot work without may be away for longer than it may",
    remedy: "agree on the stricter of the two with the team of the dependency, or make the dependency soft and try it",
    section: Section::Dependencies,
    needed_at: Exposure::All,
    reads: &[Kind::Profile, Kind::Owner, Kind::Edges, Kind::Promised],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if let Some(first) = facts.contradictions.first() {
        return Verdict::DoesNotHold { seen: first.trim_end_matches('.').to_owned(), evidence: None };
    }
    let Some(promise) = &facts.promise else {
        return Verdict::Unknown { missing: "nobody said what planned downtime of it is tolerated".to_owned() };
    };
    let hard = facts.edges.iter().filter(|edge| edge.hard).count();
    let (at, position) = match promise.position > facts.owner.position {
        true => (promise.since.max(facts.owner.at), promise.position),
        false => (facts.owner.at, facts.owner.position),
    };
    let Some(expires_at) = clock.counts(at, exercise_counts_for(facts.tier)) else {
        return Verdict::Unknown {
            missing: "what it needs and tolerates was declared too long ago to count".to_owned(),
        };
    };
    let seen = format!("{} agree with what it tolerates", counted(hard, "hard dependency", "hard dependencies"));
    Verdict::Holds {
        seen,
        evidence: Evidence { position, at, seen_by: "the graph of what files say".to_owned() },
        expires_at,
    }
}
