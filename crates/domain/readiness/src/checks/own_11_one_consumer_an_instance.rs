//! OWN-11: a database instance has one service as its consumer. Seen at the instance itself.

use crate::outside::{Asked, at_most};
use crate::words::counted;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked =
    ("database.consumers_of_instance", "`seaworthy collect postgresql URL --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "OWN-11",
    title: "Its database instance has one consumer",
    remedy: "ask whoever shares it for a date; until then an outage of one is an outage of both",
    section: Section::Dependencies,
    needed_at: Exposure::All,
    reads: &[Kind::Database],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_most(&facts.database, ASKED, 1.0, clock, |n| {
        format!("{} may write in the instance", counted(n as usize, "role", "roles"))
    })
}
