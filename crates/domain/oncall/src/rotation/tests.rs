//! Decision tables around changes of clock, laws, and the hand-off tables that others published.

use expect_test::{Expect, expect};
use jiff::ToSpan;
use proptest::prelude::*;

use super::*;

/// Makes a rotation of `a`, `b`, `c` that starts at a local time of a zone.
fn rotation(zone: &str, start: &str, days: u16) -> Rotation {
    let zone = TimeZone::get(zone).expect("a zone");
    let start = instant(&zone, start.parse().expect("a local time")).expect("in range");
    let participants = ["a", "b", "c"].map(|name| name.parse().expect("a name")).to_vec();
    Rotation { participants, start, zone, turn: days_of(days) }
}

fn days_of(count: u16) -> Turn {
    Turn::Days(NonZeroU16::new(count).expect("not 0"))
}

fn print(shifts: &[Shift], zone: &TimeZone) -> String {
    let line = |s: &Shift| format!("{} {}\n", s.person, s.start.to_zoned(zone.clone()).strftime("%F %T %z"));
    shifts.iter().map(line).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(zone: &str, start: &str, days: u16, turns: usize, want: Expect) {
    let rotation = rotation(zone, start, days);
    let shifts = rotation.shifts(rotation.start, Timestamp::MAX, turns);
    want.assert_eq(&print(&shifts, &rotation.zone));
}

#[test]
fn a_skipped_hand_over_is_the_first_instant_after_the_gap() {
    check(
        "America/Chicago",
        "2020-03-06T02:30",
        1,
        4,
        expect![[r#"
            a 2020-03-06 02:30:00 -0600
            b 2020-03-07 02:30:00 -0600
            c 2020-03-08 03:00:00 -0500
            a 2020-03-09 02:30:00 -0500
        "#]],
    );
}

#[test]
fn a_repeated_hand_over_is_its_first_occurrence() {
    check(
        "America/Chicago",
        "2020-10-31T01:30",
        1,
        3,
        expect![[r#"
            a 2020-10-31 01:30:00 -0500
            b 2020-11-01 01:30:00 -0500
            c 2020-11-02 01:30:00 -0600
        "#]],
    );
}

#[test]
fn a_week_keeps_the_wall_clock_over_the_year() {
    check(
        "Europe/Berlin",
        "2026-03-23T09:00",
        7,
        3,
        expect![[r#"
            a 2026-03-23 09:00:00 +0100
            b 2026-03-30 09:00:00 +0200
            c 2026-04-06 09:00:00 +0200
        "#]],
    );
}

/// Samoa had no 30 December 2011: that turn lasts from the change of date line to the next hand-over.
#[test]
fn a_day_that_never_was_still_has_its_turn() {
    check(
        "Pacific/Apia",
        "2011-12-29T09:00",
        1,
        4,
        expect![[r#"
            a 2011-12-29 09:00:00 -1000
            b 2011-12-31 00:00:00 +1400
            c 2011-12-31 09:00:00 +1400
            a 2012-01-01 09:00:00 +1400
        "#]],
    );
    // At midnight the skipped turn has no length, so it is nobody's.
    check(
        "Pacific/Apia",
        "2011-12-29T00:00",
        1,
        3,
        expect![[r#"
            a 2011-12-29 00:00:00 -1000
            c 2011-12-31 00:00:00 +1400
            a 2012-01-01 00:00:00 +1400
        "#]],
    );
}

#[test]
fn nobody_is_on_call_before_the_start_or_without_people() {
    let mut rotation = rotation("UTC", "2026-01-05T09:00", 7);
    let (start, before) = (rotation.start, rotation.start - 1.nanosecond());
    assert_eq!(rotation.on_call_at(before), None);
    assert_eq!(rotation.next_after(before).map(|s| s.person.to_string()), Some("a".to_owned()));
    assert_eq!(rotation.on_call_at(start).map(|s| s.person.to_string()), Some("a".to_owned()));
    assert_eq!(rotation.next_after(start).map(|s| s.person.to_string()), Some("b".to_owned()));
    rotation.participants.clear();
    assert_eq!(rotation.on_call_at(start), None);
    assert_eq!(rotation.next_after(start), None);
    assert!(rotation.shifts(before, start + 24.hours(), 9).is_empty());
}

#[test]
fn the_end_of_time_ends_the_last_shift() {
    let rotation = rotation("UTC", "9999-12-29T09:00", 7);
    let shift = rotation.on_call_at(Timestamp::MAX).expect("somebody");
    assert_eq!((shift.start, shift.end), (rotation.start, Timestamp::MAX));
    assert_eq!(rotation.next_after(Timestamp::MAX), None);
}

/// Zones with changes of an hour, half an hour, a whole day, on both halves of the globe, and none.
const ZONES: [&str; 8] = [
    "UTC",
    "Europe/Berlin",
    "America/Chicago",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
];

prop_compose! {
    fn any_rotation()(zone in 0..ZONES.len(), start in 1_000_000_000..1_800_000_000_i64, days in 1..40_u16, people in 1..5_usize) -> Rotation {
        let participants = (0..people).map(|n| format!("p{n}").parse().expect("a name")).collect();
        let zone = TimeZone::get(ZONES[zone]).expect("a zone");
        Rotation { participants, start: Timestamp::from_second(start).expect("in range"), zone, turn: days_of(days) }
    }
}

proptest! {
    /// Exactly one: the shift at an instant contains it, and is the shift at each of its own instants.
    #[test]
    fn exactly_one_person_is_on_call_at_every_instant(r in any_rotation(), after in 0..400_000_000_i64) {
        let at = r.start + after.seconds();
        let shift = r.on_call_at(at).expect("after the start");
        prop_assert!(shift.start <= at && at < shift.end);
        prop_assert_eq!(r.on_call_at(shift.start), Some(shift.clone()));
        prop_assert_eq!(r.on_call_at(shift.end - 1.nanosecond()), Some(shift.clone()));
        let next = r.next_after(at).expect("time goes on");
        prop_assert_eq!(shift.end, next.start, "no gap and no overlap");
    }

    /// Every hand-over but the first shows the start's wall clock, or ends a gap.
    #[test]
    fn hand_overs_keep_the_wall_clock(r in any_rotation(), turn in 1..400_u64) {
        let wall = |t: Timestamp| r.zone.to_datetime(t);
        let at = r.hand_over(turn);
        let ends_gap = r.zone.following(at - 1.nanosecond()).next().is_some_and(|change| change.timestamp() == at);
        prop_assert!(ends_gap || wall(at).time() == wall(r.start).time(), "{at}");
    }

    #[test]
    fn everybody_has_a_turn(r in any_rotation()) {
        let shifts = r.shifts(r.start, Timestamp::MAX, r.participants.len() + 1);
        let seen: std::collections::BTreeSet<_> = shifts.iter().map(|s| &s.person).collect();
        prop_assert!(seen.len() + 1 >= r.participants.len(), "only a turn without length may be missing");
    }
}

/// The published hand-off tables of another scheduler, all of them.
#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the tables where they are")]
fn agrees_with_published_hand_off_tables() {
    let cases = std::env::var("SEAWORTHY_CASES").unwrap_or_else(|_| "../../../../shared/cases".to_owned());
    let path = std::path::Path::new(&cases).join("oncall/goalert_rotation_dst_vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "NOT CHECKED: no hand-off tables at \"{}\"; set SEAWORTHY_CASES to the folder of cases",
            path.display()
        );
        return;
    };
    let tables: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let tables = tables["cases"].as_array().expect("a list");
    tables.iter().for_each(agrees);
    assert_eq!(tables.len(), 16);
}

/// Compares one table: every hand-off from the start on that it names, and no other up to the last it names.
fn agrees(case: &serde_json::Value) {
    let length = u16::try_from(case["shift_length"].as_u64().expect("a number")).expect("short");
    let count = NonZeroU16::new(length).expect("not 0");
    let turn = match case["type"].as_str().expect("a text") {
        "Hourly" => Turn::Hours(count),
        "Daily" => Turn::Days(count),
        "Weekly" => days_of(length * 7),
        "Monthly" => Turn::Months(count),
        other => panic!("no such turn: {other}"),
    };
    let part = |n: usize| i8::try_from(case["start"][n].as_i64().expect("a number")).expect("small");
    let year = i16::try_from(case["start"][0].as_i64().expect("a number")).expect("a year");
    let start = jiff::civil::datetime(year, part(1), part(2), part(3), part(4), part(5), 0);
    let rotation = Rotation { turn, ..rotation(case["tz"].as_str().expect("a zone"), &start.to_string(), 1) };
    let named = case["expected_handoffs"].as_array().expect("a list").iter().filter_map(|at| at.as_str());
    let named =
        named.map(|at| jiff::fmt::strtime::parse("%F %T %z", at).and_then(|at| at.to_timestamp()).expect("a time"));
    // The tables walk back before the start; ours begins there.
    let want: Vec<Timestamp> = named.filter(|at| *at >= rotation.start).collect();
    let (first, last) = (want[0], want[want.len() - 1]);
    let shifts = rotation.shifts(first, last + 1.second(), usize::MAX);
    let got: Vec<Timestamp> = shifts.iter().map(|shift| shift.start).collect();
    assert_eq!(got, want, "{case}");
}

/// A law ends summer time while a rota runs: Brazil's in 2019, in the middle of a week of somebody.
#[test]
fn a_zone_that_changed_its_rules_mid_rota_keeps_the_clock_on_the_wall() {
    let rotation = rotation("America/Sao_Paulo", "2018-10-29T09:00", 7);
    let utc = |from: &str| -> Vec<String> {
        let shifts = rotation.shifts(from.parse().expect("an instant"), Timestamp::MAX, 2);
        shifts.iter().map(|shift| format!("{} {}", shift.person, shift.start.strftime("%F %H:%M"))).collect()
    };
    // Summer time from November 2018 to February 2019; none in November 2019, when the old rules had it begin.
    for (from, want) in [
        ("2018-10-29T12:00:00Z", ["a 2018-10-29 12:00", "b 2018-11-05 11:00"]),
        ("2019-02-11T11:00:00Z", ["a 2019-02-11 11:00", "b 2019-02-18 12:00"]),
        ("2019-10-28T12:00:00Z", ["b 2019-10-28 12:00", "c 2019-11-04 12:00"]),
    ] {
        assert_eq!(utc(from), want, "{from}");
    }
}

/// The same law as a machine meets it that has the old rules first and is then updated: what was handed over stays, in order and by
/// the same people; from the change on hand-overs keep the wall clock that the new rules make.
#[test]
fn new_rules_of_a_zone_move_hand_overs_to_come_and_nothing_else() {
    let under = |rules: &str| Rotation {
        zone: TimeZone::posix(rules).expect("rules"),
        ..rotation("Europe/Berlin", "2026-01-05T09:00", 7)
    };
    // Summer time from the last Sunday of March, and none any more.
    let (old, new) = (under("CET-1CEST,M3.5.0,M10.5.0/3"), under("CET-1"));
    let at = |text: &str| -> Timestamp { text.parse().expect("an instant") };
    let (begin, change) = (at("2026-01-05T08:00:00Z"), at("2026-03-29T01:00:00Z"));
    let (before, after) = (old.shifts(begin, Timestamp::MAX, 40), new.shifts(begin, Timestamp::MAX, 40));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.person, after.person);
        let moved = before.start.duration_until(after.start).as_hours();
        let summer = before.start >= change && before.start < at("2026-10-25T01:00:00Z");
        assert_eq!(moved, i64::from(summer), "{}", before.start);
    }
    // In the hour between the two hand-overs the rules decide who is on call: whoever had the turn keeps it.
    let between = at("2026-03-30T07:30:00Z");
    let who = |rotation: &Rotation| rotation.on_call_at(between).expect("somebody").person.to_string();
    assert_eq!((who(&old).as_str(), who(&new).as_str()), ("a", "c"));
}
