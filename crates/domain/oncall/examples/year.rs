//! How long a year of a rota of fifty people takes: three layers that follow the sun, nights, a swap a week.
//!
//! `cargo run --release -p seaworthy-oncall --example year`
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement says what it measured")]

use std::num::NonZeroU16;
use std::time::Instant;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_model::PersonId;
use seaworthy_oncall::{Kind, Layer, Override, Restriction, Rotation, Schedule, Turn, Weekdays, findings};

const ROUNDS: usize = 200;

fn person(n: usize) -> PersonId {
    format!("p{n}").parse().expect("a name")
}

fn layer(zone: &str, people: std::ops::Range<usize>, from: i8, until: i8, start: Timestamp) -> Layer {
    let at = |hour| Time::new(hour, 0, 0, 0).expect("an hour");
    let turn = Turn::Days(NonZeroU16::new(7).expect("not 0"));
    let zone = TimeZone::get(zone).expect("a zone");
    let rotation = Rotation { participants: people.map(person).collect(), start, zone, turn };
    let restrictions = vec![Restriction { days: Weekdays::ALL, from: at(from), until: at(until) }];
    Layer::always("one", rotation, restrictions)
}

fn main() {
    let start: Timestamp = "2026-01-05T08:00:00Z".parse().expect("a time");
    let day = |n: i64| start + SignedDuration::from_hours(24 * n);
    let swap = |week: i64| Override {
        kind: Kind::Replace { from: person(0), to: person(1) },
        level: None,
        start: day(week * 7),
        end: day(week * 7 + 1),
    };
    let schedule = Schedule {
        layers: vec![
            layer("Europe/Berlin", 0..17, 8, 18, start),
            layer("America/Chicago", 17..34, 8, 18, start),
            layer("Australia/Sydney", 34..50, 8, 20, start),
        ],
        followed: vec![],
        levels: 2,
        overrides: (0..52).map(swap).collect(),
        fallback: Some(person(50)),
        time_off: vec![],
    };
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let begin = Instant::now();
            let plan = schedule.plan(start, day(365));
            assert!(findings(&schedule, &plan).len() + plan.duties.len() > 1_000);
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    let plan = schedule.plan(start, day(365));
    println!("{} duties, {} gaps", plan.duties.len(), plan.gaps.len());
    println!("plan and findings of a year: median {:?}, worst {:?} of {ROUNDS}", times[ROUNDS / 2], times[ROUNDS - 1]);
}
