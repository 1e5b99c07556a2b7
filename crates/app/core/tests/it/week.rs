//! A team's week: what is counted of all together, what is told of nobody, and the line that a year crosses.

use jiff::Timestamp;
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::api::WakesCrossed;
use seaworthy_contract::catalogue::{Document, Entity, Person, Sourced};
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_core::watch::Used;
use seaworthy_core::{Input, view};
use seaworthy_model::TeamId;

use crate::bench::{Bench, document, service};

fn team() -> TeamId {
    "shop".parse().expect("a name")
}

/// A rota of these people, who are on call a day each.
fn files(people: &[&str]) -> Document {
    let mut document = document(&["checkout"]);
    for sourced in &mut document.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity {
            rotation.participants = people.iter().map(|name| name.parse().expect("a name")).collect();
        }
    }
    let others = people.iter().filter(|name| **name != "ines");
    let others = others.map(|name| Entity::Person(Person { name: name.parse().expect("a name") }));
    let sourced = |entity| Sourced { entity, source: "test.yaml:1".to_owned() };
    document.entities.extend(others.map(sourced));
    document
}

fn bench(people: &[&str]) -> Bench {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(files(people)), Used::new()));
    bench
}

fn until(bench: &mut Bench, time: &str) {
    bench.now = time.parse::<Timestamp>().expect("an instant");
}

fn signal(bench: &mut Bench, phase: Phase, purpose: Purpose) {
    let signal = Signal {
        rule: "probe/checkout".to_owned(),
        service: service("checkout"),
        symptom: "availability".to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Page,
        phase,
        purpose,
        began_at: bench.now,
        sentence: "Customers of checkout see errors".to_owned(),
    };
    bench.act(Input::Signal(Box::new(signal)));
}

/// Pages at a time, and ends what it was about ten minutes later.
fn paged(bench: &mut Bench, time: &str, purpose: Purpose) {
    until(bench, time);
    signal(bench, Phase::Firing, purpose);
    bench.act(Input::Tick);
    bench.wait(60);
    let page = *bench.state.pages.keys().last().expect("a page");
    bench.act(Input::Acknowledge { page });
    bench.wait(540);
    signal(bench, Phase::Ended, purpose);
    if purpose == Purpose::Real {
        bench.act(Input::JudgePage { page, verdict: VerdictV1::Acted });
    }
}

#[test]
fn a_week_counts_all_together_and_leaves_drills_out() {
    let mut bench = bench(&["ines"]);
    paged(&mut bench, "2025-06-16T03:00:00Z", Purpose::Real);
    paged(&mut bench, "2025-06-17T12:00:00Z", Purpose::Real);
    paged(&mut bench, "2025-06-18T03:00:00Z", Purpose::Drill);
    until(&mut bench, "2025-06-19T09:00:00Z");
    let week = view::week(&bench.look(), &team());
    let load = week.load;
    assert_eq!((load.pages, load.at_night, load.wakes, load.actionable, load.nothing), (2, 1, 1, 2, 0));
    assert_eq!(load.taken_after_seconds, Some(60));
    let said: Vec<_> = week.pages.iter().map(|page| (page.at_night, page.taken, page.verdict)).collect();
    assert_eq!(said, [(false, true, Some(VerdictV1::Acted)), (true, true, Some(VerdictV1::Acted))]);
    assert_eq!((week.year.wakes, week.year.people), (1, None), "of one person nobody is told how often");
    assert_eq!(week.rest, [], "that night was slept through since");
    // A week later all of it is behind, and the year still knows.
    until(&mut bench, "2025-06-27T09:00:00Z");
    let later = view::week(&bench.look(), &team());
    assert_eq!((later.load.pages, later.load.wakes, later.year.wakes), (0, 0, 1));
}

#[test]
fn nights_ahead_are_the_rotas_and_are_shared_as_it_shares_them() {
    let mut bench = bench(&["ines", "ann", "bob"]);
    until(&mut bench, "2025-06-16T12:00:00Z");
    let nights = view::week(&bench.look(), &team()).nights;
    let said: Vec<_> = nights.iter().map(|one| (one.person.as_str(), one.nights)).collect();
    assert_eq!(said.iter().map(|(_, nights)| nights).sum::<u32>(), 14, "{said:?}");
    assert!(said.windows(2).all(|two| two[0].1 >= two[1].1), "most first: {said:?}");
}

#[test]
fn after_a_broken_night_the_next_one_is_to_be_somebody_elses() {
    let mut bench = bench(&["ines"]);
    paged(&mut bench, "2025-06-16T03:00:00Z", Purpose::Real);
    let rest = view::week(&bench.look(), &team()).rest;
    let said: Vec<_> = rest.iter().map(|one| (one.level, one.from.to_string(), one.until.to_string())).collect();
    assert_eq!(said, [(0, "2025-06-16T22:00:00Z".to_owned(), "2025-06-17T07:00:00Z".to_owned())]);
    until(&mut bench, "2025-06-17T01:00:00Z");
    let rest = view::week(&bench.look(), &team()).rest;
    assert_eq!(rest.first().map(|one| one.from), Some(bench.now), "what is past of it cannot be swapped");
    until(&mut bench, "2025-06-17T07:00:00Z");
    assert_eq!(view::week(&bench.look(), &team()).rest, []);
}

#[test]
fn the_third_wake_of_a_year_is_a_question_to_whoever_leads_and_names_no_small_rota() {
    for (people, named) in [(&["ines"][..], 0), (&["ines", "ann", "bob", "cid", "dan"], 1)] {
        let mut bench = bench(people);
        paged(&mut bench, "2025-06-16T03:00:00Z", Purpose::Real);
        paged(&mut bench, "2025-06-17T03:00:00Z", Purpose::Real);
        assert_eq!(view::wakes_crossed(&bench.look()), WakesCrossed::default(), "twice is the line");
        paged(&mut bench, "2025-06-18T03:00:00Z", Purpose::Real);
        let crossed = view::wakes_crossed(&bench.look());
        assert_eq!((crossed.rotas, crossed.named.len()), (1, named));
        let year = view::week(&bench.look(), &team()).year;
        assert_eq!((year.wakes, year.people), (3, (named == 1).then_some([4, 0, 0, 1])));
        until(&mut bench, "2026-06-17T04:00:00Z");
        assert_eq!(view::wakes_crossed(&bench.look()), WakesCrossed::default(), "a year is a year");
    }
}
