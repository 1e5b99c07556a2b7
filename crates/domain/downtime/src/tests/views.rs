//! Months and weeks as the calendar of a place cuts them.

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::*;
use crate::{Cause, Class, Crossing, Definition, Every, Silence, View, function_row, month_view};

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn shown(zone_name: &str, every: Every, cells: usize, until: &str) -> View {
    let until = until.parse().unwrap();
    View::new(Definition::UnplannedMerged, zone(zone_name), every, date(2026, 3, 15), cells, until)
}

fn hours(view: &View) -> Vec<(String, i64)> {
    view.spans().iter().map(|(first, span)| (first.to_string(), span.length().as_hours())).collect()
}

#[test]
fn months_begin_at_the_places_midnight() {
    let view = shown("Europe/London", Every::Month, 3, "2027-01-01T00:00:00Z");
    let want = [("2026-03-01", 743), ("2026-04-01", 720), ("2026-05-01", 744)].map(|(day, h)| (day.to_owned(), h));
    assert_eq!(hours(&view), want, "March is an hour short");
    assert_eq!(view.spans()[1].1.start, "2026-03-31T23:00:00Z".parse().unwrap());
}

#[test]
fn weeks_begin_on_monday() {
    let view = shown("Europe/London", Every::Week, 3, "2027-01-01T00:00:00Z");
    let want = [("2026-03-09", 168), ("2026-03-16", 168), ("2026-03-23", 167)].map(|(day, h)| (day.to_owned(), h));
    assert_eq!(hours(&view), want, "15 March 2026 is a Sunday");
}

#[test]
fn days_are_as_long_as_the_clock_makes_them() {
    let view = View { from: date(2026, 3, 28), ..shown("Europe/London", Every::Day, 3, "2027-01-01T00:00:00Z") };
    let want = [("2026-03-28", 24), ("2026-03-29", 23), ("2026-03-30", 24)].map(|(day, h)| (day.to_owned(), h));
    assert_eq!(hours(&view), want);
}

#[test]
fn knowledge_ends_now_and_cells_are_bounded() {
    let view = shown("UTC", Every::Month, 3, "2026-04-02T12:00:00Z");
    let hours: Vec<i64> = hours(&view).into_iter().map(|(_, hours)| hours).collect();
    assert_eq!(hours, [744, 36, 0]);
    assert_eq!(shown("UTC", Every::Month, 9_999, "2026-04-02T12:00:00Z").spans().len(), crate::CELLS_MAX);
}

#[test]
fn a_midnight_that_does_not_exist_begins_the_day_all_the_same() {
    let view = View { from: date(2024, 4, 22), ..shown("Africa/Cairo", Every::Week, 2, "2027-01-01T00:00:00Z") };
    assert_eq!(hours(&view)[0].1, 167);
}

#[test]
fn rows_hold_classes_causes_and_the_crossing() {
    let day = |text: &str| -> Timestamp { text.parse().unwrap() };
    let measured =
        |what, from: &str, to: &str| Segment::measured("buy", what, day(from), Some(day(to)), Source::Gateway);
    let vendor = Segment {
        cause: Cause::Vendor("bank".to_owned()),
        ..measured(Seen::Down, "2026-03-31T23:30:00Z", "2026-04-01T00:30:00Z")
    };
    let planned = measured(Seen::Down, "2026-03-10T02:00:00Z", "2026-03-10T04:00:00Z");
    let up = measured(Seen::Up, "2026-03-01T00:00:00Z", "2026-04-30T23:00:00Z");
    let declared = Span::new(day("2026-03-10T02:00:00Z"), day("2026-03-10T03:30:00Z"));
    let windows = [Window::new("w", "buy", day("2026-03-01T00:00:00Z"), declared)];
    let crossings = vec![Crossing { function: "buy".to_owned(), on: date(2026, 4, 30) }];
    let view = View { crossings, ..shown("UTC", Every::Month, 2, "2026-05-01T00:00:00Z") };
    let rows = month_view(&[vendor, planned, up], &windows, &view);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].crossing, Some((date(2026, 4, 30), Some(1))));
    let text: Vec<String> = rows[0]
        .cells
        .iter()
        .map(|cell| {
            let stacks = cell.stacks.iter().map(|s| format!("{} {} {}", s.class, s.cause.kind(), minutes(s.time)));
            format!("{}: {} counted, {}", cell.first, minutes(cell.counted), stacks.collect::<Vec<_>>().join(", "))
        })
        .collect();
    assert_eq!(
        text,
        [
            "2026-03-01: 60 counted, down-planned unknown 90, down-unplanned vendor 30, down-unplanned unknown 30",
            "2026-04-01: 30 counted, unknown unknown 60, down-unplanned vendor 30",
        ]
    );
    for cell in &rows[0].cells {
        assert_eq!(cell.totals.wall(), cell.span.length());
    }
    let april = &rows[0].cells[1];
    assert_eq!(april.availability, Some((719.0 - 0.5) / 719.0), "the unknown hour is on neither side");
    assert_eq!(april.totals.of(Class::Unknown).as_hours(), 1);
}

#[test]
fn a_function_of_which_nothing_is_known_is_unknown() {
    let crossings = vec![Crossing { function: "quiet".to_owned(), on: date(2027, 4, 1) }];
    let view = View { crossings, ..shown("UTC", Every::Month, 1, "2026-05-01T00:00:00Z") };
    let rows = month_view(&[], &[], &view);
    assert_eq!((rows[0].function.as_str(), rows[0].crossing), ("quiet", Some((date(2027, 4, 1), None))));
    assert_eq!(rows[0].cells[0].availability, None);
    let alone = function_row("quiet", &[], &[], &View { crossings: Vec::new(), ..view.clone() });
    assert_eq!(
        (alone.cells, alone.crossing),
        (rows[0].cells.clone(), None),
        "nobody has to promise anything for a row"
    );
    let claimed =
        month_view(&[], &[], &View { silence: Silence::UpWithin(Span::new(Timestamp::MIN, Timestamp::MAX)), ..view });
    assert_eq!(claimed[0].cells[0].availability, Some(1.0));
}
