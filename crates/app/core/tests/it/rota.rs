//! Rotas through the whole core: overrides, swaps, members; and that what was stays.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Document, Entity, Joining, Layered, Person, Rotation, Sourced, StandIn};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::rota::HeldV1;
use seaworthy_core::state::State;
use seaworthy_core::watch::Used;
use seaworthy_core::{Input, OfferWanted, OverrideWanted, StartWanted, view};
use seaworthy_model::{OfferId, OverrideId, PersonId, RotationId};

use crate::bench::{Bench, document, start};

fn rota() -> RotationId {
    "shop-days".parse().unwrap()
}

fn person(name: &str) -> PersonId {
    name.parse().unwrap()
}

fn day(days: i64) -> Timestamp {
    start() + SignedDuration::from_hours(24 * days)
}

/// A day each of ann, bob and cid, from the first instant on.
fn declared(joining: bool, people: &[&str]) -> Document {
    let mut document = document(&["checkout"]);
    let terms = Joining { terms: "300 a week".to_owned(), ..Joining::default() };
    let rotation = Rotation {
        name: rota(),
        team: "shop".parse().unwrap(),
        participants: people.iter().map(|name| person(name)).collect(),
        start: start(),
        zone: "UTC".to_owned(),
        days: 1,
        layered: Layered { joining: joining.then_some(terms), ..Layered::default() },
    };
    let sourced = |entity| Sourced { entity, source: "a.yaml:1".to_owned() };
    document.entities.push(sourced(Entity::Rotation(rotation)));
    let known = ["ann", "bob", "cid", "dee"].map(|name| sourced(Entity::Person(Person { name: person(name) })));
    document.entities.extend(known);
    document
}

fn bench(joining: bool) -> Bench {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(declared(joining, &["ann", "bob", "cid"])), Used::new()));
    bench
}

/// Who is primary at noon of each day.
fn who(bench: &Bench, days: std::ops::Range<i64>) -> String {
    let shown = view::rota(&bench.look(), &rota(), (day(days.start), day(days.end)), vec![]).unwrap();
    let noon = |n: i64| day(n) + SignedDuration::from_hours(12);
    let at = |at: Timestamp| {
        let mut shifts = shown.plan.shifts.iter().filter(|shift| shift.level == 0);
        shifts.find(|shift| shift.start <= at && at < shift.end).map_or("-", |shift| shift.person.as_str())
    };
    days.map(|n| at(noon(n)).to_owned()).collect::<Vec<_>>().join(" ")
}

fn replace(who: &str, with: &str, from: i64, until: i64) -> Input {
    let change = StandIn::Replace { who: person(who), with: person(with) };
    Input::SetOverride(Box::new(OverrideWanted {
        rotation: rota(),
        change,
        level: None,
        from: day(from),
        until: day(until),
    }))
}

fn held(from: i64, until: i64) -> HeldV1 {
    HeldV1 { level: 0, from: day(from), until: day(until) }
}

fn offer(by: &str, gives: (i64, i64), to: Option<&str>, takes: Option<(i64, i64)>) -> Input {
    Input::OfferSwap(Box::new(OfferWanted {
        rotation: rota(),
        by: person(by),
        gives: held(gives.0, gives.1),
        to: to.map(person),
        takes: takes.map(|(from, until)| held(from, until)),
    }))
}

fn last_offer(state: &State) -> OfferId {
    *state.rotas[&rota()].offers.keys().next_back().unwrap()
}

fn last_override(state: &State) -> OverrideId {
    *state.rotas[&rota()].overrides.keys().next_back().unwrap()
}

fn agree(bench: &mut Bench, id: OfferId, name: &str) -> Vec<String> {
    bench.act(Input::AgreeSwap { id, person: person(name) })
}

fn refused(bench: &mut Bench, input: &Input) -> String {
    bench.try_act(input).expect_err("refused").to_string()
}

#[test]
fn an_override_changes_a_time_and_is_taken_back() {
    let mut bench = bench(false);
    assert_eq!(who(&bench, 0..6), "ann bob cid ann bob cid");
    assert_eq!(bench.act(replace("bob", "dee", 1, 2)), ["rota.override_set"]);
    assert_eq!(bench.act(replace("bob", "dee", 1, 2)), [""; 0], "twice is once");
    assert_eq!(who(&bench, 0..6), "ann dee cid ann bob cid");
    let id = last_override(&bench.state);
    assert_eq!(bench.act(Input::ClearOverride { rotation: rota(), id }), ["rota.override_cleared"]);
    assert_eq!(who(&bench, 0..6), "ann bob cid ann bob cid");
    assert!(refused(&mut bench, &Input::ClearOverride { rotation: rota(), id }).starts_with("no override"));
}

#[test]
fn what_is_past_stays() {
    let mut bench = bench(false);
    bench.act(replace("bob", "dee", 1, 2));
    let id = last_override(&bench.state);
    bench.now = day(1) + SignedDuration::from_hours(18);
    bench.act(Input::ClearOverride { rotation: rota(), id });
    assert_eq!(who(&bench, 0..3), "ann dee cid", "dee was on call at noon");
    bench.now = day(3);
    assert!(refused(&mut bench, &Input::ClearOverride { rotation: rota(), id }).contains("ended at"));
    assert!(refused(&mut bench, &replace("ann", "dee", 0, 1)).contains("past"));
    bench.act(replace("ann", "dee", 0, 4));
    assert_eq!(who(&bench, 0..4), "ann dee cid dee", "an override that begins before now begins now");
    let other = declared(false, &["cid", "bob"]);
    bench.now = day(6);
    let before = who(&bench, 0..6);
    bench.act(Input::Apply(Box::new(other), Used::new()));
    assert_eq!(who(&bench, 0..6), before, "a change of the file changes nothing that was");
    assert_eq!(who(&bench, 6..8), "cid bob");
}

#[test]
fn overrides_that_make_no_sense_are_refused() {
    let mut bench = bench(false);
    for (input, want) in [
        (replace("bob", "bob", 1, 2), "with: bob cannot stand in for themselves"),
        (replace("bob", "nobody", 1, 2), "no person \"nobody\""),
        (replace("bob", "dee", 2, 1), "until: it ends before it begins"),
        (replace("bob", "dee", 1, 400), "until: at most a year long, and at most two years ahead"),
        (replace("bob", "dee", 800, 801), "until: at most a year long, and at most two years ahead"),
    ] {
        assert_eq!(refused(&mut bench, &input), want);
    }
    let unknown = OverrideWanted {
        rotation: "none".parse().unwrap(),
        change: StandIn::Add(person("ann")),
        level: None,
        from: day(0),
        until: day(1),
    };
    assert_eq!(refused(&mut bench, &Input::SetOverride(Box::new(unknown.clone()))), "no rotation \"none\"");
    let level = OverrideWanted { rotation: rota(), level: Some(1), ..unknown };
    assert_eq!(refused(&mut bench, &Input::SetOverride(Box::new(level))), "level: the rota has levels 0 to 0");
}

#[test]
fn a_swap_is_a_pair_of_overrides_that_both_agreed_to() {
    let mut bench = bench(false);
    assert_eq!(bench.act(offer("bob", (1, 2), Some("cid"), Some((2, 3)))), ["rota.swap_offered"]);
    assert_eq!(bench.act(offer("bob", (1, 2), Some("cid"), Some((2, 3)))), [""; 0], "it waits already");
    let id = last_offer(&bench.state);
    assert_eq!(agree(&mut bench, id, "cid"), ["rota.swap_agreed"]);
    assert_eq!(agree(&mut bench, id, "cid"), [""; 0]);
    assert_eq!(who(&bench, 0..4), "ann bob cid ann", "one alone changes nothing");
    assert_eq!(refused(&mut bench, &Input::AgreeSwap { id, person: person("ann") }), "ann was not asked");
    let done = agree(&mut bench, id, "bob");
    assert_eq!(done, ["rota.swap_agreed", "rota.override_set", "rota.override_set"]);
    assert_eq!(who(&bench, 0..4), "ann cid bob ann");
    assert_eq!(refused(&mut bench, &Input::AgreeSwap { id, person: person("bob") }), "this offer is over");
    assert_eq!(refused(&mut bench, &Input::WithdrawSwap { id }), "this offer is over");
}

#[test]
fn cover_is_taken_by_the_first_member_who_agrees() {
    let mut bench = bench(false);
    bench.act(offer("bob", (1, 2), None, None));
    let id = last_offer(&bench.state);
    let notices = view::rota_notices(&bench.look());
    let mut asked: Vec<&str> = notices.iter().map(|notice| notice.to.as_str()).collect();
    asked.sort_unstable();
    assert_eq!(asked, ["ann", "bob", "cid"], "everybody in the rota has a link, and nobody else");
    assert_eq!(refused(&mut bench, &Input::AgreeSwap { id, person: person("dee") }), "dee was not asked");
    agree(&mut bench, id, "bob");
    let open: Vec<String> = view::rota_notices(&bench.look()).iter().map(|notice| notice.to.to_string()).collect();
    assert!(!open.contains(&"bob".to_owned()), "who agreed is asked no more");
    agree(&mut bench, id, "cid");
    assert_eq!(who(&bench, 0..4), "ann cid cid ann");
    assert!(view::rota_notices(&bench.look()).is_empty());
}

#[test]
fn an_offer_that_no_longer_fits_is_not_swapped_over_anybodys_head() {
    let mut bench = bench(false);
    for (input, want) in [
        (offer("ann", (1, 2), Some("cid"), None), "ann is not on call at that level from"),
        (offer("bob", (1, 3), Some("cid"), None), "bob is not on call at that level from"),
        (offer("bob", (1, 2), Some("cid"), Some((3, 4))), "cid is not on call at that level from"),
        (offer("bob", (1, 2), Some("bob"), None), "to: bob cannot swap with themselves"),
        (offer("bob", (1, 2), Some("dee"), None), "dee is not in the rota shop-days"),
        (offer("bob", (1, 2), None, Some((2, 3))), "takes: say whose time it is"),
    ] {
        let said = refused(&mut bench, &input);
        assert!(said.starts_with(want), "{said}");
    }
    bench.act(offer("bob", (1, 2), Some("cid"), None));
    let id = last_offer(&bench.state);
    agree(&mut bench, id, "bob");
    bench.act(replace("bob", "ann", 1, 2));
    let said = refused(&mut bench, &Input::AgreeSwap { id, person: person("cid") });
    assert!(said.starts_with("bob is not on call"), "{said}");
    assert_eq!(bench.act(Input::WithdrawSwap { id }), ["rota.swap_withdrawn"]);
    assert_eq!(bench.act(Input::WithdrawSwap { id }), [""; 0]);
    bench.act(offer("cid", (5, 6), Some("ann"), None));
    let id = last_offer(&bench.state);
    bench.now = day(5);
    assert_eq!(refused(&mut bench, &Input::AgreeSwap { id, person: person("ann") }), "this offer is over");
}

fn join(name: &str) -> Input {
    Input::JoinRota { rotation: rota(), person: person(name) }
}

fn begin(missing: &[&str], by: Option<&str>, reason: Option<&str>) -> Input {
    Input::StartRota(Box::new(StartWanted {
        rotation: rota(),
        missing: missing.iter().map(|text| (*text).to_owned()).collect(),
        decided_by: by.map(person),
        reason: reason.map(str::to_owned),
    }))
}

#[test]
fn only_who_joined_is_on_call_and_only_after_it_began() {
    let mut bench = bench(true);
    assert_eq!(who(&bench, 0..3), "- - -");
    assert!(refused(&mut bench, &begin(&[], None, None)).starts_with("nobody has joined"));
    assert_eq!(refused(&mut bench, &join("dee")), "the rota shop-days no longer asks for dee");
    assert_eq!(bench.act(join("ann")), ["rota.member_accepted"]);
    assert_eq!(bench.act(join("ann")), [""; 0]);
    assert_eq!(who(&bench, 0..3), "- - -", "it has not begun");
    let said = refused(&mut bench, &replace("ann", "bob", 1, 2));
    assert!(said.starts_with("bob is not in the rota"), "nobody is put there by another: {said}");
    assert!(refused(&mut bench, &begin(&["a drill"], None, None)).starts_with("not yet: a drill"));
    assert_eq!(bench.act(begin(&[], None, None)), ["rota.started"]);
    assert_eq!(bench.act(begin(&[], None, None)), [""; 0]);
    bench.wait(1);
    assert_eq!(who(&bench, 0..4), "ann ann ann ann");
    bench.now = day(1) + SignedDuration::from_hours(6);
    bench.act(join("cid"));
    assert_eq!(who(&bench, 0..5), "ann ann cid ann cid", "from the next hand-over on");
    bench.now = day(3) + SignedDuration::from_hours(6);
    assert_eq!(bench.act(Input::LeaveRota { rotation: rota(), person: person("ann") }), ["rota.member_left"]);
    assert_eq!(bench.act(Input::LeaveRota { rotation: rota(), person: person("ann") }), [""; 0]);
    assert_eq!(who(&bench, 0..7), "ann ann cid ann cid cid cid", "the turn that began goes to its end");
}

#[test]
fn other_terms_are_acknowledged_again() {
    let mut bench = bench(true);
    bench.act(join("ann"));
    assert!(view::rota_missing(&bench.look(), &rota(), 0).iter().all(|one| !one.contains("terms")));
    let mut document = declared(true, &["ann", "bob", "cid"]);
    for sourced in &mut document.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity
            && let Some(joining) = &mut rotation.layered.joining
        {
            joining.terms = "nothing".to_owned();
        }
    }
    bench.wait(1);
    bench.act(Input::Apply(Box::new(document), Used::new()));
    let missing = view::rota_missing(&bench.look(), &rota(), 0);
    assert!(missing.contains(&"1 of 1 members acknowledged other terms than those of now".to_owned()), "{missing:?}");
    assert_eq!(bench.act(join("ann")), ["rota.member_accepted"]);
    let shown = view::rota(&bench.look(), &rota(), (day(0), day(1)), vec![]).unwrap();
    assert_eq!(shown.members.len(), 1, "once");
}

#[test]
fn a_list_in_a_file_is_joined_by_nobody() {
    let mut bench = bench(false);
    assert_eq!(refused(&mut bench, &join("ann")), "the rota shop-days is a list in a file");
    assert!(refused(&mut bench, &begin(&[], None, None)).contains("is a list in a file"));
    assert!(view::rota_asks(&bench.look(), &rota()).is_empty());
}

#[test]
fn folding_again_gives_the_same_rota() {
    let mut bench = bench(true);
    bench.act(join("ann"));
    bench.act(join("bob"));
    bench.act(begin(&[], None, None));
    bench.wait(60);
    bench.act(Input::LeaveRota { rotation: rota(), person: person("bob") });
    let again = State::fold(&bench.facts);
    assert_eq!(again, bench.state);
    let said = |fact: &&seaworthy_core::Fact| matches!(fact.event, Event::RotaMemberLeft(_));
    assert_eq!(bench.facts.iter().filter(said).count(), 1);
}
