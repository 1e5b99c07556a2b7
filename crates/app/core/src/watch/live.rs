//! What is counted of one rollout, and its judge.

use jiff::Timestamp;
use seaworthy_contract::api::ArmTotals;
use seaworthy_contract::gateway::{Count, Report};
use seaworthy_model::Arm;
use seaworthy_rollout::policy::{ArmCounts, Judge, Tick, Verdict, Why};

use super::series::SeriesRing;
use crate::age::ago;
use crate::state::RolloutRecord;

/// Counts and judge of one rollout.
#[derive(Debug, Clone)]
pub struct Live {
    /// Its judge.
    pub judge: Judge,
    /// What the judge said last, and when it looked.
    pub last_look: Option<(Verdict, Timestamp)>,
    /// Since when it waits for what may never come.
    pub stuck_since: Option<Timestamp>,
    /// What the version's requests came to.
    pub canary: ArmTotals,
    /// What the stable version's requests came to meanwhile.
    pub stable: ArmTotals,
    /// When a gateway first saw the version fail.
    pub first_bad_at: Option<Timestamp>,
    /// The last request assigned to the version.
    pub last_assigned_at: Option<Timestamp>,
    /// The version's last response that ended.
    pub last_response_at: Option<Timestamp>,
    /// Both arms over time.
    pub series: SeriesRing,
}

impl Live {
    pub(super) fn new(record: &RolloutRecord, now: Timestamp) -> Self {
        Self {
            judge: Judge::new(record.policy(), record.steps()),
            last_look: None,
            stuck_since: None,
            canary: ArmTotals::default(),
            stable: ArmTotals::default(),
            first_bad_at: None,
            last_assigned_at: None,
            last_response_at: None,
            series: SeriesRing::new(now),
        }
    }

    /// Notes what the judge says.
    pub(super) fn looked(&mut self, verdict: Verdict, now: Timestamp) {
        self.last_look = Some((verdict, now));
        self.stuck_since = match verdict {
            Verdict::Wait(why) | Verdict::Hold(why) if why.may_last() => self.stuck_since.or(Some(now)),
            _ => None,
        };
    }

    /// Returns what the step waits for first, in words; none where nothing is missing.
    pub fn waits_for(&self, now: Timestamp) -> Option<String> {
        match self.last_look {
            Some((Verdict::Wait(why @ Why::Behind), _)) => Some(why.to_string()),
            _ => self.judge.evidence(now).waits_for.first().map(ToString::to_string),
        }
    }

    /// Brings the judge to the step that the ledger says: also after a restart between the event and the checkpoint.
    pub(super) fn sync(&mut self, record: &RolloutRecord, now: Timestamp) {
        if let Some(step) = record.step() {
            self.judge.enter_step(step, record.step_at.unwrap_or(now));
        }
    }

    pub(super) fn take(&mut self, record: &RolloutRecord, report: &Report, ended_at: Timestamp, samples: bool) {
        // A version that is shipped again may still have requests of the time before.
        let is_old = |count: &Count| count.version == *record.version() && count.config < record.position;
        let counts = || report.counts.iter().filter(|count| !is_old(count));
        let of_service = || counts().filter(|count| count.service == *record.service());
        for count in of_service() {
            let canary = count.version == *record.version();
            // Once the rollout is over, what the stable version does is no longer its story.
            if canary || !record.is_over() {
                add(if canary { &mut self.canary } else { &mut self.stable }, count);
                self.series.add(if canary { Arm::Canary } else { Arm::Stable }, count, ended_at);
            }
        }
        self.take_moments(record, report, ended_at);
        if record.is_over() {
            return;
        }
        // Requests that an earlier step assigned came at another share: they would bias the comparison.
        let fresh = |count: &&Count| record.step().is_none() || count.config >= record.step_position;
        let arm = |canary: bool| {
            let of_arm = move |count: &&Count| (count.version == *record.version()) == canary;
            of_service().filter(fresh).filter(of_arm)
        };
        let latency =
            [true, false].map(|canary| arm(canary).flat_map(|c| c.latency.iter().copied()).collect::<Vec<_>>());
        let counts = |canary: bool, latency| {
            let sum = arm(canary).fold(ArmCounts { latency, ..ArmCounts::default() }, sum);
            ArmCounts { users_new: if samples { sum.users_new } else { 0 }, ..sum }
        };
        let tick = Tick { canary: counts(true, &latency[0]), stable: counts(false, &latency[1]) };
        self.judge.observe(&tick, ended_at);
    }

    fn take_moments(&mut self, record: &RolloutRecord, report: &Report, ended_at: Timestamp) {
        let at = |age: Option<u64>| age.map(|ms| ago(ended_at, ms));
        for moment in &report.moments {
            if moment.rollout != record.id() {
                continue;
            }
            self.first_bad_at = [self.first_bad_at, at(moment.first_failure_age_ms)].into_iter().flatten().min();
            self.last_assigned_at = self.last_assigned_at.max(at(moment.last_assigned_age_ms));
            self.last_response_at = self.last_response_at.max(at(moment.last_response_age_ms));
        }
    }
}

fn add(totals: &mut ArmTotals, count: &Count) {
    let more = [
        (&mut totals.requests, count.starts),
        (&mut totals.failures, count.ended.failed()),
        (&mut totals.rescued, count.rescued),
        (&mut totals.seen_idempotent, count.seen_idempotent),
        (&mut totals.seen_other, count.seen_other),
        (&mut totals.users, count.users_in_step),
    ];
    for (total, more) in more {
        *total = total.saturating_add(more);
    }
}

fn sum<'a>(sum: ArmCounts<'a>, count: &Count) -> ArmCounts<'a> {
    ArmCounts {
        users_new: sum.users_new.saturating_add(count.users_in_step),
        users: sum.users.saturating_add(count.users),
        users_failed: sum.users_failed.saturating_add(count.users_failed),
        users_failed_first: sum.users_failed_first.saturating_add(count.failed_first()),
        requests: sum.requests.saturating_add(count.ended.judged()),
        latency: sum.latency,
    }
}
