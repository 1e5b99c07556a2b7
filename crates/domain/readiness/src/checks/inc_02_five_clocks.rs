//! INC-02: of every incident it is known when it began, was noticed, was joined, was restored and was over, each with its source.

use jiff::SignedDuration;

use crate::clock::days;
use crate::snapshot::Incident;
use crate::words::counted;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How far back is looked: half a year.
const COUNTS_FOR: SignedDuration = days(180);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "INC-02",
    title: "All five clocks of its last incidents are known",
    remedy: "say what the clocks lack: `seaworthy incident clock INCIDENT CLOCK TIME --source TEXT`",
    section: Section::Response,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::Incidents],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let over = facts.incidents.iter().filter(|one| one.is_over && clock.counts(one.at, COUNTS_FOR).is_some());
    let over: Vec<&Incident> = over.collect();
    let Some(last) = over.last() else {
        return Verdict::Unknown { missing: "no incident of it ended in half a year".to_owned() };
    };
    let evidence = |one: &Incident| Evidence { position: one.position, at: one.at, seen_by: "its incident".to_owned() };
    match over.iter().rev().find(|one| !one.unknown_clocks.is_empty()) {
        Some(one) => {
            let seen = format!("of an incident nobody knows: {}", one.unknown_clocks.join(", "));
            Verdict::DoesNotHold { seen, evidence: Some(evidence(one)) }
        }
        None => Verdict::Holds {
            seen: format!("all five of {}", counted(over.len(), "incident", "incidents")),
            evidence: evidence(last),
            expires_at: last.at + COUNTS_FOR,
        },
    }
}
