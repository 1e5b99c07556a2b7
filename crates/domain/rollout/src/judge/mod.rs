//! The core of the judge: e-processes that stay valid however often and whenever somebody looks at them.
//!
//! An e-process starts at 1 and, while the canary is no worse than the comparator, has a mean of at most 1 at every
//! moment. So it reaches 1,000 with probability at most 1/1,000, once over the whole rollout (Ville's inequality):
//! looks and steps cost nothing. Everything is kept as natural logs, in fixed arrays: an update allocates nothing.
//! Nothing here knows about time, users or steps; that is the policy's (`crate::policy`).
//!
//! Sources: Lindon & Malek, arXiv 2011.03567; Lindon et al., arXiv 2205.14762; Turner, Ly & Grünwald (2x2 e-variables);
//! Wald. The vectors in `vectors/canary.json` were computed independently at 60 digits; the tests agree with all.

mod below_ceiling;
mod blocker;
mod joint_shift;
mod metric;
mod rate_ratio;
mod trial;

use std::fmt;

pub use below_ceiling::BelowCeiling;
pub use blocker::{Block, Blocker};
pub use joint_shift::{JointShift, ODDS};
pub use metric::{Metric, MetricSpec, REGRESS};
pub use rate_ratio::RateRatio;
pub use trial::{Decision, Trial, TrialSpec};

/// Most alternatives one e-process averages over: twice what the reference grid needs, so that arrays stay on the stack.
pub const GRID_MAX: usize = 16;

/// Why an e-process cannot be made from what was given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unusable {
    /// A grid has no point, more than [`GRID_MAX`], or points that do not all lie on one side of its null ratio.
    Grid,
    /// The named number must lie strictly between 0 and 1.
    NotAProbability(&'static str, f64),
    /// The named number must be positive and finite.
    NotPositive(&'static str, f64),
    /// There are this many metrics: none, or more than [`GRID_MAX`].
    Metrics(usize),
    /// The weights of the metrics add up to this instead of 1.
    Weights(f64),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grid => write!(
                f,
                "a grid has 1 to {GRID_MAX} positive ratios, all above its null ratio or all below; a margin must be over 0.5"
            ),
            Self::NotAProbability(name, value) => write!(f, "\"{name}\" must lie between 0 and 1, is {value}"),
            Self::NotPositive(name, value) => write!(f, "\"{name}\" must be a positive number, is {value}"),
            Self::Metrics(count) => write!(f, "1 to {GRID_MAX} metrics can be judged together, not {count}"),
            Self::Weights(sum) => write!(f, "the weights of the metrics must add up to 1, they add up to {sum}"),
        }
    }
}

impl std::error::Error for Unusable {}

/// Returns `ln(sum(exp(v)))` without overflow; minus infinity for nothing.
pub(crate) fn log_sum_exp(values: &[f64]) -> f64 {
    let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + values.iter().map(|v| (v - max).exp()).sum::<f64>().ln()
}

/// Says whether both arms carry something; with one of them empty there is nothing to compare.
fn informative(share: f64) -> bool {
    share > 0.0 && share < 1.0
}

fn probability(name: &'static str, value: f64) -> Result<f64, Unusable> {
    if informative(value) { Ok(value) } else { Err(Unusable::NotAProbability(name, value)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_sum_exp_neither_overflows_nor_underflows() {
        for (values, want) in [
            (&[] as &[f64], f64::NEG_INFINITY),
            (&[f64::NEG_INFINITY, f64::NEG_INFINITY], f64::NEG_INFINITY),
            (&[1e6, 1e6], 1e6 + std::f64::consts::LN_2),
            (&[-1e6, f64::NEG_INFINITY], -1e6),
        ] {
            assert_eq!(log_sum_exp(values), want, "{values:?}");
        }
    }
}
