//! What an indicator measured in a window: counts where its queries are rates, a ratio where it is one.

use std::fmt;

use jiff::Timestamp;
use seaworthy_contract::catalogue::{QueryIndicator, RatioQuery};
use seaworthy_model::Tally;

use super::{Answer, AskError, Source, in_window};

/// How far above 1 a ratio may be and still mean 1: sums of doubles come out like that.
const RATIO_SLACK: f64 = 1e-6;

/// Most events of an estimate: what a double holds exactly.
const EVENTS_MAX: f64 = 9_007_199_254_740_992.0;

/// What a source knew about an indicator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Asked {
    /// Rates, times the seconds of the window.
    Counted {
        /// The estimate, rounded to whole events.
        tally: Tally,
        /// Whether no series of bad events exists. A counter of errors often begins with the first error, so that is
        /// taken as no bad events; it is also what a slip in the query looks like.
        is_bad_absent: bool,
    },
    /// The share of bad events, 0 to 1. It does not say of how many.
    Ratio(f64),
    /// This query matches no series that has a value at that time.
    NoData(Part),
    /// This query's value is NaN or infinite: mostly, nothing happened and 0 was divided by 0.
    NotANumber(Part),
    /// This query leaves so many series; one is wanted.
    SeveralSeries(Part, usize),
    /// This query's value cannot be a rate (below 0) or a ratio (not in 0 to 1, such as a percentage).
    OutOfRange(Part, f64),
}

/// Which query of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The rate of bad events.
    Bad,
    /// The rate of good events.
    Good,
    /// The rate of all events.
    Total,
    /// The ratio.
    Ratio,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Total => "total",
            Self::Ratio => "ratio",
        })
    }
}

impl Asked {
    /// Says why there is no measurement and what to do about it; none where there is one.
    pub fn absence(&self) -> Option<String> {
        Some(match self {
            Self::Counted { .. } | Self::Ratio(_) => return None,
            Self::NoData(part) => {
                format!("the {part} query matches nothing; see that the metric exists and its labels are right")
            }
            Self::NotANumber(part) => {
                format!("the {part} query gives no number; without traffic a ratio is 0 divided by 0")
            }
            Self::SeveralSeries(part, count) => {
                format!("the {part} query gives {count} series; put sum(..) around it")
            }
            Self::OutOfRange(Part::Ratio, value) => {
                format!("the ratio query gives {value}; it must be the share of bad events, 0 to 1")
            }
            Self::OutOfRange(part, value) => format!("the {part} query gives {value}; a rate is never below 0"),
        })
    }
}

impl Source {
    /// Asks what the indicator measured in the window of so many seconds that ends at `at`.
    ///
    /// # Errors
    /// When a query is not answered. That a query has no usable value is no error: see [`Asked`].
    pub async fn ask(&self, indicator: &QueryIndicator, seconds: u32, at: Timestamp) -> Result<Asked, AskError> {
        let (part, other) = match &indicator.query {
            RatioQuery::Raw { ratio } => {
                let ratio = self.one(Part::Ratio, ratio, seconds, at).await?;
                return Ok(ratio.map_or_else(|absent| absent, as_ratio));
            }
            RatioQuery::Bad { bad, .. } => (Part::Bad, bad),
            RatioQuery::Good { good, .. } => (Part::Good, good),
        };
        let (RatioQuery::Bad { total, .. } | RatioQuery::Good { total, .. } | RatioQuery::Raw { ratio: total }) =
            &indicator.query;
        // One after the other, as of the same time: the source answers both from the same samples.
        let total = match self.one(Part::Total, total, seconds, at).await? {
            Ok(total) => total,
            Err(absent) => return Ok(absent),
        };
        let other = self.one(part, other, seconds, at).await?;
        Ok(counted(part, other, total, seconds))
    }

    async fn one(&self, part: Part, query: &str, seconds: u32, at: Timestamp) -> Result<Result<f64, Asked>, AskError> {
        let query = in_window(query, seconds).map_err(|error| self.fail(error))?;
        Ok(usable(part, &self.query(&query, at).await?))
    }
}

/// Returns the one value of an answer.
fn usable(part: Part, answer: &Answer) -> Result<f64, Asked> {
    let value = match answer {
        Answer::Scalar(value) => *value,
        Answer::Vector(samples) => match samples.as_slice() {
            [] => return Err(Asked::NoData(part)),
            [one] => one.value,
            many => return Err(Asked::SeveralSeries(part, many.len())),
        },
    };
    if value.is_finite() { Ok(value) } else { Err(Asked::NotANumber(part)) }
}

fn as_ratio(value: f64) -> Asked {
    if (-RATIO_SLACK..=1.0 + RATIO_SLACK).contains(&value) {
        Asked::Ratio(value.clamp(0.0, 1.0))
    } else {
        Asked::OutOfRange(Part::Ratio, value)
    }
}

/// Makes counts of two rates.
fn counted(part: Part, other: Result<f64, Asked>, total: f64, seconds: u32) -> Asked {
    let (other, is_bad_absent) = match other {
        Ok(rate) => (rate, false),
        Err(Asked::NoData(Part::Bad)) => (0.0, true),
        Err(absent) => return absent,
    };
    for (part, rate) in [(Part::Total, total), (part, other)] {
        if rate < 0.0 {
            return Asked::OutOfRange(part, rate);
        }
    }
    let bad = if part == Part::Good { total - other } else { other };
    let tally = Tally::new(events(total, seconds), events(bad, seconds));
    Asked::Counted { tally, is_bad_absent }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what a u64 holds exactly")]
fn events(rate: f64, seconds: u32) -> u64 {
    (rate * f64::from(seconds)).round().clamp(0.0, EVENTS_MAX) as u64
}
