//! DEP-11: it is easy to see whether a deploy was a success: what users met gave a verdict, within minutes of the first of them.

use jiff::{SignedDuration, Timestamp};

use crate::clock::days;
use crate::snapshot::{Ended, Rollout};
use crate::{Check, Clock, Evidence, Exposure, Kind, Section, ServiceSnapshot, Verdict};

/// How far back rollouts are looked at: a quarter.
const COUNTS_FOR: SignedDuration = days(90);

/// Longest time from the first user to the verdict.
const WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// The check.
pub(super) const CHECK: Check = Check {
    row: "DEP-11",
    title: "Nine of ten rollouts have a verdict within ten minutes",
    remedy: "ship through the judge, with users: `seaworthy ship SERVICE VERSION`; a rollout that waits says on its page for what",
    section: Section::Change,
    needed_at: Exposure::TenPercent,
    reads: &[Kind::Profile, Kind::Rollouts],
    evaluate,
};

fn evaluate(facts: &ServiceSnapshot, clock: &Clock) -> Verdict {
    if !facts.shipped_here {
        return Verdict::DoesNotApply { because: "its versions are not shipped through Seaworthy".to_owned() };
    }
    let ended = facts.rollouts.iter().filter_map(|one| Some((one, one.ended?)));
    // A first version has nothing to be compared with: that is no verdict, and no lack of one.
    let judged =
        ended.filter(|(one, (_, how))| *how != Ended::Unjudged && clock.counts(one.met_at, COUNTS_FOR).is_some());
    let judged: Vec<_> = judged.collect();
    let Some((last, _)) = judged.last() else {
        return Verdict::Unknown { missing: "no rollout of it had a verdict in 90 days".to_owned() };
    };
    let in_time = |(one, (at, how)): &&(&Rollout, (Timestamp, Ended))| {
        *how == Ended::OnEvidence && one.met_at.duration_until(*at) <= WITHIN
    };
    let (all, good) = (judged.len(), judged.iter().filter(in_time).count());
    let seen = format!("{good} of {all} had a verdict from what users met within 10 min");
    let evidence = Evidence { position: last.position, at: last.met_at, seen_by: format!("judge of {}", last.version) };
    match good * 10 >= all * 9 {
        true => Verdict::Holds { seen, evidence, expires_at: last.met_at + COUNTS_FOR },
        false => Verdict::DoesNotHold { seen, evidence: Some(evidence) },
    }
}
