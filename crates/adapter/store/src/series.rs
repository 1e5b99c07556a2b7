//! The series store: counts in time buckets, under the name of their series.
//!
//! Rows are absolute and are replaced, so that writing one twice changes nothing. A write survives the death of the
//! process, not the loss of power: what a report said in its last second is worth that much and no more.

use std::error::Error;
use std::ops::Range;
use std::sync::Arc;

use seaworthy_model::Tally;
use seaworthy_signals::{ArmBucket, Bin, Bucket, HISTOGRAM_BYTES_MAX, Histogram, NAME_BYTES_MAX, Resolution};

use crate::ledger::Answer;
use crate::limits::{SERIES_COUNT_MAX, SERIES_MAX, SERIES_ROWS_MAX, SERIES_SPAN_MAX};

/// One bucket of one series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Name of the series; 1 to [`NAME_BYTES_MAX`] bytes.
    pub series: String,
    /// Width of the bucket.
    pub resolution: Resolution,
    /// Slot of that width, counted from 1970-01-01T00:00:00Z.
    pub slot: i64,
    /// All that was counted in it; each count at most [`SERIES_COUNT_MAX`].
    pub tally: Tally,
    /// Latencies ([`seaworthy_signals::Histogram::encode`]), where the series has them; at most [`HISTOGRAM_BYTES_MAX`].
    pub histogram: Option<Vec<u8>>,
}

impl Row {
    /// Makes a row without latencies.
    pub fn new(series: &str, bucket: Bucket) -> Self {
        let Bucket { resolution, slot, tally } = bucket;
        Self { series: series.to_owned(), resolution, slot, tally, histogram: None }
    }

    /// Makes a row with latencies.
    pub fn of_arm(arm: ArmBucket) -> Self {
        let ArmBucket { name, slot, bin } = arm;
        let histogram = Some(bin.latency.encode());
        Self { series: name, resolution: Resolution::FiveMinutes, slot, tally: bin.tally, histogram }
    }

    /// Returns its counts and latencies; latencies that cannot be read are none.
    pub fn into_arm(self) -> ArmBucket {
        let latency = self.histogram.as_deref().and_then(Histogram::decode).unwrap_or_default();
        ArmBucket { name: self.series, slot: self.slot, bin: Bin { tally: self.tally, latency } }
    }

    /// Returns its counts.
    pub fn bucket(&self) -> Bucket {
        Bucket { resolution: self.resolution, slot: self.slot, tally: self.tally }
    }
}

/// Why the series store did not answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SeriesError {
    /// Something is longer or larger than a limit.
    #[error("could not use the series store: {what} is {got}, at most {max} allowed")]
    TooMuch {
        /// What is too much.
        what: &'static str,
        /// How much it is.
        got: u64,
        /// The limit.
        max: u64,
    },
    /// A series has no name.
    #[error("could not write to the series store: a series has no name")]
    Unnamed,
    /// There is no room for another series; those that are there are written on.
    #[error(
        "could not write series {series:?}: {SERIES_MAX} series are stored already; they are forgotten as they grow old"
    )]
    Full {
        /// The first one too many.
        series: String,
    },
    /// The store failed; a batch of rows is not there at all.
    #[error("could not {doing} the series store {path:?}")]
    Store {
        /// What was attempted.
        doing: &'static str,
        /// The file.
        path: String,
        /// Why.
        #[source]
        why: Arc<dyn Error + Send + Sync>,
    },
}

/// Checks rows against the limits; every backend calls it first.
///
/// # Errors
/// For the first limit that is passed.
pub fn check_rows(rows: &[Row]) -> Result<(), SeriesError> {
    within("the number of rows", rows.len() as u64, SERIES_ROWS_MAX as u64)?;
    for row in rows {
        if row.series.is_empty() {
            return Err(SeriesError::Unnamed);
        }
        within("the length of a name", row.series.len() as u64, NAME_BYTES_MAX as u64)?;
        within("a count", row.tally.total.max(row.tally.bad), SERIES_COUNT_MAX)?;
        let histogram = row.histogram.as_ref().map_or(0, Vec::len);
        within("the length of a histogram", histogram as u64, HISTOGRAM_BYTES_MAX as u64)?;
    }
    Ok(())
}

/// Checks the span of a read; every backend calls it first.
///
/// # Errors
/// When it is longer than [`SERIES_SPAN_MAX`].
pub fn check_span(slots: &Range<i64>) -> Result<(), SeriesError> {
    let span = slots.end.saturating_sub(slots.start).max(0);
    within("the number of slots", span.unsigned_abs(), SERIES_SPAN_MAX.unsigned_abs())
}

fn within(what: &'static str, got: u64, max: u64) -> Result<(), SeriesError> {
    if got <= max { Ok(()) } else { Err(SeriesError::TooMuch { what, got, max }) }
}

/// Counts on disk.
pub trait SeriesStore: Send + Sync {
    /// Sets every row, in order, or none.
    ///
    /// # Errors
    /// When a limit is passed, there are too many series, or the store fails.
    fn write(&self, rows: Vec<Row>) -> Answer<'_, Result<(), SeriesError>>;

    /// Returns a series' rows of these slots, by slot; there is none for an empty slot.
    ///
    /// # Errors
    /// When the span is too long or the store fails.
    fn read(
        &self,
        series: &str,
        resolution: Resolution,
        slots: Range<i64>,
    ) -> Answer<'_, Result<Vec<Row>, SeriesError>>;

    /// Returns the rows that all series have in one slot, by name.
    ///
    /// # Errors
    /// When the store fails.
    fn slot(&self, resolution: Resolution, slot: i64) -> Answer<'_, Result<Vec<Row>, SeriesError>>;

    /// Returns the sum over these slots of every series that has rows there, by name: what leaves the periods of all
    /// objectives, and at a start what is older than memory.
    ///
    /// # Errors
    /// When the span is too long or the store fails.
    fn sums(&self, resolution: Resolution, slots: Range<i64>) -> Answer<'_, Result<Vec<(String, Tally)>, SeriesError>>;

    /// Returns the names of all series, in order. A name goes at the latest a day after its last row.
    ///
    /// # Errors
    /// When the store fails.
    fn series(&self) -> Answer<'_, Result<Vec<String>, SeriesError>>;

    /// Removes rows before a slot. Finer rows of that time go with coarser ones, and so do names of which nothing is left.
    ///
    /// # Errors
    /// When the store fails; then nothing is removed.
    fn prune(&self, resolution: Resolution, before: i64) -> Answer<'_, Result<(), SeriesError>>;
}
