//! Dates and times as a calendar writes them: UTC, in a zone that it names, or on whatever clock hangs there.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::line::Line;

/// A time on a clock.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    /// What the clock shows.
    pub(crate) local: DateTime,
    /// Whose clock it is.
    pub(crate) zone: TimeZone,
    /// The calendar gave a day and no time.
    pub(crate) whole_day: bool,
}

impl Place {
    /// Returns the instant. A time that is there twice is the first; one that is skipped is read with the offset before the gap
    /// (RFC 5545 section 3.3.5).
    pub(crate) fn instant(&self) -> Option<Timestamp> {
        self.at(self.local)
    }

    /// Returns the instant of another time on the same clock.
    pub(crate) fn at(&self, local: DateTime) -> Option<Timestamp> {
        self.zone.to_timestamp(local).ok()
    }

    /// Reads `DTSTART` and its like. `floating` is the zone of times without one.
    ///
    /// # Errors
    /// What is wrong with it, and what to do.
    pub(crate) fn parse(line: &Line, floating: &TimeZone) -> Result<Self, String> {
        Self::of(&line.value, line.param("TZID"), floating)
    }

    /// Reads one value.
    pub(crate) fn of(value: &str, tzid: Option<&str>, floating: &TimeZone) -> Result<Self, String> {
        let value = value.trim();
        let wrong = || format!("\"{}\" is no date or time such as 20260101T080000Z", shortened(value));
        if value.len() == "20260101".len() {
            let local = date(value).ok_or_else(wrong)?.at(0, 0, 0, 0);
            return Ok(Self { local, zone: floating.clone(), whole_day: true });
        }
        let (text, utc) = value.strip_suffix(['Z', 'z']).map_or((value, false), |text| (text, true));
        let local = date_time(text).ok_or_else(wrong)?;
        let zone = match tzid {
            _ if utc => TimeZone::UTC,
            Some(name) => zone(name)?,
            None => floating.clone(),
        };
        Ok(Self { local, zone, whole_day: false })
    }
}

/// Finds a zone by the name that a calendar gives it: IANA's, with whatever path a program put before it.
pub(crate) fn zone(name: &str) -> Result<TimeZone, String> {
    let bare = name.trim_matches('/');
    // Some programs put their own name and a version before that of the zone: /citadel.org/20190914_1/Europe/Berlin.
    let tails = bare.match_indices('/').map(|(at, _)| &bare[at + 1..]);
    let known = [bare].into_iter().chain(tails).find_map(|tail| TimeZone::get(tail).ok());
    known.ok_or_else(|| {
        let name = shortened(name);
        format!("time zone \"{name}\" is not one of IANA's names; export the calendar in UTC or with IANA zones")
    })
}

/// Reads `DURATION` (RFC 5545 section 3.3.6): days and weeks on the clock, hours and less in exact time. Negative ones and those
/// of nothing are none.
pub(crate) fn duration(text: &str) -> Option<Span> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (mut span, mut time, mut any) = (Span::new(), false, false);
    let mut number = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() && number.len() < 6 {
            number.push(c);
            continue;
        }
        if c == 'T' && !time && number.is_empty() {
            time = true;
            continue;
        }
        let count: i64 = number.parse().ok()?;
        number.clear();
        any |= count > 0;
        span = match (c, time) {
            ('W', false) => span.try_weeks(count),
            ('D', false) => span.try_days(count),
            ('H', true) => span.try_hours(count),
            ('M', true) => span.try_minutes(count),
            ('S', true) => span.try_seconds(count),
            _ => return None,
        }
        .ok()?;
    }
    (any && number.is_empty()).then_some(span)
}

fn date_time(text: &str) -> Option<DateTime> {
    let (day, clock) = text.split_once(['T', 't'])?;
    let [hour, minute, second] = two_digits(clock)?;
    // A leap second is the second before it.
    let time = Time::new(hour, minute, second.min(59), 0).ok()?;
    Some(date(day)?.to_datetime(time))
}

fn date(text: &str) -> Option<Date> {
    if text.len() != "20260101".len() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok()
}

fn two_digits(text: &str) -> Option<[i8; 3]> {
    if text.len() != "080000".len() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some([text[..2].parse().ok()?, text[2..4].parse().ok()?, text[4..].parse().ok()?])
}

/// Shortens what is shown of a value that may be anything.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(value: &str, tzid: Option<&str>) -> String {
        let place = Place::of(value, tzid, &TimeZone::UTC);
        place.map_or_else(
            |why| why,
            |place| place.instant().map_or_else(|| "no instant".to_owned(), |at| at.to_string()),
        )
    }

    #[test]
    fn times_are_read_on_their_clock() {
        for (value, tzid, want) in [
            ("20260101T080000Z", None, "2026-01-01T08:00:00Z"),
            ("20260701T080000", Some("Europe/Berlin"), "2026-07-01T06:00:00Z"),
            ("20260701T080000", Some("/citadel.org/20190914_1/Europe/Berlin"), "2026-07-01T06:00:00Z"),
            ("20260701T080000", None, "2026-07-01T08:00:00Z"),
            ("20260701", Some("Europe/Berlin"), "2026-07-01T00:00:00Z"),
            // There twice: the first. Skipped: by the offset before.
            ("20261025T023000", Some("Europe/Berlin"), "2026-10-25T00:30:00Z"),
            ("20260329T023000", Some("Europe/Berlin"), "2026-03-29T01:30:00Z"),
            ("20260101T235960Z", None, "2026-01-01T23:59:59Z"),
        ] {
            assert_eq!(instant(value, tzid), want, "{value} {tzid:?}");
        }
        for value in ["", "2026-01-01", "20261301T000000Z", "20260101T2500", "20260101T250000Z", "2026010\u{e9}"] {
            assert!(instant(value, None).contains("is no date or time"), "{value:?}");
        }
        assert!(instant("20260101T080000", Some("W. Europe Standard Time")).contains("IANA"));
    }

    #[test]
    fn durations_are_read() {
        let said = |text| duration(text).map(|span| span.to_string());
        for (text, want) in [("PT12H", Some("PT12H")), ("P1W", Some("P1W")), ("+P1DT2H3M4S", Some("P1DT2H3M4S"))] {
            assert_eq!(said(text).as_deref(), want, "{text}");
        }
        for text in ["", "P", "PT", "-PT1H", "PT0S", "P1H", "PT1D", "P1", "P9999999D", "1D"] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
