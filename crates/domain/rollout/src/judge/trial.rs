//! Several metrics judged together: a weighted mean of e-values is an e-value, whatever they have to do with each other.

use super::{Metric, MetricSpec, Unusable, log_sum_exp, probability};

/// How far the sum of the weights may be off 1: rounding of written decimals, nothing else.
const WEIGHTS_SLACK: f64 = 1e-9;

/// What a trial is judged by.
#[derive(Debug, Clone, PartialEq)]
pub struct TrialSpec {
    /// The metrics; 1 to [`super::GRID_MAX`] of them.
    pub metrics: Vec<MetricSpec>,
    /// Probability of ever aborting a canary that is no worse: all metrics, looks and steps together.
    pub alpha: f64,
    /// Exposure freezes at evidence of 1 over this.
    pub hold: f64,
    /// Probability, a metric, of ever certifying a canary that violates its margin.
    pub beta: f64,
    /// Canary units that every metric needs before a promotion.
    pub min_n: u64,
}

/// What the core makes of the evidence so far. The policy has the last word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Neither good nor bad enough yet.
    Wait,
    /// Suspicious: freeze exposure, keep looking.
    Hold,
    /// Every metric is proved good enough.
    Promote,
    /// The canary is worse; final.
    Abort,
}

impl Decision {
    /// Returns the word for it: `wait`, `hold`, `promote` or `abort`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Hold => "hold",
            Self::Promote => "promote",
            Self::Abort => "abort",
        }
    }
}

/// The metrics of one rollout and whether it was aborted.
#[derive(Debug, Clone)]
pub struct Trial {
    metrics: Vec<Metric>,
    log_abort: f64,
    log_hold: f64,
    log_promote: f64,
    min_n: u64,
    aborted: Option<usize>,
}

impl Trial {
    /// Makes a trial without evidence.
    ///
    /// # Errors
    /// When a number is out of its range, the weights do not add up to 1, or there are too many metrics or none.
    pub fn new(spec: &TrialSpec) -> Result<Self, Unusable> {
        let count = spec.metrics.len();
        if !(1..=super::GRID_MAX).contains(&count) {
            return Err(Unusable::Metrics(count));
        }
        let sum: f64 = spec.metrics.iter().map(|m| m.weight).sum();
        if sum.is_nan() || (sum - 1.0).abs() > WEIGHTS_SLACK {
            return Err(Unusable::Weights(sum));
        }
        Ok(Self {
            metrics: spec.metrics.iter().map(|m| Metric::new(*m)).collect::<Result<_, _>>()?,
            log_abort: -probability("alpha", spec.alpha)?.ln(),
            log_hold: -probability("hold", spec.hold)?.ln(),
            log_promote: -probability("beta", spec.beta)?.ln(),
            min_n: spec.min_n,
            aborted: None,
        })
    }

    /// Returns the metrics, to update them.
    pub fn metrics_mut(&mut self) -> &mut [Metric] {
        &mut self.metrics
    }

    /// Returns the natural log of the evidence that the canary is worse, over all metrics.
    pub fn log_e(&self) -> f64 {
        let mut terms = [f64::NEG_INFINITY; super::GRID_MAX];
        for (term, metric) in terms.iter_mut().zip(&self.metrics) {
            *term = metric.log_e_weighted();
        }
        log_sum_exp(&terms)
    }

    /// Returns the index of the metric that adds most to [`Trial::log_e`]; after an abort, the one that led to it.
    pub fn leading(&self) -> usize {
        let most = |best: usize, (i, m): (usize, &Metric)| {
            if m.log_e_weighted() > self.metrics[best].log_e_weighted() { i } else { best }
        };
        self.aborted.unwrap_or_else(|| self.metrics.iter().enumerate().fold(0, most))
    }

    /// Decides on the evidence so far. An abort stays one.
    pub fn decide(&mut self) -> Decision {
        let log_e = self.log_e();
        if self.aborted.is_some() || log_e >= self.log_abort {
            self.aborted = Some(self.leading());
            return Decision::Abort;
        }
        if log_e >= self.log_hold {
            return Decision::Hold;
        }
        let good = |m: &Metric| m.log_e_good() >= self.log_promote && m.units() >= self.min_n;
        if self.metrics.iter().all(good) { Decision::Promote } else { Decision::Wait }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(weights: &[f64]) -> TrialSpec {
        let metrics = weights.iter().map(|w| MetricSpec { weight: *w, ..MetricSpec::default() }).collect();
        TrialSpec { metrics, alpha: 0.001, hold: 0.05, beta: 0.05, min_n: 0 }
    }

    #[test]
    fn an_abort_is_final_and_keeps_its_metric() {
        let mut trial = Trial::new(&spec(&[0.5, 0.5])).expect("in range");
        trial.metrics_mut()[1].update(0.01, 10, 9, 0, 1.0);
        assert_eq!((trial.decide(), trial.leading()), (Decision::Abort, 1));
        trial.metrics_mut()[0].update(0.01, 10, 90, 0, 1.0);
        trial.metrics_mut()[1].update(0.01, 10, 0, 9_000, 1.0);
        assert_eq!((trial.decide(), trial.leading()), (Decision::Abort, 1));
    }

    #[test]
    fn no_data_never_promotes() {
        let mut trial = Trial::new(&spec(&[1.0])).expect("in range");
        assert_eq!(trial.decide(), Decision::Wait);
    }

    #[test]
    fn numbers_out_of_range_are_refused() {
        for weights in [&[] as &[f64], &[0.5, 0.4], &[f64::NAN], &[1.0, 0.0], &[1.0 / 17.0; 17]] {
            assert!(Trial::new(&spec(weights)).is_err(), "{weights:?}");
        }
        assert!(Trial::new(&TrialSpec { alpha: 0.0, ..spec(&[1.0]) }).is_err());
        assert!(Trial::new(&TrialSpec { beta: 1.0, ..spec(&[1.0]) }).is_err());
    }
}
