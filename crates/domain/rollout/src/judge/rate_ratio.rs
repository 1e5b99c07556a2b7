//! Evidence that the ratio of two event rates is beyond a bound, whatever the rate itself does meanwhile.
//!
//! If the canary's event rate is `r` times the comparator's, an event is the canary's with probability
//! `s*r / (1 - s + s*r)`, where `s` is the canary's share of the traffic. The comparator's own rate cancels, so an
//! outage that hits both arms says nothing.

use super::{GRID_MAX, Unusable, informative, log_sum_exp};
use crate::checkpoint::Walk;

/// Below this, the mass kept for later change points is spent, but for rounding.
const RESERVE_SPENT: f64 = 1e-300;

/// Evidence that canary over comparator lies beyond `r0`: above it for a grid above, below it for a grid below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateRatio {
    grid: [f64; GRID_MAX],
    points: usize,
    r0: f64,
    reserve: f64,
    a: [f64; GRID_MAX],
}

impl RateRatio {
    /// Makes an e-process over `grid` against the null ratio `r0`, with `start_mass` (0 to 1) of the prior on "it is so
    /// from the start" and the rest kept for [`RateRatio::restart`].
    ///
    /// # Errors
    /// When the grid is empty, too long, or not on one side of `r0`; when `start_mass` is not 0 to 1.
    pub fn new(grid: &[f64], r0: f64, start_mass: f64) -> Result<Self, Unusable> {
        let one_side = grid.iter().all(|r| *r > r0 && r.is_finite()) || grid.iter().all(|r| *r > 0.0 && *r < r0);
        if grid.is_empty() || grid.len() > GRID_MAX || !one_side || !(r0 > 0.0 && r0.is_finite()) {
            return Err(Unusable::Grid);
        }
        if !(0.0..=1.0).contains(&start_mass) {
            return Err(Unusable::NotAProbability("start_mass", start_mass));
        }
        let mut made = Self {
            grid: [0.0; GRID_MAX],
            points: grid.len(),
            r0,
            reserve: 1.0 - start_mass,
            a: [f64::NEG_INFINITY; GRID_MAX],
        };
        made.grid[..grid.len()].copy_from_slice(grid);
        let from_the_start = made.log_weight() + start_mass.ln();
        made.a[..grid.len()].fill(from_the_start);
        Ok(made)
    }

    /// Moves `mass` of what is left of the prior to "it starts now". Call it at moments that do not depend on what
    /// comes after them: the start of a step, a clock. More than is left moves what is left.
    pub fn restart(&mut self, mass: f64) {
        let mass = mass.min(self.reserve);
        if mass.is_nan() || mass <= 0.0 {
            return;
        }
        self.reserve -= mass;
        let fresh = self.log_weight() + mass.ln();
        for a in &mut self.a[..self.points] {
            *a = log_sum_exp(&[*a, fresh]);
        }
    }

    /// Adds `x_c` canary and `x_b` comparator events seen while the canary's share was `share`; a share of 0 or 1
    /// carries no information. `temper` (0 to 1) is 1/phi where events come in clusters of mean excess phi, else 1.
    pub fn update(&mut self, share: f64, x_c: u64, x_b: u64, temper: f64) {
        if !informative(share) {
            return;
        }
        let (x_c, x) = (x_c as f64, x_c as f64 + x_b as f64);
        let null = (share * (self.r0 - 1.0)).ln_1p();
        for (a, r) in self.a.iter_mut().zip(&self.grid).take(self.points) {
            *a += temper * (x_c * (r.ln() - self.r0.ln()) - x * ((share * (r - 1.0)).ln_1p() - null));
        }
    }

    /// Returns the natural log of the evidence; 0 when nothing was seen.
    pub fn log_e(&self) -> f64 {
        let spent = log_sum_exp(&self.a[..self.points]);
        if self.reserve > RESERVE_SPENT { log_sum_exp(&[spent, self.reserve.ln()]) } else { spent }
    }

    fn log_weight(&self) -> f64 {
        -(self.points as f64).ln()
    }

    pub(crate) fn walk(&mut self, walk: &mut impl Walk) {
        walk.real(&mut self.reserve);
        self.a[..self.points].iter_mut().for_each(|a| walk.real(a));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_that_make_no_sense_are_refused() {
        for (grid, r0) in [
            (&[] as &[f64], 1.0),
            (&[0.5, 2.0], 1.0),
            (&[1.0], 1.0),
            (&[2.0; 17], 1.0),
            (&[-1.0], 1.0),
            (&[f64::INFINITY], 1.0),
            (&[f64::NAN], 1.0),
            (&[2.0], 0.0),
        ] {
            assert_eq!(RateRatio::new(grid, r0, 1.0), Err(Unusable::Grid), "{grid:?} {r0}");
        }
        assert!(RateRatio::new(&[2.0], 1.0, 1.1).is_err());
    }

    #[test]
    fn the_prior_is_never_spent_twice() {
        let mut ratio = RateRatio::new(&[2.0, 10.0], 1.0, 0.4).expect("one side");
        for mass in [0.3, 0.3, 0.3, f64::NAN, -1.0] {
            ratio.restart(mass);
            assert!(ratio.log_e().abs() < 1e-12, "evidence out of nothing after {mass}");
        }
    }
}
