//! One guarded stream of events: evidence that the canary is worse, and evidence that it is good enough.

use super::{BelowCeiling, RateRatio, Unusable, log_sum_exp};
use crate::checkpoint::Walk;

/// How many times worse the canary might be: the alternatives that evidence for an abort averages over.
pub const REGRESS: [f64; 8] = [1.5, 2.0, 3.0, 5.0, 10.0, 30.0, 100.0, 1000.0];

/// The alternatives that reject "the canary is worse by the margin or more": as good, and twice as good.
const NON_INFERIOR: [f64; 2] = [1.0, 0.5];

/// What one metric is judged by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MetricSpec {
    /// Its part of the rollout's alpha, over 0; the weights of all metrics add up to 1.
    pub weight: f64,
    /// The ratio of rates, canary over comparator, that is still fine; 1 by default.
    pub tolerance: f64,
    /// The ratio that a promotion must rule out, over 0.5; 2 by default.
    pub margin: f64,
    /// The absolute event probability that rules a promotion in, whatever the comparator does; 0 to 1.
    pub ceiling: Option<f64>,
    /// Prior mass on "worse from the start"; what is left goes to later change points. 0 to 1.
    pub start_mass: f64,
}

impl Default for MetricSpec {
    fn default() -> Self {
        Self { weight: 1.0, tolerance: 1.0, margin: 2.0, ceiling: None, start_mass: 1.0 }
    }
}

/// One guarded stream of events.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    margin: f64,
    log_weight: f64,
    bad: RateRatio,
    good: RateRatio,
    ceiling: Option<BelowCeiling>,
    n_c: u64,
}

impl Metric {
    /// Makes a metric without evidence.
    ///
    /// # Errors
    /// When a number of the specification is out of its range.
    pub fn new(spec: MetricSpec) -> Result<Self, Unusable> {
        for (name, value) in [("weight", spec.weight), ("tolerance", spec.tolerance), ("margin", spec.margin)] {
            if value.is_nan() || value <= 0.0 || value.is_infinite() {
                return Err(Unusable::NotPositive(name, value));
            }
        }
        let bad = RateRatio::new(&REGRESS.map(|r| r * spec.tolerance), spec.tolerance, spec.start_mass)?;
        let (good, ceiling) = promotion_evidence(spec.margin, spec.ceiling)?;
        Ok(Self { margin: spec.margin, log_weight: spec.weight.ln(), bad, good, ceiling, n_c: 0 })
    }

    /// Adds `n_c` canary units, `x_c` canary and `x_b` comparator events seen at `share`.
    pub fn update(&mut self, share: f64, n_c: u64, x_c: u64, x_b: u64, temper: f64) {
        self.update_bad(share, x_c, x_b, temper);
        self.update_good(share, n_c, x_c, x_b, temper);
    }

    /// Adds to the evidence for an abort alone.
    pub fn update_bad(&mut self, share: f64, x_c: u64, x_b: u64, temper: f64) {
        self.bad.update(share, x_c, x_b, temper);
    }

    /// Adds to the evidence for a promotion alone.
    pub fn update_good(&mut self, share: f64, n_c: u64, x_c: u64, x_b: u64, temper: f64) {
        self.n_c = self.n_c.saturating_add(n_c);
        self.good.update(share, x_c, x_b, temper);
        if let Some(ceiling) = &mut self.ceiling {
            ceiling.update(n_c, x_c);
        }
    }

    /// Starts a step: `mass` of the prior moves to "worse from here on", evidence for an abort carries, evidence for a
    /// promotion starts anew, against `ceiling`.
    ///
    /// # Errors
    /// When the ceiling does not lie between 0 and 1; then nothing changes.
    pub fn restart(&mut self, mass: f64, ceiling: Option<f64>) -> Result<(), Unusable> {
        let (good, ceiling) = promotion_evidence(self.margin, ceiling)?;
        self.bad.restart(mass);
        *self = Self { good, ceiling, n_c: 0, ..*self };
        Ok(())
    }

    /// Returns the absolute event probability that rules a promotion in now, 0 to 1.
    pub fn ceiling(&self) -> Option<f64> {
        self.ceiling.map(|below| below.ceiling())
    }

    /// Returns how many canary units fed the evidence for a promotion since the last restart.
    pub fn units(&self) -> u64 {
        self.n_c
    }

    /// Returns the natural log of the evidence that the canary is worse.
    pub fn log_e_bad(&self) -> f64 {
        self.bad.log_e()
    }

    /// Returns what this metric adds to the rollout's evidence: its evidence times its weight, as a log.
    pub fn log_e_weighted(&self) -> f64 {
        self.log_weight + self.bad.log_e()
    }

    /// Returns the natural log of the evidence against "worse by the margin or more, *and* at or over the ceiling".
    /// Either proof is enough, so the two e-values are averaged.
    pub fn log_e_good(&self) -> f64 {
        match &self.ceiling {
            None => self.good.log_e(),
            Some(ceiling) => log_sum_exp(&[self.good.log_e(), ceiling.log_e()]) - std::f64::consts::LN_2,
        }
    }

    /// Returns how many more canary units without an event, and no comparator event, would bring
    /// [`Metric::log_e_good`] to `target`; `None` without a ceiling or when it is out of reach.
    pub fn clean_units_to(&self, target: f64) -> Option<u64> {
        let ceiling = self.ceiling.as_ref()?;
        let rest = target.exp() * 2.0 - self.good.log_e().exp();
        if rest <= 0.0 { Some(0) } else { ceiling.clean_units_to(rest.ln()) }
    }

    pub(crate) fn walk(&mut self, walk: &mut impl Walk) {
        self.bad.walk(walk);
        self.good.walk(walk);
        if let Some(ceiling) = &mut self.ceiling {
            ceiling.walk(walk);
        }
        walk.count(&mut self.n_c);
    }
}

fn promotion_evidence(margin: f64, ceiling: Option<f64>) -> Result<(RateRatio, Option<BelowCeiling>), Unusable> {
    let from = NON_INFERIOR.iter().position(|g| *g < margin).ok_or(Unusable::Grid)?;
    let good = RateRatio::new(&NON_INFERIOR[from..], margin, 1.0)?;
    Ok((good, ceiling.map(BelowCeiling::new).transpose()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restart_keeps_evidence_for_an_abort_and_drops_that_for_a_promotion() {
        let spec = MetricSpec { ceiling: Some(0.05), start_mass: 0.4, ..MetricSpec::default() };
        let mut metric = Metric::new(spec).expect("in range");
        metric.update(0.05, 100, 2, 0, 1.0);
        let before = metric.log_e_bad();
        metric.restart(0.0, Some(0.01)).expect("in range");
        assert_eq!(metric.log_e_bad(), before);
        assert!(metric.log_e_good().abs() < 1e-12);
        assert_eq!((metric.units(), metric.ceiling()), (0, Some(0.01)));
        assert!(metric.restart(0.1, Some(2.0)).is_err());
    }

    #[test]
    fn the_clean_units_it_names_are_enough_and_one_less_is_not() {
        let spec = MetricSpec { ceiling: Some(0.01), ..MetricSpec::default() };
        let mut metric = Metric::new(spec).expect("in range");
        metric.update(0.05, 30, 0, 4, 1.0);
        let target = 20_f64.ln();
        let more = metric.clean_units_to(target).expect("reachable");
        let after = |units| {
            let mut later = metric;
            later.update(0.05, units, 0, 0, 1.0);
            later.log_e_good()
        };
        assert!(after(more) >= target && after(more - 1) < target, "{more}");
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        let base = MetricSpec::default();
        for spec in [
            MetricSpec { weight: 0.0, ..base },
            MetricSpec { margin: 0.5, ..base },
            MetricSpec { tolerance: f64::NAN, ..base },
            MetricSpec { ceiling: Some(1.0), ..base },
            MetricSpec { start_mass: -0.1, ..base },
        ] {
            assert!(Metric::new(spec).is_err(), "{spec:?}");
        }
    }
}
