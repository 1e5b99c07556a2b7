//! Evidence that a common event ("slower than the comparator's p90") is commoner on the canary.
//!
//! Uses the requests without the event too, so it keeps what [`super::RateRatio`] drops when events are not rare.

use super::{Unusable, informative, log_sum_exp, probability};
use crate::checkpoint::Walk;

/// How many alternatives it averages over.
const POINTS: usize = 4;

/// The alternatives of the reference: the canary's odds of an event, over the comparator's.
pub const ODDS: [f64; POINTS] = [1.3, 2.0, 4.0, 16.0];

/// Evidence against "the canary's event probability is at most the comparator's".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointShift {
    theta_b: f64,
    theta_c: [f64; POINTS],
    odds: [f64; POINTS],
    a: [f64; POINTS],
}

impl JointShift {
    /// Makes an e-process for a comparator whose event probability is nominally `theta_b`; a wrong value costs power,
    /// not validity. The threshold that defines the event must come from earlier data only.
    ///
    /// # Errors
    /// When `theta_b` does not lie between 0 and 1, or an odds ratio is not over 1.
    pub fn new(theta_b: f64, odds: [f64; POINTS]) -> Result<Self, Unusable> {
        if odds.iter().any(|g| g.is_nan() || *g <= 1.0) {
            return Err(Unusable::Grid);
        }
        let a = [-(POINTS as f64).ln(); POINTS];
        let mut made = Self { theta_b, theta_c: [0.0; POINTS], odds, a };
        made.rebase(theta_b)?;
        Ok(made)
    }

    /// Uses another nominal probability from now on (the threshold was fixed anew) and keeps the evidence.
    ///
    /// # Errors
    /// When `theta_b` does not lie between 0 and 1; then nothing changes.
    pub fn rebase(&mut self, theta_b: f64) -> Result<(), Unusable> {
        self.theta_b = probability("theta_b", theta_b)?;
        let odds_b = theta_b / (1.0 - theta_b);
        self.theta_c = self.odds.map(|g| odds_b * g / (1.0 + odds_b * g));
        Ok(())
    }

    /// Adds `n_c` canary and `n_b` comparator requests of which `x_c` and `x_b` had the event. `temper` as in
    /// [`super::RateRatio::update`].
    pub fn update(&mut self, share: f64, n: [u64; 2], x: [u64; 2], temper: f64) {
        if !informative(share) {
            return;
        }
        let ([n_c, n_b], [x_c, x_b]) = (n.map(|v| v as f64), x.map(|v| v as f64));
        for (a, theta_c) in self.a.iter_mut().zip(self.theta_c) {
            let null = share * theta_c + (1.0 - share) * self.theta_b;
            let (hit, miss) = (null.ln(), (-null).ln_1p());
            let canary = x_c * (theta_c.ln() - hit) + (n_c - x_c) * ((-theta_c).ln_1p() - miss);
            let comparator = x_b * (self.theta_b.ln() - hit) + (n_b - x_b) * ((-self.theta_b).ln_1p() - miss);
            *a += temper * (canary + comparator);
        }
    }

    /// Returns the natural log of the evidence; 0 when nothing was seen.
    pub fn log_e(&self) -> f64 {
        log_sum_exp(&self.a)
    }

    pub(crate) fn walk(&mut self, walk: &mut impl Walk) {
        let mut theta_b = self.theta_b;
        walk.real(&mut theta_b);
        if self.rebase(theta_b).is_err() {
            walk.reject();
        }
        self.a.iter_mut().for_each(|a| walk.real(a));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_of_0_or_1_is_refused() {
        for theta in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(JointShift::new(theta, ODDS).is_err(), "{theta}");
        }
        assert_eq!(JointShift::new(0.1, [1.0, 2.0, 3.0, 4.0]), Err(Unusable::Grid));
    }

    #[test]
    fn an_empty_arm_says_nothing() {
        let mut shift = JointShift::new(0.1, ODDS).expect("a probability");
        shift.update(0.0, [0, 100], [0, 100], 1.0);
        shift.update(1.0, [100, 0], [100, 0], 1.0);
        assert!(shift.log_e().abs() < 1e-12);
    }
}
