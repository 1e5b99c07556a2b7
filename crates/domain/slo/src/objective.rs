//! An objective as the engine needs it: a target that leaves a budget, a period, and tiers that make sense.

use crate::{Finding, Period, Severity, Tier, Urgency, tier::Threshold, validate};

/// Most tiers of one objective: the four standard ones twice. It bounds what an engine holds.
pub const TIERS_MAX: usize = 8;

/// The target of an objective that names none: 99.9%.
pub const TARGET_DEFAULT: f64 = 0.999;

/// Under this length the standard windows shrink with the period, because a tier that spends its share of so small a budget
/// over the whole window would burn no faster than evenly.
const STANDARD_DAYS: u16 = 28;

/// Shortest standard short window, in seconds: six of the buckets that windows are made of.
const SHORT_SECONDS_MIN: u32 = 60;

/// One objective. It cannot be wrong: [`Objective::new`] refuses what could never work.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    target: f64,
    period: Period,
    tiers: [Tier; TIERS_MAX],
    count: usize,
}

impl Objective {
    /// Makes one. `target` is the share of good events, above 0 and below 1; without tiers it gets the standard ones.
    ///
    /// # Errors
    /// Returns every finding that refuses it: see [`validate`].
    pub fn new(target: f64, period: Period, tiers: &[Tier]) -> Result<Self, Vec<Finding>> {
        let refused: Vec<Finding> = validate(target, period, tiers, None)
            .into_iter()
            .filter(|finding| finding.severity() == Severity::Refused)
            .collect();
        if !refused.is_empty() {
            return Err(refused);
        }
        let standard = Self::standard_tiers(period);
        let chosen = if tiers.is_empty() { &standard } else { tiers };
        let mut all = [standard[0]; TIERS_MAX];
        all[..chosen.len()].copy_from_slice(chosen);
        Ok(Self { target, period, tiers: all, count: chosen.len() })
    }

    /// Returns the four standard tiers (SRE Workbook, chapter 5). The windows are those of the book at 28 days and more, and
    /// the burn rate follows the period; below, the windows shrink with the period and the burn rates are the book's.
    pub fn standard_tiers(period: Period) -> [Tier; 4] {
        let scaled = |seconds: u32| match period.nominal_days() {
            days @ 0..STANDARD_DAYS => seconds * u32::from(days.max(1)) / 30,
            _ => seconds,
        };
        let tier = |urgency, long, short, budget| {
            let long_seconds = scaled(long);
            let short_seconds = scaled(short).max(SHORT_SECONDS_MIN).min(long_seconds);
            Tier { urgency, long_seconds, short_seconds, budget }
        };
        [
            tier(Urgency::Page, 3_600, 300, 0.02),
            tier(Urgency::Page, 6 * 3_600, 1_800, 0.05),
            tier(Urgency::Ticket, 24 * 3_600, 2 * 3_600, 0.10),
            tier(Urgency::Ticket, 72 * 3_600, 6 * 3_600, 0.10),
        ]
    }

    /// Returns the share of good events that is wanted, above 0 and below 1.
    pub fn target(&self) -> f64 {
        self.target
    }

    /// Returns the error ratio that spends the budget evenly: 1 - target.
    pub fn allowed_ratio(&self) -> f64 {
        1.0 - self.target
    }

    /// Returns the time over which the target holds.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Returns its tiers, in the order in which readings are given to the engine.
    pub fn tiers(&self) -> &[Tier] {
        &self.tiers[..self.count]
    }

    /// Returns how many times faster than evenly the budget burns when this tier fires.
    pub fn burn(&self, tier: &Tier) -> f64 {
        tier.burn(self.period.nominal_seconds())
    }

    /// Returns the error ratio above which this tier fires: burn * (1 - target). Above 1 it can never fire.
    pub fn threshold_ratio(&self, tier: &Tier) -> f64 {
        self.burn(tier) * self.allowed_ratio()
    }

    pub(crate) fn threshold(&self, tier: &Tier) -> Threshold {
        Threshold { ratio: self.threshold_ratio(tier), allowed: self.allowed_ratio() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CalendarUnit;

    fn burns(period: Period) -> Vec<f64> {
        let objective = Objective::new(0.999, period, &[]).expect("a good objective");
        objective.tiers().iter().map(|tier| (objective.burn(tier) * 1000.0).round() / 1000.0).collect()
    }

    #[test]
    fn standard_tiers_follow_the_period() {
        assert_eq!(burns(Period::Rolling { days: 30 }), [14.4, 6.0, 3.0, 1.0]);
        assert_eq!(burns(Period::Rolling { days: 28 }), [13.44, 5.6, 2.8, 0.933]);
        assert_eq!(burns(Period::Calendar(CalendarUnit::Month)), [14.4, 6.0, 3.0, 1.0]);
        assert_eq!(burns(Period::Calendar(CalendarUnit::Quarter)), [43.2, 18.0, 9.0, 3.0]);
        for days in [1, 7, 14] {
            assert_eq!(burns(Period::Rolling { days }), [14.4, 6.0, 3.0, 1.0], "{days}");
        }
    }

    #[test]
    fn short_periods_have_short_windows() {
        let week = Objective::standard_tiers(Period::Rolling { days: 7 });
        assert_eq!(week.map(|tier| (tier.long_seconds, tier.short_seconds))[..2], [(840, 70), (5_040, 420)]);
        let day = Objective::standard_tiers(Period::Calendar(CalendarUnit::Day));
        assert_eq!((day[0].long_seconds, day[0].short_seconds), (120, 60));
    }

    #[test]
    fn a_target_of_all_is_refused_with_the_reason() {
        let refused = Objective::new(1.0, Period::Rolling { days: 30 }, &[]).expect_err("no budget");
        assert_eq!(refused.len(), 1);
        assert!(refused[0].to_string().contains("leaves no budget"), "{}", refused[0]);
    }
}
