//! ADP-03: it runs in more than one zone. Files can only say that it does not: where it runs is seen in production.

use crate::outside::{Asked, shown_by_files};
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked =
    ("kubernetes.without_zone_spread", "`seaworthy collect kubernetes DIR --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "ADP-03",
    title: "It is spread over zones",
    remedy: "spread its instances over two zones: topology spread constraints, or an anti-affinity",
    section: Section::Architecture,
    needed_at: Exposure::All,
    reads: &[Kind::Kubernetes],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    shown_by_files(&facts.kubernetes, ASKED, clock, "workloads that do not ask to be spread over zones")
}
