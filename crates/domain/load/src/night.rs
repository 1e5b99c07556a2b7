//! A person's night, on the clock on their wall.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// When a night begins.
pub const NIGHT_BEGINS: Time = Time::constant(22, 0, 0, 0);

/// When it has ended: a page at this instant finds people up.
pub const NIGHT_ENDS: Time = Time::constant(7, 0, 0, 0);

/// One night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Night {
    /// Its first instant.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

/// Says whether an instant is at night where the wall has this clock.
pub fn is_night(at: Timestamp, zone: &TimeZone) -> bool {
    let local = zone.to_datetime(at).time();
    local >= NIGHT_BEGINS || local < NIGHT_ENDS
}

/// Returns the night that follows the one in which an instant is, or the next one for an instant of the day. None at the
/// end of time.
pub fn night_after(at: Timestamp, zone: &TimeZone) -> Option<Night> {
    let local = zone.to_datetime(at);
    let evening = if local.time() >= NIGHT_BEGINS { local.date().tomorrow().ok()? } else { local.date() };
    night_of(evening, zone)
}

/// The night that begins on a day. A clock that is changed at that very hour takes its first occurrence, or moves on.
fn night_of(evening: Date, zone: &TimeZone) -> Option<Night> {
    let instant = |day: Date, time| zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().ok();
    let morning = evening.checked_add(1.day()).ok()?;
    Some(Night { start: instant(evening, NIGHT_BEGINS)?, end: instant(morning, NIGHT_ENDS)? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a zone")
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    #[test]
    fn a_night_has_its_first_instant_and_not_its_last() {
        let berlin = zone("Europe/Berlin");
        for (text, night) in [
            ("2026-01-10T21:59:59.999999999+01:00", false),
            ("2026-01-10T22:00:00+01:00", true),
            ("2026-01-11T00:00:00+01:00", true),
            ("2026-01-11T06:59:59.999999999+01:00", true),
            ("2026-01-11T07:00:00+01:00", false),
            ("2026-01-11T12:00:00+01:00", false),
            // The same instant of UTC, in summer and in winter.
            ("2026-07-10T20:30:00Z", true),
            ("2026-01-10T20:30:00Z", false),
            // Both of the two o'clocks of autumn.
            ("2026-10-25T02:30:00+02:00", true),
            ("2026-10-25T02:30:00+01:00", true),
        ] {
            assert_eq!(is_night(at(text), &berlin), night, "{text}");
        }
        // It is the person's night, not the world's.
        assert!(is_night(at("2026-01-10T18:00:00Z"), &zone("Asia/Tokyo")));
        assert!(!is_night(at("2026-01-10T03:00:00Z"), &zone("Asia/Kolkata")));
    }

    #[test]
    fn the_next_night_is_the_one_that_can_still_be_slept_through() {
        let berlin = zone("Europe/Berlin");
        for (woken, start, end) in [
            ("2026-01-10T22:00:00+01:00", "2026-01-11T22:00:00+01:00", "2026-01-12T07:00:00+01:00"),
            ("2026-01-11T03:00:00+01:00", "2026-01-11T22:00:00+01:00", "2026-01-12T07:00:00+01:00"),
            ("2026-01-11T12:00:00+01:00", "2026-01-11T22:00:00+01:00", "2026-01-12T07:00:00+01:00"),
            // Eight hours in spring, ten in autumn.
            ("2026-03-28T03:00:00+01:00", "2026-03-28T22:00:00+01:00", "2026-03-29T07:00:00+02:00"),
            ("2026-10-24T03:00:00+02:00", "2026-10-24T22:00:00+02:00", "2026-10-25T07:00:00+01:00"),
        ] {
            let night = night_after(at(woken), &berlin);
            assert_eq!(night, Some(Night { start: at(start), end: at(end) }), "{woken}");
        }
        assert_eq!(night_after(Timestamp::MAX, &TimeZone::UTC), None, "there is no night after the end of time");
    }

    proptest! {
        #[test]
        fn the_next_night_comes_within_a_day_and_is_night_throughout(
            second in 1_600_000_000_i64..2_000_000_000,
            name in prop::sample::select(vec![
                "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham",
            ]),
        ) {
            let (woken, zone) = (Timestamp::from_second(second).expect("in range"), zone(name));
            let night = night_after(woken, &zone).expect("long before the end of time");
            let waits = woken.duration_until(night.start).as_hours();
            prop_assert!(night.start > woken && waits <= 25, "{} then {:?}", woken, night);
            prop_assert!((8..=10).contains(&night.start.duration_until(night.end).as_hours()));
            let instant = Timestamp::from_nanosecond(1).expect("small").duration_since(Timestamp::UNIX_EPOCH);
            prop_assert!(is_night(night.start, &zone) && is_night(night.end - instant, &zone));
            prop_assert!(!is_night(night.end, &zone) && !is_night(night.start - instant, &zone));
        }
    }
}
