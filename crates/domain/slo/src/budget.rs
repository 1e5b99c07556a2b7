//! How much of the budget is left, and when it will be gone.
//!
//! The budget is weighted by traffic: a share of all events of the period, not an average of ratios of minutes, in which a
//! quiet night would weigh as much as the busiest hour.

use crate::{Objective, Reading};

/// What was spent, and how fast it goes now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending {
    /// Everything since the period began.
    pub so_far: Reading,
    /// Seconds of the period that `so_far` covers: the age of the service in a rolling period that it does not fill yet, the
    /// time since its begin in one of the calendar.
    pub covered_seconds: f64,
    /// Seconds until a period of the calendar ends; none in a rolling one.
    pub left_seconds: Option<f64>,
    /// A window that ends now and says what "at the present burn" means, such as the last hour.
    pub recent: Reading,
    /// Its length in seconds.
    pub recent_seconds: f64,
}

/// The state of a budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// The error ratio so far, 0 to 1; none where nothing happened.
    pub error_ratio: Option<f64>,
    /// The share of the whole period's budget that is spent: 0 untouched, 1 gone, more when broken. Traffic in the rest of the
    /// period is taken to be as it was.
    pub spent: f64,
    /// What remains: 1 - `spent`, below zero when broken.
    pub remaining: f64,
    /// How many bad events the whole period may have; none for a bare ratio.
    pub allowed_events: Option<f64>,
    /// How many times faster than evenly it burns now; none where nothing happened.
    pub burn: Option<f64>,
    /// Seconds until it is gone at the present burn; 0 when it is. None where nothing burns or the period ends first. In a
    /// rolling period this is the earliest: what was spent at its begin comes back meanwhile.
    pub gone_in_seconds: Option<f64>,
}

impl Budget {
    /// Works it out.
    ///
    /// ```
    /// use seaworthy_slo::{Budget, Objective, Period, Reading, Spending};
    /// let objective = Objective::new(0.999, Period::Rolling { days: 30 }, &[]).unwrap();
    /// let budget = Budget::of(&objective, &Spending {
    ///     so_far: Reading::counts(30_000_000, 7_500),
    ///     covered_seconds: 30.0 * 86_400.0,
    ///     left_seconds: None,
    ///     recent: Reading::counts(42_000, 84),
    ///     recent_seconds: 3_600.0,
    /// });
    /// assert!((budget.remaining - 0.75).abs() < 1e-9);
    /// assert!((budget.burn.unwrap() - 2.0).abs() < 1e-9);
    /// ```
    pub fn of(objective: &Objective, spending: &Spending) -> Self {
        let allowed = objective.allowed_ratio();
        let nominal = f64::from(objective.period().nominal_seconds());
        let covered = spending.covered_seconds.max(1.0);
        let period = spending.left_seconds.map_or(nominal.max(covered), |left| covered + left.max(0.0));
        let error_ratio = spending.so_far.ratio();
        let spent = error_ratio.unwrap_or(0.0) / allowed * covered / period;
        let allowed_events = events(spending.so_far).map(|(total, _)| total * period / covered * allowed);
        let burn = spending.recent.ratio().map(|ratio| ratio / allowed);
        let pace = pace(spending, allowed_events, period, burn);
        let lasts = |gone: &f64| spending.left_seconds.is_none_or(|left| *gone <= left);
        let gone_in_seconds = match 1.0 - spent {
            remaining if remaining <= 0.0 => Some(0.0),
            remaining => pace.map(|pace| remaining / pace).filter(lasts),
        };
        Self { error_ratio, spent, remaining: 1.0 - spent, allowed_events, burn, gone_in_seconds }
    }
}

/// Share of the whole budget that goes in a second now; none where nothing goes.
fn pace(spending: &Spending, allowed_events: Option<f64>, period: f64, burn: Option<f64>) -> Option<f64> {
    let by_events = events(spending.recent).zip(allowed_events).filter(|(_, allowed)| *allowed > 0.0);
    let pace = match by_events {
        Some(((_, bad), allowed)) => bad / spending.recent_seconds.max(1.0) / allowed,
        None => burn? / period,
    };
    (pace > 0.0).then_some(pace)
}

fn events(reading: Reading) -> Option<(f64, f64)> {
    match reading {
        Reading::Counts(tally) => Some((tally.total as f64, tally.bad as f64)),
        Reading::Ratio(_) | Reading::Nothing => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{CalendarUnit, Period};

    const DAY: f64 = 86_400.0;

    fn objective(period: Period) -> Objective {
        Objective::new(0.999, period, &[]).unwrap()
    }

    fn month(so_far: Reading, recent: Reading) -> Budget {
        let spending =
            Spending { so_far, covered_seconds: 30.0 * DAY, left_seconds: None, recent, recent_seconds: 3_600.0 };
        Budget::of(&objective(Period::Rolling { days: 30 }), &spending)
    }

    fn close(left: f64, right: f64) {
        assert!((left - right).abs() <= 1e-9 * right.abs().max(1.0), "{left} is not {right}");
    }

    #[test]
    fn it_is_weighted_by_traffic() {
        // A night of ten requests that all failed is no tenth of the budget of a million.
        let budget = month(Reading::counts(1_000_010, 10), Reading::Nothing);
        assert!(budget.spent < 0.011, "{budget:?}");
        assert_eq!((budget.burn, budget.gone_in_seconds), (None, None));
    }

    #[test]
    fn a_broken_budget_is_below_zero_and_gone() {
        let budget = month(Reading::counts(1_000_000, 3_000), Reading::counts(1_000, 0));
        close(budget.remaining, -2.0);
        assert_eq!(budget.gone_in_seconds, Some(0.0));
    }

    #[test]
    fn when_it_will_be_gone() {
        // Half of 1,000 bad events is left and one goes each minute.
        let budget = month(Reading::counts(1_000_000, 500), Reading::counts(60_000, 60));
        close(budget.gone_in_seconds.unwrap(), 500.0 * 60.0);
        assert_eq!(month(Reading::counts(1_000_000, 500), Reading::counts(60_000, 0)).gone_in_seconds, None);
    }

    #[test]
    fn nothing_yet_is_an_untouched_budget() {
        for reading in [Reading::Nothing, Reading::counts(0, 0), Reading::Ratio(f64::NAN)] {
            let budget = month(reading, reading);
            assert_eq!(
                (budget.remaining, budget.error_ratio, budget.gone_in_seconds),
                (1.0, None, None),
                "{reading:?}"
            );
        }
    }

    #[test]
    fn a_young_service_has_the_budget_of_the_whole_period() {
        let spending = Spending {
            so_far: Reading::counts(86_400, 864),
            covered_seconds: DAY,
            left_seconds: None,
            recent: Reading::Nothing,
            recent_seconds: 3_600.0,
        };
        let budget = Budget::of(&objective(Period::Rolling { days: 30 }), &spending);
        close(budget.spent, 10.0 / 30.0);
        close(budget.allowed_events.unwrap(), 30.0 * 86.4);
    }

    #[test]
    fn a_period_of_the_calendar_may_end_first() {
        let of = |left_days: f64, recent: f64| {
            let spending = Spending {
                so_far: Reading::Ratio(0.0005),
                covered_seconds: 20.0 * DAY,
                left_seconds: Some(left_days * DAY),
                recent: Reading::Ratio(recent),
                recent_seconds: 3_600.0,
            };
            Budget::of(&objective(Period::Calendar(CalendarUnit::Month)), &spending)
        };
        assert_eq!(of(10.0, 0.001).gone_in_seconds, None, "20 days at this burn, 10 to go");
        close(of(10.0, 0.004).gone_in_seconds.unwrap(), 5.0 * DAY);
    }

    proptest! {
        #[test]
        fn spent_events_are_bad_events_over_allowed_ones(total in 1_u64..1_000_000_000, share in 0.0_f64..1.0, covered in 1.0_f64..2.6e6) {
            let bad = (total as f64 * share) as u64;
            let spending = Spending {
                so_far: Reading::counts(total, bad), covered_seconds: covered, left_seconds: None,
                recent: Reading::counts(total, bad), recent_seconds: covered,
            };
            let budget = Budget::of(&objective(Period::Rolling { days: 30 }), &spending);
            let expected = bad as f64 / budget.allowed_events.unwrap();
            prop_assert!((budget.spent - expected).abs() <= 1e-9 * expected.max(1.0));
            prop_assert!(budget.gone_in_seconds.is_none_or(|gone| gone >= 0.0));
        }
    }
}
