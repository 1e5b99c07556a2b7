//! Decision tables of layers and overrides, and an oracle that asks each instant anew.

use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::sync::LazyLock;

use expect_test::{Expect, expect};
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan};
use proptest::prelude::*;

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

/// Who is on call at one instant, found without intervals: turns are counted up from the start, windows are looked for day by
/// day, overrides are read back to front.
fn oracle(schedule: &Schedule, at: Timestamp, level: u8) -> Option<PersonId> {
    let now: Vec<&Override> = schedule
        .overrides
        .iter()
        .filter(|one| one.start <= at && at < one.end && one.level.unwrap_or(level) == level)
        .collect();
    for (index, one) in now.iter().enumerate().rev() {
        if let Kind::Add(who) = &one.kind
            && !now[index + 1..].iter().any(|later| later.kind == Kind::Remove(who.clone()))
        {
            return Some(who.clone());
        }
    }
    let named = schedule.layers.iter().rev().filter_map(|layer| by_layer(layer, at, level));
    'next: for mut who in named.chain(schedule.fallback.clone()) {
        for one in &now {
            match &one.kind {
                Kind::Remove(gone) if *gone == who => continue 'next,
                Kind::Replace { from, to } if *from == who => who = to.clone(),
                _ => {}
            }
        }
        return Some(who);
    }
    None
}

fn by_layer(layer: &Layer, at: Timestamp, level: u8) -> Option<PersonId> {
    let rotation = &layer.rotation;
    if at < rotation.start || rotation.participants.is_empty() {
        return None;
    }
    let wall = rotation.zone.to_datetime(rotation.start);
    let after = |turns: i64| {
        let moved = match rotation.turn {
            Turn::Hours(n) => wall.checked_add((turns * i64::from(n.get())).hours()),
            Turn::Days(n) => wall.checked_add((turns * i64::from(n.get())).days()),
            Turn::Months(n) => wall.checked_add((turns * i64::from(n.get())).months()),
        };
        first_showing(&rotation.zone, moved.expect("in range")).max(rotation.start)
    };
    let mut turn = 0;
    while after(turn + 1) <= at {
        turn += 1;
    }
    let inside = layer.restrictions.is_empty()
        || (-2..=1).any(|day| {
            let date = rotation.zone.to_datetime(at).date().checked_add(day.days()).expect("in range");
            layer.restrictions.iter().any(|one| {
                let last = if one.until > one.from { date } else { date.tomorrow().expect("in range") };
                let window = |date: jiff::civil::Date, time| first_showing(&rotation.zone, date.to_datetime(time));
                one.days.contains(date.weekday()) && window(date, one.from) <= at && at < window(last, one.until)
            })
        });
    let place = (usize::try_from(turn).expect("positive") + usize::from(level)) % rotation.participants.len();
    inside.then(|| rotation.participants[place].clone())
}

/// The first instant whose wall clock is not before `wall`, by halving between two days around it; changes of clock are within it,
/// so the first crossing is looked for in steps of a quarter of an hour, the finest that a change of these years has.
fn first_showing(zone: &TimeZone, wall: jiff::civil::DateTime) -> Timestamp {
    let utc = TimeZone::UTC.to_timestamp(wall).expect("in range");
    let step = SignedDuration::from_mins(15);
    let mut at = utc - SignedDuration::from_hours(30);
    while zone.to_datetime(at) < wall {
        at += step;
    }
    // A quarter back: the crossing lies in between, at a change of clock or where the clock shows `wall`.
    let (mut low, mut high) = (at - step, at);
    while low.duration_until(high) > SignedDuration::from_secs(1) {
        let middle = Timestamp::from_second(i64::midpoint(low.as_second(), high.as_second())).expect("in range");
        if zone.to_datetime(middle) < wall { low = middle } else { high = middle }
    }
    high
}

/// Every zone that this machine knows, once each: those with surprises of their own (half an hour, a quarter, two changes a
/// year around a month of fasting, a day that never was) are among them.
static ZONES: LazyLock<Vec<TimeZone>> = LazyLock::new(|| {
    let names: BTreeSet<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    names.iter().filter_map(|name| TimeZone::get(name).ok()).collect()
});

fn any_turn() -> impl Strategy<Value = Turn> {
    let count = |range: std::ops::Range<u16>| range.prop_map(|n| NonZeroU16::new(n).expect("not 0"));
    prop_oneof![
        count(4..40).prop_map(Turn::Hours),
        count(1..15).prop_map(Turn::Days),
        count(1..3).prop_map(Turn::Months)
    ]
}

prop_compose! {
    fn any_layer()(
        place in any::<prop::sample::Index>(),
        start in 0..300_i64,
        turn in any_turn(),
        people in 1..5_u8,
        restrictions in proptest::collection::vec((0..128_u8, 0..96_i16, 0..96_i16), 0..3),
    ) -> Layer {
        let zone = place.get(&ZONES).clone();
        let start = at("2025-10-01T00:00Z") + SignedDuration::from_mins(start * 15);
        let participants = (0..people).map(|n| person(&format!("p{n}"))).collect();
        let time = |quarter: i16| Time::constant(0, 0, 0, 0) + SignedDuration::from_mins(i64::from(quarter) * 15);
        let restrictions = restrictions.into_iter().map(|(days, from, until)| {
            let days: Vec<Weekday> = (0..7).filter(|day| days & (1 << day) != 0).map(|day| Weekday::from_monday_zero_offset(day).expect("a day")).collect();
            Restriction { days: Weekdays::of(&days), from: time(from), until: time(until) }
        });
        Layer::always("one", Rotation { participants, start, zone, turn }, restrictions.collect())
    }
}

prop_compose! {
    fn any_override()(kind in 0..3_u8, who in 0..6_u8, by in 0..6_u8, level in proptest::option::of(0..2_u8), start in 0..4_000_i64, length in 1..400_i64) -> Override {
        let name = |n| person(&format!("p{n}"));
        let kind = match kind {
            0 => Kind::Add(name(who)),
            1 => Kind::Remove(name(who)),
            _ => Kind::Replace { from: name(who), to: name(by) },
        };
        let start = at("2025-10-15T00:00Z") + SignedDuration::from_mins(start * 15);
        Override { kind, level, start, end: start + SignedDuration::from_mins(length * 15) }
    }
}

prop_compose! {
    fn any_schedule()(
        layers in proptest::collection::vec(any_layer(), 0..4),
        overrides in proptest::collection::vec(any_override(), 0..5),
        fallback in any::<bool>(),
    ) -> Schedule {
        Schedule { layers, levels: 2, overrides, fallback: fallback.then(|| person("head")), time_off: vec![] }
    }
}

/// Cases of the law below: 10,000 instants and more, at two levels. `SEAWORTHY_LONG=1` is the long form, a million and more.
fn cases() -> u32 {
    if option_env!("SEAWORTHY_LONG").is_some() { 40_000 } else { 400 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    /// Every instant has exactly one person or one gap a level, and it is whom the oracle names.
    #[test]
    fn agrees_with_the_oracle_at_every_instant(schedule in any_schedule(), probes in proptest::collection::vec(0..5_760_i64, 8)) {
        let (from, to) = (at("2025-10-05T00:00Z"), at("2025-12-04T00:00Z"));
        let plan = schedule.plan(from, to);
        for level in 0..2 {
            let duties = plan.duties.iter().filter(|duty| duty.level == level).map(|duty| (duty.start, duty.end));
            let mut parts: Vec<_> = duties.chain(plan.gaps.iter().filter(|gap| gap.level == level).map(|gap| (gap.start, gap.end))).collect();
            parts.sort_unstable();
            prop_assert_eq!(parts.first().map(|part| part.0), Some(from));
            prop_assert_eq!(parts.last().map(|part| part.1), Some(to));
            prop_assert!(parts.windows(2).all(|pair| pair[0].1 == pair[1].0), "no hole and no overlap");
        }
        // Anywhere, and just where something changes: there an error of one would be.
        let edges = plan.duties.iter().flat_map(|duty| [duty.start, duty.end - SignedDuration::from_nanos(1)]).take(24);
        let anywhere = probes.into_iter().map(|quarter| from + SignedDuration::from_mins(quarter * 15));
        for instant in edges.chain(anywhere) {
            for level in 0..2 {
                let held = plan.duties.iter().find(|duty| duty.level == level && duty.start <= instant && instant < duty.end);
                prop_assert_eq!(held.map(|duty| duty.person.clone()), oracle(&schedule, instant, level), "{} level {}", instant, level);
            }
        }
    }
}
