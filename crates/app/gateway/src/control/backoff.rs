//! Pauses between attempts to reach the control plane: doubling, bounded, spread by chance so that gateways that lost
//! it together do not come back together.

use std::time::Duration;

use crate::control::random_bits;

/// The first pause: a control plane that restarts is back within a second.
const FIRST: Duration = Duration::from_millis(100);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(crate) struct Backoff {
    pause: Duration,
    random: u64,
}

impl Backoff {
    /// Makes one that begins with the shortest pause.
    pub(crate) fn new() -> Self {
        Self::seeded(random_bits() as u64)
    }

    fn seeded(random: u64) -> Self {
        Self { pause: FIRST, random }
    }

    /// Begins again with the shortest pause.
    pub(crate) fn reset(&mut self) {
        self.pause = FIRST;
    }

    /// Returns the next pause: between half of it and all of it.
    pub(crate) fn next(&mut self) -> Duration {
        let pause = self.pause;
        self.pause = (pause * 2).min(LONGEST);
        pause / 2 + (pause / 2).mul_f64(self.ratio())
    }

    /// Returns a number from 0 to 1 (SplitMix64).
    fn ratio(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_start_again() {
        let mut backoff = Backoff::seeded(7);
        for millis in [100, 200, 400, 800, 1_600, 2_000, 2_000] {
            let (pause, full) = (backoff.next(), Duration::from_millis(millis));
            assert!(pause >= full / 2 && pause <= full, "{pause:?} of {full:?}");
        }
        backoff.reset();
        assert!(backoff.next() <= FIRST);
    }

    #[test]
    fn two_gateways_do_not_pause_alike() {
        assert_ne!(Backoff::seeded(1).next(), Backoff::seeded(2).next());
    }
}
