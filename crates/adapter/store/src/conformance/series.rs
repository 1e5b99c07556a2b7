//! The series store: rows are replaced, writes are atomic, limits are kept, old rows go, and a series comes back.

use std::ops::Range;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tally;
use seaworthy_signals::{Arms, Bin, HISTOGRAM_BYTES_MAX, NAME_BYTES_MAX, Period, Resolution, Series};

use super::Fixture;
use crate::limits::{SERIES_COUNT_MAX, SERIES_MAX, SERIES_ROWS_MAX, SERIES_SPAN_MAX};
use crate::{Row, SeriesError, SeriesStore};

const TEN: Resolution = Resolution::TenSeconds;
const FIVE: Resolution = Resolution::FiveMinutes;

fn row(series: &str, resolution: Resolution, slot: i64, total: u64) -> Row {
    Row { series: series.to_owned(), resolution, slot, tally: Tally::new(total, 1), histogram: None }
}

async fn write(store: &dyn SeriesStore, rows: Vec<Row>) {
    store.write(rows).await.expect("the store works");
}

async fn read(store: &dyn SeriesStore, series: &str, resolution: Resolution, slots: Range<i64>) -> Vec<Row> {
    store.read(series, resolution, slots).await.expect("the store works")
}

async fn names(store: &dyn SeriesStore) -> Vec<String> {
    store.series().await.expect("the store works")
}

/// The last row of a slot holds; series and resolutions are apart; an end is not in its range.
pub async fn rows_are_replaced_and_read_in_order(fixture: &impl Fixture) {
    let store = fixture.open_series().await;
    let with_latency = Row { histogram: Some(vec![0, 255, 7]), ..row("a", FIVE, 5, 2) };
    write(&*store, vec![row("a", FIVE, 9, 9), row("a", FIVE, 5, 1), row("a", TEN, 5, 8), row("b", FIVE, 6, 7)]).await;
    write(&*store, vec![with_latency.clone(), row("a", FIVE, -3, 4)]).await;
    let all = [row("a", FIVE, -3, 4), with_latency, row("a", FIVE, 9, 9)];
    assert_eq!(read(&*store, "a", FIVE, -10..10).await, all);
    assert_eq!(read(&*store, "a", FIVE, -3..9).await, all[..2]);
    assert_eq!(read(&*store, "a", TEN, 0..10).await, [row("a", TEN, 5, 8)]);
    write(&*store, vec![row("a", FIVE, 5, 3)]).await;
    assert_eq!(read(&*store, "a", FIVE, 5..6).await, [row("a", FIVE, 5, 3)], "latencies are replaced too");
    #[expect(clippy::reversed_empty_ranges, reason = "a range may end before it begins")]
    for nothing in [0..0, 9..5, i64::MAX..i64::MIN] {
        assert_eq!(read(&*store, "a", FIVE, nothing).await, []);
    }
    assert_eq!(read(&*store, "unknown", FIVE, 0..10).await, []);
}

/// One slot across all series, by name.
pub async fn a_slot_has_every_series(fixture: &impl Fixture) {
    let store = fixture.open_series().await;
    write(&*store, vec![row("z", FIVE, 1, 1), row("ä", FIVE, 1, 2), row("a", FIVE, 1, 3), row("a", FIVE, 2, 4)]).await;
    let slot = store.slot(FIVE, 1).await.expect("the store works");
    assert_eq!(slot, [row("a", FIVE, 1, 3), row("z", FIVE, 1, 1), row("ä", FIVE, 1, 2)]);
    for (resolution, slot) in [(TEN, 1), (FIVE, 3), (FIVE, i64::MAX)] {
        assert_eq!(store.slot(resolution, slot).await.expect("the store works"), []);
    }
    assert_eq!(names(&*store).await, ["a", "z", "ä"]);
}

/// One query for all series; sums saturate.
pub async fn sums_are_those_of_the_rows(fixture: &impl Fixture) {
    let store = fixture.open_series().await;
    let rows =
        (0..20).flat_map(|slot| [row("a", FIVE, slot, 2), row("b", FIVE, slot * 5, 10), row("a", TEN, slot, 99)]);
    write(&*store, rows.collect()).await;
    let sums = store.sums(FIVE, 3..10).await.expect("the store works");
    assert_eq!(sums, [("a".to_owned(), Tally::new(14, 7)), ("b".to_owned(), Tally::new(10, 1))]);
    assert_eq!(store.sums(FIVE, 100..200).await.expect("the store works"), []);
    let huge = Row { tally: Tally::new(SERIES_COUNT_MAX, SERIES_COUNT_MAX), ..row("huge", FIVE, 150, 0) };
    write(&*store, vec![huge.clone(), Row { slot: 151, ..huge.clone() }, Row { slot: 152, ..huge }]).await;
    let sums = store.sums(FIVE, 100..200).await.expect("the store works");
    assert_eq!(sums, [("huge".to_owned(), Tally::new(u64::MAX, u64::MAX))]);
}

/// One bad row among good ones, and nothing is there, not even a name.
pub async fn a_refused_write_leaves_nothing(fixture: &impl Fixture) {
    let store = fixture.open_series().await;
    write(&*store, vec![row("a", FIVE, 1, 1)]).await;
    let error = store.write(vec![row("a", FIVE, 1, 2), row("b", FIVE, 1, 2), row("", FIVE, 1, 2)]).await;
    assert!(matches!(error, Err(SeriesError::Unnamed)), "{error:?}");
    assert_eq!(read(&*store, "a", FIVE, 1..2).await, [row("a", FIVE, 1, 1)]);
    assert_eq!(names(&*store).await, ["a"]);
}

/// Exactly every limit, and one more.
pub async fn every_limit_is_kept(fixture: &impl Fixture) {
    let store = fixture.open_series().await;
    let most = Row {
        series: "x".repeat(NAME_BYTES_MAX),
        histogram: Some(vec![7; HISTOGRAM_BYTES_MAX]),
        tally: Tally::new(SERIES_COUNT_MAX, SERIES_COUNT_MAX),
        ..row("", FIVE, i64::MAX, 0)
    };
    write(&*store, vec![most.clone(), Row { slot: i64::MIN, ..most.clone() }]).await;
    assert_eq!(read(&*store, &most.series, FIVE, i64::MAX - 1..i64::MAX).await, []);
    assert_eq!(store.slot(FIVE, i64::MAX).await.expect("the store works"), std::slice::from_ref(&most));
    let named = |names: Range<usize>| names.map(|name| row(&format!("s{name:05}"), FIVE, 0, 1)).collect::<Vec<_>>();
    let larger = [
        Row { series: "x".repeat(NAME_BYTES_MAX + 1), ..most.clone() },
        Row { histogram: Some(vec![7; HISTOGRAM_BYTES_MAX + 1]), ..most.clone() },
        Row { tally: Tally { total: SERIES_COUNT_MAX + 1, bad: 0 }, ..most.clone() },
    ];
    let batches = larger.into_iter().map(|row| vec![row]).chain([named(0..SERIES_ROWS_MAX + 1)]);
    for batch in batches {
        let error = store.write(batch).await.expect_err("a limit is passed");
        assert!(matches!(error, SeriesError::TooMuch { .. }), "{error}");
    }
    assert!(
        store.read("a", FIVE, 0..SERIES_SPAN_MAX).await.is_ok() && store.sums(FIVE, 0..SERIES_SPAN_MAX).await.is_ok()
    );
    assert!(store.read("a", FIVE, 0..SERIES_SPAN_MAX + 1).await.is_err());
    assert!(store.sums(FIVE, i64::MIN..i64::MAX).await.is_err());
    // One name is there already.
    write(&*store, named(0..SERIES_ROWS_MAX)).await;
    write(&*store, named(SERIES_ROWS_MAX..SERIES_MAX - 1)).await;
    let error = store.write(vec![row("s00000", FIVE, 0, 9), row("one more", FIVE, 0, 1)]).await;
    assert!(matches!(&error, Err(SeriesError::Full { series }) if series == "one more"), "{error:?}");
    assert_eq!(read(&*store, "s00000", FIVE, 0..1).await, [row("s00000", FIVE, 0, 1)]);
    write(&*store, vec![row("s00000", FIVE, 0, 9)]).await;
}

/// Ten seconds go by themselves; five minutes take them along; a name goes with its last row.
pub async fn pruning_forgets_rows_and_then_names(fixture: &impl Fixture) {
    let store = fixture.open_series().await;
    let day = 288;
    let rows = [row("a", TEN, 29, 1), row("a", TEN, 30, 2), row("a", FIVE, 0, 3), row("b", FIVE, 9 * day, 4)];
    write(&*store, rows.to_vec()).await;
    store.prune(TEN, 30).await.expect("the store works");
    assert_eq!(read(&*store, "a", TEN, 0..100).await, [rows[1].clone()]);
    assert_eq!(read(&*store, "a", FIVE, 0..100).await, [rows[2].clone()]);
    store.prune(FIVE, 1).await.expect("the store works");
    assert_eq!(read(&*store, "a", FIVE, 0..100).await, []);
    assert_eq!(read(&*store, "a", TEN, 0..100).await, [rows[1].clone()]);
    store.prune(FIVE, 3 * day).await.expect("the store works");
    assert_eq!(read(&*store, "a", TEN, 0..100).await, [], "finer rows of that time go along");
    assert_eq!(names(&*store).await, ["b"]);
    write(&*store, vec![row("a", FIVE, 10 * day, 5)]).await;
    assert_eq!(read(&*store, "a", FIVE, 0..20 * day).await, [row("a", FIVE, 10 * day, 5)]);
    assert_eq!(read(&*store, "b", FIVE, 0..20 * day).await, [rows[3].clone()]);
    for everything in [i64::MAX, i64::MIN] {
        store.prune(FIVE, everything).await.expect("the store works");
        assert_eq!(names(&*store).await, [""; 0]);
    }
}

/// What was written is there after a reopen, and names mean the same series.
pub async fn rows_outlive_a_reopen(fixture: &impl Fixture) {
    write(&*fixture.open_series().await, vec![row("b", FIVE, 1, 1), row("a", FIVE, 1, 2)]).await;
    let store = fixture.open_series().await;
    write(&*store, vec![row("c", FIVE, 1, 3), row("a", FIVE, 2, 4)]).await;
    assert_eq!(read(&*store, "a", FIVE, 0..9).await, [row("a", FIVE, 1, 2), row("a", FIVE, 2, 4)]);
    assert_eq!(names(&*store).await, ["a", "b", "c"]);
}

/// The way of a series through the store: an hour of reports, a restart, and the same sums as before.
pub async fn a_series_in_memory_comes_back(fixture: &impl Fixture) {
    let begin = Timestamp::from_second(1_800_000_000).expect("in range");
    let make =
        |now| Series::new(&[300, 3_600, 21_600], Period::Rolling { days: 30 }, now).expect("windows are in range");
    let (mut series, mut now, mut store): (_, _, Arc<dyn SeriesStore>) =
        (make(begin), begin, fixture.open_series().await);
    for report in 0..500 {
        now = begin + SignedDuration::from_millis(report * 7_250);
        let at = now - SignedDuration::from_secs(report % 7 * 10);
        assert_eq!(series.add(at, Tally::new(20, 3), now), Ok(None));
        write(&*store, series.take_dirty().into_iter().map(|bucket| Row::new("a", bucket)).collect()).await;
    }
    drop(store);
    store = fixture.open_series().await;
    let mut again = make(now);
    for resolution in Resolution::ALL {
        let slot = resolution.slot(now);
        let rows = read(&*store, "a", resolution, slot - resolution.kept() as i64..slot + 1).await;
        again.restore(rows.iter().map(Row::bucket));
    }
    let older = store.sums(FIVE, again.missing()).await.expect("the store works");
    again.settle(older.first().map_or(Tally::default(), |(_, sum)| *sum));
    for window in [300, 3_600, 21_600] {
        assert_eq!(again.sum(window, now), series.sum(window, now), "{window} s");
    }
    assert_eq!(again.period_sum(now), Tally::new(10_000, 1_500));
}

/// Latencies go the same way; what is too old for memory is merged into its row.
pub async fn latencies_come_back(fixture: &impl Fixture) {
    let (store, now) = (fixture.open_series().await, Timestamp::from_second(1_800_000_000).expect("in range"));
    let (mut arms, mut bin) = (Arms::default(), Bin { tally: Tally::new(300, 2), ..Bin::default() });
    (0..77).for_each(|bucket| bin.latency.add(bucket, u64::from(bucket) * 1_000));
    assert_eq!(arms.add("a", now, &bin, now), Ok(None));
    write(&*store, arms.take_dirty().into_iter().map(Row::of_arm).collect()).await;
    let slot = FIVE.slot(now);
    let stored = read(&*store, "a", FIVE, slot..slot + 1).await;
    let mut again = Arms::default();
    again.restore(stored.into_iter().map(Row::into_arm), now);
    let later = now + SignedDuration::from_hours(1);
    again.advance(later);
    let late = again.add("a", now, &bin, later).expect("in range").expect("memory holds a quarter of an hour");
    let mut merged = read(&*store, "a", FIVE, slot..slot + 1).await.remove(0).into_arm();
    merged.bin.merge(&late.bin);
    write(&*store, vec![Row::of_arm(merged)]).await;
    let found = read(&*store, "a", FIVE, slot..slot + 1).await.remove(0).into_arm();
    assert_eq!((found.bin.tally, found.bin.latency.total()), (Tally::new(600, 4), 2 * bin.latency.total()));
    let odd = Row { histogram: Some(vec![9, 9, 1]), ..row("a", FIVE, slot, 7) };
    assert_eq!(odd.into_arm().bin, Bin { tally: Tally::new(7, 1), ..Bin::default() });
}
