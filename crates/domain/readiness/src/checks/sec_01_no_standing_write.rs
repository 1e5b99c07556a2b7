//! SEC-01: not everybody can change data. Seen at the database: that nobody may write in everything shows only what is not so,
//! and who may is a matter of elevation.

use crate::outside::{Asked, shown_by_files};
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = ("database.writable_by_all", "`seaworthy collect postgresql URL --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "SEC-01",
    title: "No database of it can be written by everybody",
    remedy: "take the grant to PUBLIC away: `REVOKE ALL ON SCHEMA public FROM PUBLIC`",
    section: Section::Security,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Database],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    shown_by_files(&facts.database, ASKED, clock, "databases in which every role may write")
}
