//! Exact tails of the Poisson distribution, against a bound.
//!
//! The first term is worked out as a logarithm, without cancelling (Loader, "Fast and accurate computation of binomial
//! probabilities", 2000); the rest of the tail is a series of falling ratios, summed until what is left can no longer
//! change the answer. No table, no allocation; counts up to billions cost a few dozen terms.

/// Below this a factorial is a product of its factors; above it Stirling's series is exact to the last bits.
const SMALL: u64 = 16;

/// Whether `count` or more events of a Poisson process with this mean have a chance of at most `bound` (under one half).
///
/// ```
/// // A quiet hour of 60 requests at a budget of 0.1%: four bad ones may be chance, five are not.
/// assert!(!seaworthy_slo::poisson::upper_tail_within(4, 0.06, 1e-7));
/// assert!(seaworthy_slo::poisson::upper_tail_within(5, 0.06, 1e-7));
/// ```
pub fn upper_tail_within(count: u64, mean: f64, bound: f64) -> bool {
    // At or below the mean the tail is at least about one half.
    if mean.is_nan() || count == 0 || count as f64 <= mean {
        return false;
    }
    let last = count as f64;
    mean <= 0.0 || series_within(count, mean, bound, |step| mean / (last + step))
}

/// Whether `count` or fewer events of a Poisson process with this mean have a chance of at most `bound` (under one half).
pub fn lower_tail_within(count: u64, mean: f64, bound: f64) -> bool {
    if mean.is_nan() || count as f64 >= mean {
        return false;
    }
    let last = count as f64;
    series_within(count, mean, bound, |step| (last + 1.0 - step) / mean)
}

/// Returns the smallest count whose upper tail is at most `bound` (above 0 and under one half) at this mean. A mean
/// above a billion counts as that: there chance is a part in ten thousand, and terms are many. What is no number counts as none.
pub fn least_count_within(mean: f64, bound: f64) -> u64 {
    let mean = if mean.is_nan() { 0.0 } else { mean.clamp(0.0, 1e9) };
    let (mut below, mut at) = (0, 1_u64);
    while at < u64::MAX && !upper_tail_within(at, mean, bound) {
        (below, at) = (at, at.saturating_mul(2));
    }
    while at - below > 1 {
        let middle = below + (at - below) / 2;
        if upper_tail_within(middle, mean, bound) {
            at = middle;
        } else {
            below = middle;
        }
    }
    at
}

/// Whether the term at `count` and those after it sum to at most `bound`. `ratio(n)` is the n-th later term over the one
/// before it, from 1; it falls and stays under 1, so what is left after a term is under a geometric series.
fn series_within(count: u64, mean: f64, bound: f64, ratio: impl Fn(f64) -> f64) -> bool {
    let limit = (bound.ln() - ln_term(count, mean)).exp();
    let (mut term, mut sum, mut step) = (1.0, 1.0, 1.0);
    loop {
        let next = ratio(step).max(0.0);
        let rest = term * next / (1.0 - next);
        if sum > limit {
            return false;
        }
        if sum + rest <= limit || rest <= sum * f64::EPSILON {
            return true;
        }
        term *= next;
        sum += term;
        step += 1.0;
    }
}

/// The natural logarithm of the chance of exactly `count` events.
fn ln_term(count: u64, mean: f64) -> f64 {
    let events = count as f64;
    if count < SMALL {
        let ln_factorial: f64 = (2..=count).map(|factor| (factor as f64).ln()).sum();
        return events * mean.ln() - mean - ln_factorial;
    }
    let distance = (mean - events) / events;
    let square = events * events;
    let stirling = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1260.0 * square)) / square) / events;
    // ln(1 + d) - d, with d near zero, loses no digits.
    events * (distance.ln_1p() - distance) - 0.5 * (std::f64::consts::TAU * events).ln() - stirling
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The chance of `from` to `to` events, term by term, each from the one before.
    fn summed(from: u64, to: u64, mean: f64) -> f64 {
        let mut term = (-mean).exp();
        let mut sum = if from == 0 { term } else { 0.0 };
        for count in 1..=to {
            term *= mean / count as f64;
            if count >= from {
                sum += term;
            }
        }
        sum
    }

    #[test]
    fn edges() {
        assert!(!upper_tail_within(0, 0.0, 1e-7), "no events are certain");
        assert!(upper_tail_within(1, 0.0, 1e-7), "one is impossible where none may be");
        assert!(!upper_tail_within(5, f64::NAN, 1e-7));
        assert!(!upper_tail_within(5, 5.0, 0.4));
        assert!(!upper_tail_within(5, f64::INFINITY, 0.4));
        assert!(upper_tail_within(u64::MAX, 1e9, 1e-7));
        assert!(!lower_tail_within(0, 0.0, 0.4));
        assert!(!lower_tail_within(0, 16.11, 1e-7));
        assert!(lower_tail_within(0, 16.12, 1e-7));
        assert!(!lower_tail_within(0, f64::NAN, 0.4));
    }

    #[test]
    fn the_guard_at_reference_points() {
        // At 99.9%, events an hour and how many bad ones of an hour are no chance.
        for (total, least) in [(0, 1), (1, 3), (10, 4), (60, 5), (1_000, 11), (360_000, 464)] {
            assert_eq!(least_count_within(f64::from(total) * 0.001, 1e-7), least, "{total}");
        }
    }

    #[test]
    fn billions_are_exact_and_quick() {
        // The 1e-7 point of a normal is 5.19934; skew moves it by (z^2 - 1) / 6.
        let mean = 1e9_f64;
        let least = least_count_within(mean, 1e-7) as f64;
        let normal = mean + 5.199_337_6 * mean.sqrt() + (5.199_337_6_f64.powi(2) - 1.0) / 6.0;
        assert!((least - normal).abs() < 2.0, "{least} {normal}");
    }

    proptest! {
        #[test]
        fn agrees_with_the_plain_sum(mean in 0.001_f64..400.0, away in 0_u64..120, bound in -16_f64..-0.4) {
            let bound = 10_f64.powf(bound);
            let count = mean as u64 + away;
            let upper = summed(count, count + 2_000, mean);
            prop_assume!((upper / bound - 1.0).abs() > 1e-9);
            prop_assert_eq!(upper_tail_within(count, mean, bound), upper <= bound, "upper {} {}", count, upper);
            let count = (mean as u64).saturating_sub(away);
            let lower = summed(0, count, mean);
            prop_assume!((lower / bound - 1.0).abs() > 1e-9);
            prop_assert_eq!(lower_tail_within(count, mean, bound), lower <= bound, "lower {} {}", count, lower);
        }
    }
}
