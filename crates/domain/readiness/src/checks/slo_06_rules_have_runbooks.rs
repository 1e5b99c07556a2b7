//! SLO-06: rules are code, each with an owner and a runbook. Files can only say that one has none: which rules are live is
//! seen where they run.

use crate::outside::{Asked, shown_by_files};
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked =
    ("rules.without_runbook_named", "`seaworthy collect prometheus-rules FILE --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "SLO-06",
    title: "Every rule that pages names a runbook",
    remedy: "give each rule the address of what to do first, and try the address",
    section: Section::Monitoring,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::OutsideRules],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    shown_by_files(&facts.rules, ASKED, clock, "rules that page without a runbook")
}
