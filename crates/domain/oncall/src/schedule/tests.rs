//! Decision tables of layers and overrides, and an oracle that asks each instant anew.

mod oracle;

use std::num::NonZeroU16;

use expect_test::{Expect, expect};
use jiff::SignedDuration;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use oracle::{any_case, compare};

use super::*;
use crate::clock::instant;
use crate::restriction::{Restriction, Weekdays};
use crate::rotation::{Rotation, Turn};

fn person(name: &str) -> PersonId {
    name.parse().expect("a name")
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

fn weekly(name: &str, zone_name: &str, start: &str, people: &[&str]) -> Layer {
    let zone = zone(zone_name);
    let start = instant(&zone, start.parse().expect("a local time")).expect("in range");
    let turn = Turn::Days(NonZeroU16::new(7).expect("not 0"));
    let rotation = Rotation { participants: people.iter().map(|name| person(name)).collect(), start, zone, turn };
    Layer::always(name, rotation, vec![])
}

fn hours(days: &[Weekday], from: i8, until: i8) -> Restriction {
    let at = |hour| Time::constant(hour, 0, 0, 0);
    Restriction { days: Weekdays::of(days), from: at(from), until: at(until) }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn replace(from: &str, to: &str, start: &str, end: &str) -> Override {
    let kind = Kind::Replace { from: person(from), to: person(to) };
    Override { kind, level: None, start: at(start), end: at(end) }
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(schedule: &Schedule, from: &str, to: &str, want: Expect) {
    let plan = schedule.plan(at(from), at(to));
    let short = |t: Timestamp| t.strftime("%a %d %H:%M").to_string();
    let duties = plan
        .duties
        .iter()
        .map(|d| format!("{} {} to {} {} {:?}\n", d.level, short(d.start), short(d.end), d.person, d.why));
    let gaps = plan.gaps.iter().map(|gap| format!("{} {} to {} nobody\n", gap.level, short(gap.start), short(gap.end)));
    want.assert_eq(&duties.chain(gaps).collect::<String>());
}

#[test]
fn a_week_secondary_and_then_a_week_primary() {
    let schedule = Schedule {
        layers: vec![weekly("main", "UTC", "2026-01-05T09:00", &["ann", "bob", "cem"])],
        levels: 2,
        ..Schedule::default()
    };
    check(
        &schedule,
        "2026-01-05T09:00Z",
        "2026-01-26T09:00Z",
        expect![[r#"
            0 Mon 05 09:00 to Mon 12 09:00 ann Layer(0)
            0 Mon 12 09:00 to Mon 19 09:00 bob Layer(0)
            0 Mon 19 09:00 to Mon 26 09:00 cem Layer(0)
            1 Mon 05 09:00 to Mon 12 09:00 bob Layer(0)
            1 Mon 12 09:00 to Mon 19 09:00 cem Layer(0)
            1 Mon 19 09:00 to Mon 26 09:00 ann Layer(0)
        "#]],
    );
}

#[test]
fn the_highest_layer_that_has_somebody_wins() {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let mut nights = weekly("nights", "UTC", "2026-01-05T00:00", &["nell"]);
    nights.restrictions = vec![hours(&[Monday, Tuesday, Wednesday, Thursday, Friday], 22, 6)];
    let layers = vec![weekly("main", "UTC", "2026-01-05T00:00", &["ann", "bob"]), nights];
    let schedule = Schedule { layers, ..Schedule::default() };
    check(
        &schedule,
        "2026-01-09T12:00Z",
        "2026-01-12T23:00Z",
        expect![[r#"
            0 Fri 09 12:00 to Fri 09 22:00 ann Layer(0)
            0 Fri 09 22:00 to Sat 10 06:00 nell Layer(1)
            0 Sat 10 06:00 to Mon 12 00:00 ann Layer(0)
            0 Mon 12 00:00 to Mon 12 22:00 bob Layer(0)
            0 Mon 12 22:00 to Mon 12 23:00 nell Layer(1)
        "#]],
    );
}

#[test]
fn the_sun_is_followed() {
    let mut europe = weekly("europe", "Europe/Berlin", "2026-03-23T00:00", &["eva"]);
    europe.restrictions = vec![hours(&[Weekday::Sunday, Weekday::Saturday], 8, 20)];
    let mut chicago = weekly("chicago", "America/Chicago", "2026-03-23T00:00", &["carl"]);
    chicago.restrictions = vec![hours(&[Weekday::Sunday, Weekday::Saturday], 8, 20)];
    let schedule = Schedule { layers: vec![europe, chicago], ..Schedule::default() };
    // Berlin's clock moves on the 29th, Chicago's moved weeks before: 20:00 to 08:00 overlaps in the American morning.
    check(
        &schedule,
        "2026-03-28T00:00Z",
        "2026-03-30T00:00Z",
        expect![[r#"
            0 Sat 28 07:00 to Sat 28 13:00 eva Layer(0)
            0 Sat 28 13:00 to Sun 29 01:00 carl Layer(1)
            0 Sun 29 06:00 to Sun 29 13:00 eva Layer(0)
            0 Sun 29 13:00 to Mon 30 00:00 carl Layer(1)
            0 Sat 28 00:00 to Sat 28 07:00 nobody
            0 Sun 29 01:00 to Sun 29 06:00 nobody
        "#]],
    );
}

#[test]
fn overrides_add_remove_and_replace() {
    let base = || Schedule {
        layers: vec![
            weekly("low", "UTC", "2026-01-05T00:00", &["low"]),
            weekly("main", "UTC", "2026-01-05T00:00", &["ann"]),
        ],
        ..Schedule::default()
    };
    let day = |kind| Override { kind, level: None, start: at("2026-01-06T00:00Z"), end: at("2026-01-07T00:00Z") };
    let first = |schedule: &Schedule| {
        let duty = schedule.at(at("2026-01-06T12:00Z"), 0, at("2026-01-06T13:00Z"));
        duty.map(|duty| format!("{} {:?}", duty.person, duty.why))
    };
    let add = |name| day(Kind::Add(person(name)));
    let remove = |name| day(Kind::Remove(person(name)));
    let replace = |from, to| day(Kind::Replace { from: person(from), to: person(to) });
    let level = |one: Override, level| Override { level: Some(level), ..one };
    for (overrides, want) in [
        (vec![], Some("ann Layer(1)")),
        (vec![add("zoe")], Some("zoe Override(0)")),
        (vec![add("zoe"), add("yan")], Some("yan Override(1)")),
        (vec![level(add("zoe"), 1)], Some("ann Layer(1)")),
        (vec![remove("ann")], Some("low Layer(0)")),
        (vec![remove("ann"), remove("low")], None),
        (vec![remove("nobody-here")], Some("ann Layer(1)")),
        (vec![add("zoe"), remove("zoe")], Some("ann Layer(1)")),
        (vec![remove("zoe"), add("zoe")], Some("zoe Override(1)")),
        (vec![replace("ann", "bob")], Some("bob Override(0)")),
        (vec![replace("ann", "bob"), replace("bob", "ann")], Some("ann Override(1)")),
        (vec![replace("ann", "bob"), remove("bob")], Some("low Layer(0)")),
        (vec![replace("low", "bob"), remove("ann")], Some("bob Override(0)")),
    ] {
        let schedule = Schedule { overrides: overrides.clone(), ..base() };
        assert_eq!(first(&schedule).as_deref(), want, "{overrides:?}");
        if want.is_none() {
            let schedule = Schedule { fallback: Some(person("head")), ..schedule };
            assert_eq!(first(&schedule).as_deref(), Some("head Fallback"));
        }
    }
}

#[test]
fn an_override_ends_at_its_instant_and_a_swap_is_two() {
    let swap = vec![
        replace("ann", "bob", "2026-01-06T00:00Z", "2026-01-07T00:00Z"),
        replace("bob", "ann", "2026-01-13T00:00Z", "2026-01-14T00:00Z"),
    ];
    let layers = vec![weekly("main", "UTC", "2026-01-05T00:00", &["ann", "bob"])];
    let schedule = Schedule { layers, overrides: swap, ..Schedule::default() };
    check(
        &schedule,
        "2026-01-05T00:00Z",
        "2026-01-19T00:00Z",
        expect![[r#"
            0 Mon 05 00:00 to Tue 06 00:00 ann Layer(0)
            0 Tue 06 00:00 to Wed 07 00:00 bob Override(0)
            0 Wed 07 00:00 to Mon 12 00:00 ann Layer(0)
            0 Mon 12 00:00 to Tue 13 00:00 bob Layer(0)
            0 Tue 13 00:00 to Wed 14 00:00 ann Override(1)
            0 Wed 14 00:00 to Mon 19 00:00 bob Layer(0)
        "#]],
    );
}

#[test]
fn a_schedule_without_layers_is_all_gap_and_an_empty_period_is_nothing() {
    let nobody = Schedule { levels: 1, ..Schedule::default() };
    let (from, to) = (at("2026-01-05T00:00Z"), at("2026-01-06T00:00Z"));
    assert_eq!(nobody.plan(from, to).gaps, [Gap { level: 0, start: from, end: to }]);
    assert_eq!(nobody.plan(to, from), Plan::default());
    let empty = Schedule { layers: vec![weekly("main", "UTC", "2026-01-01T00:00", &[])], ..Schedule::default() };
    assert_eq!(empty.plan(from, to).gaps.len(), 1);
}

/// Schedules of the law below: 10,000 instants and more. `cargo xtask sim schedules` is the long form, a million.
fn cases() -> u32 {
    400
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// Every instant has exactly one person or one gap a level, and it is whom the oracle names.
    #[test]
    fn agrees_with_the_oracle_at_every_instant((schedule, probes) in any_case()) {
        let compared = compare(&schedule, &schedule, &probes);
        prop_assert_eq!(compared.differences, [""; 0]);
        prop_assert!(compared.instants >= probes.len());
    }
}

#[test]
fn the_oracle_finds_what_is_wrong() {
    let weekly = weekly("main", "Europe/Berlin", "2025-10-06T09:00", &["ann", "bob"]);
    let schedule = Schedule { layers: vec![weekly.clone()], levels: 2, ..Schedule::default() };
    let mut late = schedule.clone();
    late.layers[0].rotation.start += SignedDuration::from_mins(15);
    let differences = compare(&schedule, &late, &[]).differences;
    assert!(differences.iter().any(|one| one.contains("the plan has ann, the oracle bob")), "{differences:?}");
}
