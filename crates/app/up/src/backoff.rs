//! How long to wait before something that died is started again.

use std::time::Duration;

/// Waiting times that double up to a limit, and begin anew after a long enough life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    /// A life at least this long is a good one.
    good_life: Duration,
    /// Short lives in a row.
    short: u32,
}

impl Backoff {
    /// For versions: 250 ms doubling to 30 s, anew after a life of 60 s. Users may wait for the only instance there is,
    /// but the server must see the end of the one life before it hears of the next.
    pub(crate) fn of_version() -> Self {
        Self::new(Duration::from_millis(250), Duration::from_secs(30), Duration::from_secs(60))
    }

    /// For server and gateway: users wait meanwhile, so the limit is low.
    pub(crate) fn of_role() -> Self {
        Self::new(Duration::from_millis(100), Duration::from_secs(5), Duration::from_secs(10))
    }

    pub(crate) fn new(first: Duration, longest: Duration, good_life: Duration) -> Self {
        Self { first, longest, good_life, short: 0 }
    }

    /// Notes a life and returns how long to wait before the next.
    pub(crate) fn after(&mut self, life: Duration, first_death: FirstDeath) -> Duration {
        self.short = if life >= self.good_life { 1 } else { self.short.saturating_add(1) };
        let doublings = match first_death {
            FirstDeath::Free if self.short == 1 => return Duration::ZERO,
            FirstDeath::Free => self.short - 2,
            FirstDeath::Counts => self.short - 1,
        };
        // 2^20 times the first is beyond any limit in use.
        self.first.saturating_mul(1 << doublings.min(20)).min(self.longest)
    }
}

/// Whether the first death of a row is followed by a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstDeath {
    /// No: users are waiting.
    Free,
    /// Yes.
    Counts,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(mut backoff: Backoff, first: FirstDeath, lives: &[u64]) -> Vec<u128> {
        lives.iter().map(|life| backoff.after(Duration::from_secs(*life), first).as_millis()).collect()
    }

    #[test]
    fn waits_double_and_begin_anew() {
        let version = Backoff::of_version();
        let lives = [0, 0, 59, 1, 1, 1, 1, 1, 1, 60, 1];
        let want = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 250, 500];
        assert_eq!(waits(version, FirstDeath::Counts, &lives), want);
        let role = Backoff::of_role();
        let want = [0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 0, 100];
        assert_eq!(waits(role, FirstDeath::Free, &[99, 1, 1, 1, 1, 1, 1, 1, 10, 1]), want);
        let many = vec![0; 200];
        assert_eq!(waits(role, FirstDeath::Free, &many).last(), Some(&5_000));
    }
}
