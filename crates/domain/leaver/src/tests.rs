//! Tables: a small world, somebody leaves, and what stops.

use std::collections::BTreeSet;
use std::num::NonZeroU16;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_escalation::{Policy, Step, Target, standard};
use seaworthy_model::PersonId;
use seaworthy_oncall::{Kind, Layer, Override, Rotation, Schedule, Turn};

use super::*;

const FROM: &str = "2026-01-05T08:00:00Z";

fn at(day: i64) -> Timestamp {
    FROM.parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * day)
}

fn people(names: &str) -> Vec<PersonId> {
    names.split_whitespace().map(|name| name.parse().unwrap()).collect()
}

fn rota(name: &str, names: &str, levels: u8) -> Rota {
    let turn = Turn::Days(NonZeroU16::new(7).unwrap());
    let rotation = Rotation { participants: people(names), start: at(0), zone: TimeZone::UTC, turn };
    let schedule = Schedule { layers: vec![Layer::always("one", rotation, vec![])], levels, ..Schedule::default() };
    Rota { name: name.parse().unwrap(), schedule, people: people(names).into_iter().collect() }
}

/// Two teams: `shop` of ann, bob and cem with `cart`, `pier` of ann and dee with `ships` and its own policy.
fn world() -> World {
    let team = |name: &str, members, owns: &str| Team {
        name: name.parse().unwrap(),
        members: people(members),
        owns: vec![owns.parse().unwrap()],
    };
    let service = |name: &str, rota: &str, policy: &str| Service {
        name: name.parse().unwrap(),
        rota: Some(rota.parse().unwrap()),
        policy: policy.to_owned(),
    };
    World {
        teams: vec![team("shop", "ann bob cem", "cart"), team("pier", "ann dee", "ships")],
        rotas: vec![rota("shop-rota", "ann bob cem", 1), rota("pier-rota", "dee", 1)],
        policies: vec![standard()],
        services: vec![service("cart", "shop-rota", "standard"), service("ships", "pier-rota", "standard")],
        reachable: None,
    }
}

fn told(world: &World, person: &str) -> Vec<String> {
    let period = Period { from: at(0), to: at(28) };
    let names =
        |services: &[seaworthy_model::ServiceId]| services.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(" ");
    let row = |stop: Stop| match stop {
        Stop::Uncovered { rota, level, seconds, first, services } => {
            let day = first.duration_since(at(0)).as_hours() / 24;
            format!("{rota}/{level} {} h from day {day}: {}", seconds / 3_600, names(&services))
        }
        Stop::Rung { policy, step, services } => format!("{policy} step {step}: {}", names(&services)),
        Stop::Unreachable { rota, left, services } => format!("{rota}: none of {left} reachable: {}", names(&services)),
        Stop::Team { team, left, services } => format!("{team} has {left}: {}", names(&services)),
    };
    rehearse(world, &person.parse().unwrap(), period).into_iter().map(row).collect()
}

#[test]
fn a_turn_that_nobody_takes_over_is_uncovered() {
    assert_eq!(told(&world(), "bob"), ["shop-rota/0 168 h from day 7: cart"]);
    assert_eq!(told(&world(), "ann"), ["shop-rota/0 336 h from day 0: cart", "pier has 1: ships"]);
    assert_eq!(told(&world(), "nobody"), Vec::<String>::new());
}

#[test]
fn a_fallback_or_a_layer_below_covers() {
    let mut world = world();
    world.rotas[0].schedule.fallback = Some("cem".parse().unwrap());
    assert_eq!(told(&world, "bob"), Vec::<String>::new());
    assert_eq!(told(&world, "cem"), ["shop-rota/0 168 h from day 14: cart"], "the fallback leaves as well");
}

#[test]
fn who_stands_in_for_another_leaves_that_time_open() {
    let mut world = world();
    let kind = Kind::Replace { from: "bob".parse().unwrap(), to: "eve".parse().unwrap() };
    world.rotas[0].schedule.overrides.push(Override { kind, level: None, start: at(7), end: at(8) });
    assert_eq!(told(&world, "eve"), ["shop-rota/0 24 h from day 7: cart"]);
    assert_eq!(told(&world, "bob"), ["shop-rota/0 144 h from day 8: cart"]);
}

#[test]
fn the_only_one_takes_turns_rungs_and_team_along() {
    let stops = [
        "pier-rota/0 672 h from day 0: ships",
        "standard step 1: ships",
        "standard step 3: ships",
        "pier has 1: ships",
    ];
    assert_eq!(told(&world(), "dee"), stops);
}

#[test]
fn a_rung_that_names_the_person_calls_nobody() {
    let mut world = world();
    let step = |targets| Step { targets, wait: SignedDuration::from_mins(5) };
    let bob = || Target::Person("bob".parse().unwrap());
    let steps = vec![
        step(vec![Target::OnCall { level: 0 }]),
        step(vec![bob()]),
        step(vec![bob(), Target::Person("cem".parse().unwrap())]),
        step(vec![Target::Policy("standard".to_owned())]),
        step(vec![Target::Rotation { rotation: "nowhere".parse().unwrap(), level: 0 }]),
    ];
    world.policies.push(Policy { name: "named".to_owned(), steps, repeats: 0 });
    world.services[0].policy = "named".to_owned();
    assert_eq!(told(&world, "bob"), ["shop-rota/0 168 h from day 7: cart", "named step 2: cart"]);
}

#[test]
fn whoever_is_left_must_be_reachable() {
    let reachable = |names| Some(people(names).into_iter().collect::<BTreeSet<_>>());
    let of = |names| told(&World { reachable: reachable(names), ..world() }, "bob");
    assert_eq!(of("ann bob"), ["shop-rota/0 168 h from day 7: cart"]);
    assert_eq!(of("bob"), ["shop-rota/0 168 h from day 7: cart", "shop-rota: none of 2 reachable: cart"]);
    assert_eq!(of(""), ["shop-rota/0 168 h from day 7: cart"], "what did not reach before is not the leaver's");
}

#[test]
fn a_team_without_services_may_be_small() {
    let mut world = world();
    world.teams[1].owns.clear();
    assert_eq!(told(&world, "ann"), ["shop-rota/0 336 h from day 0: cart"]);
    world.teams[0].members = people("ann ann bob");
    assert_eq!(told(&world, "ann")[1], "shop has 1: cart", "one who stands twice is one");
}
