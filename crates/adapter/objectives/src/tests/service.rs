//! Services in files of our own, read for their objectives alone.

use expect_test::expect;

use super::*;

const HELLO: &str = "apiVersion: seaworthy/v1
kind: Team
metadata: { name: greeters }
spec: { members: [ann] }
---
apiVersion: seaworthy/v1
kind: Service
metadata: { name: hello, description: A page. }
spec:
  owner: greeters
  routes: [{ path: / }, { hosts: [shop.example], path: /buy, timeout: 5s }]
  run: { command: exec true }
  objective: 99.9%
";

/// The same with other objectives.
fn hello(objectives: &str) -> String {
    HELLO.replace("  objective: 99.9%\n", objectives)
}

#[test]
fn every_form_of_a_service_is_read() {
    for (objectives, expected) in [
        ("  objective: 99.9%\n", &[("hello-availability", "availability", 13)][..]),
        ("", &[("hello-availability", "availability", 6)]),
        (
            "  objectives: [99%, 95% < 300ms, { series: orders, target: 99% }]\n",
            &[
                ("hello-availability", "availability", 13),
                ("hello-latency", "latency", 13),
                ("hello-orders", "orders", 13),
            ],
        ),
        ("  objectives: [{ name: buying, route: /buy, target: 99% }]\n", &[("buying", "buying", 13)]),
    ] {
        let declared = clean(&hello(objectives));
        let found: Vec<_> =
            declared.iter().map(|one| (one.objective.name.as_str(), one.slo.as_str(), one.line)).collect();
        assert_eq!(found, expected, "{objectives}");
        assert!(declared.iter().all(|one| crate::groups(one) == Err(crate::Unwritable::NotInPrometheus)));
    }
}

#[test]
fn what_is_wrong_with_its_objectives_is_said_once() {
    let wrong = hello("  objectives: [100%, 90%, { route: /sell, target: 99% }]\n");
    check(
        &wrong,
        expect![[r#"
        a.yaml:13:16 error objective-target: a target of "100%" leaves nothing to fail: there is no budget to watch
            write a percentage below 100, such as 99.9
        a.yaml:13:22 warning tier-never-fires: "hello-availability": tier 1 can never fire: it wants a burn of 14.40, and a total outage burns 10.00; lower its budget or lengthen its long window
            "seaworthy slo explain" shows its tiers
        a.yaml:13:36 error unknown-reference: "/sell" is not a route of this service
            write one of its paths: /, /buy
    "#]],
    );
    check(
        &hello("  objective: none\n"),
        expect![[r#"
        a.yaml:6:1 note nothing-found: service "hello" has no objective
            write "objective: 99.9%" in its spec
    "#]],
    );
    check(
        "apiVersion: seaworthy/v1\nkind: Service\nspec: {}\n",
        expect![[r#"
        a.yaml:1:1 error missing-field: "metadata" is missing
            write metadata with the service's name
    "#]],
    );
}
