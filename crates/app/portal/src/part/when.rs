//! A moment: its age, or its clock with the zone; UTC in the title, local time by script.

use askama::Template;
use jiff::Timestamp;

use super::prints_itself;
use crate::text;

/// A moment.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/when.html")]
pub struct When {
    /// RFC 3339, in whole seconds.
    pub datetime: String,
    /// The same for people, in UTC.
    pub title: String,
    /// What is shown.
    pub text: String,
    /// The form in which the script shows it in the reader's zone; none for an age, which needs no zone.
    pub local: Option<&'static str>,
}

impl When {
    /// How long ago.
    pub fn age(at: Timestamp, now: Timestamp) -> Self {
        Self::new(at, text::age(at, now), None)
    }

    /// Hours, minutes, seconds.
    pub fn clock(at: Timestamp) -> Self {
        Self::new(at, text::utc(at, "%H:%M:%S UTC"), Some("clock"))
    }

    /// Hours and minutes.
    pub fn short(at: Timestamp) -> Self {
        Self::new(at, text::utc(at, "%H:%M UTC"), Some("short"))
    }

    /// Day and time.
    pub fn day(at: Timestamp) -> Self {
        Self::new(at, text::utc(at, "%-d %b %H:%M:%S UTC"), Some("day"))
    }

    /// Weekday, day and time of something ahead.
    pub fn until(at: Timestamp) -> Self {
        Self::new(at, text::utc(at, "%a %-d %b %H:%M UTC"), Some("until"))
    }

    fn new(at: Timestamp, text: String, local: Option<&'static str>) -> Self {
        let datetime = text::utc(at, "%Y-%m-%dT%H:%M:%SZ");
        Self { datetime, title: text::utc(at, "%Y-%m-%d %H:%M:%S UTC"), text, local }
    }
}

prints_itself!(When);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_says_its_zone_and_an_age_needs_none() {
        let at: Timestamp = "2026-11-21T15:04:05.9Z".parse().expect("a time");
        for (when, text) in [
            (When::clock(at), "15:04:05 UTC"),
            (When::short(at), "15:04 UTC"),
            (When::day(at), "21 Nov 15:04:05 UTC"),
            (When::until(at), "Sat 21 Nov 15:04 UTC"),
        ] {
            assert_eq!((when.text.as_str(), when.local.is_some()), (text, true));
            assert_eq!(
                (when.datetime.as_str(), when.title.as_str()),
                ("2026-11-21T15:04:05Z", "2026-11-21 15:04:05 UTC")
            );
        }
        let age = When::age(at, at);
        assert_eq!((age.text.as_str(), age.local), ("now", None));
    }

    /// The script writes every form again, in the reader's zone: it must say which that is.
    #[test]
    fn the_script_says_its_zone_too() {
        let script = include_str!("../../static/js/portal.js");
        for form in ["clock", "short", "day", "until"] {
            let line = script.lines().find(|line| line.trim_start().starts_with(&format!("{form}: {{")));
            assert!(line.is_some_and(|line| line.contains("timeZoneName: \"short\"")), "{form}");
        }
    }
}
