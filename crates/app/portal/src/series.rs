//! A series in as many points as a screen shows, with its gaps.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{Point, Series};

/// Most points of a line: more cannot be told apart at the width of a phone, and every one costs bytes.
const BINS_MAX: usize = 60;

/// Silence until now that is drawn as a gap, in seconds: reports come four times a second, three seconds are no delay.
const SILENCE_S: i64 = 3;

/// How long after its end a rollout is still drawn, in seconds: the last answers come in that time.
const AFTER_S: i64 = 3;

/// Which arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arm {
    /// The version on trial.
    Canary,
    /// All stable traffic.
    Stable,
}

/// Counts of one arm in one bin.
#[derive(Debug, Clone, Default)]
struct Bin {
    requests: u64,
    failures: u64,
    users: u64,
    p90_ms: Vec<f64>,
}

/// Whole milliseconds of a length of time.
fn millis(length: SignedDuration) -> i64 {
    i64::try_from(length.as_millis()).unwrap_or(i64::MAX)
}

/// Both arms in equal bins.
pub(crate) struct Bins {
    from: Timestamp,
    seconds: f64,
    canary: Vec<Option<Bin>>,
    stable: Vec<Option<Bin>>,
}

impl Bins {
    /// Sums a series up. With `until`, a silence until then is part of it; with `ended`, what came after the last
    /// answers is not: stable traffic goes on.
    pub(crate) fn new(series: &Series, until: Option<Timestamp>, ended: Option<Timestamp>) -> Self {
        let step = i64::from(series.step_ms.max(1));
        let last = ended.map_or(usize::MAX, |ended| {
            let kept = (millis(ended.duration_since(series.from)) + AFTER_S * 1_000) / step + 1;
            usize::try_from(kept).unwrap_or(0).max(1)
        });
        let counted = series.canary.len().max(series.stable.len()).min(last);
        let reached = until.map_or(0, |until| millis(until.duration_since(series.from)) / step);
        let counted = match usize::try_from(reached) {
            Ok(reached) if (reached as i64 - counted as i64) * step > SILENCE_S * 1_000 => reached,
            _ => counted,
        };
        let size = counted.div_ceil(BINS_MAX).max(1);
        let bins = counted.div_ceil(size).max(1);
        let arm = |points: &[Option<Point>]| (0..bins).map(|bin| sum(points, bin * size, size)).collect();
        Self {
            from: series.from,
            seconds: size as f64 * step as f64 / 1_000.0,
            canary: arm(&series.canary),
            stable: arm(&series.stable),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.stable.len()
    }

    pub(crate) fn from(&self) -> Timestamp {
        self.from
    }

    /// Length of a bin.
    pub(crate) fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Length of the whole, in seconds.
    pub(crate) fn span(&self) -> f64 {
        self.seconds * self.len() as f64
    }

    pub(crate) fn end(&self) -> Timestamp {
        let span = SignedDuration::try_from_secs_f64(self.span()).unwrap_or_default();
        self.from.checked_add(span).unwrap_or(self.from)
    }

    fn bin(&self, arm: Arm, index: usize) -> Option<&Bin> {
        let bins = match arm {
            Arm::Canary => &self.canary,
            Arm::Stable => &self.stable,
        };
        bins.get(index)?.as_ref()
    }

    /// Share of requests that failed; none where there was no request.
    pub(crate) fn failing(&self, arm: Arm, index: usize) -> Option<f64> {
        let bin = self.bin(arm, index)?;
        (bin.requests > 0).then(|| bin.failures as f64 / bin.requests as f64)
    }

    /// Median of the points' 90th percentiles; none where there was no request.
    pub(crate) fn p90(&self, arm: Arm, index: usize) -> Option<f64> {
        let points = &self.bin(arm, index)?.p90_ms;
        points.get(points.len() / 2).copied()
    }

    /// Share of this arm of the users first seen; none where nobody was.
    pub(crate) fn users(&self, arm: Arm, index: usize) -> Option<f64> {
        let of = |arm| self.bin(arm, index).map_or(0, |bin| bin.users);
        let all = of(Arm::Canary) + of(Arm::Stable);
        self.bin(arm, index).filter(|_| all > 0).map(|bin| bin.users as f64 / all as f64)
    }

    /// The newest 90th percentile of an arm.
    pub(crate) fn latest_p90(&self, arm: Arm) -> Option<f64> {
        (0..self.len()).rev().find_map(|index| self.p90(arm, index))
    }

    /// The highest value of both arms.
    pub(crate) fn highest(&self, value: impl Fn(&Self, Arm, usize) -> Option<f64>) -> f64 {
        let all = (0..self.len()).flat_map(|index| [(Arm::Canary, index), (Arm::Stable, index)]);
        all.filter_map(|(arm, index)| value(self, arm, index)).fold(0.0, f64::max)
    }

    /// First bin and length of every time in which no gateway reported anything.
    pub(crate) fn gaps(&self) -> Vec<(usize, usize)> {
        let silent = |index: &usize| self.canary[*index].is_none() && self.stable[*index].is_none();
        let mut gaps: Vec<(usize, usize)> = Vec::new();
        for index in (0..self.len()).filter(silent) {
            match gaps.last_mut() {
                Some((from, len)) if *from + *len == index => *len += 1,
                _ => gaps.push((index, 1)),
            }
        }
        gaps
    }
}

fn sum(points: &[Option<Point>], from: usize, size: usize) -> Option<Bin> {
    let known: Vec<&Point> = points.iter().skip(from).take(size).flatten().collect();
    if known.is_empty() {
        return None;
    }
    let mut bin = Bin::default();
    for point in known {
        bin.requests += point.requests;
        bin.failures += point.failures;
        bin.users += point.users;
        bin.p90_ms.extend((point.requests > 0).then_some(point.p90_ms));
    }
    bin.p90_ms.sort_by(f64::total_cmp);
    Some(bin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(stable: Vec<Option<Point>>) -> Series {
        Series { from: Timestamp::UNIX_EPOCH, step_ms: 1_000, canary: vec![None; stable.len()], stable }
    }

    fn point(requests: u64) -> Option<Point> {
        Some(Point { requests, failures: 1, users: 1, p90_ms: requests as f64 })
    }

    #[test]
    fn nothing_is_lost_when_points_are_merged() {
        let bins = Bins::new(&series(vec![point(10); 130]), None, None);
        assert_eq!((bins.len(), bins.seconds()), (44, 3.0));
        let all: u64 = (0..bins.len()).filter_map(|i| bins.bin(Arm::Stable, i)).map(|bin| bin.requests).sum();
        assert_eq!(all, 1_300);
    }

    #[test]
    fn a_silence_is_a_gap_and_no_request_is_not_zero() {
        let bins = Bins::new(&series(vec![point(10), None, None, point(0)]), None, None);
        assert_eq!(bins.gaps(), [(1, 2)]);
        assert_eq!(bins.failing(Arm::Stable, 1), None);
        assert_eq!(bins.failing(Arm::Stable, 3), None, "of no request nothing failed and nothing passed");
        assert_eq!(bins.p90(Arm::Canary, 0), None);
    }

    #[test]
    fn a_silence_until_now_is_drawn_but_a_delay_is_not() {
        let until = |s| Some(Timestamp::from_second(s).expect("in range"));
        assert!(Bins::new(&series(vec![point(1); 10]), until(12), None).gaps().is_empty());
        assert_eq!(Bins::new(&series(vec![point(1); 10]), until(20), None).gaps(), [(10, 10)]);
        assert_eq!(Bins::new(&series(Vec::new()), None, None).len(), 1, "an empty series can be drawn");
    }

    #[test]
    fn what_came_after_the_end_is_not_drawn() {
        let ended = Some(Timestamp::from_second(10).expect("in range"));
        assert_eq!(Bins::new(&series(vec![point(1); 50]), None, ended).len(), 14);
        assert_eq!(Bins::new(&series(vec![point(1); 5]), None, ended).len(), 5, "nothing is made up");
        let before = Some(Timestamp::from_second(-99).expect("in range"));
        assert_eq!(Bins::new(&series(vec![point(1); 5]), None, before).len(), 1);
    }
}
