//! Several sources on one catalogue: each retires what it declared itself, and never by silence what has users.

use std::time::Duration;

use expect_test::{Expect, expect};
use jiff::SignedDuration;
use seaworthy_contract::catalogue::{Document, Entity, Sourced};
use seaworthy_core::watch::{InUse, USERS_WITHIN, Used};
use seaworthy_core::{Input, plan};
use seaworthy_model::Arm;

use crate::bench::{Bench, document, service, users};

/// What a source says: services `name`, with a team, a rotation and people that every source declares alike.
fn says(source: &str, services: &[&str]) -> Document {
    Document { source: (!source.is_empty()).then(|| source.to_owned()), ..document(services) }
}

fn empty(source: &str) -> Document {
    Document { source: Some(source.to_owned()), ..Document::default() }
}

fn asked(services: &[&str]) -> Used {
    services.iter().map(|name| (service(name), InUse::Asked(Duration::from_secs(3)))).collect()
}

/// Plans, compares the plan with a table, and applies.
#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn applies(bench: &mut Bench, document: Document, used: Used, want: Expect) {
    let text = match plan(&bench.state, &document, &used) {
        Ok(plan) => {
            let changes =
                plan.changes.iter().map(|c| format!("{:?} {} {} {:?}\n", c.change, c.kind, c.name, c.details));
            let kept = plan.kept.iter().map(|k| format!("kept {} {}: {}\n", k.kind, k.name, k.why));
            changes.chain(kept).collect()
        }
        Err(refusal) => format!("{refusal}\nhint: {}\n", refusal.hint().unwrap_or_default()),
    };
    want.assert_eq(&text);
    if plan(&bench.state, &document, &used).is_ok() {
        bench.act(Input::Apply(Box::new(document), used));
    }
}

fn services(bench: &Bench) -> Vec<String> {
    let by = |declared: &seaworthy_core::state::Declared| declared.declared_by.clone().unwrap_or("nobody".to_owned());
    bench
        .state
        .catalogue
        .services()
        .map(|(service, declared)| format!("{} of {}", service.name, by(declared)))
        .collect()
}

#[test]
fn a_source_retires_only_what_it_declared() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(says("a", &["checkout"])), Used::new()));
    applies(
        &mut bench,
        says("b", &["payments"]),
        Used::new(),
        expect![[r#"
        Declare service payments ["from test.yaml:1"]
    "#]],
    );
    assert_eq!(services(&bench), ["checkout of a", "payments of b"]);
    applies(&mut bench, says("b", &["payments"]), Used::new(), expect![[""]]);
    applies(
        &mut bench,
        empty("a"),
        Used::new(),
        expect![[r#"
        Retire service checkout []
        kept person ines: something that stays refers to it
        kept team shop: something that stays refers to it
        kept rotation shop: something that stays refers to it
    "#]],
    );
    assert_eq!(services(&bench), ["payments of b"], "with its team, its rotation and its people");
    applies(
        &mut bench,
        empty("b"),
        Used::new(),
        expect![[r#"
        Retire service payments []
    "#]],
    );
}

#[test]
fn a_service_has_one_source_and_moves_when_the_new_one_says_so() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(says("a", &["checkout", "payments"])), Used::new()));
    applies(
        &mut bench,
        says("b", &["checkout"]),
        Used::new(),
        expect![[r#"
        service "checkout" is declared by source "a" and by source "b": one of them must have it
        hint: take it out of one of the two, speak for the other with --source NAME, or move it here with --take SERVICE
    "#]],
    );
    applies(
        &mut bench,
        says("", &["payments"]),
        Used::new(),
        expect![[r#"
        service "payments" is declared by source "a" and by a document without source: one of them must have it
        hint: take it out of one of the two, speak for the other with --source NAME, or move it here with --take SERVICE
    "#]],
    );
    let take = vec![service("checkout")];
    applies(
        &mut bench,
        Document { take, ..says("b", &["checkout"]) },
        asked(&["checkout"]),
        expect![[r#"
        Change service checkout ["source: a -> b"]
    "#]],
    );
    assert_eq!(services(&bench), ["checkout of b", "payments of a"]);
    applies(
        &mut bench,
        says("a", &["checkout", "payments"]),
        Used::new(),
        expect![[r#"
        service "checkout" is declared by source "b" and by source "a": one of them must have it
        hint: take it out of one of the two, speak for the other with --source NAME, or move it here with --take SERVICE
    "#]],
    );
    applies(&mut bench, says("a", &["payments"]), asked(&["checkout"]), expect![[""]]);
    let take = vec![service("checkout")];
    applies(
        &mut bench,
        Document { take, ..says("a", &["payments"]) },
        Used::new(),
        expect![[r#"
        take: service "checkout" is not in the files: declare it there
        hint: 
    "#]],
    );
}

#[test]
fn what_has_users_goes_only_by_name() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(says("up", &["checkout", "payments"])), Used::new()));
    applies(
        &mut bench,
        empty("up"),
        asked(&["checkout"]),
        expect![[r#"
        Retire service payments []
        kept service checkout: its last request came 3 s ago
        kept person ines: something that stays refers to it
        kept team shop: something that stays refers to it
        kept rotation shop: something that stays refers to it
    "#]],
    );
    assert_eq!(services(&bench), ["checkout of up"]);
    let retire = |name: &str| Document { retire: vec![service(name)], ..empty("up") };
    applies(
        &mut bench,
        retire("chekout"),
        asked(&["checkout"]),
        expect![[r#"
        no service "chekout"
        hint: `seaworthy services` lists what is known; `seaworthy apply` adds more
    "#]],
    );
    let foreign = Document { source: Some("b".to_owned()), ..retire("checkout") };
    applies(
        &mut bench,
        foreign,
        asked(&["checkout"]),
        expect![[r#"
        service "checkout" is declared by source "up", and this is source "b"
        hint: name that source with --source, and give its files
    "#]],
    );
    let there = Document { retire: vec![service("checkout")], ..says("up", &["checkout"]) };
    applies(
        &mut bench,
        there,
        asked(&["checkout"]),
        expect![[r#"
        retire: service "checkout" is still in the files: take it out of them first
        hint: 
    "#]],
    );
    applies(
        &mut bench,
        retire("checkout"),
        asked(&["checkout"]),
        expect![[r#"
        Retire service checkout []
        Retire rotation shop []
        Retire team shop []
        Retire person ines []
    "#]],
    );
    assert_eq!(bench.state.catalogue.iter().count(), 0);
}

#[test]
fn a_new_name_on_the_same_route_says_what_stands_in_the_way() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(says("up", &["checkout"])), Used::new()));
    let mut renamed = says("up", &["checkout"]);
    for sourced in &mut renamed.entities {
        if let Entity::Service(found) = &mut sourced.entity {
            found.name = service("basket");
        }
    }
    applies(
        &mut bench,
        renamed,
        asked(&["checkout"]),
        expect![[r#"
        entities: services "basket" and "checkout" both claim route /checkout; service "checkout" stays until it is named with --retire: its last request came 3 s ago
        hint: 
    "#]],
    );
}

#[test]
fn what_nobody_claimed_is_left_alone_until_somebody_declares_it() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(says("", &["checkout", "payments"])), Used::new()));
    assert_eq!(services(&bench), ["checkout of nobody", "payments of nobody"]);
    applies(
        &mut bench,
        says("up", &["checkout"]),
        Used::new(),
        expect![[r#"
        Change person ines ["source: nobody -> up"]
        Change team shop ["source: nobody -> up"]
        Change rotation shop ["source: nobody -> up"]
        Change service checkout ["source: nobody -> up"]
    "#]],
    );
    assert_eq!(services(&bench), ["checkout of up", "payments of nobody"]);
    let retire = vec![service("payments")];
    applies(
        &mut bench,
        Document { retire, ..says("up", &["checkout"]) },
        Used::new(),
        expect![[r#"
        Retire service payments []
    "#]],
    );
}

#[test]
fn users_are_who_asked_lately_and_who_is_not_known() {
    let mut bench = Bench::serving();
    let used = |bench: &Bench, name: &str| bench.watch.used(&bench.state, bench.now).get(&service(name)).copied();
    let hour = SignedDuration::try_from(USERS_WITHIN).unwrap();
    assert_eq!(used(&bench, "checkout"), Some(InUse::NotKnown), "nobody has watched");
    bench.report(|_| {});
    bench.act(Input::Started { boot: uuid::Uuid::nil(), program: "1".to_owned() });
    assert_eq!(used(&bench, "checkout"), Some(InUse::NotKnown), "not for long enough");
    bench.now += hour;
    assert_eq!(used(&bench, "checkout"), Some(InUse::NotKnown), "no gateway says what it carries");
    bench.report(|_| {});
    assert_eq!(used(&bench, "checkout"), None);
    bench.report(|report| report.counts.push(users("v1", Arm::Stable, 1, 1, 0)));
    bench.wait(60);
    assert_eq!(used(&bench, "checkout"), Some(InUse::Asked(Duration::from_secs(60))));
    assert_eq!(used(&bench, "payments"), Some(InUse::NotKnown), "the gateway is silent again");
    bench.now += hour;
    bench.report(|_| {});
    assert_eq!(used(&bench, "checkout"), None, "nobody came for an hour");
}

/// The same, with an objective and a probe of each service.
fn watched(source: &str, services: &[&str]) -> Document {
    let mut said = says(source, services);
    for name in services {
        let objective = serde_json::json!({
            "kind": "objective", "name": format!("{name}-up"), "service": name, "indicator": { "measure": "availability" },
            "target": 0.999, "period": { "rolling": { "days": 30 } } });
        let probe = serde_json::json!({
            "kind": "probe", "name": format!("{name}-home"), "service": name, "every_ms": 10_000, "timeout_ms": 2_000,
            "target": { "type": "tcp", "address": "127.0.0.1:9" } });
        for entity in [objective, probe] {
            let entity = serde_json::from_value(entity).unwrap();
            said.entities.push(Sourced { entity, source: "test.yaml:9".to_owned() });
        }
    }
    said
}

#[test]
fn what_stays_is_watched_as_before() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(watched("up", &["checkout", "payments"])), Used::new()));
    applies(
        &mut bench,
        watched("up", &["payments"]),
        asked(&["checkout"]),
        expect![[r#"
        kept service checkout: its last request came 3 s ago
        kept objective checkout-up: it is said of service "checkout", which stays
        kept probe checkout-home: it is said of service "checkout", which stays
    "#]],
    );
    assert!(bench.state.catalogue.objective("checkout-up").is_some());
    // A source that does say the service, and not how it is watched, means it; so does one that speaks of another's.
    applies(
        &mut bench,
        says("up", &["checkout", "payments"]),
        asked(&["checkout"]),
        expect![[r#"
        Retire probe payments-home []
        Retire probe checkout-home []
        Retire objective payments-up []
        Retire objective checkout-up []
    "#]],
    );
    bench.act(Input::Apply(Box::new(watched("up", &["checkout"])), Used::new()));
    let retire = vec![service("checkout")];
    applies(
        &mut bench,
        Document { retire, ..empty("up") },
        asked(&["checkout"]),
        expect![[r#"
        Retire probe checkout-home []
        Retire objective checkout-up []
        Retire service checkout []
        Retire rotation shop []
        Retire team shop []
        Retire person ines []
    "#]],
    );
}

#[test]
fn what_another_source_says_of_a_service_goes_with_its_word() {
    let mut bench = Bench::new();
    bench.act(Input::Apply(Box::new(says("a", &["checkout"])), Used::new()));
    let mut of_b = watched("b", &["checkout"]);
    of_b.entities.retain(|sourced| matches!(sourced.entity, Entity::Objective(_)));
    applies(
        &mut bench,
        of_b,
        Used::new(),
        expect![[r#"
        Declare objective checkout-up ["from test.yaml:9"]
    "#]],
    );
    applies(
        &mut bench,
        empty("b"),
        asked(&["checkout"]),
        expect![[r#"
        Retire objective checkout-up []
    "#]],
    );
}
