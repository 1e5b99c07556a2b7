//! Clocks that are wrong, counts that are huge, stores that are late, and how much memory it takes.

use super::*;

const MONTH: Period = Period::Rolling { days: 30 };

/// Bytes of a full series, and those with somebody who looks at it, where so many events come in 30 seconds.
fn full(total: u64, bad: u64) -> [usize; 2] {
    let mut series = series(MONTH, second(0));
    for at in 0..10_000 {
        series.add(second(at * 30), Tally::new(total, bad), second(at * 30)).unwrap();
        series.take_dirty();
    }
    let quiet = series.resident_bytes();
    series.live(second(300_000));
    [quiet, series.resident_bytes()]
}

#[test]
fn a_series_is_as_large_as_its_counts() {
    for (total, bad, most, why) in [
        (10, 1, 4, "a quiet one"),
        (3_000, 3, 5, "100 events a second, one of a thousand bad"),
        (3_000, 3_000, 6, "the same, and all of it fails"),
        (1_500_000, 1_500_000, 9, "50,000 a second, and all of it fails"),
        (15_000_000, 15_000_000, 11, "no column can be wider"),
    ] {
        let [quiet, looked_at] = full(total, bad);
        assert!(quiet <= most * 1024, "{why}: {quiet}");
        assert!(looked_at <= (most + 3) * 1024, "{why}: {looked_at}");
    }
}

#[test]
fn each_report_is_visible_at_once() {
    let mut series = series(MONTH, second(0));
    for report in 1..=100 {
        let now = ms(250 * report);
        series.add(now, Tally::new(25, 5), now).unwrap();
        let expected = Tally::new(25 * report.unsigned_abs(), 5 * report.unsigned_abs());
        for window in STANDARD_WINDOWS {
            assert_eq!(series.sum(window, now), Some(expected), "{window} s");
        }
        assert_eq!(series.period_sum(now), expected);
    }
}

#[test]
fn clocks_of_others_count_as_now_up_to_a_minute_ahead() {
    let mut series = series(MONTH, second(0));
    assert_eq!(series.add(second(60), Tally::new(1, 1), second(0)), Ok(None));
    assert_eq!(series.sum(300, second(0)), Some(Tally::new(1, 1)));
    assert_eq!(series.last_event_at(), Some(second(0)));
    let wrong = [
        (ms(60_001), Refused::Future),
        (Timestamp::MAX, Refused::Future),
        (second(-92 * 86_400 - 1), Refused::TooOld),
        (Timestamp::MIN, Refused::TooOld),
    ];
    for (at, refused) in wrong {
        assert_eq!(series.add(at, Tally::new(1, 1), second(0)), Err(refused), "{at}");
    }
    assert_eq!(series.sum(300, second(0)), Some(Tally::new(1, 1)));
}

#[test]
fn our_own_clock_set_back_is_noticed() {
    let mut series = series(MONTH, second(0));
    series.advance(second(3_600));
    assert!(!series.is_ahead(second(3_600)) && !series.is_ahead(second(3_545)));
    assert!(series.is_ahead(second(3_500)));
    // It still counts, where the event was.
    series.add(second(3_000), Tally::new(2, 0), second(3_000)).unwrap();
    assert_eq!(series.sum(3_600, second(3_600)), Some(Tally::new(2, 0)));
}

#[test]
fn silence_and_no_traffic_are_told_apart() {
    let mut series = series(MONTH, second(0));
    assert_eq!((series.last_event_at(), series.last_report_at()), (None, None));
    series.add(second(10), Tally::new(1, 0), second(10)).unwrap();
    series.add(second(20), Tally::default(), second(20)).unwrap();
    assert_eq!((series.last_event_at(), series.last_report_at()), (Some(second(10)), Some(second(20))));
    series.add(second(5), Tally::new(1, 0), second(21)).unwrap();
    assert_eq!(series.last_event_at(), Some(second(10)));
    series.take_dirty();
    series.add(second(22), Tally::default(), second(22)).unwrap();
    assert_eq!(series.take_dirty(), [], "nothing counted is nothing to store");
}

#[test]
fn what_is_older_than_memory_is_an_amendment_and_counts_in_the_period() {
    let mut series = series(MONTH, second(0));
    let at = second(-4 * 86_400);
    let older = series.add(at, Tally::new(7, 3), second(0)).unwrap();
    let slot = Resolution::FiveMinutes.slot(at);
    assert_eq!(older, Some(Bucket { resolution: Resolution::FiveMinutes, slot, tally: Tally::new(7, 3) }));
    assert_eq!((series.sum(259_200, second(0)), series.take_dirty()), (Some(Tally::default()), vec![]));
    assert_eq!(series.period_sum(second(0)), Tally::new(7, 3));
    assert!(series.add(second(-31 * 86_400), Tally::new(9, 9), second(0)).unwrap().is_some());
    assert_eq!(series.period_sum(second(0)), Tally::new(7, 3), "older than the period");
}

#[test]
fn what_nobody_stored_outlives_a_long_sleep() {
    let (mut series, later) = (series(MONTH, second(0)), second(40 * 86_400));
    series.add(second(0), Tally::new(5, 1), second(0)).unwrap();
    series.advance(later);
    let slot = Resolution::FiveMinutes.slot(second(0));
    let left = Bucket { resolution: Resolution::FiveMinutes, slot, tally: Tally::new(5, 1) };
    assert_eq!(series.take_dirty(), [left]);
    series.give_back(vec![left]);
    assert_eq!(series.take_dirty(), [left]);
    let leaving = series.leaving(later);
    assert!(leaving.contains(&slot));
    series.leave(leaving.end, left.tally);
    assert_eq!(series.period_sum(later), Tally::default());
}

#[test]
fn one_slot_leaves_every_five_minutes_and_the_same_for_all() {
    let (mut one, mut other) = (series(MONTH, second(0)), series(MONTH, second(0)));
    assert!(one.leaving(second(299)).is_empty());
    let leaving = one.leaving(second(300));
    assert_eq!((leaving.end - leaving.start, &leaving), (1, &other.leaving(second(300))));
    assert_eq!(leaving.start, Resolution::FiveMinutes.slot(second(-30 * 86_400)) + 1);
    one.leave(leaving.end, Tally::default());
    assert!(one.leaving(second(599)).is_empty());
    one.leave(leaving.start, Tally::new(1, 1));
    assert!(one.leaving(second(599)).is_empty(), "what left does not come back");
}

#[test]
fn a_calendar_period_begins_anew_also_when_told_late() {
    let mut world = World::new(Period::Since(second(0)), second(0));
    world.add(second(10), Tally::new(10, 1), second(10));
    world.add(second(90_000), Tally::new(4, 2), second(90_000));
    world.check(second(90_000));
    world.series.begin_period(second(86_400), second(90_001));
    assert_eq!(world.series.period_sum(second(90_001)), Tally::new(4, 2));
    assert!(world.series.missing().is_empty() && world.series.leaving(second(90_001)).is_empty());
    // A month ago is older than memory.
    world.series.begin_period(second(-30 * 86_400), second(90_001));
    assert_eq!(world.series.missing().start, Resolution::FiveMinutes.slot(second(-30 * 86_400)));
    world.series.settle(Tally::new(100, 0));
    assert_eq!(world.series.period_sum(second(90_001)), Tally::new(114, 3));
}

#[test]
fn the_last_of_restored_buckets_holds() {
    let mut series = series(MONTH, second(0));
    for count in [9, 2, 5] {
        for resolution in Resolution::ALL {
            let slot = resolution.slot(second(0));
            let buckets = [slot - 10_000_000, slot, slot + 1].map(|slot| (slot, Tally::new(count, 1)));
            series.restore(buckets.map(|(slot, tally)| Bucket { resolution, slot, tally }));
        }
        for window in STANDARD_WINDOWS {
            assert_eq!(series.sum(window, second(0)), Some(Tally::new(count, 1)), "{window} s");
        }
        assert_eq!(series.period_sum(second(0)), Tally::new(count, 1));
    }
    assert_eq!((series.take_dirty(), series.last_event_at()), (vec![], Some(second(0))));
}

#[test]
fn a_rolling_period_has_no_beginning() {
    let mut series = series(MONTH, second(0));
    series.add(second(0), Tally::new(1, 0), second(0)).unwrap();
    series.begin_period(second(1_000), second(1_000));
    assert_eq!(series.period_sum(second(1_000)), Tally::new(1, 0));
}

#[test]
fn live_is_the_last_minute_and_goes_when_nobody_looks() {
    let mut series = series(MONTH, second(0));
    series.add(second(0), Tally::new(900, 900), second(0)).unwrap();
    let quiet = series.resident_bytes();
    assert_eq!(series.live(second(1)).steps, [Tally::default()], "what was before the first look is not known");
    for step in 0..400 {
        let now = ms(1_000 + step * 250);
        series.add(now, Tally::new(1, 0), now).unwrap();
        series.live(now);
    }
    let live = series.live(ms(100_750));
    assert_eq!((live.steps.len(), live.steps.iter().map(|step| step.total).sum::<u64>()), (240, 240));
    assert_eq!(live.from, ms(41_000));
    series.advance(second(161));
    assert_eq!(series.resident_bytes(), quiet);
}

#[test]
fn absurd_counts_are_no_panic_and_leave_as_they_came() {
    let mut world = World::new(MONTH, second(0));
    let huge = Tally { total: u64::MAX, bad: u64::MAX };
    for at in [0, 0, -10, -400, -400_000] {
        let older = world.series.add(second(at), huge, second(0)).unwrap();
        world.store(older);
    }
    let full = u64::from(u32::MAX);
    assert_eq!(world.series.sum(300, second(0)), Some(Tally::new(2 * full, 2 * full)));
    let later = second(31 * 86_400);
    world.let_leave(later);
    assert_eq!(world.series.period_sum(later), Tally::default());
    world.series.add(later, Tally { total: 1, bad: 9 }, later).unwrap();
    assert_eq!(world.series.sum(300, later), Some(Tally::new(1, 1)));
}

#[test]
fn what_cannot_be_summed_is_refused_with_its_reason() {
    let made = |windows: &[u32], days| Series::new(windows, Period::Rolling { days }, second(0)).map(drop);
    assert_eq!(made(&[0], 30), Err(SeriesError::Window(0)));
    assert_eq!(made(&[259_201], 30), Err(SeriesError::Window(259_201)));
    assert_eq!(made(&[60; 17], 30), Err(SeriesError::Windows(17)));
    assert_eq!(made(&[60], 0), Err(SeriesError::Period(0)));
    assert_eq!(made(&[60], 93), Err(SeriesError::Period(93)));
    assert_eq!(made(&[], 92), Ok(()));
    let mut odd = Series::new(&[301, 61, 61], MONTH, second(0)).unwrap();
    assert_eq!((odd.sum(301, second(0)), odd.sum(300, second(0))), (Some(Tally::default()), None));
    let error = made(&[259_201], 30).unwrap_err().to_string();
    assert_eq!(error, "could not sum a window of 259201 s: a window has 1 to 259200 s (3 days)");
}
