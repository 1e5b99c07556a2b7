//! Minutes by function: a column a month, planned, unplanned, degraded, and what nobody knows.

use seaworthy_contract::api::{DowntimeCell, DowntimeClasses, DowntimeRow};

use super::{DowntimeFacts, Link, lasted};

/// Height of a column, in pixels: the style's six rem.
const HEIGHT: f64 = 96.0;

/// Heights that the columns may reach up to, in minutes: what people can read off.
const TOPS: [f64; 12] = [5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 720.0, 1_440.0, 4_320.0, 10_080.0, 20_160.0, 44_640.0];

/// Smallest height of something that is there, in pixels.
const LEAST: f64 = 2.0;

/// One function's months.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionMonths {
    /// Its name.
    pub name: String,
    /// The chosen month in figures: planned, unplanned, degraded.
    pub figures: String,
    /// Whether the page is about it.
    pub current: bool,
    /// Its columns.
    pub bars: Vec<MonthBar>,
    /// What the business tolerates of it.
    pub note: String,
    /// Whether anybody said so.
    pub promised: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthBar {
    /// The page of this month.
    pub href: String,
    /// Minutes that were not well, over the column.
    pub sum: String,
    /// Everything in words.
    pub label: String,
    /// Class, top and height of each part; the hatched one is `unknown`.
    pub parts: Vec<(&'static str, String, String)>,
    /// The month's first letter, and the rest of its name.
    pub letter: (String, String),
    /// Whether the page is about it.
    pub current: bool,
    /// Whether it is the month from which no planned downtime is tolerated.
    pub crossing: bool,
}

/// Draws the columns of every function on one scale; returns what it reaches up to.
pub(super) fn columns(facts: &DowntimeFacts<'_>) -> (Vec<FunctionMonths>, String) {
    let cells = facts.months.rows.iter().flat_map(|row| &row.cells);
    let most = cells.map(|cell| minutes(not_well(&cell.classes))).fold(0.0, f64::max);
    let top = TOPS.into_iter().find(|top| *top >= most).unwrap_or(most);
    let functions = facts.months.rows.iter().map(|row| function(facts, row, top)).collect();
    (functions, lasted((top * 60_000.0) as u64))
}

fn function(facts: &DowntimeFacts<'_>, row: &DowntimeRow, top: f64) -> FunctionMonths {
    let chosen = row.cells.iter().find(|cell| cell.first == facts.month).map(|cell| cell.classes).unwrap_or_default();
    let none_since = super::tolerance::none_since(&row.tolerance);
    FunctionMonths {
        name: row.name.clone(),
        figures: format!(
            "{} {} + {} + {}",
            facts.month.strftime("%b"),
            short(chosen.down_planned_ms),
            short(chosen.down_unplanned_ms),
            short(chosen.degraded_ms)
        ),
        current: row.name == facts.of,
        bars: row.cells.iter().map(|cell| bar(facts, row, cell, top)).collect(),
        note: super::tolerance::note(&row.tolerance),
        promised: none_since.is_some(),
    }
}

fn bar(facts: &DowntimeFacts<'_>, row: &DowntimeRow, cell: &DowntimeCell, top: f64) -> MonthBar {
    let name = cell.first.strftime("%b").to_string();
    let (letter, rest) = name.split_at(1);
    let classes = &cell.classes;
    let since = super::tolerance::none_since(&row.tolerance);
    MonthBar {
        href: Link { month: cell.first, ..facts.link(&row.name, None) }.href(),
        sum: match classes {
            _ if classes.wall_ms() == 0 => String::new(),
            _ if classes.unknown_ms == classes.wall_ms() => "?".to_owned(),
            _ => short(not_well(classes)),
        },
        label: label(&cell.first.strftime("%b %Y").to_string(), classes),
        parts: parts(classes, top),
        letter: (letter.to_owned(), rest.to_owned()),
        current: cell.first == facts.month && row.name == facts.of,
        crossing: since.is_some_and(|since| since.first_of_month() == cell.first),
    }
}

/// Says everything of a time in words.
pub(super) fn label(time: &str, classes: &DowntimeClasses) -> String {
    format!(
        "{time}: planned {}, unplanned {}, degraded {}, unknown {}",
        lasted(classes.down_planned_ms),
        lasted(classes.down_unplanned_ms),
        lasted(classes.degraded_ms),
        lasted(classes.unknown_ms)
    )
}

/// Stacks the parts from the ground; what nobody knows stands on top and may run off it.
fn parts(classes: &DowntimeClasses, top: f64) -> Vec<(&'static str, String, String)> {
    let mut ground = HEIGHT;
    let mut parts = Vec::new();
    let of = [
        ("p", classes.down_planned_ms),
        ("u", classes.down_unplanned_ms),
        ("g", classes.degraded_ms),
        ("unknown", classes.unknown_ms),
    ];
    for (class, ms) in of.into_iter().filter(|(_, ms)| *ms > 0) {
        let height = (minutes(ms) / top * HEIGHT).max(LEAST).min(ground);
        ground -= height;
        if height > 0.0 {
            parts.push((class, pixels(ground), pixels(height)));
        }
    }
    parts
}

fn not_well(classes: &DowntimeClasses) -> u64 {
    classes.down_planned_ms + classes.down_unplanned_ms + classes.degraded_ms
}

fn minutes(ms: u64) -> f64 {
    ms as f64 / 60_000.0
}

/// Whole minutes over a column, or hours where minutes would not fit; what is there is never nothing.
fn short(ms: u64) -> String {
    match ms {
        0 => "0".to_owned(),
        1..60_000 => "<1".to_owned(),
        60_000..60_000_000 => (ms / 60_000).to_string(),
        _ => format!("{}h", ms / 3_600_000),
    }
}

/// A place in a drawing, with one decimal.
fn pixels(value: f64) -> String {
    format!("{value:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_on_the_ground_and_never_leave_the_drawing() {
        const MINUTE: u64 = 60_000;
        let classes = |planned: u64, unplanned: u64, degraded: u64, unknown: u64| DowntimeClasses {
            down_planned_ms: planned,
            down_unplanned_ms: unplanned,
            degraded_ms: degraded,
            unknown_ms: unknown,
            ..DowntimeClasses::default()
        };
        let drawn = |classes| {
            let parts = parts(&classes, 60.0).into_iter();
            parts.map(|(class, y, height)| format!("{class} {y} {height}")).collect::<Vec<_>>().join(", ")
        };
        for (classes, want) in [
            (classes(0, 0, 0, 0), ""),
            (classes(30 * MINUTE, 0, 0, 0), "p 48.0 48.0"),
            (classes(15 * MINUTE, 15 * MINUTE, 0, 0), "p 72.0 24.0, u 48.0 24.0"),
            (classes(0, 1, 0, 0), "u 94.0 2.0"),
            (classes(0, 30 * MINUTE, 0, 43_200 * MINUTE), "u 48.0 48.0, unknown 0.0 48.0"),
            (classes(60 * MINUTE, 0, 0, 5), "p 0.0 96.0"),
        ] {
            assert_eq!(drawn(classes), want, "{classes:?}");
        }
    }

    #[test]
    fn sums_are_short() {
        let sums = [0, 1, 59_999, 60_000, 59_940_000, 60_000_000, 2_678_400_000].map(short);
        assert_eq!(sums, ["0", "<1", "<1", "1", "999", "16h", "744h"]);
    }
}
