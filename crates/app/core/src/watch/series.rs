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
        let mut index = self.index(at);
        while index >= POINTS_MAX {
            self.coarsen();
            index = self.index(at);
        }
        if self.points.len() <= index {
            self.points.resize_with(index + 1, Default::default);
        }
        let cell = &mut self.points[index][usize::from(arm == Arm::Canary)];
        cell.reports += 1;
        cell.requests += count.ended.judged();
        cell.failures += count.ended.failed();
        cell.users += count.users_in_step;
        for (bucket, n) in &count.latency {
            *cell.latency.entry(*bucket).or_default() += n;
        }
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
        self.reports += other.reports;
        self.requests += other.requests;
        self.failures += other.failures;
        self.users += other.users;
        for (bucket, n) in &other.latency {
            *self.latency.entry(*bucket).or_default() += n;
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
        let all: u64 = self.latency.values().sum();
        let rank = (all as f64 * quantile).ceil() as u64;
        let mut below = 0;
        let bucket = self.latency.iter().find_map(|(bucket, n)| {
            below += n;
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
    fn a_quantile_is_within_an_eighth() {
        let start = Timestamp::from_second(0).expect("in range");
        let mut ring = SeriesRing::new(start);
        ring.add(Arm::Canary, &count(100, 0), start);
        let p90 = ring.view().canary[0].expect("reported").p90_ms;
        assert!((8.75..=11.25).contains(&p90), "{p90}");
    }
}
