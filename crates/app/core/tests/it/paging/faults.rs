//! What pages meet when people leave, clocks go back, zones change and policies are wrong: each has its stated outcome.

use super::*;

#[test]
fn somebody_who_left_while_on_call_is_not_called() {
    let mut bench = bench_of(files(steps(&json!([
        { "call": [{ "who": "on-call", "level": 0 }], "wait_ms": 300_000 },
        { "call": [{ "who": "on-call", "level": 1 }, { "who": "person", "person": "dan" }], "wait_ms": 300_000 }
    ]))));
    // As a ledger of another program may have it: no document is taken that leaves a name without a person.
    let gone = |name: &str| seaworthy_contract::events::catalogue::EntityRetiredV1 {
        kind: "person".to_owned(),
        name: name.to_owned(),
    };
    bench.fold(gone("ann"));
    bench.act(signal(&bench, Phase::Firing));
    let mut text = tick(&mut bench);
    bench.fold(gone("bob"));
    text += &minutes(&mut bench, 6);
    expect![[r#"
        0 calls nobody by portal
        0 rung 1 calls dan: Nobody
        5 round 1 is over, again: false
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_clock_that_goes_back_neither_calls_twice_nor_waits_for_ever() {
    let mut bench = bench_of(files(None));
    bench.act(signal(&bench, Phase::Firing));
    bench.wait(3_600);
    let mut text = tick(&mut bench);
    // A little back: the wait is as long as it was, at most twice its length on any other clock.
    bench.wait(-240);
    text += &minutes(&mut bench, 8);
    text += "an hour back\n";
    bench.wait(1);
    text += &minutes(&mut bench, 1);
    bench.wait(-3_600);
    text += &minutes(&mut bench, 6);
    expect![[r#"
        60 calls ann by portal contacts
        an hour back
        65 rung 1 calls bob: Unanswered
        5 rung 2 calls ann, bob, cid: Unanswered
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_zone_that_changes_its_rules_asks_the_clock_of_this_machine() {
    // Hand-over at 09:00 on a Monday in a zone whose offset changed with a law: the ledger has who was called, so replaying it
    // with other rules calls nobody else.
    let mut document = files(None);
    for sourced in &mut document.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity {
            rotation.zone = "America/Sao_Paulo".to_owned();
        }
    }
    let mut bench = bench_of(document.clone());
    bench.act(signal(&bench, Phase::Firing));
    tick(&mut bench);
    for sourced in &mut document.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity {
            rotation.zone = "Asia/Tokyo".to_owned();
        }
    }
    bench.act(Input::Apply(Box::new(document), Used::new()));
    let replayed = State::fold(&bench.facts);
    assert_eq!(replayed, bench.state);
    let called = |state: &State| state.pages[&page(state)].climb.calls.clone();
    assert_eq!(called(&replayed)[0].people, ["ann".parse().expect("a name")]);
}

#[test]
fn a_policy_that_points_at_itself_is_refused_and_climbed_by_nobody() {
    let circle = |name: &str, to: &str| -> EscalationPolicy {
        let steps = json!([{ "call": [{ "who": "policy", "policy": to }] }]);
        serde_json::from_value(json!({ "name": name, "steps": steps })).expect("a policy")
    };
    let mut document = files(steps(&json!([{ "call": [{ "who": "policy", "policy": "other" }] }])));
    let sourced = |policy| Sourced { entity: Entity::EscalationPolicy(policy), source: "b.yaml:1".to_owned() };
    document.entities.push(sourced(circle("other", "shop-ladder")));
    let mut bench = Bench::new();
    let refusal = bench.try_act(&Input::Apply(Box::new(document), Used::new())).expect_err("a circle");
    let Refusal::Invalid("entities", why) = refusal else { panic!("{refusal}") };
    assert!(why.contains("policy \"other\" comes back to itself: other -> shop-ladder -> other"), "{why}");
    // Should a ledger have one all the same, the standard policy is climbed, and that is said.
    let mut bench = bench_of(files(steps(&json!([{ "call": [{ "who": "team" }], "wait_ms": 60_000 }]))));
    bench.fold(seaworthy_contract::events::catalogue::EntityDeclaredV2 {
        entity: Entity::EscalationPolicy(circle("shop-ladder", "shop-ladder")),
        source: "b.yaml:1".to_owned(),
    });
    bench.act(signal(&bench, Phase::Firing));
    assert_eq!(minutes(&mut bench, 5), "0 calls ann by portal contacts\n5 rung 1 calls bob: Unanswered\n");
    let ladder = view::page(&bench.look(), page(&bench.state)).expect("a page").ladder;
    assert_eq!(ladder.policy, "standard");
    assert_eq!(
        ladder.problem.as_deref(),
        Some("policy \"shop-ladder\" comes back to itself: shop-ladder -> shop-ladder")
    );
}

#[test]
fn names_of_a_policy_that_are_not_there_are_refused() {
    for (step, want) in [
        (json!({ "who": "person", "person": "eve" }), "names person \"eve\", which is not declared"),
        (
            json!({ "who": "rotation", "rotation": "night", "level": 0 }),
            "names rotation \"night\", which is not declared",
        ),
        (json!({ "who": "policy", "policy": "none" }), "names escalation-policy \"none\", which is not declared"),
    ] {
        let document = files(steps(&json!([{ "call": [step], "wait_ms": 60_000 }])));
        let refusal = Bench::new().try_act(&Input::Apply(Box::new(document), Used::new())).expect_err("nobody");
        assert!(refusal.to_string().contains(want), "{refusal}");
    }
    let mut document = files(None);
    for sourced in &mut document.entities {
        if let Entity::Service(service) = &mut sourced.entity {
            service.escalation = Some("nowhere".parse().expect("a name"));
        }
    }
    let refusal = Bench::new().try_act(&Input::Apply(Box::new(document), Used::new())).expect_err("nobody");
    assert!(refusal.to_string().contains("service \"checkout\" names escalation-policy \"nowhere\""), "{refusal}");
}
