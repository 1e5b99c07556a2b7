//! What only several files together can be wrong about.

use expect_test::expect;

use super::{TEAM, check, entities};

fn service(file: &str, name: &str, spec: &str) -> String {
    format!("== {file}\napiVersion: seaworthy/v1\nkind: Service\nmetadata: {{ name: {name} }}\nspec: {spec}\n")
}

fn component(file: &str, name: &str, owner: &str) -> String {
    format!(
        "== {file}\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\nspec: {{ type: service, owner: {owner}, dependsOn: ['component:b'] }}\n"
    )
}

fn with_team(files: &[String]) -> String {
    format!("{}{}", TEAM.trim_start(), files.concat())
}

#[test]
fn a_service_has_exactly_one_owner() {
    check(
        &with_team(&[service("a.yaml", "a", "{ tier: 1 }")]),
        expect![[r#"
        a.yaml:2:7 error service-without-owner: service "a" has no owner (OWN-09)
            write spec.owner with the one team that owns it
    "#]],
    );
    check(
        &with_team(&[service("a.yaml", "a", "{ owner: shopp }")]),
        expect![[r#"
        a.yaml:4:16 error owner-not-declared: owner "shopp" of service "a" is not a team of these files
            did you mean "shop"?
    "#]],
    );
    check(
        &with_team(&[service("a.yaml", "a", "{ owner: shop }"), service("b.yaml", "a", "{ owner: ops }")]),
        expect![[r#"
            b.yaml:2:7 error declared-twice: service "a" is declared here and at a.yaml:2
                keep one of the two
            b.yaml:4:16 error one-owner: service "a" is owned by "ops" here and by "shop" at a.yaml:4
                a service has one owner (OWN-09): agree on one of the two
        "#]],
    );
    check(
        &with_team(&[
            service("a.yaml", "a", "{ owner: shop }"),
            component("b.yaml", "a", "ops"),
            component("c.yaml", "b", "shop"),
        ]),
        expect![[r#"
            a.yaml:4:16 error one-owner: service "a" is owned by "shop" here and by "ops" at b.yaml:4
                a service has one owner (OWN-09): agree on one of the two
            b.yaml:4:31 error owner-not-declared: owner "ops" of service "a" is not a team of these files
                add a Team "ops"
            c.yaml:4:49 warning bad-value: service "b" needs itself
                leave the dependency out
        "#]],
    );
}

#[test]
fn a_component_and_a_service_of_one_name_are_one() {
    let files = [
        service("a.yaml", "a", "{ routes: [{ path: /a }], dependencies: [{ service: b, kind: soft }] }"),
        component("b.yaml", "a", "group:Shop"),
        component("c.yaml", "b", "shop"),
    ];
    check(
        &with_team(&files),
        expect![[r#"
        c.yaml:4:49 warning bad-value: service "b" needs itself
            leave the dependency out
    "#]],
    );
    entities(
        &with_team(&files[..2]),
        expect![[r#"
            a.yaml:2 Objective(Objective { name: "a-availability", service: ServiceId("a"), description: None, indicator: Availability { route: None }, target: 0.999, period: Rolling { days: 30 }, counting: Occurrences, tiers: [], by_default: true })
            team.yaml:7 Person(Person { name: PersonId("ann") })
            team.yaml:12 Rotation(Rotation { name: RotationId("weekly"), team: TeamId("shop"), participants: [PersonId("ann")], start: 2026-01-05T08:00:00Z, zone: "Europe/Berlin", days: 7, layered: Layered { turn: None, levels: 0, hours: [], layers: [], overrides: [], fallback: None, shadows: [], joining: None, calendar: None } })
            a.yaml:2 Service(Service { name: ServiceId("a"), description: None, owner: TeamId("shop"), tier: Two, system: None, routes: [Route { hosts: [], path: "/a", sticky: None, timeout_ms: 30000, attempt_timeout_ms: 10000 }], run: None, dependencies: [Dependency { service: ServiceId("b"), kind: Soft, reason: None }], rollout: Strategy { steps: [Share(500), Share(2500), Share(5000), Share(10000)], dwell_ms: 30000, requests_min: 50, bake_ms: 1800000 }, on_call: None, escalation: None })
            team.yaml:2 Team(Team { name: TeamId("shop"), title: None, members: [PersonId("ann")], escalation: None })
            PersonDetails { name: PersonId("ann"), display_name: None, contacts: [PersonContact { contact: Webhook { url: "http://127.0.0.1:1/", secret: None }, rule: ContactRule { after_ms: 0 } }] }
        "#]],
    );
}

#[test]
fn a_user_and_a_person_of_one_name_are_one() {
    let user = "== u.yaml\napiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: { name: ann }\nspec: { profile: { displayName: Ann, email: ann@a.example }, memberOf: [shop] }\n".to_owned();
    entities(
        &with_team(&[user]),
        expect![[r#"
            team.yaml:7 Person(Person { name: PersonId("ann") })
            team.yaml:12 Rotation(Rotation { name: RotationId("weekly"), team: TeamId("shop"), participants: [PersonId("ann")], start: 2026-01-05T08:00:00Z, zone: "Europe/Berlin", days: 7, layered: Layered { turn: None, levels: 0, hours: [], layers: [], overrides: [], fallback: None, shadows: [], joining: None, calendar: None } })
            team.yaml:2 Team(Team { name: TeamId("shop"), title: None, members: [PersonId("ann")], escalation: None })
            PersonDetails { name: PersonId("ann"), display_name: Some("Ann"), contacts: [PersonContact { contact: Webhook { url: "http://127.0.0.1:1/", secret: None }, rule: ContactRule { after_ms: 0 } }, PersonContact { contact: Email { address: "ann@a.example" }, rule: ContactRule { after_ms: 0 } }] }
        "#]],
    );
}

#[test]
fn nothing_is_declared_twice() {
    let other = "== o.yaml\napiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: x }\n---\napiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: { name: x }\n".to_owned();
    let team = TEAM.replace("team.yaml", "again.yaml");
    check(
        &with_team(&[team, other]),
        expect![[r#"
        again.yaml:2:7 error declared-twice: team "shop" is declared here and at team.yaml:2
            keep one of the two
        again.yaml:7:7 error declared-twice: person "ann" is declared here and at team.yaml:7
            keep one of the two
        again.yaml:12:7 error declared-twice: rotation "weekly" is declared here and at team.yaml:12
            keep one of the two
        o.yaml:6:7 error declared-twice: "system/x" is declared here and at o.yaml:2
            keep one of the two
    "#]],
    );
}

#[test]
fn a_host_and_path_lead_to_one_service() {
    let files = [
        service("a.yaml", "a", "{ owner: shop, routes: [{ hosts: [x.example, y.example], path: /p }, {}] }"),
        service("b.yaml", "b", "{ owner: shop, routes: [{ hosts: [Y.example], path: /p/ }, { path: /q }] }"),
        service("c.yaml", "c", "{ owner: shop, routes: [{ path: / }, { hosts: [y.example], path: /p/q }] }"),
    ];
    check(
        &with_team(&files),
        expect![[r#"
        b.yaml:4:31 error route-overlap: route y.example/p leads to service "b" here and to "a" at a.yaml:4
            give one of them another host or a longer path
        c.yaml:4:31 error route-overlap: route / leads to service "c" here and to "a" at a.yaml:4
            give one of them another host or a longer path
    "#]],
    );
}

#[test]
fn what_a_service_needs_is_declared() {
    let files = [service("a.yaml", "alpha", "{ owner: shop, dependencies: [alpah, alpha, payments] }")];
    check(
        &with_team(&files),
        expect![[r#"
        a.yaml:4:37 warning unknown-dependency: "alpah", which service "alpha" needs, is not declared in these files
            did you mean "alpha"?
        a.yaml:4:44 warning bad-value: service "alpha" needs itself
            leave the dependency out
        a.yaml:4:51 warning unknown-dependency: "payments", which service "alpha" needs, is not declared in these files
            declare it, or check a directory that also holds it
    "#]],
    );
}

#[test]
fn somebody_is_paged() {
    let ops = "== ops.yaml\napiVersion: seaworthy/v1\nkind: Team\nmetadata: { name: ops }\n".to_owned();
    let owned: Vec<String> = ["a", "b", "c", "d", "e"].iter().map(|n| service("s.yaml", n, "{ owner: ops }")).collect();
    check(
        &with_team(&[ops, owned.concat()]),
        expect![[r#"
        ops.yaml:2:7 warning nobody-on-call: team "ops" has no rotation: nobody would be paged for "a", "b", "c" and 2 more (OWN-16)
            add a Rotation with spec.team: ops
    "#]],
    );
    check(
        &with_team(&[service("a.yaml", "a", "{ owner: shop, onCall: weakly }")]),
        expect![[r#"
        a.yaml:4:30 error unknown-reference: rotation "weakly" of service "a" is not in these files
            did you mean "weekly"?
    "#]],
    );
    let second = "== r.yaml\napiVersion: seaworthy/v1\nkind: Rotation\nmetadata: { name: nightly }\nspec: { team: shop, participants: [bob], start: 2026-01-05, zone: UTC, turn: 1d }\n---\napiVersion: seaworthy/v1\nkind: Person\nmetadata: { name: bob }\nspec: { contacts: [] }\n".to_owned();
    check(
        &with_team(&[service("a.yaml", "a", "{ owner: shop }"), second]),
        expect![[r#"
            a.yaml:2:7 warning which-rotation: team "shop" has several rotations: "nightly" is paged for service "a"
                write spec.onCall: nightly, or the other
            r.yaml:4:36 warning person-unreachable: "bob" is on call and has no contact: a page would only stand in the portal
                add a contact to the Person, such as email: ann@shop.example
        "#]],
    );
}
