//! Objectives in one line of a service.

use std::rc::Rc;

use expect_test::{Expect, expect};
use seaworthy_yaml::diagnostic::Report;
use seaworthy_yaml::fields::{Fields, Scope};
use seaworthy_yaml::tree;

use crate::read_objective;

#[expect(clippy::needless_pass_by_value, reason = "reads as a table")]
fn check(spec: &str, want: Expect) {
    let report = Report::default();
    let scope = Scope { file: Rc::from("a.yaml"), report: &report };
    let (documents, _) = tree::parse(spec);
    let fields = Fields::of(&scope, &documents[0].root, "spec").expect("a mapping");
    let read = read_objective(&fields, &"checkout".parse().expect("a name"));
    fields.no_more();
    let mut text = String::new();
    for one in read {
        text.push_str(&format!("{} {} {:?} {:?}\n", one.name, one.target, one.indicator, one.period));
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
        "objective: 99.95\nlatency: { target: 99%, threshold: 300ms }\n",
        expect![[r#"
        checkout-availability 0.9995 Availability { route: None } Rolling { days: 30 }
        checkout-latency 0.99 Latency { route: None, threshold_ms: 300 } Rolling { days: 30 }
    "#]],
    );
    check(
        "owner: x\n",
        expect![[r#"
        1:1 unknown-key: "owner" is not a field of "spec"
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
        "objective: [99]\nlatency: 99%\n",
        expect![[r#"
        1:12 wrong-type: "spec.objective" is a list, not a text
        2:10 wrong-type: "spec.latency" is a text, not a mapping
    "#]],
    );
    check(
        "latency: { target: 99% }\n",
        expect![[r#"
        1:10 missing-field: "spec.latency.threshold" is missing
    "#]],
    );
    check(
        "latency: { threshold: 300, target: 0%, route: /x }\n",
        expect![[r#"
        1:23 bad-duration: "spec.latency.threshold" "300" is not a duration
        1:36 objective-target: a target of "0%" is not between nothing and everything
        1:40 unknown-key: "route" is not a field of "spec.latency"
    "#]],
    );
}
