//! The points of a metric that count something, whatever kind it is.

use seaworthy_model::Tally;

use super::attributes::is_bad;
use super::counter::Since;
use super::exponential;
use super::message::{
    CUMULATIVE, DELTA, ExponentialPoint, HistogramPoint, KeyValue, Metric, NO_RECORDED_VALUE, NumberPoint,
};

/// How far a bound may be from a threshold and still be the same number, relative to it.
const SAME: f64 = 1e-9;

/// One point.
#[derive(Debug, Clone, Copy)]
pub(super) enum Point<'a> {
    /// Of a sum.
    Number(&'a NumberPoint),
    /// Of a histogram with bounds.
    Histogram(&'a HistogramPoint),
    /// Of a histogram whose bounds follow from its scale.
    Exponential(&'a ExponentialPoint),
}

/// Returns how the points of a metric count, and the points.
///
/// # Errors
/// When they count nothing: why, with what to do about it.
pub(super) fn points(metric: &Metric) -> Result<(Since, Vec<Point<'_>>), String> {
    let (temporality, points) = if let Some(sum) = &metric.sum {
        if !sum.is_monotonic {
            return Err("the sum goes up and down; send a counter".to_owned());
        }
        (sum.aggregation_temporality, sum.data_points.iter().map(Point::Number).collect())
    } else if let Some(histogram) = &metric.histogram {
        (histogram.aggregation_temporality, histogram.data_points.iter().map(Point::Histogram).collect())
    } else if let Some(histogram) = &metric.exponential_histogram {
        (histogram.aggregation_temporality, histogram.data_points.iter().map(Point::Exponential).collect())
    } else {
        return Err("a gauge or summary counts nothing; send a counter or a histogram".to_owned());
    };
    match temporality {
        DELTA => Ok((Since::LastExport, points)),
        CUMULATIVE => Ok((Since::Start, points)),
        _ => Err("it does not say whether it is delta or cumulative; set the aggregation temporality".to_owned()),
    }
}

impl<'a> Point<'a> {
    /// Start and time, in nanoseconds since 1970.
    pub(super) fn times(self) -> (u64, u64) {
        match self {
            Self::Number(point) => (point.start_time_unix_nano, point.time_unix_nano),
            Self::Histogram(point) => (point.start_time_unix_nano, point.time_unix_nano),
            Self::Exponential(point) => (point.start_time_unix_nano, point.time_unix_nano),
        }
    }

    pub(super) fn attributes(self) -> &'a [KeyValue] {
        match self {
            Self::Number(point) => &point.attributes,
            Self::Histogram(point) => &point.attributes,
            Self::Exponential(point) => &point.attributes,
        }
    }

    /// How fine the buckets are that its counts are read from; 0 where they are always the same.
    pub(super) fn scale(self) -> i32 {
        match self {
            Self::Exponential(point) => point.scale,
            Self::Number(_) | Self::Histogram(_) => 0,
        }
    }

    /// Whether it says only that there is no value.
    pub(super) fn is_absent(self) -> bool {
        let flags = match self {
            Self::Number(point) => point.flags,
            Self::Histogram(point) => point.flags,
            Self::Exponential(point) => point.flags,
        };
        flags & NO_RECORDED_VALUE != 0
    }

    /// How many events it counts, and how many of them are bad.
    ///
    /// # Errors
    /// When that cannot be told: why, with what to do about it.
    pub(super) fn tally(self, threshold: Option<f64>) -> Result<Tally, String> {
        let total = self.total()?;
        if is_bad(self.attributes()) {
            return Ok(Tally::new(total, total));
        }
        let good = match threshold {
            None => total,
            Some(threshold) => self.at_most(threshold)?,
        };
        Ok(Tally::new(total, total.saturating_sub(good)))
    }

    fn total(self) -> Result<u64, String> {
        let total = match self {
            Self::Histogram(point) => Some(point.count),
            Self::Exponential(point) => Some(point.count),
            Self::Number(point) => match (point.as_int, point.as_double) {
                (Some(whole), _) => whole.try_into().ok(),
                (None, Some(double)) => floor(double),
                (None, None) => None,
            },
        };
        total.ok_or_else(|| "the value is below 0 or no number; a counter only grows".to_owned())
    }

    /// How many of a histogram are at most the threshold.
    fn at_most(self, threshold: f64) -> Result<u64, String> {
        let point = match self {
            Self::Histogram(point) => point,
            Self::Exponential(point) => return exponential::at_most(point, threshold),
            Self::Number(_) => {
                return Err(format!("a counter does not tell what is above {threshold}; send a histogram"));
            }
        };
        let HistogramPoint { explicit_bounds: bounds, bucket_counts: counts, .. } = point;
        let is_same = |bound: &f64| (bound - threshold).abs() <= threshold * SAME;
        let at = bounds.iter().position(is_same).filter(|_| counts.len() == bounds.len() + 1);
        let Some(at) = at else {
            let near = bounds.iter().min_by(|a, b| (*a - threshold).abs().total_cmp(&(*b - threshold).abs()));
            let near = near.map_or_else(String::new, |bound| format!(", such as {bound}"));
            return Err(format!("{threshold} is none of its bounds; ask for one of them{near}"));
        };
        Ok(counts[..=at].iter().fold(0_u64, |sum, count| sum.saturating_add(*count)))
    }
}

/// A whole number of events. Rounded down, so that differences of a counter add up.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in the range of a u64")]
fn floor(double: f64) -> Option<u64> {
    (0.0..18_446_744_073_709_551_615.0).contains(&double).then_some(double as u64)
}
