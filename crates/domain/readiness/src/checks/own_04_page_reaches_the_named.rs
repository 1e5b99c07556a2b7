//! OWN-04: alerts are routed by ownership. Seen when a page, a drill or not, was taken by the very person whom the owning team's
//! rotation named.

use jiff::SignedDuration;

use crate::clock::days;
use crate::outside::{Asked, wrong};
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How long it counts, whatever the tier: the row asks for one a week.
const COUNTS_FOR: SignedDuration = days(7);

/// What is asked of other alerting that is in use beside ours, and who tells it.
const ASKED: Asked = ("routes.to_nobody_named", "`seaworthy collect alertmanager FILE --service SERVICE` tells it");

/// The check.
pub(super) const CHECK: Check = Check {
    row: "OWN-04",
    title: "A page reaches the very person whom ownership names",
    remedy: "fire a rule as a drill and let the person whom it names take it by their link: `seaworthy rules drill RULE`",
    section: Section::Monitoring,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Pages, Kind::Routes],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if let Some(wrong) = wrong(&facts.routes, ASKED, clock, "routes that reach nobody") {
        return wrong;
    }
    let taken = facts.pages.iter().filter_map(|page| page.taken_by_named).max();
    let Some((at, position)) = taken else {
        return Verdict::Unknown { missing: "no page of it was taken by the person whom it named yet".to_owned() };
    };
    let Some(expires_at) = clock.counts(at, COUNTS_FOR) else {
        return Verdict::Unknown { missing: "the person whom a page named took none of it in 7 days".to_owned() };
    };
    let seen = "the person whom its rotation named took the page".to_owned();
    Verdict::Holds { seen, evidence: Evidence { position, at, seen_by: "that person".to_owned() }, expires_at }
}
