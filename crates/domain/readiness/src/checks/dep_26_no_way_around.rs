//! DEP-26: nobody goes around the way that changes take. What was done on a gateway's own socket is in the ledger; shells and
//! consoles are seen by a collector or by nobody.

use jiff::SignedDuration;

use crate::clock::days;
use crate::outside::{Asked, at_most};
use crate::words::counted;
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = (
    "production.out_of_band_changes_30_days",
    "whatever watches shells and consoles sends it, or `seaworthy collect csv FILE --service SERVICE`",
);

/// How far back is looked.
const COUNTS_FOR: SignedDuration = days(30);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-26",
    title: "Nothing was changed in production around the pipeline in 30 days",
    remedy: "tie each such change to an incident, and put what it did into the pipeline",
    section: Section::Change,
    needed_at: Exposure::All,
    reads: &[Kind::Rollouts, Kind::Production],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    let around =
        facts.rollouts.iter().rev().find(|one| one.by_break_glass && clock.counts(one.met_at, COUNTS_FOR).is_some());
    if let Some(one) = around {
        let seen = format!("{} was taken off on a gateway's own socket", one.version);
        let evidence = Evidence { position: one.position, at: one.met_at, seen_by: "the gateway's journal".to_owned() };
        return Verdict::DoesNotHold { seen, evidence: Some(evidence) };
    }
    at_most(&facts.production, ASKED, 0.0, clock, |n| {
        format!("{} around the pipeline in 30 days", counted(n as usize, "change", "changes"))
    })
}
