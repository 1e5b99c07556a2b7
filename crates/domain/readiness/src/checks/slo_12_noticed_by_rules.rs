//! SLO-12: alerting that does not stay silent when everything is on fire. Seen in who noticed each incident first.

use jiff::SignedDuration;

use crate::clock::days;
use crate::snapshot::Incident;
use crate::words::counted;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How far back is looked: half a year.
const COUNTS_FOR: SignedDuration = days(180);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "SLO-12",
    title: "Its last incidents were noticed by a rule and not by people",
    remedy: "give what people noticed a rule, and fire it as a drill: `seaworthy incident list --service SERVICE`",
    section: Section::Monitoring,
    needed_at: Exposure::All,
    reads: &[Kind::Profile, Kind::Incidents],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let recent = facts.incidents.iter().filter(|one| clock.counts(one.at, COUNTS_FOR).is_some());
    let recent: Vec<&Incident> = recent.collect();
    let Some(last) = recent.last() else {
        return Verdict::Unknown {
            missing: "no incident of it in half a year: nobody knows who would notice".to_owned(),
        };
    };
    let by_people: Vec<&&Incident> = recent.iter().filter(|one| !one.noticed_by_rule).collect();
    let evidence = |one: &Incident| Evidence { position: one.position, at: one.at, seen_by: "its incident".to_owned() };
    match by_people.last() {
        Some(one) => {
            let seen = format!(
                "{} of {} were noticed by people first",
                by_people.len(),
                counted(recent.len(), "incident", "incidents")
            );
            Verdict::DoesNotHold { seen, evidence: Some(evidence(one)) }
        }
        None => Verdict::Holds {
            seen: format!("{}, each noticed by a rule", counted(recent.len(), "incident", "incidents")),
            evidence: evidence(last),
            expires_at: last.at + COUNTS_FOR,
        },
    }
}
