//! OWN-03: it is known which team owns a service and by what its success is measured: two people at least, and measures that
//! somebody wrote and that are fed.

use jiff::SignedDuration;

use crate::snapshot::Objective;
use crate::words::{counted, named};
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// Fewest people of an owning team: with one, nobody is there when they are not.
const PEOPLE_MIN: usize = 2;

/// How old what was counted last may be: some measures count once a day.
const FED_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "OWN-03",
    title: "Its team is there, and its measures of success are fed",
    remedy: "declare an objective of it in its files and see that something is counted: `seaworthy slo status`",
    section: Section::Architecture,
    needed_at: Exposure::All,
    reads: &[Kind::Profile, Kind::Owner, Kind::Objectives],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if facts.owner_members < PEOPLE_MIN {
        let seen = format!("team {} has {}", facts.owner.value, counted(facts.owner_members, "person", "people"));
        return Verdict::DoesNotHold { seen, evidence: None };
    }
    let written: Vec<&Objective> = facts.objectives.iter().filter(|objective| !objective.by_default).collect();
    let fed = |objective: &&&Objective| objective.counted_at.is_some_and(|at| clock.counts(at, FED_WITHIN).is_some());
    let silent: Vec<&str> = written.iter().filter(|one| !fed(one)).map(|one| one.name.as_str()).collect();
    let Some(oldest) = written.iter().filter(fed).min_by_key(|objective| objective.counted_at) else {
        return Verdict::Unknown {
            missing: "no measure of success that somebody wrote has counted anything in a day".to_owned(),
        };
    };
    if !silent.is_empty() {
        let missing = format!("nothing was counted in a day for {}", named(silent));
        return Verdict::Unknown { missing };
    }
    let at = oldest.counted_at.unwrap_or(facts.owner.at);
    Verdict::Holds {
        seen: format!("{} people, {}", facts.owner_members, counted(written.len(), "measure", "measures")),
        evidence: Evidence { position: oldest.position, at, seen_by: format!("objective {}", oldest.name) },
        expires_at: at + FED_WITHIN,
    }
}
