//! One tier of alerting: it fires when a long and a short window both burn faster than a rate.

use crate::{Reading, TierReading, poisson};

/// How likely it may be, at most, that a service which burns exactly its budget shows as many bad events in a long window as
/// one that fires. A window is looked at some ten thousand times a year in an independent way, so this leaves one
/// false alert in a thousand years of an objective that is on its limit, and far fewer where it is not.
pub const GUARD_CHANCE: f64 = 1e-7;

/// A tier calms below this share of its rate, so that a service which burns at just the rate does not flap.
const CALM_SHARE: f64 = 0.75;

/// How likely it may be, at most, that the short window looks so well by chance while the fault goes on as the long window
/// has it. It must hold at every look for as long as the short window, so chance would have to strike twice.
const CALM_CHANCE: f64 = 0.01;

/// Whether an alert wakes somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Urgency {
    /// It waits for working hours.
    Ticket,
    /// Somebody is woken.
    Page,
}

impl Urgency {
    /// Returns its word: `ticket` or `page`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Page => "page",
        }
    }
}

/// One tier of alerting (SRE Workbook, chapter 5: multiwindow, multi-burn-rate).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tier {
    /// Whether it wakes somebody.
    pub urgency: Urgency,
    /// The long window, in seconds.
    pub long_seconds: u32,
    /// The short window, in seconds; at most the long one. It ends the alert soon after the fault has ended.
    pub short_seconds: u32,
    /// Share of the period's budget that is spent when it fires, above 0 and at most 1.
    pub budget: f64,
}

impl Tier {
    /// Returns how many times faster than evenly the budget burns when it fires: `budget * period / long`.
    ///
    /// ```
    /// use seaworthy_slo::{Tier, Urgency};
    /// let tier = Tier { urgency: Urgency::Page, long_seconds: 3600, short_seconds: 300, budget: 0.02 };
    /// assert_eq!(tier.burn(30 * 86_400), 14.4);
    /// ```
    pub fn burn(&self, period_seconds: u32) -> f64 {
        self.budget * f64::from(period_seconds) / f64::from(self.long_seconds)
    }
}

/// What a tier fires on: the error ratio at its rate, and the ratio that the budget allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Threshold {
    /// Error ratio above which it fires.
    pub(crate) ratio: f64,
    /// Error ratio that spends the budget evenly: 1 - target.
    pub(crate) allowed: f64,
}

impl Threshold {
    /// Whether both windows burn faster than the rate, and not by chance. A bare ratio has no counts, so nothing guards it.
    pub(crate) fn fires(self, windows: &TierReading) -> bool {
        windows.long.exceeds(self.ratio) && windows.short.exceeds(self.ratio) && self.is_no_chance(windows.long)
    }

    fn is_no_chance(self, long: Reading) -> bool {
        match long {
            Reading::Counts(tally) => {
                poisson::upper_tail_within(tally.bad, tally.total as f64 * self.allowed, GUARD_CHANCE)
            }
            Reading::Ratio(_) => true,
            Reading::Nothing => false,
        }
    }

    /// Whether the windows show that the fault has ended: the long one is well below the rate, or the short one is and
    /// has too few bad events for a fault that goes on as the long one has it.
    pub(crate) fn is_calm(self, windows: &TierReading) -> bool {
        let low = self.ratio * CALM_SHARE;
        !windows.long.exceeds(low) || (windows.short.is_at_most(low) && has_stopped(windows))
    }
}

fn has_stopped(windows: &TierReading) -> bool {
    match (windows.short, windows.long.ratio()) {
        (Reading::Counts(short), Some(long)) => {
            poisson::lower_tail_within(short.bad, short.total as f64 * long, CALM_CHANCE)
        }
        (Reading::Ratio(_), _) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    //! Decision tables: windows in, verdict out.

    use super::*;

    /// 14.4 times the budget of 99.9%.
    const THRESHOLD: Threshold = Threshold { ratio: 0.0144, allowed: 0.001 };

    fn counts(long: (u64, u64), short: (u64, u64)) -> TierReading {
        TierReading { long: Reading::counts(long.0, long.1), short: Reading::counts(short.0, short.1) }
    }

    #[test]
    fn both_windows_and_the_guard_must_agree() {
        for (long, short, fires, why) in [
            ((360_000, 5184), (30_000, 30_000), false, "exactly the rate is not faster"),
            ((360_000, 5185), (30_000, 30_000), true, "faster in both"),
            ((360_000, 9999), (30_000, 400), false, "it is over: the short window is below"),
            ((360_000, 5000), (30_000, 30_000), false, "not yet enough of the budget"),
            ((60, 1), (5, 1), false, "one bad request of sixty is chance"),
            ((60, 4), (5, 4), false, "four still are"),
            ((60, 5), (5, 5), true, "five are not"),
            ((10, 4), (1, 1), true, "four of ten are not"),
            ((0, 0), (0, 0), false, "nothing happened"),
            ((60, 5), (0, 0), false, "nothing happened lately"),
        ] {
            assert_eq!(THRESHOLD.fires(&counts(long, short)), fires, "{why}");
        }
    }

    #[test]
    fn a_bare_ratio_has_no_guard_and_no_data_fires_nothing() {
        let of = |long, short| THRESHOLD.fires(&TierReading { long, short });
        assert!(of(Reading::Ratio(0.015), Reading::Ratio(1.0)));
        assert!(!of(Reading::Ratio(0.014), Reading::Ratio(1.0)));
        assert!(!of(Reading::Ratio(f64::NAN), Reading::Ratio(f64::NAN)));
        assert!(!of(Reading::Nothing, Reading::Ratio(1.0)));
        assert!(!of(Reading::Ratio(1.0), Reading::Nothing));
    }

    #[test]
    fn calm_needs_evidence() {
        for (long, short, calm, why) in [
            ((360_000, 6000), (30_000, 0), true, "thirty thousand good ones in a row"),
            ((360_000, 6000), (30_000, 400), false, "near the rate is not calm"),
            ((1_000, 83), (83, 0), true, "eighty-three good ones after an outage"),
            ((60, 5), (5, 0), false, "five good ones may be luck"),
            ((60, 5), (0, 0), false, "nobody asked"),
            ((360_000, 3000), (30_000, 30_000), true, "the long window is well below the rate"),
            ((0, 0), (0, 0), true, "nobody was hurt for the whole long window"),
        ] {
            assert_eq!(THRESHOLD.is_calm(&counts(long, short)), calm, "{why}");
        }
        let bare = |long, short| TierReading { long: Reading::Ratio(long), short: Reading::Ratio(short) };
        assert!(THRESHOLD.is_calm(&bare(0.5, 0.01)));
        assert!(!THRESHOLD.is_calm(&bare(0.5, 0.012)));
        assert!(!THRESHOLD.is_calm(&TierReading { long: Reading::Ratio(0.5), short: Reading::Nothing }));
    }
}
