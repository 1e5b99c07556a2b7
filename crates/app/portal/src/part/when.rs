//! A moment: its age or its clock in words, UTC in the title, local time by script.

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
        Self::new(at, text::utc(at, "%H:%M:%S"), Some("clock"))
    }

    /// Hours and minutes.
    pub fn short(at: Timestamp) -> Self {
        Self::new(at, text::utc(at, "%H:%M"), Some("short"))
    }

    /// Day and time.
    pub fn day(at: Timestamp) -> Self {
        Self::new(at, text::utc(at, "%-d %b %H:%M:%S"), Some("day"))
    }

    /// Weekday, day and time of something ahead.
    pub fn until(at: Timestamp) -> Self {
        Self::new(at, text::utc(at, "%a %-d %b %H:%M"), Some("until"))
    }

    fn new(at: Timestamp, text: String, local: Option<&'static str>) -> Self {
        let datetime = text::utc(at, "%Y-%m-%dT%H:%M:%SZ");
        Self { datetime, title: text::utc(at, "%Y-%m-%d %H:%M:%S UTC"), text, local }
    }
}

prints_itself!(When);
