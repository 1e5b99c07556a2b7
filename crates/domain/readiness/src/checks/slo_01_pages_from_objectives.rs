//! SLO-01: what wakes somebody comes from an objective, computed from live data.

use jiff::SignedDuration;

use crate::words::{counted, named};
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How old what was counted last may be.
const FED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "SLO-01",
    title: "Every rule that pages comes from an objective that is fed",
    remedy: "give the probe or the outside rule an objective, or make it a ticket: `seaworthy rules --service SERVICE` names it",
    section: Section::Monitoring,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::Rules, Kind::Objectives],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let fed = facts.objectives.iter().filter_map(|one| Some((one, clock.counts(one.counted_at?, FED_WITHIN)?)));
    let Some((oldest, expires_at)) = fed.min_by_key(|(_, until)| *until) else {
        return Verdict::Unknown { missing: "no objective of it counted anything in a day".to_owned() };
    };
    let strange: Vec<&str> =
        facts.paging_rules.iter().filter(|rule| !rule.from_objective).map(|rule| rule.name.as_str()).collect();
    let at = oldest.counted_at.unwrap_or(expires_at);
    let evidence = Evidence { position: oldest.position, at, seen_by: format!("objective {}", oldest.name) };
    match strange.is_empty() {
        true => Verdict::Holds {
            seen: format!(
                "{} from {}",
                counted(facts.paging_rules.len(), "rule", "rules"),
                counted(facts.objectives.len(), "objective", "objectives")
            ),
            evidence,
            expires_at,
        },
        false => {
            let seen = format!(
                "{} without an objective: {}",
                counted(strange.len(), "rule pages", "rules page"),
                named(strange)
            );
            Verdict::DoesNotHold { seen, evidence: Some(evidence) }
        }
    }
}
