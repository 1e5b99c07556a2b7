//! Numbers, ages and lists as a person would say them.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::table::{ITEM, harmless};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Keeps the first of items that are alike.
pub(crate) fn distinct(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    items.filter(|item| seen.insert(item.clone())).collect()
}

/// Joins items for a column that shows as many as fit.
pub(crate) fn list(items: &[String], none: &str) -> String {
    let items: Vec<String> = items.iter().map(|item| harmless(item)).collect();
    if items.is_empty() { none.to_owned() } else { items.join(&ITEM.to_string()) }
}

/// Writes a ratio as a percentage; something is never shown as 0%.
pub(crate) fn percent(ratio: f64) -> String {
    let percent = 100.0 * ratio;
    if percent > 0.0 && percent < 1.0 { "<1%".into() } else { format!("{percent:.0}%") }
}

/// Writes an age in the unit a person would use: `5 min`, `3 h`, `12 days`, `14 months`, `3 years`.
pub(crate) fn age(seconds: i64) -> String {
    match seconds {
        ..60 => "less than a minute".into(),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ if seconds < 90 * DAY => format!("{} days", seconds / DAY),
        _ if seconds < 730 * DAY => format!("{} months", seconds * 12 / (365 * DAY)),
        _ => format!("{} years", seconds / (365 * DAY)),
    }
}

/// Writes a share of users, 0 to 1, truncated: nobody is told of more than there is.
pub(crate) fn share(ratio: f64) -> String {
    // The smallest part is there because 0.29 * 10,000 is a hair under 2,900.
    let points = (ratio.clamp(0.0, 1.0) * 10_000.0 + 1e-6).floor();
    let text = format!("{:.2}", points / 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// Writes a measured time: `0.84 s`, `12.3 s`, `4 min 2 s`, `3 h 5 min`.
pub(crate) fn span(seconds: f64) -> String {
    let whole = seconds.max(0.0) as i64;
    match whole {
        0..10 => format!("{seconds:.2} s"),
        10..120 => format!("{seconds:.1} s"),
        120..7_200 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3_600, whole / 60 % 60),
    }
}

/// Reads `20s`, `30m`, `2h`, `3d`, as people say how long something is to be; a bare number is refused.
pub(crate) fn long_duration(text: &str) -> Result<Duration, String> {
    let hint = || "write a whole number above 0 with its unit, s, m, h or d: 20s, 30m, 2h, 3d".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let seconds: u64 = match unit {
        "s" => 1,
        "m" | "min" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(hint()),
    };
    let number: u64 = number.parse().map_err(|_| hint())?;
    let length = number.checked_mul(seconds).filter(|seconds| *seconds > 0);
    length.map(Duration::from_secs).ok_or_else(hint)
}

/// Reads `2026-01-01` as its midnight in UTC, or an instant. A date with a time but no offset is neither.
pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    let midnight = |date: Date| date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    let day = text.parse::<Date>().ok().filter(|_| text.len() == "2026-01-01".len()).and_then(midnight);
    let at = day.or_else(|| text.parse().ok());
    at.ok_or_else(|| "expected a date such as 2026-01-01, or an instant such as 2026-01-01T08:00:00Z".to_owned())
}

/// Writes how long ago something was: `now`, `12 s ago`, `3 min ago`.
pub(crate) fn ago(seconds: f64) -> String {
    match seconds.max(0.0) as i64 {
        0 => "now".to_owned(),
        whole @ 1..60 => format!("{whole} s ago"),
        whole => format!("{} ago", age(whole)),
    }
}

/// Writes a number with its noun.
pub(crate) fn count(n: u64, noun: &str) -> String {
    let plural = match noun {
        "person" => "people".to_owned(),
        "entity" => "entities".to_owned(),
        noun => format!("{noun}s"),
    };
    format!("{} {}", thousands(n), if n == 1 { noun.to_owned() } else { plural })
}

/// Writes a number with commas.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let head = digits.len() % 3;
    let mut out = digits[..head].to_owned();
    for at in (head..digits.len()).step_by(3) {
        if !out.is_empty() {
            out.push(',');
        }
        out += &digits[at..at + 3];
    }
    out
}

/// Names who did something, as the portal does: `person/ines` is ines, a credential without a name its first letters.
pub(crate) fn actor(actor: &str) -> String {
    const ID_CHARS: usize = 8;
    match actor.split_once('/') {
        Some(("person", name)) => harmless(name),
        Some(("token", id)) => format!("credential {}…", harmless(&id.chars().take(ID_CHARS).collect::<String>())),
        _ => harmless(actor),
    }
}

/// Starts a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_in_the_unit_a_person_would_use() {
        for (seconds, text) in [
            (0, "less than a minute"),
            (59, "less than a minute"),
            (60, "1 min"),
            (7_200, "2 h"),
            (2 * DAY, "2 days"),
            (89 * DAY, "89 days"),
            (365 * DAY, "12 months"),
            (729 * DAY, "23 months"),
            (730 * DAY, "2 years"),
        ] {
            assert_eq!(age(seconds), text);
        }
    }

    #[test]
    fn how_long_has_a_unit_and_is_something() {
        for (text, seconds) in
            [("20s", Some(20)), ("30m", Some(1_800)), ("2h", Some(7_200)), ("3d", Some(259_200)), ("5min", Some(300))]
        {
            assert_eq!(long_duration(text).ok().map(|length| length.as_secs()), seconds, "{text}");
        }
        for text in [
            "",
            "5",
            "h",
            "0h",
            "0s",
            "-1h",
            "1.5h",
            "2 h",
            "5ms",
            "1w",
            "99999999999999999999d",
            "9999999999999999999d",
        ] {
            assert!(long_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_time_is_a_day_of_utc_or_an_instant() {
        for (text, at) in [
            ("2026-01-01", Some("2026-01-01T00:00:00Z")),
            ("2026-01-01T08:00:00Z", Some("2026-01-01T08:00:00Z")),
            ("2026-01-01T08:00:00+02:00", Some("2026-01-01T06:00:00Z")),
            ("2026-01-01T08:00:00", None),
            ("2026-02-30", None),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(instant(text).ok().map(|at| at.to_string()).as_deref(), at, "{text}");
        }
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 1_000, 21_304, 1_234_567].map(thousands), ["0", "999", "1,000", "21,304", "1,234,567"]);
        assert_eq!([0.0, 0.001, 0.5, 1.0].map(percent), ["0%", "<1%", "50%", "100%"]);
        assert_eq!(
            (count(1, "person"), count(2, "person"), count(2, "entity")),
            ("1 person".into(), "2 people".into(), "2 entities".into())
        );
    }

    #[test]
    fn shares_are_truncated() {
        for (ratio, text) in [
            (0.0, "0%"),
            (0.05, "5%"),
            (0.29, "29%"),
            (0.025, "2.5%"),
            (0.99999, "99.99%"),
            (1.0, "100%"),
            (0.1, "10%"),
            (7.0, "100%"),
        ] {
            assert_eq!(share(ratio), text);
        }
    }

    #[test]
    fn who_did_it_has_a_name() {
        for (said, shown) in [
            ("bootstrap admin", "bootstrap admin"),
            ("person/ines", "ines"),
            ("token/01954a00-0000-7000-8000-000000000001", "credential 01954a00…"),
            ("gateway/local", "gateway/local"),
            ("person/\x1b[2J", "?[2J"),
        ] {
            assert_eq!(actor(said), shown);
        }
    }

    #[test]
    fn times_are_as_exact_as_they_matter() {
        assert_eq!(
            [0.0, 0.844, 9.999, 12.34, 119.9, 125.0, 7_199.0, 11_100.0].map(span),
            ["0.00 s", "0.84 s", "10.00 s", "12.3 s", "119.9 s", "2 min 5 s", "119 min 59 s", "3 h 5 min"]
        );
        assert_eq!(
            [-3.0, 0.4, 1.0, 59.9, 60.0, 7_200.0].map(ago),
            ["now", "now", "1 s ago", "59 s ago", "1 min ago", "2 h ago"]
        );
    }
}
