//! Both arms over time in bounded memory: report by report at first, coarser as a rollout grows old.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::api::{Point, Series};
use seaworthy_contract::gateway::{Count, REPORT_EVERY_MS};
use seaworthy_model::{Arm, latency};
use serde::{Deserialize, Serialize};

/// Points a series has at most; then neighbours are merged and a point covers twice the time.
const POINTS_MAX: usize = 300;

/// Two arms in equal intervals from a start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesRing {
    from_ms: i64,
    step_ms: u32,
    points: Vec<[Cell; 2]>,
}

/// One arm in one interval; in a checkpoint a flat list: four numbers, then buckets and their counts in turn.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "Vec<u64>", from = "Vec<u64>")]
struct Cell {
    reports: u64,
    requests: u64,
    failures: u64,
    users: u64,
    latency: BTreeMap<u8, u64>,
}

impl SeriesRing {
    pub(super) fn new(from: Timestamp) -> Self {
        Self { from_ms: from.as_millisecond(), step_ms: REPORT_EVERY_MS as u32, points: Vec::new() }
    }

    /// Adds counts that ended at `at`; what is older than the start belongs to the first point.
    pub(super) fn add(&mut self, arm: Arm, count: &Count, at: Timestamp) {
        // A clock that was set years ahead ends in the last point: there is no longer one.
        while self.index(at) >= POINTS_MAX && self.step_ms < u32::MAX {
            self.coarsen();
        }
        let index = self.index(at).min(POINTS_MAX - 1);
        if self.points.len() <= index {
            self.points.resize_with(index + 1, Default::default);
        }
        let cell = &mut self.points[index][usize::from(arm == Arm::Canary)];
        let (requests, failures) = (count.ended.judged(), count.ended.failed());
        cell.merge(&Cell { reports: 1, requests, failures, users: count.users_in_step, latency: BTreeMap::new() });
        cell.add_latency(count.latency.iter().copied());
    }

    fn index(&self, at: Timestamp) -> usize {
        let millis = (at.as_millisecond() - self.from_ms).max(0);
        usize::try_from(millis).unwrap_or(0) / self.step_ms as usize
    }

    fn coarsen(&mut self) {
        self.step_ms = self.step_ms.saturating_mul(2);
        let merged = self.points.chunks(2).map(|pair| {
            let mut arms = pair[0].clone();
            for (arm, other) in arms.iter_mut().zip(pair.get(1).into_iter().flatten()) {
                arm.merge(other);
            }
            arms
        });
        self.points = merged.collect();
    }

    /// Returns the series for people and programs.
    pub fn view(&self) -> Series {
        let arm = |index: usize| self.points.iter().map(|arms| arms[index].view()).collect();
        Series {
            from: Timestamp::from_millisecond(self.from_ms).unwrap_or(Timestamp::UNIX_EPOCH),
            step_ms: self.step_ms,
            stable: arm(0),
            canary: arm(1),
        }
    }
}

impl From<Cell> for Vec<u64> {
    fn from(cell: Cell) -> Self {
        let totals = [cell.reports, cell.requests, cell.failures, cell.users];
        totals.into_iter().chain(cell.latency.into_iter().flat_map(|(bucket, n)| [u64::from(bucket), n])).collect()
    }
}

impl From<Vec<u64>> for Cell {
    fn from(numbers: Vec<u64>) -> Self {
        let at = |index: usize| numbers.get(index).copied().unwrap_or(0);
        let pairs = numbers.get(4..).unwrap_or_default().chunks_exact(2);
        let latency = pairs.filter_map(|pair| Some((u8::try_from(pair[0]).ok()?, pair[1]))).collect();
        Self { reports: at(0), requests: at(1), failures: at(2), users: at(3), latency }
    }
}

impl Cell {
    fn merge(&mut self, other: &Self) {
        self.reports = self.reports.saturating_add(other.reports);
        self.requests = self.requests.saturating_add(other.requests);
        self.failures = self.failures.saturating_add(other.failures);
        self.users = self.users.saturating_add(other.users);
        self.add_latency(other.latency.iter().map(|(bucket, n)| (*bucket, *n)));
    }

    fn add_latency(&mut self, latency: impl Iterator<Item = (u8, u64)>) {
        for (bucket, n) in latency {
            let all = self.latency.entry(bucket).or_default();
            *all = all.saturating_add(n);
        }
    }

    /// Nothing reported is a gap, not a zero.
    fn view(&self) -> Option<Point> {
        (self.reports > 0).then(|| Point {
            requests: self.requests,
            failures: self.failures,
            users: self.users,
            p90_ms: self.quantile_ms(0.9),
        })
    }

    fn quantile_ms(&self, quantile: f64) -> f64 {
        let all = self.latency.values().fold(0, |all: u64, n| all.saturating_add(*n));
        let rank = (all as f64 * quantile).ceil() as u64;
        let mut below: u64 = 0;
        let bucket = self.latency.iter().find_map(|(bucket, n)| {
            below = below.saturating_add(*n);
            (below >= rank.max(1)).then_some(*bucket)
        });
        bucket.map_or(0.0, |bucket| latency::middle_us(bucket) as f64 / 1_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seaworthy_contract::gateway::Classes;

    fn count(ok: u64, failed: u64) -> Count {
        Count {
            service: "checkout".parse().expect("a name"),
            route: "*/".to_owned(),
            version: "v1".parse().expect("a name"),
            arm: Arm::Stable,
            config: 1,
            starts: ok + failed,
            ended: Classes { ok, server_error: failed, ..Classes::default() },
            rescued: 0,
            seen_idempotent: 0,
            seen_other: 0,
            users_in_step: 0,
            users: 0,
            users_failed: 0,
            users_failed_in_step: None,
            latency: vec![(latency::bucket(10_000), ok + failed)],
        }
    }

    #[test]
    fn a_long_rollout_keeps_every_count_in_bounded_points() {
        let start = Timestamp::from_second(1_000).expect("in range");
        let mut ring = SeriesRing::new(start);
        for second in 0..5_000 {
            ring.add(Arm::Stable, &count(9, 1), start + std::time::Duration::from_secs(second));
        }
        let view = ring.view();
        assert!(view.stable.len() <= POINTS_MAX, "{}", view.stable.len());
        assert_eq!(view.stable.iter().flatten().map(|p| p.requests).sum::<u64>(), 50_000);
        assert_eq!(view.stable.iter().flatten().map(|p| p.failures).sum::<u64>(), 5_000);
        assert!(view.canary.iter().all(Option::is_none), "a silent arm is a gap, not a zero");
    }

    #[test]
    fn a_clock_set_to_another_century_and_absurd_counts_are_no_panic() {
        let start = Timestamp::from_second(1_000).expect("in range");
        for at in [Timestamp::MIN, start, "2026-01-01T00:00:00Z".parse().expect("a time"), Timestamp::MAX] {
            let mut ring = SeriesRing::new(start);
            for _ in 0..2 {
                ring.add(Arm::Canary, &count(u64::MAX / 2, u64::MAX / 2), at);
            }
            let view = ring.view();
            assert!(view.canary.len() <= POINTS_MAX, "{at}: {}", view.canary.len());
            assert_eq!(view.canary.iter().flatten().map(|p| p.failures).max(), Some(u64::MAX - 1), "{at}");
        }
    }

    #[test]
    fn a_quantile_is_within_an_eighth() {
        let start = Timestamp::from_second(0).expect("in range");
        let mut ring = SeriesRing::new(start);
        ring.add(Arm::Canary, &count(100, 0), start);
        let p90 = ring.view().canary[0].expect("reported").p90_ms;
        assert!((8.75..=11.25).contains(&p90), "{p90}");
    }
}
