//! How often somebody was woken, and whether that is more than a year should have.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::night::is_night;

/// What calls somebody again before this long is over does not wake them again: they are up. It counts from what woke them,
/// so a night of pages without end is a wake every half hour and not one.
pub const CLUSTER: SignedDuration = SignedDuration::from_mins(30);

/// How long is looked back on.
pub const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// How many times a year somebody may be woken; beyond that it is for whoever leads to answer.
pub const LINE: usize = 2;

/// Returns when somebody was woken, oldest first, of when they were called and the clock on their wall then; in any order.
pub fn wakes<'z>(called: impl IntoIterator<Item = (Timestamp, &'z TimeZone)>) -> Vec<Timestamp> {
    let at_night = called.into_iter().filter(|(at, zone)| is_night(*at, zone));
    let mut times: Vec<Timestamp> = at_night.map(|(at, _)| at).collect();
    times.sort_unstable();
    let mut woken: Vec<Timestamp> = Vec::new();
    for at in times {
        if woken.last().is_none_or(|last| last.duration_until(at) >= CLUSTER) {
            woken.push(at);
        }
    }
    woken
}

/// Returns how many of these wakes are within the year that ends now.
pub fn in_year(woken: &[Timestamp], now: Timestamp) -> usize {
    woken.iter().filter(|at| **at <= now && at.duration_until(now) < YEAR).count()
}

/// Says whether somebody was woken more often than [`LINE`] in the year that ends now.
pub fn crossed(woken: &[Timestamp], now: Timestamp) -> bool {
    in_year(woken, now) > LINE
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn of(times: &[&str]) -> Vec<String> {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let woken = wakes(times.iter().map(|text| (at(text), &berlin)));
        woken.iter().map(|at| berlin.to_datetime(*at).strftime("%H:%M:%S").to_string()).collect()
    }

    #[test]
    fn a_wake_is_the_first_page_of_half_an_hour_at_night() {
        for (times, woken) in [
            (&[] as &[&str], &[] as &[&str]),
            (&["2026-01-10T12:00:00+01:00"], &[]),
            (&["2026-01-11T03:00:00+01:00"], &["03:00:00"]),
            (&["2026-01-11T03:00:00+01:00", "2026-01-11T03:00:00+01:00"], &["03:00:00"]),
            (&["2026-01-11T03:00:00+01:00", "2026-01-11T03:29:59+01:00"], &["03:00:00"]),
            (&["2026-01-11T03:00:00+01:00", "2026-01-11T03:30:00+01:00"], &["03:00:00", "03:30:00"]),
            // From what woke them, not from the last page: three in a row are two wakes.
            (
                &["2026-01-11T03:40:00+01:00", "2026-01-11T03:00:00+01:00", "2026-01-11T03:20:00+01:00"],
                &["03:00:00", "03:40:00"],
            ),
            // Somebody who is up at 21:50 goes to bed: ten o'clock is night.
            (&["2026-01-10T21:50:00+01:00", "2026-01-10T22:00:00+01:00"], &["22:00:00"]),
            (&["2026-01-11T06:59:59+01:00", "2026-01-11T07:00:00+01:00"], &["06:59:59"]),
            // An hour passes between the two half past twos of autumn, and half an hour over the gap of spring.
            (&["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"], &["02:30:00", "02:30:00"]),
            (&["2026-03-29T01:45:00+01:00", "2026-03-29T03:10:00+02:00"], &["01:45:00"]),
        ] {
            assert_eq!(of(times), woken, "{times:?}");
        }
    }

    #[test]
    fn the_line_is_crossed_by_the_third_wake_of_a_year() {
        let now = at("2026-11-21T12:00:00Z");
        let ago = |days: i64| now - SignedDuration::from_hours(days * 24);
        for (woken, is_crossed) in [
            (vec![], false),
            (vec![ago(1), ago(2)], false),
            (vec![ago(1), ago(2), ago(3)], true),
            (vec![ago(1), ago(2), ago(364)], true),
            (vec![ago(1), ago(2), ago(365)], false),
            // What is yet to come wakes nobody.
            (vec![ago(-1), ago(1), ago(2)], false),
            (vec![ago(0), ago(1), ago(2)], true),
        ] {
            assert_eq!(crossed(&woken, now), is_crossed, "{woken:?}");
        }
    }

    proptest! {
        #[test]
        fn wakes_are_half_an_hour_apart_and_each_night_page_is_of_one(
            minutes in prop::collection::vec(0_i64..20_000, 0..60),
        ) {
            let zone = TimeZone::get("America/New_York").expect("a zone");
            // A change of clock is among them.
            let times: Vec<Timestamp> =
                minutes.iter().map(|m| at("2026-10-28T00:00:00Z") + SignedDuration::from_mins(*m)).collect();
            let woken = wakes(times.iter().map(|at| (*at, &zone)));
            prop_assert!(woken.windows(2).all(|two| two[0].duration_until(two[1]) >= CLUSTER));
            for at in times.iter().filter(|at| is_night(**at, &zone)) {
                let of = woken.iter().filter(|wake| *wake <= at && wake.duration_until(*at) < CLUSTER).count();
                prop_assert_eq!(of, 1, "{} is of one wake", at);
            }
            prop_assert!(woken.iter().all(|wake| times.contains(wake) && is_night(*wake, &zone)));
            let mut shuffled = times.clone();
            shuffled.reverse();
            prop_assert_eq!(wakes(shuffled.iter().map(|at| (*at, &zone))), woken, "order says nothing");
        }
    }
}
