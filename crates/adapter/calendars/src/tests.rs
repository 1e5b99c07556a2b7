//! Whole calendars: who is on call when, and what becomes of what cannot be read.

use proptest::prelude::*;

use super::*;

fn period(from: &str, to: &str) -> Period {
    Period { from: from.parse().expect("an instant"), to: to.parse().expect("an instant") }
}

fn january() -> Period {
    period("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
}

fn ics(events: &str) -> String {
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nX-WR-TIMEZONE:Europe/Berlin\n{events}END:VCALENDAR\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n")
}

fn shown(calendar: &Calendar) -> Vec<String> {
    let at = |at: Timestamp| at.strftime("%m-%dT%H:%M").to_string();
    calendar
        .shifts
        .iter()
        .map(|shift| format!("{} {} {}", at(shift.start), at(shift.end), shift.names.join("|")))
        .collect()
}

#[test]
fn a_weekly_rotation_of_two_with_one_week_swapped() {
    let series = |who: &str, from: &str| {
        event(&format!(
            "UID:{who}\nDTSTART;TZID=Europe/Berlin:{from}T090000\nDTEND;TZID=Europe/Berlin:{}T090000\nRRULE:FREQ=WEEKLY;INTERVAL=2\nSUMMARY:{who}",
            if from == "20251222" { "20251229" } else { "20260105" }
        ))
    };
    let swapped = event(
        "UID:ann\nRECURRENCE-ID;TZID=Europe/Berlin:20260119T090000\nDTSTART;TZID=Europe/Berlin:20260119T090000\nDTEND;TZID=Europe/Berlin:20260126T090000\nSUMMARY:cem",
    );
    let text = ics(&(series("ann", "20251222") + &series("bob", "20251229") + &swapped));
    let calendar = read_ics(&text, january());
    assert_eq!(calendar.problems, []);
    assert_eq!(
        shown(&calendar),
        [
            "12-29T08:00 01-05T08:00 bob",
            "01-05T08:00 01-12T08:00 ann",
            "01-12T08:00 01-19T08:00 bob",
            "01-19T08:00 01-26T08:00 cem",
            "01-26T08:00 02-02T08:00 bob"
        ]
    );
}

#[test]
fn shifts_keep_the_clock_when_clocks_change() {
    let daily = "UID:n\nDTSTART;TZID=Europe/Berlin:20260327T220000\nDTEND;TZID=Europe/Berlin:20260328T060000\nRRULE:FREQ=DAILY;COUNT=3\nSUMMARY:nell";
    let calendar = read_ics(&ics(&event(daily)), period("2026-03-01T00:00:00Z", "2026-05-01T00:00:00Z"));
    assert_eq!(
        shown(&calendar),
        ["03-27T21:00 03-28T05:00 nell", "03-28T21:00 03-29T04:00 nell", "03-29T20:00 03-30T04:00 nell"]
    );
}

#[test]
fn exceptions_additions_ends_and_cancelled_events_count() {
    let start = "DTSTART:20260105T080000Z\nDURATION:PT8H";
    for (lines, want) in [
        (format!("{start}\nRRULE:FREQ=DAILY;UNTIL=20260107T080000Z"), "05 06 07"),
        (format!("{start}\nRRULE:FREQ=DAILY;UNTIL=20260106"), "05 06"),
        (format!("{start}\nRRULE:FREQ=DAILY;COUNT=4\nEXDATE:20260106T080000Z,20260107T080000Z"), "05 08"),
        (format!("{start}\nRDATE:20260109T080000Z"), "05 09"),
        (format!("{start}\nSTATUS:CANCELLED"), ""),
        ("DTSTART;VALUE=DATE:20260105".to_owned(), "04"),
        ("DTSTART;VALUE=DATE:20260105\nDTEND;VALUE=DATE:20260107".to_owned(), "04"),
        ("DTSTART:20260105T080000Z\nDTEND;TZID=Asia/Tokyo:20260105T180000".to_owned(), "05"),
    ] {
        let calendar = read_ics(&ics(&event(&format!("UID:x\nSUMMARY:jo\n{lines}"))), january());
        assert_eq!(calendar.problems, [], "{lines}");
        let days: Vec<String> = shown(&calendar).iter().map(|one| one[3..5].to_owned()).collect();
        assert_eq!(days.join(" "), want, "{lines}");
    }
}

#[test]
fn an_endless_series_is_read_for_the_time_asked_for() {
    let text = ics(&event("UID:x\nSUMMARY:jo\nDTSTART:19800101T000000Z\nDURATION:PT1H\nRRULE:FREQ=HOURLY"));
    let calendar = read_ics(&text, period("2026-01-01T00:00:00Z", "2026-01-01T03:00:00Z"));
    assert_eq!((calendar.shifts.len(), calendar.problems.len()), (3, 0), "{:?}", calendar.problems);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_read() {
    let good = event("UID:g\nSUMMARY:jo\nDTSTART:20260105T080000Z\nDTEND:20260105T160000Z");
    for (lines, want) in [
        ("UID:x\nSUMMARY:a\nDTSTART:yesterday\nDTEND:20260105T160000Z", "is no date or time"),
        ("UID:x\nSUMMARY:a\nDTSTART:20260105T080000Z", "has no end"),
        ("UID:x\nSUMMARY:a\nDTSTART:20260105T080000Z\nDTEND:20260105T080000Z", "ends before it begins"),
        ("UID:x\nSUMMARY:a\nDTSTART:20260105T080000Z\nDURATION:-PT8H", "is no duration"),
        ("UID:x\nSUMMARY:a\nDTSTART;TZID=Mars/Olympus:20260105T080000\nDTEND:20260105T160000Z", "IANA"),
        ("UID:x\nDTSTART:20260105T080000Z\nDTEND:20260105T160000Z", "names nobody"),
        ("UID:x\nSUMMARY:a\nDTSTART:20260105T080000Z\nDURATION:PT1H\nRRULE:FREQ=MINUTELY", "is not read"),
        ("no line", "no content line"),
    ] {
        let calendar = read_ics(&ics(&(event(lines) + &good)), january());
        assert_eq!(calendar.shifts.len(), 1, "{lines}");
        let said: Vec<String> = calendar.problems.iter().map(ToString::to_string).collect();
        assert!(said.len() == 1 && said[0].contains(want), "{lines}: {said:?}");
    }
    // An event without a time is a reminder, and an alarm inside of an event is its own.
    let alarm = event(
        "UID:x\nSUMMARY:jo\nDTSTART:20260105T080000Z\nDURATION:PT1H\nBEGIN:VALARM\nDURATION:PT9H\nSUMMARY:x\nEND:VALARM",
    );
    let calendar = read_ics(&ics(&(event("UID:r\nSUMMARY:r") + &alarm)), january());
    assert_eq!((shown(&calendar).join(""), calendar.problems.len()), ("01-05T08:00 01-05T09:00 jo".to_owned(), 0));
}

#[test]
fn files_that_are_no_calendar_say_so() {
    for (text, want) in [
        ("hello", "no content line"),
        ("<html><body>x: y</body></html>", "outside of a calendar"),
        ("BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\n", "is cut off"),
    ] {
        let calendar = read_ics(text, january());
        assert!(calendar.problems.iter().any(|p| p.message.contains(want)), "{text}: {:?}", calendar.problems);
    }
    assert_eq!(read_ics("", january()), Calendar::default());
}

#[test]
fn csv_is_read_by_the_names_of_its_columns() {
    let text = "Email,User,start,end,level,timezone\n\
        jane@x.org,\"Doe, Jane\",2026-01-05T09:00,2026-01-12T09:00,primary,Europe/Berlin\n\
        bob@x.org,,2026-01-05T08:00:00Z,2026-01-12T08:00:00Z,1,\n\
        old@x.org,,2025-01-05T08:00:00Z,2025-01-12T08:00:00Z,1,\n";
    let calendar = read_csv(text, january());
    assert_eq!(calendar.problems, []);
    let levels: Vec<_> = calendar.shifts.iter().map(|shift| (shift.level, shift.source.as_str())).collect();
    assert_eq!(levels, [(Some(1), "line 3"), (Some(0), "line 2")]);
    assert_eq!(shown(&calendar), ["01-05T08:00 01-12T08:00 bob@x.org", "01-05T08:00 01-12T08:00 jane@x.org|Doe, Jane"]);
}

#[test]
fn csv_that_cannot_be_read_is_told() {
    let line = |text: &str| {
        read_csv(&format!("start,end,person,level\n{text}\n"), january()).problems.first().map(ToString::to_string)
    };
    for (text, want) in [
        ("2026-01-05T08:00,2026-01-05T09:00,jo,", "has no zone"),
        ("now,2026-01-05T09:00:00Z,jo,", "is no time"),
        ("2026-01-05T08:00:00Z,2026-01-05T08:00:00Z,jo,", "ends before"),
        ("2026-01-05T08:00:00Z,2026-01-05T09:00:00Z,,", "names nobody"),
        ("2026-01-05T08:00:00Z,2026-01-05T09:00:00Z,jo,boss", "is no level"),
        ("\"2026-01-05T08:00:00Z,jo", "not closed"),
    ] {
        let said = line(text).unwrap_or_default();
        assert!(said.starts_with("line 2: ") && said.contains(want), "{text}: {said}");
    }
    assert!(read_csv("a,b\n1,2\n", january()).problems[0].message.contains("no header"));
}

proptest! {
    /// Nothing that somebody may feed it makes it fail, and what it says is in the time and in order.
    #[test]
    fn anything_is_survived(parts in prop::collection::vec(prop::sample::select(vec![
        "BEGIN:VCALENDAR\n", "BEGIN:VEVENT\n", "END:VEVENT\n", "END:VCALENDAR\n", "DTSTART:20260105T080000Z\n",
        "DTSTART;VALUE=DATE:20251231\n", "DTEND:20260109T080000Z\n", "DURATION:P1W\n", "SUMMARY:jo\n", "UID:1\n",
        "RRULE:FREQ=DAILY;INTERVAL=3\n", "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYSETPOS=-2\n", "EXDATE:20260108T080000Z\n",
        "RECURRENCE-ID:20260108T080000Z\n", ":\n", "\u{e9};=:\n", " folded\n", "ATTENDEE;CN=\"x:\n", "RDATE:20260110/P1D\n",
    ]), 0..40)) {
        let calendar = read_ics(&parts.concat(), january());
        for pair in calendar.shifts.windows(2) {
            prop_assert!(pair[0] <= pair[1]);
        }
        for shift in &calendar.shifts {
            prop_assert!(shift.start < shift.end && shift.end > january().from && shift.start < january().to);
            prop_assert!(!shift.names.is_empty());
        }
        read_csv(&parts.concat(), january());
    }
}
