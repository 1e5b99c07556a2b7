//! What was counted, on disk: written before a report is acknowledged, read back at a start and for a new objective.
//!
//! The core says what is missing and what must be written; this asks the store.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::Timestamp;
use seaworthy_core::watch::objectives::{Missing, Past, Written};
use seaworthy_model::Tally;
use seaworthy_signals::{Bucket, Resolution};
use seaworthy_store::limits::{SERIES_COUNT_MAX, SERIES_ROWS_MAX};
use seaworthy_store::{Row, SeriesError, SeriesStore};

/// Up to so many new objectives each series is read by its name; more are read slot by slot, all series at once.
const BY_NAME_MAX: usize = 8;

/// Slots of five minutes in a day: a sum of the past is asked for day by day, so that its first day is known.
const DAY_SLOTS: usize = 288;

/// Rows that counts are added to in one write: each is read first.
const OLDER_AT_ONCE: usize = 1_000;

/// Slots of five minutes in which latencies of arms are amended.
const ARM_SLOTS: i64 = 3;

/// Gets buckets as they are read. Sent from thread to thread, as the task is in which it waits for the store.
pub(crate) type Take<'a> = &'a mut (dyn FnMut(&[Row]) + Send);

/// Reads the past of what misses it: `take` gets the buckets that memory holds, a slot or a series at once, and what is
/// returned is the rest of each period, by name of the series.
pub(crate) async fn past(
    store: &dyn SeriesStore,
    missing: &[Missing],
    now: Timestamp,
    take: Take<'_>,
) -> Result<BTreeMap<String, Past>, SeriesError> {
    let mut past: BTreeMap<String, Past> = BTreeMap::new();
    if missing.len() > BY_NAME_MAX {
        all(store, now, take).await?;
        rest(store, missing, &mut past).await?;
    } else {
        for missing in missing {
            for name in &missing.series {
                past.insert(name.clone(), one(store, name, &missing.older, now, take).await?);
            }
        }
    }
    Ok(past)
}

/// The slots that memory holds.
fn resident(resolution: Resolution, now: Timestamp) -> Range<i64> {
    let head = resolution.slot(now);
    head + 1 - resolution.kept() as i64..head + 1
}

async fn one(
    store: &dyn SeriesStore,
    name: &str,
    older: &Range<i64>,
    now: Timestamp,
    take: Take<'_>,
) -> Result<Past, SeriesError> {
    for resolution in Resolution::ALL {
        take(&store.read(name, resolution, resident(resolution, now)).await?);
    }
    let mut past = Past::default();
    for row in store.read(name, Resolution::FiveMinutes, older.clone()).await? {
        past.older.add(row.tally);
        past.first = past.first.or(Some(row.slot));
    }
    Ok(past)
}

async fn all(store: &dyn SeriesStore, now: Timestamp, take: Take<'_>) -> Result<(), SeriesError> {
    for resolution in Resolution::ALL {
        for slot in resident(resolution, now) {
            take(&store.slot(resolution, slot).await?);
        }
    }
    Ok(())
}

/// Sums what of each period memory does not hold, day by day.
async fn rest(
    store: &dyn SeriesStore,
    missing: &[Missing],
    past: &mut BTreeMap<String, Past>,
) -> Result<(), SeriesError> {
    let mut ranges: BTreeMap<(i64, i64), Vec<&String>> = BTreeMap::new();
    for one in missing.iter().filter(|one| !one.older.is_empty()) {
        ranges.entry((one.older.start, one.older.end)).or_default().extend(&one.series);
    }
    for ((start, end), names) in ranges {
        for day in (start..end).step_by(DAY_SLOTS) {
            let sums = sums(store, day..end.min(day + DAY_SLOTS as i64)).await?;
            for (name, sum) in names.iter().filter_map(|name| Some((*name, *sums.get(*name)?))) {
                let past = past.entry(name.clone()).or_default();
                past.older.add(sum);
                past.first = past.first.or(Some(day));
            }
        }
    }
    Ok(())
}

/// Returns the stored sums of these slots, by name.
pub(crate) async fn sums(store: &dyn SeriesStore, slots: Range<i64>) -> Result<BTreeMap<String, Tally>, SeriesError> {
    Ok(store.sums(Resolution::FiveMinutes, slots).await?.into_iter().collect())
}

/// Returns the stored latencies of arms that are amended still.
pub(crate) async fn arms(
    store: &dyn SeriesStore,
    now: Timestamp,
) -> Result<Vec<seaworthy_signals::ArmBucket>, SeriesError> {
    let head = Resolution::FiveMinutes.slot(now);
    let mut arms = Vec::new();
    for slot in head + 1 - ARM_SLOTS..=head {
        let rows = store.slot(Resolution::FiveMinutes, slot).await?;
        arms.extend(rows.into_iter().filter(|row| row.histogram.is_some()).map(Row::into_arm));
    }
    Ok(arms)
}

/// Writes buckets and what is to be added to older rows. Writing the same again changes nothing, but adding does, so that
/// comes last and in one write.
pub(crate) async fn write(store: &dyn SeriesStore, written: &mut Written) -> Result<(), SeriesError> {
    in_batches(store, written.buckets.iter().map(|(name, bucket)| Row::new(name, *bucket)).collect()).await?;
    written.buckets.clear();
    while !written.older.is_empty() {
        let count = written.older.len().min(OLDER_AT_ONCE);
        let mut added: BTreeMap<(&str, i64), Tally> = BTreeMap::new();
        for (name, bucket) in &written.older[..count] {
            added.entry((name, bucket.slot)).or_default().add(bucket.tally);
        }
        let mut rows = Vec::new();
        for ((name, slot), mut tally) in added {
            let stored = store.read(name, Resolution::FiveMinutes, slot..slot + 1).await?;
            stored.iter().for_each(|row| tally.add(row.tally));
            let tally = Tally { total: tally.total.min(SERIES_COUNT_MAX), bad: tally.bad.min(SERIES_COUNT_MAX) };
            rows.push(Row::new(name, Bucket { resolution: Resolution::FiveMinutes, slot, tally }));
        }
        in_batches(store, rows).await?;
        written.older.drain(..count);
    }
    Ok(())
}

/// Writes latencies of arms, which decide nothing.
pub(crate) async fn write_arms(store: &dyn SeriesStore, written: &mut Written) -> Result<(), SeriesError> {
    let rows: Vec<Row> = written.arms.iter().cloned().map(Row::of_arm).collect();
    in_batches(store, rows).await?;
    written.arms.clear();
    Ok(())
}

/// Writes rows. A series that there is no room for is left out, loudly: those that are there must go on.
async fn in_batches(store: &dyn SeriesStore, mut rows: Vec<Row>) -> Result<(), SeriesError> {
    while !rows.is_empty() {
        let batch = rows[..rows.len().min(SERIES_ROWS_MAX)].to_vec();
        let count = batch.len();
        match store.write(batch).await {
            Ok(()) => drop(rows.drain(..count)),
            Err(SeriesError::Full { series }) => {
                tracing::error!(series, "no room to store another series; it is not stored");
                rows.retain(|row| row.series != series);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
