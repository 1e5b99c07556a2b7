//! Laws of a series against a list of everything that was added, and what happens at its edges.

mod edges;
mod laws;

use std::collections::BTreeMap;

use super::*;

/// 2027-01-15T08:00:00Z, a multiple of five minutes.
const EPOCH: i64 = 1_800_000_000;

fn ms(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(EPOCH * 1_000 + millis).unwrap()
}

fn second(second: i64) -> Timestamp {
    ms(second * 1_000)
}

fn series(period: Period, now: Timestamp) -> Series {
    Series::new(&STANDARD_WINDOWS, period, now).unwrap()
}

/// What the store holds.
type Disk = BTreeMap<(Resolution, i64), Tally>;

/// A series, its store, and everything that was ever added.
struct World {
    series: Series,
    period: Period,
    disk: Disk,
    added: Vec<(Timestamp, Tally)>,
}

impl World {
    fn new(period: Period, now: Timestamp) -> Self {
        Self { series: series(period, now), period, disk: Disk::new(), added: Vec::new() }
    }

    fn add(&mut self, at: Timestamp, tally: Tally, now: Timestamp) {
        let older = self.series.add(at, tally, now).unwrap();
        self.added.push((at.min(now), tally));
        self.store(older);
    }

    /// Does what the caller of a series does after each report.
    fn store(&mut self, older: Option<Bucket>) {
        for bucket in self.series.take_dirty() {
            self.disk.insert((bucket.resolution, bucket.slot), bucket.tally);
        }
        if let Some(bucket) = older {
            self.disk.entry((bucket.resolution, bucket.slot)).or_default().add(bucket.tally);
        }
    }

    /// Does what the caller of a series does every five minutes.
    fn let_leave(&mut self, now: Timestamp) {
        let leaving = self.series.leaving(now);
        self.store(None);
        self.series.leave(leaving.end, self.stored(leaving));
    }

    /// Ends the process and starts another one.
    fn restart(&mut self, now: Timestamp) {
        self.series = series(self.period, now);
        let bucket = |(&(resolution, slot), &tally): (&(Resolution, i64), &Tally)| Bucket { resolution, slot, tally };
        self.series.restore(self.disk.iter().map(bucket));
        let older = self.stored(self.series.missing());
        self.series.settle(older);
    }

    fn stored(&self, slots: Range<i64>) -> Tally {
        sum(slots.filter_map(|slot| self.disk.get(&(Resolution::FiveMinutes, slot)).copied()))
    }

    /// Returns what a list of everything says that a window holds.
    fn naive(&self, seconds: i64, now: Timestamp) -> Tally {
        let resolution = if seconds <= 3_900 { Resolution::TenSeconds } else { Resolution::FiveMinutes };
        let after = resolution.slot(now) - (seconds + resolution.seconds() - 1) / resolution.seconds();
        sum(self.added.iter().filter(|(at, _)| resolution.slot(*at) > after).map(|(_, tally)| *tally))
    }

    fn check(&mut self, now: Timestamp) {
        for window in STANDARD_WINDOWS {
            assert_eq!(self.series.sum(window, now), Some(self.naive(window.into(), now)), "{window} s at {now}");
        }
        let expected = match self.period {
            Period::Rolling { days } => self.naive(i64::from(days) * 86_400, now),
            Period::Since(from) => {
                let five = Resolution::FiveMinutes;
                sum(self.added.iter().filter(|(at, _)| five.slot(*at) >= five.slot(from)).map(|(_, tally)| *tally))
            }
        };
        assert_eq!(self.series.period_sum(now), expected, "period at {now}");
    }
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Tally {
    let mut sum = Tally::default();
    tallies.for_each(|tally| sum.add(tally));
    sum
}
