//! Tiers of alerting: the standard four, how fast a budget burns when one fires, and which never can.
//!
//! Source: SRE Workbook, chapter 5, "multiwindow, multi-burn-rate alerts".

use seaworthy_contract::catalogue::{TierSpec, Urgency};

use crate::duration::{DAY, HOUR};

/// Urgency, long and short window in seconds, and share of the budget spent, as the Workbook has them for 30 days.
const STANDARD: [(Urgency, u64, u64, f64); 4] = [
    (Urgency::Page, HOUR, 300, 0.02),
    (Urgency::Page, 6 * HOUR, 1_800, 0.05),
    (Urgency::Ticket, DAY, 2 * HOUR, 0.10),
    (Urgency::Ticket, 3 * DAY, 6 * HOUR, 0.10),
];

/// Returns the standard tiers whose long window is not longer than the period.
pub fn standard(period_days: u16) -> Vec<TierSpec> {
    let fits = |long: u64| long <= u64::from(period_days) * DAY;
    let tier = |(urgency, long, short, budget)| TierSpec {
        urgency,
        long_seconds: window(long),
        short_seconds: window(short),
        budget,
    };
    STANDARD.into_iter().filter(|(_, long, ..)| fits(*long)).map(tier).collect()
}

/// Returns seconds as tiers hold them.
pub(crate) fn window(seconds: u64) -> u32 {
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

/// Returns how many times faster than the target allows the budget burns when a tier fires.
///
/// Worked example: 2% of 30 days in one hour is 0.02 * 720 h / 1 h = 14.4.
pub fn burn(tier: &TierSpec, period_days: u16) -> f64 {
    let period = f64::from(period_days) * 86_400.0;
    tier.budget * period / f64::from(tier.long_seconds)
}

/// Returns the fastest burn there can be: that of total failure.
pub fn burn_max(target: f64) -> f64 {
    1.0 / (1.0 - target)
}

/// Returns whether even total failure does not fire a tier, which fires above its burn rate and not at it.
pub fn never_fires(tier: &TierSpec, period_days: u16, target: f64) -> bool {
    // The noise of binary fractions must not make "exactly as fast" a hair slower.
    burn(tier, period_days) >= burn_max(target) * (1.0 - 1e-9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standard_tiers_burn_as_the_workbook_says() {
        let burns: Vec<String> = standard(30).iter().map(|tier| crate::number::short(burn(tier, 30))).collect();
        assert_eq!(burns, ["14.4", "6", "3", "1"]);
        assert_eq!(standard(7).len(), 4);
        assert_eq!(standard(1).len(), 3, "three days do not fit into one");
    }

    #[test]
    fn tiers_that_never_fire() {
        let page = &standard(30)[0];
        for (target, never) in [(0.999, false), (0.95, false), (0.94, false), (0.93, true), (0.9, true), (0.5, true)] {
            assert_eq!(never_fires(page, 30, target), never, "{target}");
        }
        let exactly = TierSpec { budget: 10.0 / 720.0, ..page.clone() };
        assert!(never_fires(&exactly, 30, 0.9), "it fires above, not at");
    }
}
