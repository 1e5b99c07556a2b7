//! What is told of a rollout while somebody waits for it.

use expect_test::{Expect, expect};
use seaworthy_contract::api::Rollout;
use serde_json::{Value, json};

use super::Progress;
use crate::fixture::{from, rollout_json, with};

/// Shows looks one after another; a terminal's line that changes is `[..]` with its text.
fn check(columns: Option<usize>, looks: &[Value], expected: Expect) {
    let mut err = Vec::new();
    let mut progress = Progress::new(&mut err, columns, false);
    for (changes, second) in looks.iter().zip(0..) {
        match changes {
            Value::Null => progress.away(),
            changes => {
                let rollout: Rollout = from(with(rollout_json(), changes.clone()));
                progress.show(&rollout, f64::from(second));
            }
        }
    }
    progress.clear();
    expected.assert_eq(&String::from_utf8(err).unwrap().replace("\r\x1b[K", "\n~ "));
}

fn step(share: f64) -> Value {
    json!({"share": share, "state": "stepping"})
}

#[test]
fn what_happens_is_a_line() {
    let passed = json!([
        {"share": 0.05, "state": "passed", "seconds": 8.96, "needs": null},
        {"share": 0.25, "state": "now", "seconds": 0.1, "needs": null}
    ]);
    let looks = [
        json!({"state": "starting", "share": 0.0}),
        step(0.05),
        step(0.05),
        json!({"state": "held", "reason": "stable's own users fail"}),
        json!({"state": "held", "reason": "stable's own users fail"}),
        step(0.05),
        json!({"share": 0.25, "steps": passed}),
        json!({"state": "reverting", "share": 0.0, "reason": "its users failed"}),
        json!({"state": "reverted", "share": 0.0, "reason": "its users failed"}),
    ];
    check(
        None,
        &looks,
        expect![[r#"
        checkout v2 is being started; no user has met it
        checkout v2 serves 5% of users
        checkout v2 is held at 5%: stable's own users fail
        checkout v2 goes on
        checkout v2 serves 25% of users; 5% took 8.96 s
        checkout v2 is being taken off its users: its users failed
    "#]],
    );
}

#[test]
fn a_terminal_has_a_line_that_changes() {
    check(
        Some(80),
        &[step(0.05), step(0.05), json!({"state": "promoted", "share": 1.0})],
        expect![[r#"
        checkout v2 serves 5% of users

        ~ checkout v2 · 5% of users · 0 s · 1,204 requests, 0 failed · the step has to la
        ~ checkout v2 · 5% of users · 1 s · 1,204 requests, 0 failed · the step has to la
        ~ "#]],
    );
    check(
        Some(20),
        &[step(0.05)],
        expect![[r#"
        checkout v2 serves 5% of users

        ~ checkout v2 · 5% of
        ~ "#]],
    );
}

#[test]
fn a_server_that_is_away_is_told_once() {
    check(
        None,
        &[step(0.05), Value::Null, Value::Null, step(0.05), Value::Null],
        expect![[r#"
            checkout v2 serves 5% of users
            the server does not answer; gateways serve users all the same; asking again
            the server answers again
            the server does not answer; gateways serve users all the same; asking again
        "#]],
    );
}

#[test]
fn a_reason_cannot_move_the_cursor() {
    check(
        None,
        &[json!({"state": "held", "reason": "a\u{1b}[2Jb"})],
        expect![[r#"
        checkout v2 serves 5% of users
        checkout v2 is held at 5%: a?[2Jb
    "#]],
    );
}

#[test]
fn programs_are_told_nothing_on_the_way() {
    let mut err = Vec::new();
    let mut progress = Progress::new(&mut err, Some(80), true);
    progress.show(&from(rollout_json()), 1.0);
    progress.away();
    progress.clear();
    assert_eq!(err, b"");
}
