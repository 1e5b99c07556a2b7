//! Chance, from a seed: the same seed gives the same run on every machine.

/// A generator (SplitMix64; Steele, Lea, Flood, 2014).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// Makes one.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number above 0 and below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Returns a number between two, evenly in its logarithm.
    pub(crate) fn log_between(&mut self, from: f64, to: f64) -> f64 {
        from * (to / from).powf(self.unit())
    }

    /// Chooses one of several.
    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[(self.bits() % of.len() as u64) as usize]
    }

    /// Returns a waiting time of a process with this rate.
    pub(crate) fn wait(&mut self, rate: f64) -> f64 {
        -self.unit().ln() / rate
    }

    /// Returns a count of a Poisson process with this mean. Exact up to 30; above, the square of a normal about the root
    /// (Anscombe), whose tail beyond five deviations is right within a few per cent.
    pub(crate) fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 30.0 {
            let root = (mean + 0.375).sqrt() + self.normal() / 2.0;
            return (root * root - 0.375 + self.unit()).max(0.0) as u64;
        }
        let (mut count, mut left) = (0, self.unit() * mean.exp());
        let mut term = 1.0;
        while left > term && count < 400 {
            left -= term;
            count += 1;
            term *= mean / count as f64;
        }
        count
    }

    /// Returns a normal deviate (Box and Muller).
    fn normal(&mut self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }
}
