//! An oracle of schedules that was written independently: it asks each instant anew, without intervals. Tests hold plans against
//! it at thousands of instants, `cargo xtask sim schedules` at a million.

use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::sync::LazyLock;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;
use seaworthy_model::PersonId;
use seaworthy_oncall::{Followed, Kind, Layer, Override, Restriction, Rotation, Schedule, Turn, Weekdays};

fn person(name: &str) -> PersonId {
    name.parse().expect("a name")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// What came of holding a plan against the oracle.
pub(crate) struct Compared {
    /// Instants that were looked at, each at two levels.
    pub(crate) instants: usize,
    /// Where the two differ, and where a plan has a hole.
    pub(crate) differences: Vec<String>,
}

/// Holds the plan of one schedule against what the oracle says of another, which is the same one but where a mistake was put in.
/// Looks at `probes`, in quarters of an hour, and just where something changes: there an error of one would be.
pub(crate) fn compare(schedule: &Schedule, said: &Schedule, probes: &[i64]) -> Compared {
    let (from, to) = (at("2025-10-05T00:00Z"), at("2025-12-04T00:00Z"));
    let plan = schedule.plan(from, to);
    let mut differences = Vec::new();
    for level in 0..2 {
        let duties = plan.duties.iter().filter(|duty| duty.level == level).map(|duty| (duty.start, duty.end));
        let gaps = plan.gaps.iter().filter(|gap| gap.level == level).map(|gap| (gap.start, gap.end));
        let mut parts: Vec<_> = duties.chain(gaps).collect();
        parts.sort_unstable();
        let ends = (parts.first().map(|part| part.0), parts.last().map(|part| part.1));
        if ends != (Some(from), Some(to)) || !parts.windows(2).all(|pair| pair[0].1 == pair[1].0) {
            differences.push(format!("level {level}: a hole or an overlap"));
        }
    }
    let edges = plan.duties.iter().flat_map(|duty| [duty.start, duty.end - SignedDuration::from_nanos(1)]).take(24);
    let anywhere = probes.iter().map(|quarter| from + SignedDuration::from_mins(quarter * 15));
    let instants: Vec<Timestamp> = edges.chain(anywhere).collect();
    for instant in &instants {
        for level in 0..2 {
            let holds =
                |duty: &&seaworthy_oncall::Duty| duty.level == level && duty.start <= *instant && *instant < duty.end;
            let held = plan.duties.iter().find(holds).map(|duty| duty.person.clone());
            let named = oracle(said, *instant, level);
            if held != named {
                let name = |one: &Option<PersonId>| one.as_ref().map_or("nobody", PersonId::as_str).to_owned();
                differences.push(format!(
                    "{instant} level {level}: the plan has {}, the oracle {}",
                    name(&held),
                    name(&named)
                ));
            }
        }
    }
    Compared { instants: instants.len(), differences }
}

/// Returns how many zones schedules are drawn from.
#[cfg_attr(test, expect(dead_code, reason = "the long form says it"))]
pub(crate) fn zones() -> usize {
    ZONES.len()
}

/// Any schedule, and instants anywhere in two months with changes of clock.
pub(crate) fn any_case() -> impl Strategy<Value = (Schedule, Vec<i64>)> {
    (any_schedule(), proptest::collection::vec(0..5_760_i64, 8))
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
    let said = schedule.followed.iter().find(|one| one.level == level && one.start <= at && at < one.end);
    let said = said.map(|one| one.person.clone());
    'next: for mut who in named.chain(said).chain(schedule.fallback.clone()) {
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
    fn any_followed()(who in 0..6_u8, level in 0..2_u8, start in 0..4_000_i64, length in 1..800_i64) -> Followed {
        let start = at("2025-10-15T00:00Z") + SignedDuration::from_mins(start * 15);
        Followed { level, person: person(&format!("p{who}")), start, end: start + SignedDuration::from_mins(length * 15) }
    }
}

prop_compose! {
    fn any_schedule()(
        layers in proptest::collection::vec(any_layer(), 0..4),
        followed in proptest::collection::vec(any_followed(), 0..3),
        overrides in proptest::collection::vec(any_override(), 0..5),
        fallback in any::<bool>(),
    ) -> Schedule {
        Schedule { layers, followed, levels: 2, overrides, fallback: fallback.then(|| person("head")), ..Schedule::default() }
    }
}
