//! Decision tables for rules and lookups, and the laws of plans.

use expect_test::{Expect, expect};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;

fn team(name: &str, members: &[&str]) -> Entity {
    let members = members.iter().map(|m| m.parse().expect("a name")).collect();
    Entity::Team(Team { name: name.parse().expect("a name"), members, escalation: None, rest: Fields::new() })
}

fn person(name: &str) -> Entity {
    Entity::Person(Person { name: name.parse().expect("a name"), rest: Fields::new() })
}

/// Makes a service of `host/path` texts; a text that starts with `/` is a route for every host.
fn service(name: &str, owner: &str, routes: &[&str]) -> Entity {
    let route = |text: &&str| match text.find('/') {
        Some(0) => Route { hosts: vec![], path: (*text).to_owned() },
        Some(at) => Route { hosts: vec![text[..at].to_owned()], path: text[at..].to_owned() },
        None => panic!("a route has a path"),
    };
    Entity::Service(Service {
        name: name.parse().expect("a name"),
        owner: owner.parse().expect("a name"),
        dependencies: vec![],
        routes: routes.iter().map(route).collect(),
        on_call: None,
        escalation: None,
        rest: Fields::new(),
    })
}

fn rotation(name: &str, team: &str, people: &[&str]) -> Entity {
    let participants = people.iter().map(|p| p.parse().expect("a name")).collect();
    let (name, team) = (name.parse().expect("a name"), team.parse().expect("a name"));
    Entity::Rotation(Rotation { name, team, participants, rest: Fields::new() })
}

fn shop() -> Catalogue {
    Catalogue::collect([
        team("storefront", &["ann"]),
        team("money", &["bob"]),
        person("ann"),
        person("bob"),
        rotation("money-week", "money", &["bob"]),
        service("checkout", "storefront", &["shop.example/checkout", "shop.example/"]),
        service("payments", "money", &["shop.example/checkout/pay"]),
        service("status", "money", &["/status"]),
    ])
    .expect("no doubles")
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check_who(query: &str, want: Expect) {
    let line = |c: &Candidate| format!("{} {:?} {}\n", c.service, c.sure, c.because);
    want.assert_eq(&who(&shop(), query).iter().map(line).collect::<String>());
}

#[test]
fn services_are_found_by_name() {
    check_who("payments", expect![["payments Certain its name\n"]]);
    check_who("Payments", expect![["payments Likely its name, in another case\n"]]);
    check_who("paymnets", expect![["payments Possible a name much like it\n"]]);
    check_who("check", expect![["checkout Possible a part of its name\n"]]);
    check_who("pa", expect![[""]]);
    check_who("", expect![[""]]);
    check_who("nobody-knows", expect![[""]]);
}

#[test]
fn a_slip_is_recognised() {
    let known = ["owner", "routes", "attemptTimeout", "run", "tier"];
    for (asked, want) in [
        ("ownr", Some("owner")),
        ("attempt_timeout", Some("attemptTimeout")),
        ("Route", Some("routes")),
        ("rum", Some("run")),
        ("replicas", None),
        ("attemptTimer", None),
        ("", None),
    ] {
        assert_eq!(nearest(asked, known), want, "{asked:?}");
    }
}

#[test]
fn services_are_found_by_address() {
    check_who("https://shop.example:443/checkout/7?x=1#y", expect![["checkout Certain route shop.example/checkout\n"]]);
    check_who(
        "http://ann@SHOP.example/checkout/pay/7",
        expect![["payments Certain route shop.example/checkout/pay\n"]],
    );
    check_who("shop.example/checkout/payday", expect![["checkout Certain route shop.example/checkout\n"]]);
    check_who(
        "shop.example",
        expect![[r#"
        checkout Certain route shop.example/
        payments Possible route shop.example/checkout/pay is on that host
    "#]],
    );
    check_who("https://other.example/status", expect![["status Likely route /status\n"]]);
    check_who("/status/x", expect![["status Likely route /status\n"]]);
    check_who("/checkout", expect![["checkout Likely route shop.example/checkout\n"]]);
    check_who("https://other.example/", expect![[""]]);
    check_who("://", expect![[""]]);
}

#[test]
fn services_are_found_by_people() {
    check_who(
        "money",
        expect![[r#"
        payments Likely team "money" owns it
        status Likely team "money" owns it
    "#]],
    );
    check_who("ann", expect![["checkout Possible \"ann\" is of team \"storefront\", which owns it\n"]]);
}

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check_refusals(wanted: impl IntoIterator<Item = Entity>, want: Expect) {
    let wanted = Catalogue::collect(wanted).expect("no doubles");
    let lines = refusals(&shop(), &wanted).into_iter().map(|refusal| format!("{refusal:?}\n"));
    want.assert_eq(&lines.collect::<String>());
}

#[test]
fn holes_in_ownership_are_refused() {
    check_refusals(
        [service("checkout", "storefront", &[]), service("payments", "nobody", &[])],
        expect![[r#"
            TeamUnknown { of: Key { kind: Service, name: "payments" }, team: TeamId("nobody") }
            TeamOwns { team: TeamId("storefront"), services: [ServiceId("checkout")] }
        "#]],
    );
    check_refusals(
        [rotation("r", "ghosts", &["ann", "zoe"]), person("ann")],
        expect![[r#"
            TeamUnknown { of: Key { kind: Rotation, name: "r" }, team: TeamId("ghosts") }
            PersonUnknown { rotation: RotationId("r"), person: PersonId("zoe") }
        "#]],
    );
    let doubled = Catalogue::collect([service("a", "x", &[]), service("a", "y", &[]), service("a", "x", &[])]);
    assert_eq!(doubled, Err(vec![Refusal::DeclaredTwice(Key { kind: Kind::Service, name: "a".to_owned() })]));
}

#[test]
fn one_address_has_one_service() {
    check_refusals(
        [team("t", &[]), service("a", "t", &["x.example/p", "/q"]), service("b", "t", &["x.example/p", "/q"])],
        expect![[r#"
            RouteTwice { first: ServiceId("a"), second: ServiceId("b"), route: Route { hosts: ["x.example"], path: "/p" } }
            RouteTwice { first: ServiceId("a"), second: ServiceId("b"), route: Route { hosts: [], path: "/q" } }
        "#]],
    );
    check_refusals(
        [team("t", &[]), service("a", "t", &["x.example/p", "/q"]), service("b", "t", &["y.example/p", "/q/r", "/p"])],
        expect![[""]],
    );
}

#[test]
fn a_transfer_is_visible() {
    let wanted = Catalogue::collect([team("money", &[]), service("checkout", "money", &[])]).expect("no doubles");
    let changes = plan(&shop(), &wanted);
    let owner = changes.iter().flat_map(|c| &c.details).find(|d| d.field == "owner" && d.to.is_some());
    assert_eq!(owner.map(|d| (d.from.as_deref(), d.to.as_deref())), Some((Some("storefront"), Some("money"))));
}

#[test]
fn a_service_stays_with_its_team_its_rotation_and_the_people_in_it() {
    let shop = shop();
    let needed = |name: &str| {
        let of = shop.get(&Key { kind: Kind::Service, name: name.to_owned() });
        needs(&shop, of).iter().map(|key| format!("{} {}", key.kind, key.name)).collect::<Vec<_>>().join(", ")
    };
    expect![[""]].assert_eq(&needed("nobody"));
    expect!["team storefront"].assert_eq(&needed("checkout"));
    expect!["person bob, team money, rotation money-week"].assert_eq(&needed("payments"));
}

#[test]
fn what_is_referred_to_comes_first_and_leaves_last() {
    let names = |changes: Vec<Change>| changes.iter().map(|c| c.key.name.clone()).collect::<Vec<_>>().join(" ");
    let arrive = "ann bob money storefront money-week checkout payments status";
    assert_eq!(names(plan(&Catalogue::default(), &shop())), arrive);
    let leave = arrive.split(' ').rev().collect::<Vec<_>>().join(" ");
    assert_eq!(names(plan(&shop(), &Catalogue::default())), leave);
}

prop_compose! {
    fn any_catalogue()(
        teams in btree_map("[a-c]", vec("[x-z]", 0..3), 0..3),
        services in btree_map("[a-d]", ("[a-c]", vec("/[p-q]", 0..2), "[0-1]"), 0..4),
    ) -> Catalogue {
        let teams = teams.iter().map(|(name, members)| team(name, &members.iter().map(String::as_str).collect::<Vec<_>>()));
        let services = services.iter().map(|(name, (owner, routes, rest))| {
            let mut entity = service(name, owner, &routes.iter().map(String::as_str).collect::<Vec<_>>());
            if let Entity::Service(service) = &mut entity {
                service.rest.insert("command".to_owned(), rest.clone());
            }
            entity
        });
        Catalogue::collect(teams.chain(services)).expect("keys of maps differ")
    }
}

proptest! {
    #[test]
    fn a_plan_leads_from_one_to_the_other(current in any_catalogue(), wanted in any_catalogue()) {
        let mut now = current.clone();
        for change in plan(&current, &wanted) {
            prop_assert!(!change.details.is_empty() || !matches!(change.action, Action::Change(_)), "a change says what differs");
            apply(&mut now, &change);
        }
        prop_assert_eq!(&now, &wanted);
        prop_assert_eq!(plan(&now, &wanted), vec![]);
    }

    #[test]
    fn an_answer_names_each_service_once_and_best_first(catalogue in any_catalogue(), query in "[a-z./:]{0,8}") {
        let found = who(&catalogue, &query);
        prop_assert!(found.windows(2).all(|pair| pair[0].sure <= pair[1].sure));
        let names: std::collections::BTreeSet<_> = found.iter().map(|c| &c.service).collect();
        prop_assert_eq!(names.len(), found.len());
    }
}
