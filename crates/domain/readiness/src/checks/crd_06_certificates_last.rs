//! CRD-06: what expires is renewed before. Seen from outside: the certificate of its entry points that ends first.

use crate::outside::{Asked, at_least};
use crate::words::number;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// Fewest days that must be left: what renews itself does so in the last month.
const DAYS_MIN: f64 = 14.0;

/// What is asked, and who tells it.
const ASKED: Asked = ("entry.tls_days_left", "`seaworthy collect entry-points FILE --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "CRD-06",
    title: "No certificate of its entry points ends within two weeks",
    remedy: "renew it, and let a machine renew the next one",
    section: Section::Security,
    needed_at: Exposure::OnePercent,
    reads: &[Kind::EntryPoints],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_least(&facts.entry, ASKED, DAYS_MIN, clock, |n| format!("{} days are left", number(n)))
}
