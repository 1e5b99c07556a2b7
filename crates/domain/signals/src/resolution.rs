//! How wide a bucket is, and which one an instant falls into.

use jiff::Timestamp;
use seaworthy_model::Tally;

/// Buckets of ten seconds that a series holds: 65 minutes, an hour's window and what a late report may still amend.
pub const TEN_SECONDS_KEPT: usize = 390;

/// Buckets of five minutes that a series holds: three days, the longest standard window (SRE Workbook, chapter 5).
pub const FIVE_MINUTES_KEPT: usize = 864;

/// Longest name of a series, in bytes: it is indexed and shown on one line.
pub const NAME_BYTES_MAX: usize = 200;

/// Width of a bucket. Slots are counted from 1970-01-01T00:00:00Z, so that everybody cuts time at the same instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Resolution {
    /// Ten seconds.
    TenSeconds,
    /// Five minutes.
    FiveMinutes,
}

impl Resolution {
    /// Both, fine before coarse.
    pub const ALL: [Self; 2] = [Self::TenSeconds, Self::FiveMinutes];

    /// Returns the width in seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Self::TenSeconds => 10,
            Self::FiveMinutes => 300,
        }
    }

    /// Returns how many buckets a series holds in memory, the open one included.
    pub fn kept(self) -> usize {
        match self {
            Self::TenSeconds => TEN_SECONDS_KEPT,
            Self::FiveMinutes => FIVE_MINUTES_KEPT,
        }
    }

    /// Returns the slot of an instant.
    pub fn slot(self, at: Timestamp) -> i64 {
        slot_of(at, self.seconds() * 1_000)
    }

    /// Returns the first instant of a slot; an end of time for a slot that time does not have.
    pub fn start(self, slot: i64) -> Timestamp {
        start_of(slot, self.seconds() * 1_000)
    }
}

/// Returns which interval of `step_ms` milliseconds an instant falls into.
pub(crate) fn slot_of(at: Timestamp, step_ms: i64) -> i64 {
    at.as_millisecond().div_euclid(step_ms)
}

/// Returns the first instant of such an interval.
pub(crate) fn start_of(slot: i64, step_ms: i64) -> Timestamp {
    let end_of_time = if slot < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(slot.saturating_mul(step_ms)).unwrap_or(end_of_time)
}

/// What was counted in one slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// How wide the slot is.
    pub resolution: Resolution,
    /// Which one.
    pub slot: i64,
    /// The counts.
    pub tally: Tally,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_begin_where_they_say_also_before_1970() {
        for (at, ten, five) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("1970-01-01T00:00:09.999Z", 0, 0),
            ("1970-01-01T00:05:00Z", 30, 1),
            ("1969-12-31T23:59:59.999Z", -1, -1),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!((Resolution::TenSeconds.slot(at), Resolution::FiveMinutes.slot(at)), (ten, five), "{at}");
            assert!(Resolution::TenSeconds.start(ten) <= at && at < Resolution::TenSeconds.start(ten + 1), "{at}");
        }
    }

    #[test]
    fn a_slot_beyond_time_is_its_end() {
        assert_eq!(Resolution::FiveMinutes.start(i64::MAX), Timestamp::MAX);
        assert_eq!(Resolution::TenSeconds.start(i64::MIN), Timestamp::MIN);
    }
}
