//! The latency guard: are more of the canary's requests slow than stable's? May hold or abort, never promotes.
//!
//! "Slow" is fixed from stable's earlier requests alone: a little over their p90, never under the floor. Units are
//! requests, which sticky users and stalls of a process make come in clusters, so the evidence is tempered.

use seaworthy_model::Share;
use seaworthy_model::latency::{BUCKETS, bucket, upper_us};

use super::{ArmCounts, Policy, Tick};
use crate::checkpoint::Walk;
use crate::judge::{Blocker, JointShift, ODDS};

/// The quantile of stable's latency beyond which a request is slow.
const QUANTILE: f64 = 0.9;

/// Buckets (a fifth of the latency each) over that quantile: a fresh process has cold caches, and bucket edges round.
const MARGIN_BUCKETS: usize = 1;

/// Requests of stable that fix the threshold; with fewer, p90 is a guess.
const SAMPLES_MIN: u64 = 200;

/// 1/phi: a stall of a tenth of a second at 50 requests a second makes five slow ones for one cause.
const TEMPER: f64 = 0.2;

/// How long after its first user the canary's latency is not judged, in microseconds: first requests fill caches and
/// open connections.
const WARM_UP_US: i64 = 5_000_000;

/// The nominal probability of a slow request is kept within these: with 0 one slow request would prove anything.
const THETA: [f64; 2] = [0.01, 0.5];

/// The guard's state.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct LatencyGuard {
    floor: usize,
    /// Slow is beyond this bucket; nothing is slow until stable's requests have fixed it.
    threshold: Option<usize>,
    /// Stable's requests since the threshold was fixed, which fix the next one.
    seen: [u64; BUCKETS],
    warm_us: Option<i64>,
    blocker: Blocker,
    shift: JointShift,
}

impl LatencyGuard {
    pub(super) fn new(policy: &Policy) -> Self {
        let floor_us = u64::try_from(policy.slow_floor.as_micros()).unwrap_or(u64::MAX);
        Self {
            floor: usize::from(bucket(floor_us)),
            threshold: None,
            seen: [0; BUCKETS],
            warm_us: None,
            blocker: Blocker::new(1.0).expect("everybody is a share"),
            shift: JointShift::new(1.0 - QUANTILE, ODDS).expect("a tenth is a probability, the odds are constants"),
        }
    }

    /// Starts a step: the threshold is fixed anew from what came before it; evidence carries.
    pub(super) fn enter_step(&mut self, share: Share, now_us: i64) {
        self.fix_threshold();
        self.warm_us = self.warm_us.or(Some(now_us.saturating_add(WARM_UP_US)));
        self.blocker = Blocker::new(share.ratio()).expect("a step's share is over 0");
    }

    /// Compares the arms by the threshold that earlier requests fixed. Call it before [`LatencyGuard::learn`].
    pub(super) fn compare(&mut self, tick: &Tick<'_>, now_us: i64) {
        let warm = self.warm_us.is_some_and(|warm_us| now_us >= warm_us);
        let Some(threshold) = self.threshold.filter(|_| warm) else { return };
        let [canary, stable] = [&tick.canary, &tick.stable].map(|arm| slow_of(arm, threshold));
        if let Some(block) = self.blocker.push([canary.0, stable.0], [canary.1, stable.1]) {
            self.shift.update(block.share(), block.n, block.x, TEMPER);
        }
    }

    /// Learns what is normal from stable's requests.
    pub(super) fn learn(&mut self, stable: &ArmCounts<'_>) {
        for (bucket, count) in stable.latency {
            let seen = &mut self.seen[usize::from(*bucket).min(BUCKETS - 1)];
            *seen = seen.saturating_add(*count);
        }
        if self.threshold.is_none() {
            self.fix_threshold();
        }
    }

    pub(super) fn log_e(&self) -> f64 {
        self.shift.log_e()
    }

    /// Returns the latency over which a request is slow, in microseconds.
    pub(super) fn slow_over_us(&self) -> Option<u64> {
        self.threshold.map(|b| upper_us(u8::try_from(b).expect("a bucket is at most 76")))
    }

    fn fix_threshold(&mut self) {
        let sum = |seen: &[u64]| seen.iter().fold(0_u64, |sum, n| sum.saturating_add(*n));
        let all = sum(&self.seen);
        if all < SAMPLES_MIN {
            return;
        }
        let beyond = |b: usize| sum(&self.seen[b + 1..]) as f64 / all as f64;
        let quantile = (0..BUCKETS).find(|b| beyond(*b) <= 1.0 - QUANTILE).unwrap_or(BUCKETS - 1);
        let threshold = (quantile + MARGIN_BUCKETS).max(self.floor).min(BUCKETS - 1);
        let theta = beyond(threshold).clamp(THETA[0], THETA[1]);
        self.shift.rebase(theta).expect("clamped between 0 and 1");
        self.threshold = Some(threshold);
        self.seen = [0; BUCKETS];
    }

    pub(super) fn walk(&mut self, walk: &mut impl Walk) {
        walk.optional(&mut self.threshold, BUCKETS);
        self.seen.iter_mut().for_each(|n| walk.count(n));
        let mut warm_us = self.warm_us.unwrap_or(i64::MAX);
        walk.micros(&mut warm_us);
        self.warm_us = (warm_us != i64::MAX).then_some(warm_us);
        self.blocker.walk(walk);
        self.shift.walk(walk);
    }
}

/// Returns an arm's requests and how many of them were slow.
fn slow_of(arm: &ArmCounts<'_>, threshold: usize) -> (u64, u64) {
    arm.latency.iter().fold((0, 0), |(all, slow), (bucket, count)| {
        let late = if usize::from(*bucket) > threshold { *count } else { 0 };
        (u64::saturating_add(all, *count), u64::saturating_add(slow, late))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: u64 = 1_000;

    /// Ten seconds of 10 canary and 190 stable requests a second, each arm's latency in milliseconds by request.
    fn judged(canary_ms: fn(u64) -> u64, stable_ms: fn(u64) -> u64) -> LatencyGuard {
        let mut guard = LatencyGuard::new(&Policy::default());
        let arm = |ms: fn(u64) -> u64, n: u64| (0..n).map(|i| (bucket(ms(i) * MS), 1)).collect::<Vec<_>>();
        let (canary, stable) = (arm(canary_ms, 10), arm(stable_ms, 190));
        let tick = Tick {
            canary: ArmCounts { latency: &canary, ..ArmCounts::default() },
            stable: ArmCounts { latency: &stable, ..ArmCounts::default() },
        };
        (0..3).for_each(|_| guard.learn(&tick.stable));
        guard.enter_step("5".parse().expect("a share"), 3_000_000);
        for s in 3..18 {
            guard.compare(&tick, s * 1_000_000);
            guard.learn(&tick.stable);
        }
        guard
    }

    #[test]
    fn slow_is_over_p90_and_never_under_the_floor() {
        let fast = judged(|_| 2, |_| 2);
        assert_eq!(fast.slow_over_us(), Some(upper_us(bucket(50 * MS))));
        let slow = judged(|i| 100 + i * 10, |i| 100 + i);
        assert!(slow.slow_over_us().is_some_and(|us| (270 * MS..450 * MS).contains(&us)), "{:?}", slow.slow_over_us());
    }

    #[test]
    fn only_a_canary_that_is_slower_by_more_than_the_floor_is_found() {
        let harm = |guard: LatencyGuard| guard.log_e() >= (super::super::ABORT_E / super::super::LATENCY_WEIGHT).ln();
        assert!(harm(judged(|_| 400, |_| 5)), "every request slow");
        assert!(harm(judged(|i| if i < 5 { 400 } else { 5 }, |_| 5)), "half of them slow");
        assert!(!harm(judged(|_| 5, |_| 5)), "equal");
        assert!(!harm(judged(|_| 40, |_| 5)), "under the floor");
        assert!(!harm(judged(|_| 400, |_| 400)), "both slow");
        assert!(!harm(judged(|_| 5, |_| 400)), "faster");
    }

    #[test]
    fn nothing_is_slow_before_stable_has_shown_what_is_normal() {
        let mut guard = LatencyGuard::new(&Policy::default());
        guard.enter_step("5".parse().expect("a share"), 0);
        let slow = [(bucket(900 * MS), 1)];
        for s in 0..100 {
            let canary = ArmCounts { latency: &slow, ..ArmCounts::default() };
            guard.compare(&Tick { canary, ..Tick::default() }, s * 1_000_000);
        }
        assert_eq!(guard.slow_over_us(), None);
        assert!(guard.log_e().abs() < 1e-12);
    }
}
