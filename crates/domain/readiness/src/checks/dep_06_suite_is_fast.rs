//! DEP-06: suites run in parallel, so that they take minutes. Seen in the record of the tests.

use crate::outside::{Asked, at_most};
use crate::words::seconds;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// Longest that a suite may take, in seconds: beyond ten minutes, people turn to something else.
const SUITE_SECONDS_MAX: f64 = 600.0;

/// What is asked, and who tells it.
const ASKED: Asked = ("tests.slowest_suite_seconds", "`seaworthy collect junit DIR --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-06",
    title: "Its slowest suite takes ten minutes at most",
    remedy: "run the suites in parallel, and take out those that never found anything",
    section: Section::Change,
    needed_at: Exposure::All,
    reads: &[Kind::Tests],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_most(&facts.tests, ASKED, SUITE_SECONDS_MAX, clock, |s| format!("the slowest takes {}", seconds(s)))
}
