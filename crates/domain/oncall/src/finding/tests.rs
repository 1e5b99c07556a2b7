//! What whoever builds a rota is told.

use std::num::NonZeroU16;

use super::*;
use crate::layer::Layer;
use crate::rotation::{Rotation, Turn};
use crate::schedule::TimeOff;

fn person(name: &str) -> PersonId {
    name.parse().expect("a name")
}

fn schedule(people: &[&str], days: u16) -> Schedule {
    let rotation = Rotation {
        participants: people.iter().map(|name| person(name)).collect(),
        start: at("2026-01-05T09:00Z"),
        zone: TimeZone::UTC,
        turn: Turn::Days(NonZeroU16::new(days).expect("not 0")),
    };
    let layer = Layer::always("main", rotation, vec![]);
    Schedule { layers: vec![layer], levels: 1, ..Schedule::default() }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

const SIX: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn of(schedule: &Schedule, days: i64) -> Vec<Finding> {
    let from = at("2026-01-05T09:00Z");
    findings(schedule, &schedule.plan(from, from + SignedDuration::from_hours(days * 24)))
}

#[test]
fn six_people_with_a_week_each_are_well() {
    assert_eq!(of(&schedule(&SIX, 7), 84), []);
}

#[test]
fn too_few_people_hold_too_much() {
    let found = of(&schedule(&["a"], 7), 21);
    assert!(found.contains(&Finding::Size { members: 1 }));
    assert!(
        matches!(&found[..], [Finding::BackToBack { person, .. }, Finding::Size { .. }] if person.to_string() == "a")
    );
    let mut two = schedule(&["a"], 7);
    two.levels = 2;
    assert!(of(&two, 7).iter().any(|one| matches!(one, Finding::TwoLevels { .. })), "nobody is behind them");
}

#[test]
fn what_is_not_covered_is_summed() {
    let mut schedule = schedule(&SIX, 7);
    schedule.layers[0].rotation.start = at("2026-01-06T09:00Z");
    let total = SignedDuration::from_hours(24);
    assert_eq!(of(&schedule, 14), [Finding::Uncovered { level: 0, total, first: at("2026-01-05T09:00Z") }]);
}

#[test]
fn weekends_are_counted_on_the_wall_clock() {
    let (start, end) = (at("2026-01-09T00:00Z"), at("2026-01-13T00:00Z"));
    assert_eq!(weekend_time(start, end, &TimeZone::UTC), SignedDuration::from_hours(48));
    let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
    // The weekend in which the clock goes forward has 47 hours.
    assert_eq!(weekend_time(at("2026-03-27T00:00Z"), at("2026-03-31T00:00Z"), &berlin), SignedDuration::from_hours(47));
    // Six people and seven days: nobody has the same day twice running.
    assert_eq!(of(&schedule(&SIX, 1), 84), []);
    let two_of_seven = schedule(&["a", "b", "c", "d", "e", "a", "a"], 1);
    let found = of(&two_of_seven, 84);
    let theirs = found.iter().find_map(|one| match one {
        Finding::UnevenWeekends { person, theirs, .. } => Some((person.to_string(), theirs.as_hours())),
        _ => None,
    });
    assert_eq!(
        theirs,
        Some(("a".to_owned(), 468)),
        "Saturday from 9:00 on and all Sunday: 39 hours, twelve times: {found:?}"
    );
}

#[test]
fn whoever_is_away_gets_a_proposal() {
    let mut schedule = schedule(&SIX, 7);
    let off = |name, start, end| TimeOff { person: person(name), start: at(start), end: at(end) };
    schedule.time_off = vec![
        off("c", "2026-01-20T00:00Z", "2026-01-22T00:00Z"),
        off("d", "2026-01-20T00:00Z", "2026-01-21T00:00Z"),
        off("a", "2026-02-28T00:00Z", "2026-03-01T00:00Z"),
    ];
    let (start, end) = (at("2026-01-20T00:00Z"), at("2026-01-22T00:00Z"));
    let propose = Some(person("e"));
    assert_eq!(
        of(&schedule, 42),
        [Finding::NotAvailable { person: person("c"), start, end, propose }],
        "d is away too, a and b were on call before"
    );
}
