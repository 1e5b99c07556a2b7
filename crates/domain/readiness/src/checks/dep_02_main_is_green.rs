//! DEP-02: its main branch passes its tests, always. Seen in the record of the pipeline.

use crate::outside::{Asked, at_most};
use crate::words::number;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// Longest time that main may be red in 30 days, in minutes: two mends of half an hour.
const RED_MINUTES_MAX: f64 = 60.0;

/// What is asked, and who tells it.
const ASKED: Asked =
    ("pipeline.red_minutes_on_main_30d", "`seaworthy collect github-actions FILE --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-02",
    title: "Its main branch was red for an hour a month at most",
    remedy: "make a red main branch the first thing that the team mends, before anything new",
    section: Section::Change,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Pipeline],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_most(&facts.pipeline, ASKED, RED_MINUTES_MAX, clock, |n| format!("red for {} min in 30 days", number(n)))
}
