//! Seeded randomness, so that a run can be repeated: who comes when, and which request a sample fails.
//!
//! SplitMix64 (Steele, Lea and Flood 2014): small, good enough for arrivals and coin tosses, never for secrets.

/// A stream of random numbers from one seed.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Starts the stream of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Starts a stream that nobody can foretell; a fixed one where the system has no randomness to give.
    pub(crate) fn from_system() -> Self {
        Self(getrandom::u64().unwrap_or(0x5ea3_0247))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Returns a number from 0 up to, not including, 1.
    pub(crate) fn ratio(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns a whole number below `end`; 0 where `end` is 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        // Multiply and shift: the bias is under 1 in 4 billion.
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u32
    }

    /// Returns a waiting time of a Poisson process with this many arrivals a second, in seconds.
    pub(crate) fn gap_s(&mut self, rate: f64) -> f64 {
        -(1.0 - self.ratio()).ln() / rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_stay_in_range(seed: u64, end in 1..u32::MAX) {
            let mut random = Random::new(seed);
            for _ in 0..20 {
                prop_assert!((0.0..1.0).contains(&random.ratio()));
                prop_assert!(random.below(end) < end);
                let gap = random.gap_s(200.0);
                prop_assert!(gap >= 0.0 && gap.is_finite());
            }
        }
    }

    #[test]
    fn a_seed_repeats_and_the_means_are_right() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            (0..10_000).map(|_| random.gap_s(200.0)).sum::<f64>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert!((45.0..55.0).contains(&draw(7)), "10,000 arrivals at 200 a second take about 50 s, not {}", draw(7));
    }

    #[test]
    fn every_user_comes() {
        let mut random = Random::new(1);
        let mut seen = [0; 10];
        (0..1_000).for_each(|_| seen[random.below(10) as usize] += 1);
        assert!(seen.iter().all(|n| (50..150).contains(n)), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }
}
