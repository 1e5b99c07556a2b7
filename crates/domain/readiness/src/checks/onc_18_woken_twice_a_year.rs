//! ONC-18: somebody may be woken once or twice a year; beyond that it is for whoever leads to answer, and never for the team.
//! Who it was stands nowhere.

use crate::clock::look_counts_for;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ONC-18",
    title: "Nobody on its rota was woken more than twice in a year",
    remedy: "this is for the head of engineering: fewer rules, more people, or a service that fails less",
    section: Section::People,
    needed_at: Exposure::All,
    reads: &[Kind::Profile, Kind::Wakes],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let Some(wakes) = &facts.wakes else {
        return Verdict::Unknown { missing: "no rotation of five people or more is paged for it".to_owned() };
    };
    let evidence = Evidence {
        position: wakes.position,
        at: wakes.looked_at,
        seen_by: format!("pages of rotation {}", wakes.rotation),
    };
    if wakes.is_over_line {
        let seen = format!("rotation {} woke somebody more often than a year should have", wakes.rotation);
        return Verdict::DoesNotHold { seen, evidence: Some(evidence) };
    }
    let Some(expires_at) = clock.counts(wakes.looked_at, look_counts_for(facts.tier)) else {
        return Verdict::Unknown { missing: "nobody counted it lately".to_owned() };
    };
    let seen = format!("rotation {} woke nobody more often than a year should have", wakes.rotation);
    Verdict::Holds { seen, evidence, expires_at }
}
