//! SEC-12: what answers from outside is what is declared. A list of what is declared can only show what is wrong with it.

use crate::outside::{Asked, shown_by_files};
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = ("entry.without_tls", "`seaworthy collect entry-points FILE --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "SEC-12",
    title: "Its entry points are declared, and answer with TLS alone",
    remedy: "answer without TLS by sending the client to it, and declare what else answers",
    section: Section::Security,
    needed_at: Exposure::OnePercent,
    reads: &[Kind::EntryPoints],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    shown_by_files(&facts.entry, ASKED, clock, "entry points that answer without TLS")
}
