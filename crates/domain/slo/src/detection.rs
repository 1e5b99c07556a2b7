//! How long after its begin a fault makes a tier fire, worked out from rates.

use crate::{
    Objective, Reading, Tier, TierReading, poisson,
    tier::{GUARD_CHANCE, Urgency},
};

/// Most events an hour that times are worked out for: what is faster takes as long. Three hundred thousand million a second
/// are more than anybody serves, and their counts of three days are whole numbers.
pub const PER_HOUR_MAX: f64 = 1e15;

/// When a tier fires on a fault that lasts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Seconds from the first bad event to the alert, on average: `burn * long * (1 - target) / error ratio`, or longer where
    /// events are so few that whole ones count.
    pub seconds: f64,
    /// How many of these seconds the guard costs.
    pub guard_seconds: f64,
    /// How many bad events it takes.
    pub bad_events: u64,
}

/// Returns when `tier` fires on a fault in which `error_ratio` (0 to 1) of `per_hour` events an hour are bad, the service being
/// well before and traffic steady; none where it never does, or where one of these is no number. A rate above [`PER_HOUR_MAX`]
/// counts as that.
///
/// ```
/// use seaworthy_slo::{detection, Objective, Period};
/// let objective = Objective::new(0.999, Period::Rolling { days: 30 }, &[]).unwrap();
/// let outage = detection(&objective, &objective.tiers()[0], 1.0, 360_000.0).unwrap();
/// assert!((outage.seconds - 51.84).abs() < 0.02);
/// ```
pub fn detection(objective: &Objective, tier: &Tier, error_ratio: f64, per_hour: f64) -> Option<Detection> {
    detection_after(objective, tier, &TierReading::default(), error_ratio, per_hour)
}

/// Returns when `tier` fires if from now on `error_ratio` (0 to 1) of `per_hour` events an hour are bad, after what its windows
/// hold already; none where it never does. Nothing that they hold is taken to leave them before.
///
/// ```
/// use seaworthy_slo::{detection_after, Objective, Period, Reading, TierReading};
/// let objective = Objective::new(0.999, Period::Rolling { days: 30 }, &[]).unwrap();
/// let failing = TierReading { long: Reading::counts(360_000, 4_800), short: Reading::counts(30_000, 4_800) };
/// let left = detection_after(&objective, &objective.tiers()[0], &failing, 1.0, 360_000.0).unwrap();
/// assert!((left.seconds - 3.85).abs() < 0.02, "of 51.84, 48 are over");
/// ```
pub fn detection_after(
    objective: &Objective,
    tier: &Tier,
    seen: &TierReading,
    error_ratio: f64,
    per_hour: f64,
) -> Option<Detection> {
    let threshold = objective.threshold_ratio(tier);
    if !error_ratio.is_finite() || error_ratio <= threshold || !per_hour.is_finite() || per_hour <= 0.0 {
        return None;
    }
    let per_hour = per_hour.min(PER_HOUR_MAX);
    let held = |reading: Reading, seconds: u32| {
        let total = per_hour * f64::from(seconds) / 3_600.0;
        match reading {
            Reading::Counts(tally) if tally.total > 0 => (tally.total as f64, tally.bad),
            Reading::Counts(_) | Reading::Nothing => (total, 0),
            Reading::Ratio(_) => (total, (reading.ratio().unwrap_or_default() * total) as u64),
        }
    };
    let ((total, bad), (short_total, short_bad)) =
        (held(seen.long, tier.long_seconds), held(seen.short, tier.short_seconds));
    // "Faster than" is strict: the next whole event above the threshold.
    let above = |total: f64| ((threshold * total).floor() as u64).saturating_add(1);
    let guarded = poisson::least_count_within(total * objective.allowed_ratio(), GUARD_CHANCE).max(above(total));
    let plain = above(total).saturating_sub(bad).max(above(short_total).saturating_sub(short_bad));
    let missing = guarded.saturating_sub(bad).max(plain);
    let seconds_each = 3_600.0 / (per_hour * error_ratio.min(1.0));
    let seconds = missing as f64 * seconds_each;
    (seconds <= f64::from(tier.long_seconds)).then(|| Detection {
        seconds,
        guard_seconds: missing.saturating_sub(plain) as f64 * seconds_each,
        bad_events: missing,
    })
}

/// Returns the seconds that mathematics leaves between the first failure of a total outage and the first page:
/// `budget * period * (1 - target)` of the fastest tier that pages and can fire; none where no tier can.
pub fn floor_seconds(objective: &Objective) -> Option<f64> {
    let pages = objective.tiers().iter().filter(|tier| tier.urgency == Urgency::Page);
    pages
        .filter(|tier| objective.threshold_ratio(tier) < 1.0)
        .map(|tier| objective.threshold_ratio(tier) * f64::from(tier.long_seconds))
        .min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Period;

    fn objective(target: f64) -> Objective {
        Objective::new(target, Period::Rolling { days: 30 }, &[]).expect("a good objective")
    }

    #[test]
    fn the_floor_is_the_share_of_the_budget() {
        assert!((floor_seconds(&objective(0.999)).unwrap() - 51.84).abs() < 1e-9);
        assert!((floor_seconds(&objective(0.99)).unwrap() - 518.4).abs() < 1e-9);
        // At 90% the fast tier can never fire; the slower one can.
        assert!((floor_seconds(&objective(0.9)).unwrap() - 12_960.0).abs() < 1e-6);
    }

    #[test]
    fn faults_at_reference_points() {
        let objective = objective(0.999);
        for (tier, ratio, per_hour, seconds, guard) in [
            (0, 1.0, 360_000.0, 51.85, 0.0),
            (0, 0.1, 360_000.0, 518.5, 0.0),
            (1, 0.01, 360_000.0, 12_961.0, 0.0),
            (0, 1.0, 60.0, 300.0, 240.0),
            (0, 1.0, 10.0, 1_440.0, 1_080.0),
            (1, 0.1, 10.0, 18_000.0, 14_400.0),
        ] {
            let found = detection(&objective, &objective.tiers()[tier], ratio, per_hour).expect("it fires");
            assert!((found.seconds - seconds).abs() < 1e-6, "{found:?} {seconds}");
            assert!((found.guard_seconds - guard).abs() < 1e-6, "{found:?} {guard}");
        }
    }

    /// It said 52 s after 24 s of an outage, and again after 48 s.
    #[test]
    fn what_has_failed_already_counts() {
        let objective = objective(0.999);
        let windows = |total: u64, bad: u64| TierReading {
            long: Reading::counts(total, bad),
            short: Reading::counts(total / 12, bad.min(total / 12)),
        };
        let per_hour = 36_000.0;
        let whole = detection(&objective, &objective.tiers()[0], 1.0, per_hour).expect("it fires").seconds;
        for (seen, seconds, why) in [
            (windows(36_000, 0), whole, "it begins"),
            (windows(36_000, 240), whole - 24.0, "24 s of ten a second"),
            (windows(36_000, 480), whole - 48.0, "48 s"),
            (windows(36_000, 518), 0.1, "the very next"),
            (windows(36_000, 700), 0.0, "it fires"),
            (
                TierReading { long: Reading::counts(36_000, 700), short: Reading::counts(3_000, 0) },
                4.4,
                "an older fault",
            ),
            (TierReading { long: Reading::Ratio(0.0072), short: Reading::Ratio(0.1) }, whole - 25.9, "a bare ratio"),
        ] {
            let found = detection_after(&objective, &objective.tiers()[0], &seen, 1.0, per_hour).expect("it fires");
            assert!((found.seconds - seconds).abs() < 1e-6, "{why}: {found:?} {seconds}");
        }
    }

    #[test]
    fn what_never_fires() {
        let objective = objective(0.999);
        let fast = &objective.tiers()[0];
        for (ratio, per_hour) in
            [(0.0144, 360_000.0), (0.0, 1e6), (f64::NAN, 1e6), (1.0, 0.0), (1.0, f64::NAN), (1.0, 2.0), (0.05, 60.0)]
        {
            assert_eq!(detection(&objective, fast, ratio, per_hour), None, "{ratio} of {per_hour}");
        }
    }

    #[test]
    fn a_rate_that_nobody_has_takes_as_long_as_a_fast_one() {
        let objective = objective(0.999);
        let at = |per_hour: f64| detection(&objective, &objective.tiers()[0], 1.0, per_hour);
        for per_hour in [PER_HOUR_MAX, 1e16, 1e300, f64::MAX] {
            let found = at(per_hour).expect("it fires");
            assert!((found.seconds - 51.84).abs() < 1e-6 && found.guard_seconds == 0.0, "{per_hour}: {found:?}");
        }
        assert_eq!([f64::INFINITY, f64::NEG_INFINITY, -1.0].map(at), [None; 3]);
    }

    /// Every float there is, those that are no numbers among them.
    fn floats() -> impl Strategy<Value = f64> {
        let edges = [0.0, f64::MIN_POSITIVE, f64::EPSILON, 1.0, 1e12, 1e300, f64::MAX, f64::INFINITY, f64::NAN, -1.0];
        prop_oneof![any::<u64>().prop_map(f64::from_bits), prop::sample::select(edges.to_vec()), 0.0..1.0_f64]
    }

    fn readings() -> impl Strategy<Value = Reading> {
        let counts = prop_oneof![any::<u64>(), 0..1_000_u64, Just(u64::MAX)];
        prop_oneof![
            Just(Reading::Nothing),
            (counts.clone(), counts).prop_map(|(total, bad)| Reading::counts(total, bad)),
            floats().prop_map(Reading::Ratio),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_input_breaks_what_is_worked_out(
            target in floats(), days in any::<u16>(), long_seconds in any::<u32>(), short_seconds in any::<u32>(), budget in floats(),
            error_ratio in floats(), per_hour in floats(), long in readings(), short in readings(), seconds in floats(),
        ) {
            let period = Period::Rolling { days };
            let tier = Tier { urgency: Urgency::Page, long_seconds, short_seconds, budget };
            crate::validate(target, period, &[tier], Some(per_hour));
            let refused = Objective::new(target, period, &[tier]);
            for objective in refused.into_iter().chain([objective(0.999)]) {
                crate::explain(&objective, Some(per_hour));
                floor_seconds(&objective);
                let spending = crate::Spending {
                    so_far: long, covered_seconds: seconds, left_seconds: Some(seconds), recent: short, recent_seconds: seconds,
                };
                crate::Budget::of(&objective, &spending);
                for tier in objective.tiers() {
                    let found = detection_after(&objective, tier, &TierReading { long, short }, error_ratio, per_hour);
                    let is_in = |found: Detection| (0.0..=f64::from(tier.long_seconds)).contains(&found.seconds);
                    prop_assert!(found.is_none_or(|found| is_in(found) && found.guard_seconds >= 0.0), "{found:?}");
                }
            }
        }
    }
}
