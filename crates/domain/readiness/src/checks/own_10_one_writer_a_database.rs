//! OWN-10: one service has exclusive access to its data. Seen at the database itself: who may write.

use crate::outside::{Asked, nothing_of};
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = ("database.shared", "`seaworthy collect postgresql URL --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "OWN-10",
    title: "No database of it is written by several roles",
    remedy: "give the other service an interface to ask and a database of its own; then take its grants away",
    section: Section::Dependencies,
    needed_at: Exposure::All,
    reads: &[Kind::Database],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    nothing_of(&facts.database, ASKED, clock, ("each database has one role that writes", "several roles may write in"))
}
