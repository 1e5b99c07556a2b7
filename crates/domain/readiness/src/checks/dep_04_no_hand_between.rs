//! DEP-04: everything between commit and production is automated. Seen in the record of the pipeline: jobs that waited for
//! somebody.

use crate::outside::{Asked, at_most};
use crate::words::counted;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = ("pipeline.manual_waits", "`seaworthy collect github-actions FILE --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-04",
    title: "No job between commit and production waits for a person",
    remedy: "let the judge decide on what users meet instead of a person who approves before",
    section: Section::Change,
    needed_at: Exposure::All,
    reads: &[Kind::Pipeline],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_most(&facts.pipeline, ASKED, 0.0, clock, |n| {
        format!("{} for a person", counted(n as usize, "job waited", "jobs waited"))
    })
}
