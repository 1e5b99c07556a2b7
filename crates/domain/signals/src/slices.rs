//! Counts turned into slices of time, for objectives that count good minutes instead of good requests.
//!
//! A slice is judged once, a little after its end. One in which nothing was counted is not there: it was neither good nor
//! bad, and who is silent is another question.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;

use crate::resolution::{slot_of, start_of};
use crate::series::{Refused, taken_at};

/// How long after its end a slice waits for reports that come late.
pub const LATENESS: SignedDuration = SignedDuration::from_secs(10);

/// What a slice that counts by its ratio weighs; the ratio is kept to a millionth.
pub const SLICE_WEIGHT: u64 = 1_000_000;

/// Lengths of a slice, in seconds.
const SECONDS: std::ops::RangeInclusive<u32> = 60..=3_600;

/// How a slice is judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SliceRule {
    /// It is good when this share of its events or more is good; above 0 and at most 1. It counts as one.
    Target(f64),
    /// It counts by its ratio of bad events; it weighs [`SLICE_WEIGHT`].
    Ratio,
}

/// Why slices cannot be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum SlicesError {
    /// A slice is too short or too long, in seconds.
    Seconds(u32),
    /// The share is not above 0 and at most 1.
    Target(f64),
}

impl fmt::Display for SlicesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seconds(seconds) => {
                write!(f, "could not cut slices of {seconds} s: a slice has {} to {} s", SECONDS.start(), SECONDS.end())
            }
            Self::Target(target) => {
                write!(f, "could not judge slices by a target of {target}: it is above 0 and at most 1")
            }
        }
    }
}

impl std::error::Error for SlicesError {}

/// A slice that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// When it began: the instant it is added to a series with.
    pub start: Timestamp,
    /// What it counts as.
    pub tally: Tally,
}

/// Cuts time into slices.
#[derive(Debug, Clone)]
pub struct Slices {
    rule: SliceRule,
    step_ms: i64,
    /// The first slice that is not judged yet.
    next: i64,
    open: BTreeMap<i64, Tally>,
    late: u64,
}

impl Slices {
    /// Makes an adaptor that judges slices which begin at `from` or later, or in which `from` lies. After a restart `from` is
    /// the end of the last slice that was stored, and what was stored of the counts since then is added again.
    ///
    /// # Errors
    /// When the length or the target is out of range.
    pub fn new(rule: SliceRule, seconds: u32, from: Timestamp) -> Result<Self, SlicesError> {
        if !SECONDS.contains(&seconds) {
            return Err(SlicesError::Seconds(seconds));
        }
        match rule {
            SliceRule::Target(target) if !(target > 0.0 && target <= 1.0) => return Err(SlicesError::Target(target)),
            SliceRule::Target(_) | SliceRule::Ratio => {}
        }
        let step_ms = i64::from(seconds) * 1_000;
        Ok(Self { rule, step_ms, next: slot_of(from, step_ms), open: BTreeMap::new(), late: 0 })
    }

    /// Adds counts of one instant. Those of a slice that was judged already are left out, and counted as late.
    ///
    /// # Errors
    /// When `at` is too far ahead or too old, as for a series.
    pub fn add(&mut self, at: Timestamp, tally: Tally, now: Timestamp) -> Result<(), Refused> {
        let slot = slot_of(taken_at(at, now)?, self.step_ms);
        if slot < self.next {
            self.late = self.late.saturating_add(tally.total);
        } else if tally.total > 0 {
            self.open.entry(slot).or_default().add(tally);
        }
        Ok(())
    }

    /// Returns the slices that are over, oldest first, each once.
    pub fn close(&mut self, now: Timestamp) -> Vec<Slice> {
        let open = now.checked_sub(LATENESS).map_or(self.next, |heard| slot_of(heard, self.step_ms));
        self.next = self.next.max(open);
        let rest = self.open.split_off(&self.next);
        let over = std::mem::replace(&mut self.open, rest);
        over.into_iter().map(|(slot, tally)| self.judge(slot, tally)).collect()
    }

    /// Returns how many events came after their slice was judged.
    pub fn late(&self) -> u64 {
        self.late
    }

    fn judge(&self, slot: i64, tally: Tally) -> Slice {
        let tally = match self.rule {
            SliceRule::Target(target) => Tally::new(1, u64::from(good_ratio(tally) < target)),
            SliceRule::Ratio => Tally::new(SLICE_WEIGHT, weighted(tally)),
        };
        Slice { start: start_of(slot, self.step_ms), tally }
    }
}

/// Returns the share of good events. One division, so that 7 of 100 is what a file that says 0.07 means.
#[expect(clippy::cast_precision_loss, reason = "a ratio of counts needs no more than 53 bits")]
fn good_ratio(tally: Tally) -> f64 {
    tally.total.saturating_sub(tally.bad) as f64 / tally.total as f64
}

/// Returns the ratio of bad events in parts of [`SLICE_WEIGHT`], to the nearest.
fn weighted(tally: Tally) -> u64 {
    let (total, bad) = (u128::from(tally.total.max(1)), u128::from(tally.bad));
    u64::try_from((bad * u128::from(SLICE_WEIGHT) + total / 2) / total).unwrap_or(SLICE_WEIGHT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn slices(rule: SliceRule) -> Slices {
        Slices::new(rule, 60, second(0)).unwrap()
    }

    /// Returns the second at which each slice began, and its counts.
    fn closed(slices: &mut Slices, now: i64) -> Vec<(i64, u64, u64)> {
        let begun = |at: Timestamp| at.as_second() - 1_800_000_000;
        slices.close(second(now)).iter().map(|slice| (begun(slice.start), slice.tally.total, slice.tally.bad)).collect()
    }

    #[test]
    fn a_slice_is_judged_once_a_little_after_its_end() {
        let mut slices = slices(SliceRule::Target(0.9));
        slices.add(second(59), Tally::new(10, 1), second(59)).unwrap();
        assert_eq!(closed(&mut slices, 69), []);
        slices.add(second(3), Tally::new(10, 2), second(69)).unwrap();
        assert_eq!(closed(&mut slices, 70), [(0, 1, 1)]);
        slices.add(second(3), Tally::new(80, 0), second(71)).unwrap();
        assert_eq!((closed(&mut slices, 3_600), slices.late()), (vec![], 80));
    }

    #[test]
    fn exactly_the_target_is_good_and_silence_is_no_slice() {
        for (total, bad, target, expected) in [
            (10, 1, 0.9, 0),
            (10, 2, 0.9, 1),
            (1_000, 1, 0.999, 0),
            (1_000, 2, 0.999, 1),
            (100, 93, 0.07, 0),
            (5, 0, 1.0, 0),
        ] {
            let mut slices = slices(SliceRule::Target(target));
            slices.add(second(130), Tally::new(total, bad), second(130)).unwrap();
            slices.add(second(190), Tally::default(), second(190)).unwrap();
            assert_eq!(closed(&mut slices, 500), [(120, 1, expected)], "{bad} of {total} at {target}");
        }
    }

    #[test]
    fn a_quiet_minute_weighs_as_much_as_a_busy_one() {
        let mut slices = slices(SliceRule::Ratio);
        slices.add(second(0), Tally::new(1, 1), second(0)).unwrap();
        slices.add(second(60), Tally::new(3_000_000, 1_000_000), second(60)).unwrap();
        slices.add(second(120), Tally::new(u64::MAX, u64::MAX), second(120)).unwrap();
        assert_eq!(
            closed(&mut slices, 500),
            [(0, 1_000_000, 1_000_000), (60, 1_000_000, 333_333), (120, 1_000_000, 1_000_000)]
        );
    }

    #[test]
    fn a_clock_ahead_or_set_back_judges_nothing_twice() {
        let mut slices = slices(SliceRule::Ratio);
        assert_eq!(slices.add(second(500), Tally::new(1, 1), second(0)), Err(Refused::Future));
        slices.add(second(0), Tally::new(1, 1), second(0)).unwrap();
        assert_eq!(closed(&mut slices, 200).len(), 1);
        assert_eq!(closed(&mut slices, 5), []);
        slices.add(second(0), Tally::new(1, 1), second(5)).unwrap();
        assert_eq!((closed(&mut slices, 200), slices.late()), (vec![], 1));
    }

    #[test]
    fn what_is_out_of_range_is_refused() {
        for (rule, seconds) in [
            (SliceRule::Ratio, 59),
            (SliceRule::Ratio, 3_601),
            (SliceRule::Target(0.0), 60),
            (SliceRule::Target(1.1), 60),
            (SliceRule::Target(f64::NAN), 60),
        ] {
            assert!(Slices::new(rule, seconds, second(0)).is_err(), "{rule:?} {seconds}");
        }
    }

    proptest! {
        #[test]
        fn slices_are_those_of_all_counts_together(counts in prop::collection::vec((0..900_i64, 0..50_u64, 0..50_u64), 0..60)) {
            let (mut ordered, mut shuffled) = (slices(SliceRule::Ratio), slices(SliceRule::Ratio));
            let now = second(900);
            for (at, total, bad) in &counts {
                ordered.add(second(*at), Tally::new(*total, *bad), now).unwrap();
            }
            for (at, total, bad) in counts.iter().rev() {
                shuffled.add(second(*at), Tally::new(*total, *bad), now).unwrap();
            }
            let expected: Vec<(i64, u64, u64)> = (0..15_i64).filter_map(|slot| {
                let mut sum = Tally::default();
                let mine = counts.iter().filter(|(at, ..)| at / 60 == slot);
                mine.for_each(|(_, total, bad)| sum.add(Tally::new(*total, *bad)));
                (sum.total > 0).then(|| (slot * 60, SLICE_WEIGHT, weighted(sum)))
            }).collect();
            prop_assert_eq!(closed(&mut ordered, 910), expected.clone());
            prop_assert_eq!(closed(&mut shuffled, 910), expected);
        }
    }
}
