//! The chosen month as a calendar: a day a field, its classes as a bar.

use jiff::civil::Date;
use seaworthy_contract::api::DowntimeClasses;

use super::months::label;
use super::{DowntimeFacts, days_of, lasted};

/// Smallest width of something that is there, in percent of a day.
const LEAST: f64 = 3.0;

/// A field of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day of the month; none in a field before the first.
    pub number: Option<String>,
    /// Its stretches; none for a day ahead.
    pub href: Option<String>,
    /// Everything in words.
    pub label: String,
    /// What was wrong, shortest.
    pub word: String,
    /// Class, left edge and width of each part, in percent.
    pub parts: Vec<(&'static str, String, String)>,
    /// Whether the page shows it.
    pub current: bool,
}

/// Draws the calendar, from Monday; empty where the month was not asked for.
pub(super) fn days(facts: &DowntimeFacts<'_>) -> Vec<Day> {
    let Some(row) = facts.days else { return Vec::new() };
    let before = usize::try_from(facts.month.weekday().to_monday_zero_offset()).unwrap_or(0);
    let blank = || Day {
        number: None,
        href: None,
        label: String::new(),
        word: String::new(),
        parts: Vec::new(),
        current: false,
    };
    let cells = row.cells.iter().take(days_of(facts.month));
    let days = cells.map(|cell| day(facts, cell.first, &cell.classes));
    std::iter::repeat_with(blank).take(before).chain(days).collect()
}

fn day(facts: &DowntimeFacts<'_>, day: Date, classes: &DowntimeClasses) -> Day {
    let has_begun = classes.wall_ms() > 0;
    let time = day.strftime("%-d %b %Y").to_string();
    Day {
        number: Some(day.day().to_string()),
        href: has_begun.then(|| facts.link(facts.of, Some(day)).href()),
        label: if has_begun { label(&time, classes) } else { format!("{time}: ahead") },
        word: word(classes),
        parts: parts(classes),
        current: facts.day == Some(day),
    }
}

/// The worst thing that is known of a day; what nobody knows where nothing is.
fn word(classes: &DowntimeClasses) -> String {
    let bad = classes.down_unplanned_ms + classes.down_planned_ms;
    match () {
        () if classes.wall_ms() == 0 => String::new(),
        () if bad > 0 => lasted(bad),
        () if classes.degraded_ms > 0 => "degraded".to_owned(),
        // As over a column: a phone has no room for the word, and the hatching and the label have it.
        () if classes.unknown_ms == classes.wall_ms() => "?".to_owned(),
        () if classes.unknown_ms > 0 => "partly".to_owned(),
        () => "up".to_owned(),
    }
}

/// Lays the classes side by side, worst first; a day that is not over leaves room.
fn parts(classes: &DowntimeClasses) -> Vec<(&'static str, String, String)> {
    const DAY_MS: f64 = 86_400_000.0;
    let of = [
        ("u", classes.down_unplanned_ms),
        ("p", classes.down_planned_ms),
        ("g", classes.degraded_ms),
        ("unknown", classes.unknown_ms),
        ("ok", classes.up_ms + classes.up_in_maintenance_ms),
    ];
    let mut left = 0.0;
    let mut parts = Vec::new();
    for (class, ms) in of.into_iter().filter(|(_, ms)| *ms > 0) {
        let width = (ms as f64 / DAY_MS * 100.0).max(LEAST).min(100.0 - left);
        parts.push((class, format!("{left:.1}%"), format!("{width:.1}%")));
        left += width;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(up: u64, unplanned: u64, degraded: u64, unknown: u64) -> DowntimeClasses {
        let hours = |hours: u64| hours * 3_600_000;
        DowntimeClasses {
            up_ms: hours(up),
            down_unplanned_ms: hours(unplanned),
            degraded_ms: hours(degraded),
            unknown_ms: hours(unknown),
            ..DowntimeClasses::default()
        }
    }

    #[test]
    fn a_day_says_the_worst_of_it_and_unknown_is_not_up() {
        for (classes, want) in [
            (classes(0, 0, 0, 0), ""),
            (classes(24, 0, 0, 0), "up"),
            (classes(0, 0, 0, 24), "?"),
            (classes(23, 0, 0, 1), "partly"),
            (classes(20, 0, 2, 2), "degraded"),
            (classes(20, 1, 1, 2), "1\u{a0}h"),
        ] {
            assert_eq!(word(&classes), want, "{classes:?}");
        }
    }

    #[test]
    fn a_day_is_never_wider_than_a_day() {
        let mut short = classes(23, 0, 0, 0);
        (short.down_unplanned_ms, short.degraded_ms, short.unknown_ms) = (1, 1, 1);
        let drawn: Vec<_> =
            parts(&short).into_iter().map(|(class, left, width)| format!("{class} {left} {width}")).collect();
        assert_eq!(drawn, ["u 0.0% 3.0%", "g 3.0% 3.0%", "unknown 6.0% 3.0%", "ok 9.0% 91.0%"]);
        assert_eq!(parts(&classes(6, 0, 0, 0)), [("ok", "0.0%".to_owned(), "25.0%".to_owned())], "the rest is ahead");
    }
}
