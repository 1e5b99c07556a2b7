//! Evidence that the canary's own event probability lies below a ceiling, without any comparator.

use super::{Unusable, log_sum_exp, probability};
use crate::checkpoint::Walk;

/// The alternatives of the reference, as fractions of the ceiling.
const FRACTIONS: [f64; 3] = [0.05, 0.25, 0.5];

/// Evidence against "the canary's event probability is `ceiling` or more" (absolute non-inferiority).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BelowCeiling {
    ceiling: f64,
    n: u64,
    x: u64,
}

impl BelowCeiling {
    /// Makes an e-process against the ceiling, 0 to 1 exclusive.
    ///
    /// # Errors
    /// When the ceiling does not lie between 0 and 1.
    pub fn new(ceiling: f64) -> Result<Self, Unusable> {
        Ok(Self { ceiling: probability("ceiling", ceiling)?, n: 0, x: 0 })
    }

    /// Returns the ceiling, 0 to 1.
    pub fn ceiling(&self) -> f64 {
        self.ceiling
    }

    /// Adds `n_c` canary units of which `x_c` had the event.
    pub fn update(&mut self, n_c: u64, x_c: u64) {
        self.n = self.n.saturating_add(n_c);
        self.x = self.x.saturating_add(x_c);
    }

    /// Returns the natural log of the evidence; 0 when nothing was seen.
    pub fn log_e(&self) -> f64 {
        let (n, x, q) = (self.n as f64, self.x as f64, self.ceiling);
        let terms = FRACTIONS.map(|f| {
            let p = q * f;
            x * (p.ln() - q.ln()) + (n - x) * ((-p).ln_1p() - (-q).ln_1p())
        });
        log_sum_exp(&terms) - (FRACTIONS.len() as f64).ln()
    }

    /// Returns how many more units without an event would bring the evidence to `log_e`: 74 from nothing for a ceiling
    /// of 5% and `ln 20`. `None` when more than 2^40 would be needed.
    pub fn clean_units_to(&self, log_e: f64) -> Option<u64> {
        let reached = |more: u64| Self { n: self.n.saturating_add(more), ..*self }.log_e() >= log_e;
        if reached(0) {
            return Some(0);
        }
        let high = (0..=40).map(|bits| 1_u64 << bits).find(|more| reached(*more))?;
        let (mut low, mut high) = (high / 2, high);
        while high - low > 1 {
            let mid = low + (high - low) / 2;
            if reached(mid) { high = mid } else { low = mid }
        }
        Some(high)
    }

    pub(crate) fn walk(&mut self, walk: &mut impl Walk) {
        walk.real(&mut self.ceiling);
        if probability("ceiling", self.ceiling).is_err() {
            walk.reject();
        }
        walk.count(&mut self.n);
        walk.count(&mut self.x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clean_units_are_those_of_the_reference() {
        let target = 20_f64.ln();
        for (ceiling, want) in [(0.05, 74), (0.02, 187), (0.01, 377), (0.005, 755), (0.001, 3780)] {
            let fresh = BelowCeiling::new(ceiling).expect("a probability");
            assert_eq!(fresh.clean_units_to(target), Some(want), "{ceiling}");
        }
    }

    #[test]
    fn events_raise_the_need_and_enough_units_end_it() {
        let mut below = BelowCeiling::new(0.05).expect("a probability");
        below.update(10, 1);
        let more = below.clean_units_to(20_f64.ln()).expect("finite");
        assert!(more > 74, "{more}");
        below.update(more, 0);
        assert_eq!(below.clean_units_to(20_f64.ln()), Some(0));
        assert!(BelowCeiling::new(0.0).is_err() && BelowCeiling::new(1.0).is_err());
    }
}
