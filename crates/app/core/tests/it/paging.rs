//! Pages that climb: whom each calls, when and why, and what ends it.

use expect_test::{Expect, expect};
use jiff::SignedDuration;
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::api::LadderEnd;
use seaworthy_contract::catalogue::{Document, Entity, EscalationPolicy, Person, Sourced};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::page::PageNewsV1;
use seaworthy_core::watch::Used;
use seaworthy_core::{Fact, IncidentDone, IncidentWanted, Input, Refusal, State, outbox, view};
use seaworthy_model::PageId;
use serde_json::json;

use crate::bench::{Bench, document, service, start};

mod faults;

/// Ann, bob and cid take turns of a week, two at a time; dan is in no rotation. Escalation is what `policy` says.
fn files(policy: Option<serde_json::Value>) -> Document {
    let mut document = document(&["checkout"]);
    for sourced in &mut document.entities {
        match &mut sourced.entity {
            Entity::Rotation(rotation) => {
                rotation.participants = ["ann", "bob", "cid"].map(|name| name.parse().expect("a name")).to_vec();
                rotation.layered.levels = 2;
            }
            Entity::Team(team) => {
                team.escalation = policy.as_ref().map(|_| "shop-ladder".parse().expect("a name"));
            }
            _ => {}
        }
    }
    let people =
        ["ann", "bob", "cid", "dan"].map(|name| Entity::Person(Person { name: name.parse().expect("a name") }));
    let policy = policy.map(|policy| Entity::EscalationPolicy(serde_json::from_value(policy).expect("a policy")));
    let sourced = |entity| Sourced { entity, source: "a.yaml:1".to_owned() };
    document.entities.extend(people.into_iter().chain(policy).map(sourced));
    document
}

fn bench_of(document: Document) -> Bench {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(document), Used::new()));
    bench
}

fn signal(bench: &Bench, phase: Phase) -> Input {
    Input::Signal(Box::new(Signal {
        rule: "probe/checkout".to_owned(),
        service: service("checkout"),
        symptom: "availability".to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Page,
        phase,
        purpose: Purpose::Real,
        began_at: bench.now,
        sentence: "Customers of checkout see errors".to_owned(),
    }))
}

fn page(state: &State) -> PageId {
    *state.pages.keys().next().expect("a page")
}

/// One line for each event of the page, with the minute.
fn said(bench: &Bench, facts: &[Fact]) -> String {
    let minute = bench.now.duration_since(start()).as_mins();
    let line = |fact: &Fact| match &fact.event {
        Event::PageRequested(e) => {
            let to = e.to.as_ref().map_or("nobody", |person| person.as_str());
            Some(format!("{minute} calls {to} by {}\n", e.channels.join(" ")))
        }
        Event::PageEscalated(e) => {
            let people: Vec<&str> = e.people.iter().map(|person| person.as_str()).collect();
            Some(format!("{minute} rung {} calls {}: {:?}\n", e.rung, people.join(", "), e.why))
        }
        Event::PageExhausted(e) => Some(format!("{minute} round {} is over, again: {}\n", e.round, e.again)),
        _ => None,
    };
    facts.iter().filter_map(line).collect()
}

fn tick(bench: &mut Bench) -> String {
    let facts = bench.try_act(&Input::Tick).expect("time passes");
    said(bench, &facts)
}

/// Pages, then looks every minute for so long.
fn minutes(bench: &mut Bench, minutes: i64) -> String {
    let mut text = tick(bench);
    for _ in 0..minutes {
        bench.wait(60);
        text += &tick(bench);
    }
    text
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(policy: Option<serde_json::Value>, want: Expect) {
    let mut bench = bench_of(files(policy));
    bench.act(signal(&bench, Phase::Firing));
    want.assert_eq(&minutes(&mut bench, 90));
}

fn steps(steps: &serde_json::Value) -> Option<serde_json::Value> {
    Some(json!({ "name": "shop-ladder", "repeats": 0, "steps": steps }))
}

#[test]
fn where_nothing_is_written_the_standard_is_climbed() {
    check(
        None,
        expect![[r#"
            0 calls ann by portal contacts
            5 rung 1 calls bob: Unanswered
            10 rung 2 calls ann, bob, cid: Unanswered
            25 round 1 is over, again: true
            25 rung 3 calls ann: Unanswered
            30 rung 4 calls bob: Unanswered
            35 rung 5 calls ann, bob, cid: Unanswered
            50 round 2 is over, again: true
            50 rung 6 calls ann: Unanswered
            55 rung 7 calls bob: Unanswered
            60 rung 8 calls ann, bob, cid: Unanswered
            75 round 3 is over, again: false
        "#]],
    );
}

#[test]
fn a_step_calls_several_and_each_once() {
    check(
        steps(&json!([
            { "call": [{ "who": "person", "person": "dan" }, { "who": "on-call", "level": 0 }, { "who": "person", "person": "dan" }], "wait_ms": 120_000 },
            { "call": [{ "who": "rotation", "rotation": "shop", "level": 1 }], "wait_ms": 60_000 }
        ])),
        expect![[r#"
            0 calls dan by portal contacts rung-0/ann
            2 rung 1 calls bob: Unanswered
            3 round 1 is over, again: false
        "#]],
    );
}

#[test]
fn a_rotation_with_nobody_is_said_and_passed_over_at_once() {
    let mut document = files(steps(&json!([
        { "call": [{ "who": "on-call", "level": 0 }], "wait_ms": 300_000 },
        { "call": [{ "who": "on-call", "level": 1 }], "wait_ms": 300_000 },
        { "call": [{ "who": "person", "person": "dan" }], "wait_ms": 300_000 }
    ])));
    for sourced in &mut document.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity {
            rotation.start = start() + SignedDuration::from_hours(24);
        }
    }
    let mut bench = bench_of(document);
    bench.act(signal(&bench, Phase::Firing));
    expect![[r#"
        0 calls nobody by portal
        0 rung 2 calls dan: Nobody
        5 round 1 is over, again: false
    "#]]
    .assert_eq(&(tick(&mut bench) + &minutes(&mut bench, 10)));
    let shown = view::page(&bench.look(), page(&bench.state)).expect("a page").ladder;
    assert_eq!((shown.calls[0].left_out, shown.end), (2, Some(LadderEnd::Exhausted)));
}

#[test]
fn where_nobody_is_left_to_call_that_is_said_at_once() {
    let mut document = files(None);
    document.entities.retain(|sourced| !matches!(sourced.entity, Entity::Rotation(_)));
    let mut bench = bench_of(document);
    bench.act(signal(&bench, Phase::Firing));
    assert_eq!(minutes(&mut bench, 5), "0 calls nobody by portal\n1 round 3 is over, again: false\n");
}

#[test]
fn whoever_cannot_be_reached_is_not_waited_for() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    let mut text = tick(&mut bench);
    let page = page(&bench.state);
    let given_up = |channel: &str| Input::PageUndeliverable {
        page,
        channel: channel.to_owned(),
        attempts: 12,
        reason: "the person has no contact in the directory".to_owned(),
    };
    bench.act(given_up("contacts"));
    text += &tick(&mut bench);
    // One of the whole team can be reached: it is waited for.
    bench.act(given_up("rung-1/bob"));
    text += &tick(&mut bench);
    bench.act(given_up("rung-2/ann"));
    bench.act(given_up("rung-2/cid"));
    text += &minutes(&mut bench, 16);
    expect![[r#"
        0 calls ann by portal contacts
        0 rung 1 calls bob: Unreachable
        0 rung 2 calls ann, bob, cid: Unreachable
        15 round 1 is over, again: true
        15 rung 3 calls ann: Unanswered
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_contact_that_comes_after_the_end_of_the_ladder_is_called() {
    let mut bench =
        bench_of(files(steps(&json!([{ "call": [{ "who": "person", "person": "dan" }], "wait_ms": 60_000 }]))));
    bench.act(signal(&bench, Phase::Firing));
    let mut text = tick(&mut bench);
    let page = page(&bench.state);
    let given_up = |channel: &str| {
        let reason = "the person has no contact in the directory".to_owned();
        Input::PageUndeliverable { page, channel: channel.to_owned(), attempts: 1, reason }
    };
    let reachable = |bench: &mut Bench, names: &[&str]| {
        let people = names.iter().map(|name| name.parse().expect("a name")).collect();
        let facts = bench.try_act(&Input::ContactsChanged { people }).expect("taken");
        said(bench, &facts)
    };
    bench.act(given_up("contacts"));
    text += &minutes(&mut bench, 2);
    // Nobody else is called; ann was not called by this page, so a contact of hers is no news to it.
    text += &reachable(&mut bench, &["ann"]);
    text += &reachable(&mut bench, &["ann", "dan"]);
    text += &reachable(&mut bench, &["dan"]);
    let waiting: Vec<&str> = outbox::waiting(&bench.state).map(|message| message.channel).collect();
    assert!(waiting.contains(&"rung-1/dan"), "{waiting:?}");
    // That one is given up as well, and the next contact is called again.
    bench.act(given_up("rung-1/dan"));
    text += &minutes(&mut bench, 2);
    text += &reachable(&mut bench, &["dan"]);
    bench.act(Input::Acknowledge { page });
    bench.act(given_up("rung-2/dan"));
    text += &reachable(&mut bench, &["dan"]);
    expect![[r#"
        0 calls dan by portal contacts
        0 round 1 is over, again: false
        2 rung 1 calls dan: Unreachable
        4 rung 2 calls dan: Unreachable
    "#]]
    .assert_eq(&text);
    assert_eq!(State::fold(&bench.facts), bench.state);
}

#[test]
fn where_nobody_can_be_reached_rounds_keep_their_wait() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    let mut text = tick(&mut bench);
    let page = page(&bench.state);
    for _ in 0..80 {
        let waiting: Vec<_> = outbox::waiting(&bench.state).map(|message| message.channel.to_owned()).collect();
        for channel in waiting.into_iter().filter(|channel| channel != "portal") {
            let reason = "the person has no contact in the directory".to_owned();
            bench.act(Input::PageUndeliverable { page, channel, attempts: 1, reason });
        }
        text += &tick(&mut bench);
        bench.wait(30);
    }
    expect![[r#"
        0 calls ann by portal contacts
        0 rung 1 calls bob: Unreachable
        0 rung 2 calls ann, bob, cid: Unreachable
        15 round 1 is over, again: true
        15 rung 3 calls ann: Unreachable
        16 rung 4 calls bob: Unreachable
        16 rung 5 calls ann, bob, cid: Unreachable
        31 round 2 is over, again: true
        31 rung 6 calls ann: Unreachable
        32 rung 7 calls bob: Unreachable
        32 rung 8 calls ann, bob, cid: Unreachable
        33 round 3 is over, again: false
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_page_that_somebody_took_climbs_no_further_and_calls_nobody_who_was_about_to_be() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    minutes(&mut bench, 5);
    let page = page(&bench.state);
    assert!(outbox::waiting(&bench.state).any(|message| message.channel == "rung-1/bob"));
    assert_eq!(bench.act(Input::Acknowledge { page }), ["page.acknowledged"]);
    // Two at once: the first has it, and the second is told so by finding it taken.
    bench.actor = "person/bob".to_owned();
    assert_eq!(bench.act(Input::Acknowledge { page }), Vec::<String>::new());
    assert_eq!(bench.state.pages[&page].acknowledged.as_ref().expect("taken").1, "token/test");
    assert_eq!(outbox::waiting(&bench.state).map(|message| message.channel).collect::<Vec<_>>(), ["portal"]);
    assert!(!outbox::is_still_wanted(&bench.state, page, "rung-1/bob"));
    assert_eq!(minutes(&mut bench, 60), "");
    let ladder = view::page(&bench.look(), page).expect("a page").ladder;
    assert_eq!((ladder.next_at, ladder.end), (None, Some(LadderEnd::Taken)));
}

#[test]
fn what_is_over_wakes_nobody_else() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    minutes(&mut bench, 3);
    bench.act(signal(&bench, Phase::Ended));
    assert_eq!(minutes(&mut bench, 60), "");
    let ladder = view::page(&bench.look(), page(&bench.state)).expect("a page").ladder;
    assert_eq!(ladder.end, Some(LadderEnd::Over));
}

#[test]
fn a_drill_asks_one_person() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    tick(&mut bench);
    bench.act(signal(&bench, Phase::Ended));
    bench.act(Input::Drill { rule: "probe/checkout".to_owned() });
    assert_eq!(minutes(&mut bench, 14), "0 calls ann by portal contacts\n");
}

#[test]
fn a_change_of_the_rota_calls_nobody_about_a_call_that_was_made() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    tick(&mut bench);
    let mut changed = files(None);
    for sourced in &mut changed.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity {
            rotation.participants = ["dan", "cid"].map(|name| name.parse().expect("a name")).to_vec();
        }
    }
    bench.act(Input::Apply(Box::new(changed), Used::new()));
    let page = page(&bench.state);
    let called: Vec<_> = outbox::waiting(&bench.state).filter_map(|m| m.person.cloned()).collect();
    assert_eq!(called, ["ann".parse().expect("a name")], "whoever was called is called");
    assert_eq!(minutes(&mut bench, 5), "5 rung 1 calls cid: Unanswered\n", "whoever is next is asked anew");
    assert!(bench.state.pages[&page].person("rung-1/cid").is_some());
}

#[test]
fn each_contact_that_took_it_is_known_by_its_place_and_counted_once() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    tick(&mut bench);
    let page = page(&bench.state);
    let called = |contact| Input::PageCalled { page, channel: "contacts".to_owned(), contact, attempt: 1 };
    assert_eq!(bench.act(called(2)), ["page.called", "page.delivered"]);
    assert_eq!(bench.act(called(2)), Vec::<String>::new());
    let (message, used) = outbox::unanswered(&bench.state).next().expect("somebody was sent it");
    assert_eq!((message.key_of(1), used), (format!("page/{page}/contacts"), vec![2]));
    bench.wait(60);
    assert_eq!(bench.act(called(1)), ["page.called"]);
    let contacts = view::page(&bench.look(), page).expect("a page").ladder.calls[0].people[0].contacts.clone();
    assert_eq!(contacts.iter().map(|contact| contact.contact).collect::<Vec<_>>(), [2, 1]);
    let nobody = Input::PageCalled { page, channel: "rung-9/eve".to_owned(), contact: 1, attempt: 1 };
    assert_eq!(bench.act(nobody), Vec::<String>::new());
    bench.act(Input::Acknowledge { page });
    assert_eq!(outbox::unanswered(&bench.state).count(), 0);
}

#[test]
fn whoever_was_called_is_told_once_what_became_of_it_and_not_a_day_later() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    tick(&mut bench);
    let page = page(&bench.state);
    for contact in [2, 1] {
        bench.act(Input::PageCalled { page, channel: "contacts".to_owned(), contact, attempt: 1 });
        bench.wait(60);
    }
    let news = |bench: &Bench| {
        let all = outbox::news(&bench.state, bench.now);
        all.iter().map(|one| (one.call(), one.what, one.by.map(str::to_owned))).collect::<Vec<_>>()
    };
    assert_eq!(news(&bench), [], "nothing became of it yet");
    bench.act(Input::Acknowledge { page });
    let by = news(&bench)[0].2.clone();
    let call = |end: &str| format!("page/{page}/contacts{end}");
    assert_eq!(
        news(&bench),
        [(call(""), PageNewsV1::Taken, by.clone()), (call("/2"), PageNewsV1::Taken, by)],
        "each by the key of its own call"
    );
    let told = |contact, news| Input::PageTold { page, channel: "contacts".to_owned(), contact, news };
    assert_eq!(bench.act(told(2, PageNewsV1::Taken)), ["page.told"]);
    assert_eq!(bench.act(told(2, PageNewsV1::Taken)), Vec::<String>::new());
    assert_eq!(bench.act(told(3, PageNewsV1::Taken)), Vec::<String>::new(), "it was never called by that");
    assert_eq!(news(&bench).len(), 1);
    bench.act(signal(&bench, Phase::Ended));
    assert_eq!(news(&bench).iter().filter(|one| one.1 == PageNewsV1::Resolved).count(), 2);
    bench.wait(3_601);
    assert_eq!(news(&bench), []);
}

/// Asks for help in the one incident that goes on; returns what was called.
fn ask_for_help(bench: &mut Bench) -> String {
    let incident = bench.state.incidents.open().next().expect("it goes on").0;
    let wanted = IncidentWanted::In(incident, IncidentDone::HelpAsked);
    let facts = bench.try_act(&Input::Incident(Box::new(wanted))).expect("anybody may ask");
    said(bench, &facts)
}

#[test]
fn help_calls_the_next_rung_at_once_although_the_page_is_taken() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    tick(&mut bench);
    let page = page(&bench.state);
    bench.actor = "person/ann".to_owned();
    bench.act(Input::Acknowledge { page });
    assert_eq!(minutes(&mut bench, 60), "", "whoever has it is left to work");
    let before = view::helpers(&bench.look(), page, "person/ann");
    assert_eq!(before.iter().map(|who| who.person.as_str()).collect::<Vec<_>>(), ["bob"]);
    assert_eq!(ask_for_help(&mut bench), "60 rung 1 calls bob: Help\n");
    let waiting = |bench: &Bench| outbox::waiting(&bench.state).filter(|one| one.helps).count();
    assert_eq!(waiting(&bench), 1, "it is sent although somebody has the page");
    bench.act(Input::PageCalled { page, channel: "rung-1/bob".to_owned(), contact: 1, attempt: 1 });
    let taken = outbox::news(&bench.state, bench.now).into_iter().filter(|one| one.what == PageNewsV1::Taken);
    assert_eq!(taken.count(), 0, "who is called to help is not told that somebody else has it");
    assert_eq!(ask_for_help(&mut bench), "60 rung 2 calls cid: Help\n", "not bob again, nor ann");
    assert_eq!((ask_for_help(&mut bench), waiting(&bench)), (String::new(), 1), "everybody was called");
    bench.act(signal(&bench, Phase::Ended));
    assert_eq!(waiting(&bench), 0, "nobody is woken for what is over");
}

#[test]
fn who_is_on_call_for_a_dependency_is_paged_once_and_only_for_a_dependency() {
    let mut document = files(None);
    document.entities.extend(
        self::document(&["payments", "search"]).entities.into_iter().filter(
            |sourced| matches!(&sourced.entity, Entity::Service(service) if service.name.as_str() != "checkout"),
        ),
    );
    for sourced in &mut document.entities {
        if let Entity::Service(service) = &mut sourced.entity
            && service.name.as_str() == "checkout"
        {
            service.dependencies = vec![serde_json::from_value(json!({ "service": "payments" })).expect("one")];
        }
    }
    let mut bench = bench_of(document);
    bench.act(signal(&bench, Phase::Firing));
    tick(&mut bench);
    let incident = bench.state.incidents.open().next().expect("it goes on").0;
    let call =
        |name: &str| Input::Incident(Box::new(IncidentWanted::In(incident, IncidentDone::OwnerCalled(service(name)))));
    assert_eq!(bench.act(call("payments")), ["page.requested"]);
    assert_eq!(bench.act(call("payments")), [""; 0], "once an incident");
    assert!(bench.try_act(&call("search")).is_err(), "checkout does not need it");
    let page =
        bench.state.pages.values().find(|page| page.request.service == service("payments")).expect("it is there");
    assert!(page.request.sentence.contains("checkout needs payments"), "{}", page.request.sentence);
}

#[test]
fn a_rollout_s_page_is_over_when_the_rollout_is() {
    let mut bench = Bench::serving();
    let rollout = bench.stepping("checkout", "v2");
    let request = json!({
        "page": "018f6a2c-3d1e-7abc-8def-000000000003", "service": "checkout", "team": "shop", "to": "ann",
        "sentence": "v2 waits for users", "rollout": rollout, "channels": ["portal", "contacts"],
    });
    bench.fold(Event::decode("page.requested", 1, &request.to_string()).expect("a payload"));
    let page = page(&bench.state);
    bench.act(Input::PageCalled { page, channel: "contacts".to_owned(), contact: 1, attempt: 1 });
    let over = |bench: &Bench| outbox::news(&bench.state, bench.now).iter().any(|one| one.what == PageNewsV1::Resolved);
    assert!(!over(&bench), "it goes on");
    bench.act(Input::Revert { rollout, reason: None });
    assert!(!over(&bench), "users may still be on it");
    bench.report(|_| {});
    bench.settle();
    assert!(over(&bench), "every gateway let go of it");
    bench.wait(3_601);
    assert!(!over(&bench));
}
