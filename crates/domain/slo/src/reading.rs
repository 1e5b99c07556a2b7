//! What a window holds: counts, a bare ratio that another system worked out, or nothing.

use seaworthy_model::Tally;

/// What a window holds.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Reading {
    /// No data: nobody measured, or the query answered with nothing.
    #[default]
    Nothing,
    /// Counts of events, or of slices of time. They are weighted by traffic and guarded against chance.
    Counts(Tally),
    /// An error ratio without counts, 0 to 1: not weighted by traffic, and no guard can hold it.
    Ratio(f64),
}

/// The two windows of a tier.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TierReading {
    /// The long window.
    pub long: Reading,
    /// The short window.
    pub short: Reading,
}

impl Reading {
    /// Returns the reading of `total` events of which `bad` were bad.
    pub fn counts(total: u64, bad: u64) -> Self {
        Self::Counts(Tally::new(total, bad))
    }

    /// Returns the error ratio, 0 to 1; none where nothing happened or the ratio is not a number.
    pub fn ratio(self) -> Option<f64> {
        match self {
            Self::Nothing => None,
            Self::Counts(tally) => tally.bad_ratio(),
            Self::Ratio(ratio) => (!ratio.is_nan()).then(|| ratio.clamp(0.0, 1.0)),
        }
    }

    /// Whether there were more bad events than this ratio allows. Counts are not divided, so that a threshold is exact.
    pub(crate) fn exceeds(self, ratio: f64) -> bool {
        match self {
            Self::Counts(tally) => tally.bad as f64 > ratio * tally.total as f64,
            other => other.ratio().is_some_and(|seen| seen > ratio),
        }
    }

    /// Whether something happened, and no more of it was bad than this ratio allows.
    pub(crate) fn is_at_most(self, ratio: f64) -> bool {
        self.ratio().is_some() && !self.exceeds(ratio)
    }
}
