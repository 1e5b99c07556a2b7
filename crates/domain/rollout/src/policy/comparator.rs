//! Whether the comparator itself is failing now: then nothing is promoted, though both arms may well be equal.

use crate::checkpoint::Walk;

/// After this long, in microseconds, what was seen counts half: an outage shows within seconds and is forgotten within
/// half a minute.
const HALF_LIFE_US: f64 = 5e6;

/// Below this many recent users a ratio says nothing.
const USERS_MIN: f64 = 20.0;

/// Recent users of the comparator and how many of them failed, older ones counting less.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Comparator {
    users: f64,
    failed: f64,
    at_us: i64,
}

impl Comparator {
    pub(super) fn observe(&mut self, users: u64, failed: u64, now_us: i64) {
        let passed_us = now_us.saturating_sub(self.at_us).max(0) as f64;
        let fade = (-passed_us / HALF_LIFE_US).exp2();
        self.users = self.users * fade + users as f64;
        self.failed = self.failed * fade + failed as f64;
        self.at_us = self.at_us.max(now_us);
    }

    /// Returns the recent failure ratio, 0 to 1; `None` with too few users to say.
    pub(super) fn ratio(&self) -> Option<f64> {
        (self.users >= USERS_MIN).then(|| (self.failed / self.users).min(1.0))
    }

    pub(super) fn walk(&mut self, walk: &mut impl Walk) {
        walk.real(&mut self.users);
        walk.real(&mut self.failed);
        walk.micros(&mut self.at_us);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_shows_at_once_and_is_forgotten() {
        let mut comparator = Comparator::default();
        assert_eq!(comparator.ratio(), None, "no data is not health");
        let mut now = 1_700_000_000_000_000;
        for _ in 0..40 {
            now += 250_000;
            comparator.observe(50, 0, now);
        }
        assert_eq!(comparator.ratio(), Some(0.0));
        comparator.observe(50, 50, now + 250_000);
        assert!(comparator.ratio().is_some_and(|r| r > 0.02));
        for i in 0..120 {
            comparator.observe(50, 0, now + 250_000 * (i + 2));
        }
        assert!(comparator.ratio().is_some_and(|r| r < 0.001));
        comparator.observe(0, 0, now + 600_000_000);
        assert_eq!(comparator.ratio(), None, "silence is not health");
    }

    #[test]
    fn a_clock_that_steps_back_fades_nothing() {
        let mut comparator = Comparator::default();
        comparator.observe(100, 10, 5_000_000);
        comparator.observe(0, 0, 1_000_000);
        assert_eq!(comparator.ratio(), Some(0.1));
    }
}
