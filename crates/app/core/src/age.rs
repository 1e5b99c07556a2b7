//! Ages from outside as instants: machines report ages, because their clocks may differ from ours.

use jiff::{SignedDuration, Timestamp};

/// Returns the instant `age_ms` before `now`, in 1970 at the earliest: an age that nothing can have is no panic.
pub(crate) fn ago(now: Timestamp, age_ms: u64) -> Timestamp {
    let age = i64::try_from(age_ms).map_or(SignedDuration::MAX, SignedDuration::from_millis);
    now.checked_sub(age).unwrap_or(Timestamp::MIN).max(Timestamp::UNIX_EPOCH).min(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_reach_back_to_1970_at_most() {
        let now = Timestamp::from_second(1_000).expect("in range");
        for (age_ms, want_s) in [(0, 1_000), (400_000, 600), (1_000_000, 0), (1_000_001, 0), (u64::MAX, 0)] {
            assert_eq!(ago(now, age_ms).as_second(), want_s, "{age_ms}");
        }
        assert_eq!(ago(Timestamp::MIN, u64::MAX), Timestamp::MIN, "a clock before 1970 is no panic");
    }
}
