//! Objectives in a service's own file.

use std::rc::Rc;

use expect_test::{Expect, expect};
use seaworthy_contract::catalogue::Route;
use seaworthy_yaml::diagnostic::Report;
use seaworthy_yaml::fields::{Fields, Scope};
use seaworthy_yaml::tree;

use crate::{Wanted, by_default, read_objectives};

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(spec: &str, want: Expect) {
    let report = Report::default();
    let scope = Scope { file: Rc::from("a.yaml"), report: &report };
    let (documents, _) = tree::parse(spec);
    let fields = Fields::of(&scope, &documents[0].root, "spec").expect("a mapping");
    let route = |hosts: &[&str], path: &str| Route {
        hosts: hosts.iter().map(|host| (*host).to_owned()).collect(),
        path: path.to_owned(),
        sticky: None,
        timeout_ms: 1,
        attempt_timeout_ms: 1,
    };
    let routes = [route(&["shop.example", "www.shop.example"], "/buy"), route(&[], "/")];
    let read = read_objectives(&fields, &"checkout".parse().expect("a name"), &routes);
    fields.no_more();
    let mut text = String::new();
    match read {
        Wanted::These(these) => these.into_iter().map(|one| one.value).for_each(|one| {
            text.push_str(&format!("{} {} {:?} {:?}\n", one.name, one.target, one.indicator, one.period));
        }),
        other => text.push_str(&format!("{other:?}\n")),
    }
    for found in report.sorted().0 {
        text.push_str(&format!("{}:{} {}: {}\n", found.line, found.column, found.rule, found.message));
    }
    want.assert_eq(&text);
}

#[test]
fn a_line_is_an_objective() {
    check(
        "objective: 99.9%\n",
        expect![[r#"
        checkout-availability 0.999 Availability { route: None } Rolling { days: 30 }
    "#]],
    );
    check(
        "objective: 99.95\n",
        expect![[r#"
        checkout-availability 0.9995 Availability { route: None } Rolling { days: 30 }
    "#]],
    );
    check(
        "objective: 95% < 300ms\n",
        expect![[r#"
        checkout-latency 0.95 Latency { route: None, threshold_ms: 300 } Rolling { days: 30 }
    "#]],
    );
    check(
        "objectives: [99.95%, 99% <300 ms]\n",
        expect![[r#"
        checkout-availability 0.9995 Availability { route: None } Rolling { days: 30 }
        checkout-latency 0.99 Latency { route: None, threshold_ms: 300 } Rolling { days: 30 }
    "#]],
    );
    check(
        "objectives: none\n",
        expect![[r#"
        None
    "#]],
    );
    check(
        "objective: none\n",
        expect![[r#"
        None
    "#]],
    );
    check(
        "objectives: []\n",
        expect![[r#"
            None
            1:13 bad-value: an empty list of objectives says nothing
        "#]],
    );
    check(
        "{}\n",
        expect![[r#"
        Unsaid
    "#]],
    );
}

#[test]
fn the_long_form_says_more() {
    check(
        "objectives:\n- { target: 99.95%, route: /buy, name: buying, period: 28d, description: Customers buy. }\n\
         - { target: 95%, within: 300ms, route: '*/' }\n- { target: 99%, probe: checkout-buy }\n\
         - { target: 99%, series: orders }\n",
        expect![[r#"
            buying 0.9995 Availability { route: Some("shop.example/buy") } Rolling { days: 28 }
            checkout-latency 0.95 Latency { route: Some("*/"), threshold_ms: 300 } Rolling { days: 30 }
            checkout-checkout-buy 0.99 Probe { probe: "checkout-buy" } Rolling { days: 30 }
            checkout-orders 0.99 Pushed { series: "orders" } Rolling { days: 30 }
        "#]],
    );
}

#[test]
fn a_line_that_is_none_is_told() {
    check(
        "objective: 100%\n",
        expect![[r#"
        1:12 objective-target: a target of "100%" leaves nothing to fail: there is no budget to watch
    "#]],
    );
    check(
        "objective: 99.9% < soon\n",
        expect![[r#"
        1:12 bad-duration: "soon" in "99.9% < soon" is not a duration
    "#]],
    );
    check(
        "objective: 101% < 300\n",
        expect![[r#"
        1:12 objective-target: a target of "101%" is not between nothing and everything
        1:12 bad-duration: "300" in "101% < 300" is not a duration
    "#]],
    );
    check(
        "objectives: [[99%], none, fast]\n",
        expect![[r#"
        1:14 wrong-type: an objective is a list, not 99.9%, 95% < 300ms, a list of these, or none
        1:21 objective-target: a target of "none" is not a number
        1:27 objective-target: a target of "fast" is not a number
    "#]],
    );
    check(
        "objective: 99%\nobjectives: none\n",
        expect![[r#"
        None
        2:13 bad-value: "objective" and "objectives" both say how good the service must be
    "#]],
    );
    check(
        "objective:\n",
        expect![[r#"
        Unsaid
    "#]],
    );
    check(
        "objective: { within: 300, target: 0%, threshold: 3 }\n",
        expect![[r#"
        1:22 bad-duration: "spec.objectives[].within" "300" is not a duration
        1:35 objective-target: a target of "0%" is not between nothing and everything
        1:39 unknown-key: "threshold" is not a field of "spec.objectives[]"
    "#]],
    );
    check(
        "objective: { target: 99%, route: /sell, period: 1h }\n",
        expect![[r#"
        1:34 unknown-reference: "/sell" is not a route of this service
        1:49 bad-duration: period "1h" is not a number of whole days
    "#]],
    );
    check(
        "objective: { target: 99%, route: /buy, period: 93d, probe: p }\n",
        expect![[r#"
        1:12 bad-value: an objective measures one thing
        1:48 bad-duration: period "93d" is not a number of whole days
    "#]],
    );
    check(
        "objective: { target: 99%, within: 1s, series: s, name: 'a b' }\n",
        expect![[r#"
        1:12 bad-value: an objective measures one thing
        1:56 bad-name: "a b" is not a name of an objective
    "#]],
    );
}

#[test]
fn a_target_that_never_pages_is_told() {
    check(
        "objective: 90%\n",
        expect![[r#"
        checkout-availability 0.9 Availability { route: None } Rolling { days: 30 }
        1:12 tier-never-fires: "checkout-availability": tier 1 can never fire: it wants a burn of 14.40, and a total outage burns 10.00; lower its budget or lengthen its long window
    "#]],
    );
}

#[test]
fn what_nobody_wrote_is_marked() {
    let one = by_default(&"checkout".parse().expect("a name"));
    assert_eq!((one.name.as_str(), one.target, one.by_default), ("checkout-availability", 0.999, true));
}
