//! The judge of one live rollout: fixed arrays, no clock, no allocation per tick.
//!
//! Two questions, two counts. An abort asks "does it fail more users than stable does": failures must be independent, so
//! a user fails once a step; one client that always fails would else be a new failure every epoch. The share that goes
//! with it is still that of users by epoch: who was seen before may fail now, and a fault that begins late is found. To
//! leave out who has failed already would change both arms alike while they are alike. A promotion asks "is it good
//! enough": there a user who fails in every epoch counts in every epoch.

use std::time::Duration;

use seaworthy_model::Timestamp;

use super::comparator::Comparator;
use super::latency::LatencyGuard;
use super::ratio_check::{RatioCheck, VOID_E};
use super::verdict::Sums;
use super::{
    ABORT_E, ERROR_WEIGHT, Evidence, HOLD_E, LATENCY_WEIGHT, MARGIN, MetricName, PROMOTE_E, Policy, QUIET_AFTER,
    START_MASS, Tick, Verdict, Why, delta,
};
use crate::checkpoint::{Reader, RestoreError, Walk, Writer};
use crate::judge::{Blocker, Metric, MetricSpec, log_sum_exp};
use crate::steps::{STEPS_MAX, Steps};

/// Most reasons to wait at once: comparator, no traffic, dwell, requests, evidence.
const WAITS_MAX: usize = 5;

/// The step being judged.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    index: usize,
    entered_us: i64,
    /// When a request of either arm came last; at first the step's begin.
    asked_us: i64,
    /// Users, and their failures by epoch.
    blocker: Blocker,
    /// The same users, and their first failures in the step: it closes whenever the other does.
    firsts: Blocker,
    ratio: RatioCheck,
    sums: [Sums; 2],
}

/// The judge of one live rollout.
#[derive(Debug, Clone, PartialEq)]
pub struct Judge {
    policy: Policy,
    steps: Steps,
    step: Option<Step>,
    errors: Metric,
    latency: LatencyGuard,
    comparator: Comparator,
    aborted: Option<MetricName>,
}

impl Judge {
    /// Makes a judge without evidence. Until [`Judge::enter_step`] it only learns what stable is like.
    pub fn new(policy: Policy, steps: Steps) -> Self {
        let start_mass = if steps.judged().len() > 1 { START_MASS } else { 1.0 };
        let ceiling = steps.judged().first().map(|share| delta(*share));
        let spec = MetricSpec { weight: ERROR_WEIGHT, margin: MARGIN, ceiling, start_mass, tolerance: 1.0 };
        Self {
            policy,
            steps,
            step: None,
            errors: Metric::new(spec).expect("every number is a constant in range"),
            latency: LatencyGuard::new(&policy),
            comparator: Comparator::default(),
            aborted: None,
        }
    }

    /// Starts judging a step, by its index. Evidence for an abort carries, evidence for a promotion starts anew. The
    /// step it is in already changes nothing; the final 100% leaves nothing to compare.
    pub fn enter_step(&mut self, index: usize, now: Timestamp) {
        if self.step.is_some_and(|step| step.index == index) {
            return;
        }
        let first = self.step.is_none();
        self.step = None;
        let Some(share) = self.steps.judged().get(index).copied() else { return };
        let mass = if first { 0.0 } else { self.later_mass() };
        self.errors.restart(mass, Some(delta(share))).expect("the ladder holds probabilities");
        let entered_us = now.as_microsecond();
        self.latency.enter_step(share, entered_us);
        let blocker = Blocker::new(share.ratio()).expect("a step's share is over 0");
        let (ratio, sums) = (RatioCheck::new(share), Default::default());
        self.step = Some(Step { index, entered_us, asked_us: entered_us, blocker, firsts: blocker, ratio, sums });
    }

    /// What of the prior moves to each later step.
    fn later_mass(&self) -> f64 {
        (1.0 - START_MASS) / self.steps.judged().len().saturating_sub(1).max(1) as f64
    }

    /// Adds what both arms did since the last look.
    pub fn observe(&mut self, tick: &Tick<'_>, now: Timestamp) {
        let now_us = now.as_microsecond();
        // Asked before this tick is added: what is frozen must not depend on the outcomes it would add.
        let frozen = self.comparator_fails().is_some();
        self.comparator.observe(tick.stable.users, tick.stable.users_failed, now_us);
        if self.step.is_some() {
            self.latency.compare(tick, now_us);
        }
        self.latency.learn(&tick.stable);
        let Some(step) = &mut self.step else { return };
        Sums::add(&mut step.sums, tick);
        if tick.canary.requests > 0 || tick.stable.requests > 0 {
            step.asked_us = step.asked_us.max(now_us);
        }
        step.ratio.observe([tick.canary.users_new, tick.stable.users_new]);
        let users = [tick.canary.users, tick.stable.users];
        let failed = [tick.canary.users_failed, tick.stable.users_failed];
        let firsts = [tick.canary.users_failed_first, tick.stable.users_failed_first];
        if let Some(block) = step.firsts.push(users, firsts) {
            self.errors.update_bad(block.share(), block.x[0], block.x[1], 1.0);
        }
        if let Some(block) = step.blocker.push(users, failed).filter(|_| !frozen) {
            self.errors.update_good(block.share(), block.n[0], block.x[0], block.x[1], 1.0);
        }
        if self.aborted.is_none() && self.void().is_none() && self.log_e_abort() >= ABORT_E.ln() {
            self.aborted = Some(self.leading());
        }
    }

    /// Decides on the evidence so far.
    pub fn decide(&self, now: Timestamp) -> Verdict {
        let log_e = self.log_e_abort();
        if let Some(metric) = self.aborted {
            return Verdict::Abort { metric, log_e };
        }
        if let Some(why) = self.void() {
            return Verdict::Hold(why);
        }
        if self.step.is_some() && log_e >= HOLD_E.ln() {
            return Verdict::Hold(Why::Suspicious(self.leading()));
        }
        match self.waits(now)[0] {
            Some(why) => Verdict::Wait(why),
            None => Verdict::Promote { log_e: self.errors.log_e_good() },
        }
    }

    /// Returns the evidence, for people.
    pub fn evidence(&self, now: Timestamp) -> Evidence {
        let ratio = self.step.map(|step| step.ratio);
        let held = match self.decide(now) {
            Verdict::Hold(why) => Some(why),
            _ => None,
        };
        Evidence {
            step: self.step.map(|step| step.index),
            log_e_abort: self.log_e_abort(),
            metric: self.aborted.unwrap_or_else(|| self.leading()),
            log_e_errors: self.errors.log_e_bad(),
            log_e_latency: self.latency.log_e(),
            hold_at: HOLD_E.ln(),
            abort_at: ABORT_E.ln(),
            log_e_promote: self.errors.log_e_good(),
            promote_at: PROMOTE_E.ln(),
            delta: self.errors.ceiling().unwrap_or(0.0),
            log_e_ratio: ratio.map_or(0.0, |r| r.log_e()),
            void_at: VOID_E.ln(),
            users_new: ratio.map_or([0; 2], |r| r.users()),
            sums: self.step.map_or_else(Default::default, |step| step.sums),
            stable_failing: self.comparator.ratio(),
            slow_over_us: self.latency.slow_over_us(),
            waits_for: held.into_iter().chain(self.waits(now).into_iter().flatten()).collect(),
        }
    }

    /// Returns the state as bytes, to go on from after a restart.
    pub fn checkpoint(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.clone().walk(&mut writer);
        writer.finish()
    }

    /// Restores what [`Judge::checkpoint`] returned; decides bit for bit like the judge that was saved.
    ///
    /// # Errors
    /// When the bytes are damaged, of another release, or of a rollout with other steps.
    pub fn restore(policy: Policy, steps: Steps, bytes: &[u8]) -> Result<Self, RestoreError> {
        let mut judge = Self::new(policy, steps);
        let mut reader = Reader::new(bytes);
        judge.walk(&mut reader);
        reader.finish()?;
        Ok(judge)
    }

    fn log_e_abort(&self) -> f64 {
        log_sum_exp(&[self.errors.log_e_weighted(), self.log_e_latency_weighted()])
    }

    fn log_e_latency_weighted(&self) -> f64 {
        LATENCY_WEIGHT.ln() + self.latency.log_e()
    }

    fn leading(&self) -> MetricName {
        let errors = self.errors.log_e_weighted() >= self.log_e_latency_weighted();
        if errors { MetricName::Errors } else { MetricName::Latency }
    }

    fn void(&self) -> Option<Why> {
        let step = self.step.filter(|step| step.ratio.is_void())?;
        let weight = self.steps.as_slice()[step.index];
        Some(Why::Void { users: step.ratio.users(), weight })
    }

    fn comparator_fails(&self) -> Option<Why> {
        let ceiling = self.policy.comparator_ceiling;
        let ratio = self.comparator.ratio().filter(|ratio| *ratio >= ceiling)?;
        Some(Why::ComparatorFails { ratio, ceiling })
    }

    /// Everything that a promotion still waits for, most important first, without gaps.
    fn waits(&self, now: Timestamp) -> [Option<Why>; WAITS_MAX] {
        let mut waits = [None; WAITS_MAX];
        let Some(step) = &self.step else {
            waits[0] = Some(Why::NotStepping);
            return waits;
        };
        let passed =
            |from_us| Duration::from_micros(u64::try_from(now.as_microsecond().saturating_sub(from_us)).unwrap_or(0));
        let left = self.policy.dwell.saturating_sub(passed(step.entered_us));
        let dwell = (!left.is_zero()).then_some(Why::Dwell { left });
        let missing = self.policy.requests_min.saturating_sub(step.sums[0].requests);
        let requests = (missing > 0).then_some(Why::Requests { left: missing });
        let (evidence, quiet) = (self.evidence_missing(), passed(step.asked_us));
        let needs_users = requests.is_some() || evidence.is_some();
        let no_traffic = (needs_users && quiet >= QUIET_AFTER).then_some(Why::NoTraffic { quiet });
        let all = [self.comparator_fails(), no_traffic, dwell, requests, evidence];
        for (slot, why) in waits.iter_mut().zip(all.into_iter().flatten()) {
            *slot = Some(why);
        }
        waits
    }

    fn evidence_missing(&self) -> Option<Why> {
        if self.errors.log_e_good() >= PROMOTE_E.ln() {
            return None;
        }
        let users_left = self.errors.clean_units_to(PROMOTE_E.ln());
        Some(Why::Evidence { users_left, delta: self.errors.ceiling().unwrap_or(0.0) })
    }

    fn walk(&mut self, walk: &mut impl Walk) {
        let mut judged = self.steps.judged().len() as u64;
        walk.count(&mut judged);
        if judged != self.steps.judged().len() as u64 {
            walk.reject();
        }
        self.walk_step(walk);
        self.errors.walk(walk);
        self.latency.walk(walk);
        self.comparator.walk(walk);
        const METRICS: [MetricName; 2] = [MetricName::Errors, MetricName::Latency];
        let mut aborted = self.aborted.and_then(|name| METRICS.iter().position(|m| *m == name));
        walk.optional(&mut aborted, METRICS.len());
        self.aborted = aborted.map(|i| METRICS[i]);
    }

    fn walk_step(&mut self, walk: &mut impl Walk) {
        let mut index = self.step.map(|step| step.index);
        walk.optional(&mut index, self.steps.judged().len().min(STEPS_MAX));
        if let (Some(index), None) = (index, self.step) {
            self.enter_step(index, Timestamp::UNIX_EPOCH);
        }
        let Some(step) = &mut self.step else { return };
        walk.micros(&mut step.entered_us);
        walk.micros(&mut step.asked_us);
        step.blocker.walk(walk);
        step.firsts.walk(walk);
        step.ratio.walk(walk);
        for sum in &mut step.sums {
            [&mut sum.users, &mut sum.users_failed, &mut sum.requests].into_iter().for_each(|n| walk.count(n));
        }
    }
}
