//! DEP-07: changes reach customers step by step, in the day time, without any loss of availability. Seen in the account of
//! downtime while rollouts went on.

use jiff::SignedDuration;

use crate::clock::days;
use crate::snapshot::Rollout;
use crate::words::{counted, seconds};
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How far back rollouts are looked at: a quarter.
const COUNTS_FOR: SignedDuration = days(90);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-07",
    title: "Its rollouts go step by step and cost no availability",
    remedy: "ship to a small share of users first; what a rollout costs stands on its page and in `seaworthy downtime SERVICE`",
    section: Section::Change,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::Rollouts],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "its versions are not shipped through Seaworthy".to_owned() };
    }
    let over =
        facts.rollouts.iter().filter(|one| one.ended.is_some() && clock.counts(one.met_at, COUNTS_FOR).is_some());
    let over: Vec<&Rollout> = over.collect();
    let Some(last) = over.last() else {
        return Verdict::Unknown { missing: "no rollout of it met users and ended in 90 days".to_owned() };
    };
    let evidence = |one: &Rollout| Evidence {
        position: one.position,
        at: one.met_at,
        seen_by: format!("rollout of {}, beside the account of downtime", one.version),
    };
    if let Some(all_at_once) = over.iter().find(|one| !one.stepwise) {
        let seen = format!("{} met everybody at once", all_at_once.version);
        return Verdict::DoesNotHold { seen, evidence: Some(evidence(all_at_once)) };
    }
    if let Some(worst) = over.iter().filter(|one| one.lost_s > 0.0).max_by(|a, b| a.lost_s.total_cmp(&b.lost_s)) {
        let seen = format!("{} cost {} of availability", worst.version, seconds(worst.lost_s));
        return Verdict::DoesNotHold { seen, evidence: Some(evidence(worst)) };
    }
    let daytime = over.iter().filter(|one| one.in_daytime).count();
    Verdict::Holds {
        seen: format!("{} in 90 days without a loss, {daytime} by day", counted(over.len(), "rollout", "rollouts")),
        evidence: evidence(last),
        expires_at: last.met_at + COUNTS_FOR,
    }
}
