//! What is wrong with an objective, or worth knowing about it, in words. All of it at once.

use std::fmt;

use crate::{
    Objective, Period, Tier,
    objective::TIERS_MAX,
    period::PERIOD_DAYS_MAX,
    poisson,
    tier::{GUARD_CHANCE, Urgency},
};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It works; somebody should know this.
    Hint,
    /// It works, but not as its author believes.
    Warning,
    /// It cannot work.
    Refused,
}

/// One finding. Its text begins in lower case and says what to do instead. Tiers count from 1, as people do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// 100% or more: no budget, so there is nothing to burn.
    TargetLeavesNoBudget(f64),
    /// 0% or less, or not a number: everything is always within budget.
    TargetMeansNothing(f64),
    /// The period is not 1 to [`PERIOD_DAYS_MAX`] days.
    PeriodOutOfRange(u16),
    /// More tiers than [`TIERS_MAX`].
    TooManyTiers(usize),
    /// A window of a tier is empty.
    EmptyWindow {
        /// Which tier.
        tier: usize,
    },
    /// The short window of a tier is longer than its long one.
    ShortLongerThanLong {
        /// Which tier.
        tier: usize,
    },
    /// The budget of a tier is not above 0 and at most 1.
    BudgetOutOfRange {
        /// Which tier.
        tier: usize,
        /// What it said.
        budget: f64,
    },
    /// Even a total outage does not burn as fast as the tier wants.
    CanNeverFire {
        /// Which tier.
        tier: usize,
        /// The rate it wants.
        burn: f64,
        /// The rate of a total outage: 1 / (1 - target).
        burn_max: f64,
    },
    /// It fires although the objective is kept.
    FiresWithinBudget {
        /// Which tier.
        tier: usize,
        /// Its rate, under 1.
        burn: f64,
    },
    /// So few events that one bad one would page, were it not for the guard, which delays instead.
    LowTraffic {
        /// Events an hour.
        per_hour: f64,
        /// Events an hour from which one bad one is not enough: 1 / (burn * (1 - target) * long).
        enough_per_hour: f64,
        /// How many bad ones it takes with the guard.
        least_bad: u64,
    },
}

impl Finding {
    /// Returns how much it weighs.
    pub fn severity(&self) -> Severity {
        match self {
            Self::LowTraffic { .. } => Severity::Hint,
            Self::CanNeverFire { .. } | Self::FiresWithinBudget { .. } => Severity::Warning,
            _ => Severity::Refused,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TargetLeavesNoBudget(target) => write!(
                out,
                "a target of {} leaves no budget: the first failure breaks it for the whole period, and every release is a risk \
                 it forbids; choose less, such as 99.9%",
                percent(*target)
            ),
            Self::TargetMeansNothing(target) => {
                write!(out, "a target of {} is kept by a service that always fails; choose more", percent(*target))
            }
            Self::PeriodOutOfRange(days) => {
                write!(out, "a period of {days} days is outside 1 to {PERIOD_DAYS_MAX}; 30 is usual")
            }
            Self::TooManyTiers(count) => write!(out, "{count} tiers are more than {TIERS_MAX}; four are usual"),
            Self::EmptyWindow { tier } => write!(out, "tier {tier} has an empty window; give both in seconds, above 0"),
            Self::ShortLongerThanLong { tier } => {
                write!(out, "tier {tier} has a short window longer than its long one; a twelfth of it is usual")
            }
            Self::BudgetOutOfRange { tier, budget } => {
                write!(out, "tier {tier} spends {budget} of the budget; give a share above 0 and at most 1")
            }
            Self::CanNeverFire { tier, burn, burn_max } => write!(
                out,
                "tier {tier} can never fire: it wants a burn of {burn:.2}, and a total outage burns {burn_max:.2}; lower its \
                 budget or lengthen its long window"
            ),
            Self::FiresWithinBudget { tier, burn } => write!(
                out,
                "tier {tier} fires at a burn of {burn:.2}, while the objective is kept; raise its budget or shorten its long \
                 window"
            ),
            Self::LowTraffic { per_hour, enough_per_hour, least_bad } => write!(
                out,
                "at {per_hour:.1} events an hour one bad one would page (below {enough_per_hour:.1} it would); the guard waits \
                 for {least_bad}, so add a probe to see an outage sooner"
            ),
        }
    }
}

/// A share in per cent with the digits it needs: `99.95%`.
pub(crate) fn percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Returns everything that is wrong or worth knowing. Without tiers it looks at the standard ones; with `per_hour`, the events
/// an hour, it also says what low traffic means.
pub fn validate(target: f64, period: Period, tiers: &[Tier], per_hour: Option<f64>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if target >= 1.0 {
        findings.push(Finding::TargetLeavesNoBudget(target));
    } else if target.is_nan() || target <= 0.0 {
        findings.push(Finding::TargetMeansNothing(target));
    }
    let days = period.nominal_days();
    if !(1..=PERIOD_DAYS_MAX).contains(&days) {
        findings.push(Finding::PeriodOutOfRange(days));
    }
    if tiers.len() > TIERS_MAX {
        findings.push(Finding::TooManyTiers(tiers.len()));
    }
    findings.extend(tiers.iter().zip(1..).flat_map(|(tier, number)| shape(tier, number)));
    if findings.is_empty() {
        let standard = Objective::standard_tiers(period);
        let tiers = if tiers.is_empty() { &standard } else { tiers };
        findings.extend(tiers.iter().zip(1..).filter_map(|(tier, number)| rate(target, period, tier, number)));
        findings.extend(per_hour.and_then(|per_hour| low_traffic(target, period, tiers, per_hour)));
    }
    findings
}

fn shape(tier: &Tier, number: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    if tier.long_seconds == 0 || tier.short_seconds == 0 {
        findings.push(Finding::EmptyWindow { tier: number });
    } else if tier.short_seconds > tier.long_seconds {
        findings.push(Finding::ShortLongerThanLong { tier: number });
    }
    if tier.budget.is_nan() || tier.budget <= 0.0 || tier.budget > 1.0 {
        findings.push(Finding::BudgetOutOfRange { tier: number, budget: tier.budget });
    }
    findings
}

fn rate(target: f64, period: Period, tier: &Tier, number: usize) -> Option<Finding> {
    /// Windows of 28 days in a book of 30 come to 0.93: that is the book's own tier, not a mistake.
    const BURN_MIN: f64 = 0.9;
    let (burn, burn_max) = (tier.burn(period.nominal_seconds()), 1.0 / (1.0 - target));
    // A threshold of exactly one cannot be exceeded either.
    if burn >= burn_max {
        return Some(Finding::CanNeverFire { tier: number, burn, burn_max });
    }
    (burn < BURN_MIN).then_some(Finding::FiresWithinBudget { tier: number, burn })
}

fn low_traffic(target: f64, period: Period, tiers: &[Tier], per_hour: f64) -> Option<Finding> {
    let page = tiers.iter().find(|tier| tier.urgency == Urgency::Page)?;
    let hours = f64::from(page.long_seconds) / 3_600.0;
    let enough_per_hour = 1.0 / (page.burn(period.nominal_seconds()) * (1.0 - target) * hours);
    let least_bad = poisson::least_count_within(per_hour * hours * (1.0 - target), GUARD_CHANCE);
    (per_hour < enough_per_hour).then_some(Finding::LowTraffic { per_hour, enough_per_hour, least_bad })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTH: Period = Period::Rolling { days: 30 };

    fn tier(long_seconds: u32, short_seconds: u32, budget: f64) -> Tier {
        Tier { urgency: Urgency::Page, long_seconds, short_seconds, budget }
    }

    fn said(target: f64, tiers: &[Tier], per_hour: Option<f64>) -> String {
        let findings = validate(target, MONTH, tiers, per_hour);
        findings.iter().map(|finding| format!("{:?}: {finding}\n", finding.severity())).collect()
    }

    #[test]
    fn words_for_each() {
        for (target, tiers, per_hour, expected) in [
            (0.999, vec![], Some(1000.0), &[][..]),
            (1.0, vec![], None, &["Refused: a target of 100% leaves no budget"]),
            (99.9, vec![], None, &["Refused: a target of 9990% leaves no budget"]),
            (0.0, vec![], None, &["Refused: a target of 0% is kept by a service that always fails"]),
            (f64::NAN, vec![], None, &["Refused: a target of NaN%"]),
            (
                0.9,
                vec![],
                None,
                &["Warning: tier 1 can never fire: it wants a burn of 14.40, and a total outage burns 10.00"],
            ),
            (
                0.999,
                vec![tier(300, 3600, 0.02)],
                None,
                &["Refused: tier 1 has a short window longer than its long one"],
            ),
            (0.999, vec![tier(0, 0, 0.02)], None, &["Refused: tier 1 has an empty window"]),
            (0.999, vec![tier(3600, 300, 1.5)], None, &["Refused: tier 1 spends 1.5 of the budget"]),
            (0.999, vec![tier(3600, 300, f64::NAN)], None, &["Refused: tier 1 spends NaN of the budget"]),
            (0.999, vec![tier(86_400, 300, 0.02)], None, &["Warning: tier 1 fires at a burn of 0.60"]),
            (0.999, vec![tier(3600, 300, 0.02); 9], None, &["Refused: 9 tiers are more than 8"]),
            (
                0.999,
                vec![],
                Some(60.0),
                &["Hint: at 60.0 events an hour one bad one would page (below 69.4 it would)", "waits for 5"],
            ),
            (1.0, vec![tier(0, 9, 2.0)], None, &["target of 100%", "empty window", "spends 2"]),
        ] {
            let text = said(target, &tiers, per_hour);
            assert_eq!(text.is_empty(), expected.is_empty(), "{text}");
            for part in expected {
                assert!(text.contains(part), "{part:?} is not in {text}");
            }
        }
    }

    #[test]
    fn periods_have_limits() {
        for (days, ok) in [(0, false), (1, true), (92, true), (93, false)] {
            assert_eq!(validate(0.999, Period::Rolling { days }, &[], None).is_empty(), ok, "{days}");
        }
    }
}
