//! SLO-09: what wakes somebody is what customers feel. Files can only say that it is not: which rules are live is seen where
//! they run.

use crate::outside::{Asked, shown_by_files};
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked =
    ("rules.paging_on_causes_named", "`seaworthy collect prometheus-rules FILE --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "SLO-09",
    title: "No rule pages on a cause",
    remedy: "make a ticket of the rule, and an objective of what customers feel of it",
    section: Section::Monitoring,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::OutsideRules],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    shown_by_files(&facts.rules, ASKED, clock, "rules that page on a cause")
}
