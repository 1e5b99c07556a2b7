//! CRD-01: no credential of a person is in use in production. Only a count is ever seen here.

use crate::outside::{Asked, at_most};
use crate::words::counted;
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = ("credentials.personal_in_use", "whatever keeps the inventory sends it in");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "CRD-01",
    title: "No person's own credential is in use in production",
    remedy: "replace it with one of a workload, and withdraw it once it was not used for 30 days",
    section: Section::Security,
    needed_at: Exposure::Internal,
    reads: &[Kind::Credentials],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    at_most(&facts.credentials, ASKED, 0.0, clock, |n| {
        format!("{} in use in production", counted(n as usize, "personal credential is", "personal credentials are"))
    })
}
