//! `seaworthy/v1` kinds, field by field.

use expect_test::expect;

use super::{TEAM, check, check_service, entities};

#[test]
fn a_whole_service_is_read() {
    let service = "
== a.yaml
apiVersion: seaworthy/v1
kind: Service
metadata: { name: checkout, title: Checkout, description: Takes orders. }
spec:
  owner: shop
  tier: 1
  system: store
  onCall: weekly
  routes:
    - { hosts: [Shop.example, www.shop.example], path: /checkout/, sticky: { header: X-User }, timeout: 5s, attemptTimeout: 250ms }
    - { hosts: api.shop.example, timeout: 2s }
  run:
    command: serve --port $PORT
    env: { LEVEL: 3, EMPTY: }
    directory: app
    health: /healthz
    startTimeout: 1m
    stopTimeout: 30s
  dependencies: [payments, { service: mail, kind: soft, reason: receipts }]
  rollout: { steps: [1%, 12.5, 100%], dwell: 1m, requestsMin: 10, bake: 2h }
";
    entities(
        &format!("{}{service}", TEAM.trim_start()),
        expect![[r#"
            a.yaml:2 Objective(Objective { name: "checkout-availability", service: ServiceId("checkout"), description: None, indicator: Availability { route: None }, target: 0.999, period: Rolling { days: 30 }, counting: Occurrences, tiers: [], by_default: true })
            team.yaml:7 Person(Person { name: PersonId("ann") })
            team.yaml:12 Rotation(Rotation { name: RotationId("weekly"), team: TeamId("shop"), participants: [PersonId("ann")], start: 2026-01-05T08:00:00Z, zone: "Europe/Berlin", days: 7, layered: Layered { turn: None, levels: 0, hours: [], layers: [], overrides: [], fallback: None, shadows: [], joining: None, calendar: None } })
            a.yaml:2 Service(Service { name: ServiceId("checkout"), description: Some("Takes orders."), owner: TeamId("shop"), tier: One, system: Some(SystemId("store")), routes: [Route { hosts: ["shop.example", "www.shop.example"], path: "/checkout", sticky: Some(Header("x-user")), timeout_ms: 5000, attempt_timeout_ms: 250 }, Route { hosts: ["api.shop.example"], path: "/", sticky: None, timeout_ms: 2000, attempt_timeout_ms: 2000 }], run: Some(Run { command: ["sh", "-c", "serve --port $PORT"], env: {"EMPTY": "", "LEVEL": "3"}, directory: Some("app"), health: Some("/healthz"), start_timeout_ms: 60000, stop_timeout_ms: 30000 }), dependencies: [Dependency { service: ServiceId("payments"), kind: Hard, reason: None }, Dependency { service: ServiceId("mail"), kind: Soft, reason: Some("receipts") }], rollout: Strategy { steps: [Share(100), Share(1250), Share(10000)], dwell_ms: 60000, requests_min: 10, bake_ms: 7200000 }, on_call: Some(RotationId("weekly")), escalation: None })
            team.yaml:2 Team(Team { name: TeamId("shop"), title: None, members: [PersonId("ann")], escalation: None })
            PersonDetails { name: PersonId("ann"), display_name: None, contacts: [PersonContact { contact: Webhook { url: "http://127.0.0.1:1/", secret: None }, rule: ContactRule { after_ms: 0 } }] }
        "#]],
    );
}

#[test]
fn what_is_not_said_has_a_default() {
    let text = "apiVersion: seaworthy/v1\nkind: Service\nmetadata: { name: a }\nspec: { owner: t, routes: [{}], run: { command: [x] } }\n";
    entities(
        text,
        expect![[r#"
            a.yaml:2 Objective(Objective { name: "a-availability", service: ServiceId("a"), description: None, indicator: Availability { route: None }, target: 0.999, period: Rolling { days: 30 }, counting: Occurrences, tiers: [], by_default: true })
            a.yaml:2 Service(Service { name: ServiceId("a"), description: None, owner: TeamId("t"), tier: Two, system: None, routes: [Route { hosts: [], path: "/", sticky: None, timeout_ms: 30000, attempt_timeout_ms: 10000 }], run: Some(Run { command: ["x"], env: {}, directory: None, health: None, start_timeout_ms: 20000, stop_timeout_ms: 10000 }), dependencies: [], rollout: Strategy { steps: [Share(500), Share(2500), Share(5000), Share(10000)], dwell_ms: 30000, requests_min: 50, bake_ms: 1800000 }, on_call: None, escalation: None })
        "#]],
    );
}

#[test]
fn unknown_fields_are_mistakes() {
    check_service(
        "  tierr: 1\n  replicas: 3\n",
        expect![[r#"
            a.yaml:6:3 error unknown-key: "tierr" is not a field of "spec"
                did you mean "tier"?
            a.yaml:7:3 error unknown-key: "replicas" is not a field of "spec"
                fields are: probe, owner, routes, objective, objectives, dependencies, tier, system, run, rollout, onCall, escalation
        "#]],
    );
    check_service(
        "  run: { comand: x, enviroment: {} }\n  routes: [{ host: a }]\n",
        expect![[r#"
        a.yaml:6:10 error unknown-key: "comand" is not a field of "spec.run"
            did you mean "command"?
        a.yaml:6:21 error unknown-key: "enviroment" is not a field of "spec.run"
            fields are: command, env, directory, health, startTimeout, stopTimeout
        a.yaml:7:14 error unknown-key: "host" is not a field of "spec.routes[]"
            did you mean "hosts"?
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Team\nmetadata: { name: a, labels: {} }\nstatus: x\n",
        expect![[r#"
        a.yaml:3:22 error unknown-key: "labels" is not a field of "metadata"
            fields are: name, title, description
        a.yaml:4:1 error unknown-key: "status" is not a field of "document"
            fields are: apiVersion, kind, metadata, spec
    "#]],
    );
}

#[test]
fn types_are_checked() {
    check_service(
        "  routes: /\n  run: [x]\n  dependencies: { a: b }\n  tier: [1]\n",
        expect![[r#"
        a.yaml:6:11 error wrong-type: "spec.routes" is a text, not a list
            write a list
        a.yaml:7:8 error wrong-type: "spec.run" is a list, not a mapping
            write a mapping
        a.yaml:8:17 error wrong-type: "spec.dependencies" is a mapping, not a list
            write a list
        a.yaml:9:9 error wrong-type: "spec.tier" is a list, not a text
            write a text
    "#]],
    );
    check_service(
        "  routes: [x]\n  dependencies: [[x]]\n  rollout: { steps: 5% }\n  run: { command: { a: b }, env: [A] }\n",
        expect![[r#"
            a.yaml:6:12 error wrong-type: "spec.routes[]" is a text, not a mapping
                write a mapping
            a.yaml:7:18 error wrong-type: "spec.dependencies[]" is a list, not a mapping
                write a mapping
            a.yaml:8:21 error wrong-type: "spec.rollout.steps" is a text, not a list of shares
                write a list of shares
            a.yaml:9:19 error wrong-type: "command" is a mapping, not a text for the shell or a list of arguments
                write a text for the shell or a list of arguments
            a.yaml:9:34 error wrong-type: "spec.run.env" is a list, not a mapping of names to texts
                write a mapping of names to texts
        "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: [Team]\nmetadata: x\n",
        expect![[r#"
        a.yaml:2:7 error wrong-type: "kind" is a list, not a text
            write a text
        a.yaml:3:11 error wrong-type: "metadata" is a text, not a mapping
            write a mapping
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Person\nmetadata: { name: [a] }\nspec:\n",
        expect![[r#"
        a.yaml:2:7 error missing-field: this Person has no "spec"
            write a spec
        a.yaml:3:19 error wrong-type: "metadata.name" is a list, not a text
            write a text
    "#]],
    );
}

#[test]
fn values_are_checked() {
    check_service(
        "  tier: 4\n  system: a b\n  onCall: ''\n",
        expect![[r#"
        a.yaml:6:9 error bad-value: "spec.tier" "4" is not a tier
            write 1 (customers cannot do what they came for without it), 2 or 3
        a.yaml:7:11 error bad-name: "spec.system" "a b" is not a name: ' ' cannot stand there
            use letters, digits, "-", "_", "." and "+", at most 63, a letter or digit first
        a.yaml:8:11 error missing-field: "spec.onCall" is empty
            write a value or leave the key out
    "#]],
    );
    check_service(
        "  routes:\n    - { hosts: ['http://a', '*.b', 'a:80'], path: checkout }\n    - { path: '/a?b', sticky: { header: a, cookie: b } }\n    - { path: /c, timeout: 5, attemptTimeout: 1h }\n",
        expect![[r#"
            a.yaml:7:17 error bad-value: "http://a" is not a host name
                write it without scheme, port, path or "*", such as shop.example; leave hosts out for every host
            a.yaml:7:29 error bad-value: "*.b" is not a host name
                write it without scheme, port, path or "*", such as shop.example; leave hosts out for every host
            a.yaml:7:36 error bad-value: "a:80" is not a host name
                write it without scheme, port, path or "*", such as shop.example; leave hosts out for every host
            a.yaml:7:51 error bad-value: "checkout" is not a path prefix
                write a path such as /checkout, without query
            a.yaml:8:15 error bad-value: "/a?b" is not a path prefix
                write a path such as /checkout, without query
            a.yaml:8:31 error bad-value: "sticky" is the name of one header or one cookie
                write cookie: session or header: x-user-id
            a.yaml:9:28 error bad-duration: "spec.routes[].timeout" "5" is not a duration
                write a whole number and a unit: 250ms, 5s, 10m, 1h or 7d
            a.yaml:9:47 error bad-value: "attemptTimeout" (3600000 ms) is longer than "timeout" (30000 ms)
                a request holds its attempts: make it shorter
        "#]],
    );
    check_service(
        "  run: { command: [], env: { PORT: 1, 'a b': c }, health: healthz, startTimeout: soon }\n",
        expect![[r#"
            a.yaml:6:19 error bad-value: a command has 1 to 256 arguments, this one 0
                write the program first, then its arguments
            a.yaml:6:30 error bad-value: "PORT" is given: each version gets a free one
                leave it out
            a.yaml:6:39 error bad-value: "a b" is not the name of a variable
                use letters, digits and "_", a letter first
            a.yaml:6:59 error bad-value: "spec.run.health" "healthz" is not a path
                write a path that answers 200, such as /healthz
            a.yaml:6:82 error bad-duration: "spec.run.startTimeout" "soon" is not a duration
                write a whole number and a unit: 250ms, 5s, 10m, 1h or 7d
        "#]],
    );
    check_service(
        "  run: { command: [serve, --port, '${PORT}', '${version}'] }\n",
        expect![[r#"
        a.yaml:6:35 warning not-expanded: no shell expands "${PORT}": a list is run as it is
            write the command as one text, it then runs under "sh -c"
    "#]],
    );
    check_service("  run: { command: [sh, -c, 'serve $PORT'] }\n", expect![[""]]);
    check_service(
        "  dependencies: [{ service: b, kind: maybe }, { kind: soft }]\n",
        expect![[r#"
        a.yaml:6:29 warning unknown-dependency: "b", which service "s" needs, is not declared in these files
            declare it, or check a directory that also holds it
        a.yaml:6:38 error bad-value: dependency kind "maybe" is neither hard nor soft
            write soft when the service works without it, with less; hard otherwise
        a.yaml:6:47 error missing-field: "spec.dependencies[].service" is missing
            write the service it needs
    "#]],
    );
}

#[test]
fn rollout_steps_grow_to_everybody() {
    check_service(
        "  rollout: { steps: [5%, 5%, 4%, 100%], requestsMin: 0 }\n",
        expect![[r#"
        a.yaml:6:26 error rollout-steps: step 5% is not more than the one before it
            write growing shares that end with 100%, such as [5%, 25%, 50%, 100%]
        a.yaml:6:30 error rollout-steps: step 4% is not more than the one before it
            write growing shares that end with 100%, such as [5%, 25%, 50%, 100%]
        a.yaml:6:54 error bad-value: "spec.rollout.requestsMin" "0" is not a whole number above 0
            write a number such as 50
    "#]],
    );
    check_service(
        "  rollout: { steps: [5%, 50%] }\n",
        expect![[r#"
        a.yaml:6:21 error rollout-steps: the last step is not 100%: the change would never reach everybody
            write growing shares that end with 100%, such as [5%, 25%, 50%, 100%]
    "#]],
    );
    check_service(
        "  rollout: { steps: [0%, 101%, x, 100%] }\n",
        expect![[r#"
        a.yaml:6:22 error rollout-steps: step 0% is not more than the one before it
            write growing shares that end with 100%, such as [5%, 25%, 50%, 100%]
        a.yaml:6:26 error rollout-steps: step "101%" is not a share
            write growing shares that end with 100%, such as [5%, 25%, 50%, 100%]
        a.yaml:6:32 error rollout-steps: step "x" is not a share
            write growing shares that end with 100%, such as [5%, 25%, 50%, 100%]
    "#]],
    );
    check_service(
        "  rollout: { steps: [] }\n",
        expect![[r#"
        a.yaml:6:21 error rollout-steps: the last step is not 100%: the change would never reach everybody
            write growing shares that end with 100%, such as [5%, 25%, 50%, 100%]
    "#]],
    );
    check_service("  rollout: { steps: [100%] }\n", expect![[""]]);
}

#[test]
fn people_are_reached_in_one_way_each() {
    let head = "apiVersion: seaworthy/v1\nkind: Person\nmetadata: { name: ann }\nspec:\n  contacts:\n";
    let contacts = "    - webhook: https://hooks.example/x\n    - webhook: https://\n    - webhook: hooks.example\n    - { email: ann@a.example, command: x }\n    - email: ann\n    - {}\n    - phone: 123\n    - command: [notify, --now]\n    - slack: https://hooks.slack.com/services/T0/B0/hunter2\n    - pagerduty: hunter2\n    - slack: ${secret:ann-slack}\n    - pagerduty: ${secret:shop}\n    - { webhook: 'https://a.example/x', secret: hunter2 }\n    - { email: ann@a.example, secret: '${secret:x}' }\n    - email: 'ann@a.example, bob@a.example'\n";
    check(
        &format!("{head}{contacts}"),
        expect![[r#"
            a.yaml:5:3 error limit: 15 contacts are over the limit of 8
                keep those that are answered
            a.yaml:7:16 error bad-value: webhook "https://" is not an address
                write https://host/path or http://host:port/path
            a.yaml:8:16 error bad-value: webhook "hooks.example" is not an address
                write https://host/path or http://host:port/path
            a.yaml:9:7 error bad-value: a contact is one of webhook, command, email, slack and pagerduty
                write one of them, such as email: ann@shop.example
            a.yaml:10:14 error bad-value: "ann" is not an e-mail address
                write name@host
            a.yaml:11:7 error bad-value: a contact is one of webhook, command, email, slack and pagerduty
                write one of them, such as email: ann@shop.example
            a.yaml:12:7 error unknown-key: "phone" is not a field of "spec.contacts[]"
                fields are: after, webhook, secret, command, email, slack, pagerduty
            a.yaml:12:7 error bad-value: a contact is one of webhook, command, email, slack and pagerduty
                write one of them, such as email: ann@shop.example
            a.yaml:14:14 error bad-value: "slack" does not name a secret
                keep the address of the incoming webhook out of these files: write ${secret:NAME}, and put it where the server runs
            a.yaml:15:18 error bad-value: "pagerduty" does not name a secret
                keep the routing key out of these files: write ${secret:NAME}, and put it where the server runs
            a.yaml:18:49 error bad-value: "secret" does not name a secret
                keep what signs the message out of these files: write ${secret:NAME}, and put it where the server runs
            a.yaml:19:39 error bad-value: only a webhook is signed by a "secret"
                write it beside a webhook, or leave it out
            a.yaml:20:14 error bad-value: "ann@a.example, bob@a.example" is not an e-mail address
                write name@host
        "#]],
    );
}

#[test]
fn a_bad_name_hides_no_other_mistake() {
    let document = |kind: &str, spec: &str| {
        format!("apiVersion: seaworthy/v1\nkind: {kind}\nmetadata: {{ name: a/b }}\nspec: {{ {spec} }}\n")
    };
    check(
        &document("Service", "tierr: 1, tier: 9"),
        expect![[r#"
        a.yaml:2:7 error service-without-owner: this service has no owner (OWN-09)
            write spec.owner with the one team that owns it
        a.yaml:3:19 error bad-name: "metadata.name" "a/b" is not a name: '/' cannot stand there
            use letters, digits, "-", "_", "." and "+", at most 63, a letter or digit first
        a.yaml:4:9 error unknown-key: "tierr" is not a field of "spec"
            did you mean "tier"?
        a.yaml:4:25 error bad-value: "spec.tier" "9" is not a tier
            write 1 (customers cannot do what they came for without it), 2 or 3
    "#]],
    );
    check(
        &document("Team", "member: []"),
        expect![[r#"
        a.yaml:3:19 error bad-name: "metadata.name" "a/b" is not a name: '/' cannot stand there
            use letters, digits, "-", "_", "." and "+", at most 63, a letter or digit first
        a.yaml:4:9 error unknown-key: "member" is not a field of "spec"
            did you mean "members"?
    "#]],
    );
    check(
        &document("Person", "contacts: [{ email: x }]"),
        expect![[r#"
        a.yaml:3:19 error bad-name: "metadata.name" "a/b" is not a name: '/' cannot stand there
            use letters, digits, "-", "_", "." and "+", at most 63, a letter or digit first
        a.yaml:4:29 error bad-value: "x" is not an e-mail address
            write name@host
    "#]],
    );
    check(
        &document("Rotation", "zone: Europe/Berlim, turn: 7d, start: 2026-01-05T09:00"),
        expect![[r#"
        a.yaml:3:19 error bad-name: "metadata.name" "a/b" is not a name: '/' cannot stand there
            use letters, digits, "-", "_", "." and "+", at most 63, a letter or digit first
        a.yaml:4:7 error missing-field: "spec.team" is missing
            write the team that is paged
        a.yaml:4:7 error missing-field: "spec.participants" is missing
            write the people in turn, by handle
        a.yaml:4:15 error bad-value: time zone "Europe/Berlim" is not known
            write an IANA name, such as Europe/Berlin or UTC
    "#]],
    );
}
