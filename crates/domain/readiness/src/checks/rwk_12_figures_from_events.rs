//! RWK-12: how often a change is deployed and how long it takes from commit to production, from stored events, with how many
//! there were. The time of a merge is never taken for that of its author.

use jiff::SignedDuration;

use crate::clock::days;
use crate::outside::{Asked, at_most};
use crate::words::{counted, number};
use crate::{Check, Clock, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// What is asked, and who tells it.
const ASKED: Asked = (
    "delivery.lead_time_hours_p50",
    "whatever knows when a change was written sends it, or `seaworthy collect csv FILE --service SERVICE`",
);

/// How far back is looked: a quarter.
const COUNTS_FOR: SignedDuration = days(90);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "RWK-12",
    title: "Deploy frequency and lead time are known from events",
    remedy: "tell the commit when a version is shipped, and let the pipeline tell the lead time",
    section: Section::Performance,
    needed_at: Exposure::All,
    reads: &[Kind::Profile, Kind::Rollouts, Kind::Delivery],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "its versions are not shipped through Seaworthy".to_owned() };
    }
    let recent = facts.rollouts.iter().filter(|one| clock.counts(one.met_at, COUNTS_FOR).is_some()).count();
    if recent == 0 {
        return Verdict::Unknown { missing: "no deploy of it met users in 90 days".to_owned() };
    }
    let deploys = counted(recent, "deploy", "deploys");
    at_most(&facts.delivery, ASKED, f64::INFINITY, clock, |hours| {
        format!("{deploys} in 90 days; half of the changes took {} h at most from commit to production", number(hours))
    })
}
