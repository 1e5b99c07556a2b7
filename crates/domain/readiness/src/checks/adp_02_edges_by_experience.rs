//! ADP-02: whether it works without a dependency is known from what happened when that was away, and not from a word in a file.
//! An isolation on purpose counts as much as an outage.

use crate::clock::exercise_counts_for;
use crate::snapshot::{Edge, Fared, Lost};
use crate::words::{counted, named};
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ADP-02",
    title: "What it does without each dependency was seen",
    remedy: "take a soft dependency away for two minutes in working hours: `seaworthy isolate SERVICE --calls-to DEPENDENCY --drill --reason \"exercise\"`",
    section: Section::Dependencies,
    needed_at: Exposure::All,
    reads: &[Kind::Profile, Kind::Edges, Kind::Losses],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if facts.edges.is_empty() {
        return Verdict::DoesNotApply { because: "its files say that it needs no other service".to_owned() };
    }
    let length = exercise_counts_for(facts.tier);
    let fresh = |edge: &Edge| {
        facts.lost.iter().find(|lost| lost.dependency == edge.to && clock.counts(lost.at, length).is_some())
    };
    let known: Vec<(&Edge, Option<&Lost>)> = facts.edges.iter().map(|edge| (edge, fresh(edge))).collect();
    let unlike = known.iter().find_map(|(edge, lost)| lost.filter(|lost| !edge.hard && lost.fared == Fared::Down));
    if let Some(lost) = unlike {
        let seen = format!("{} is declared soft, and the service was down while it was {}", lost.dependency, lost.how);
        return Verdict::DoesNotHold { seen, evidence: Some(evidence(lost)) };
    }
    let is_seen = |lost: &Option<&Lost>| lost.is_some_and(|lost| lost.fared != Fared::NotSeen);
    let unseen: Vec<&str> = known.iter().filter(|(_, lost)| !is_seen(lost)).map(|(edge, _)| edge.to.as_str()).collect();
    let oldest = known.iter().filter_map(|(_, lost)| *lost).min_by_key(|lost| lost.at);
    match (oldest, unseen.as_slice()) {
        (Some(oldest), []) => Verdict::Holds {
            seen: format!("it was seen without each of {}", counted(facts.edges.len(), "dependency", "dependencies")),
            evidence: evidence(oldest),
            expires_at: oldest.at + length,
        },
        (_, unseen) => {
            Verdict::Unknown { missing: format!("it was not seen without {}", named(unseen.iter().copied())) }
        }
    }
}

fn evidence(lost: &Lost) -> Evidence {
    Evidence { position: lost.position, at: lost.at, seen_by: format!("{} {}", lost.dependency, lost.how) }
}
