//! What `seaworthy ship` sends, waits for, and tells at the end.

use std::time::Duration;

use expect_test::{Expect, expect};
use seaworthy_contract::api::Rollout;
use serde_json::{Value, json};

use super::{Args, duration, ended, run, variable};
use crate::Exit;
use crate::command::revert;
use crate::fake::ran;
use crate::fixture::{from, promoted_json, reverted_json, rollout, rollout_json, view, with};

fn check(rollout: Value, expected: Expect) {
    expected.assert_eq(&ended(&from::<Rollout>(rollout), &view()));
}

fn args() -> Args {
    Args {
        service: "checkout".parse().unwrap(),
        version: "v2".parse().unwrap(),
        env: Vec::new(),
        address: None,
        commit: None,
        steps: None,
        dwell: None,
        no_wait: false,
        command: Vec::new(),
    }
}

fn shipped() -> String {
    json!({"rollout": rollout().id, "position": 31}).to_string()
}

#[test]
fn the_end_is_told_with_what_was_measured() {
    check(
        promoted_json(),
        expect![[r#"
            checkout v2 serves everybody, 28.6 s after it was shipped
              since it was shipped it answered 1,204 requests; 0 failed
              on its steps it met 96 users, counted anew on each step"#]],
    );
    check(
        reverted_json(),
        expect![[r#"
            reverted: checkout v2 was taken off 5% of users: its users failed more often than stable's (evidence 4,914 to 1 on errors)
              since it was shipped it answered 15 requests; 4 failed
              on its steps it met 15 users, counted anew on each step
              of these, v1 answered 3; users saw 0 on requests that may be repeated, 1 on others
              from the decision to the last request assigned 0.00 s, to the last response 0.31 s
              from the first bad response to the last request assigned 0.91 s, to the last response 1.22 s
              measured by the gateways, ledger #36"#]],
    );
}

#[test]
fn a_version_that_never_met_a_user_has_nothing_measured() {
    let never = json!({
        "state": "reverted", "reason": "it did not become healthy within 20 s", "canary": {
            "requests": 0, "failures": 0, "rescued": 0, "seen_idempotent": 0, "seen_other": 0, "users": 0
        },
        "steps": [{"share": 0.05, "state": "never", "seconds": null, "needs": null}]
    });
    check(
        with(rollout_json(), never),
        expect!["reverted: checkout v2 never met a user: it did not become healthy within 20 s"],
    );
}

#[test]
fn times_without_a_bad_response_are_told_from_the_decision() {
    let by_hand = with(
        reverted_json(),
        json!({"reason": "by bootstrap admin: looks odd", "revert": {
            "decision_to_last_assignment_s": 0.0, "decision_to_last_response_s": 0.02,
            "first_bad_to_last_assignment_s": null, "first_bad_to_last_response_s": null, "position": 36
        }}),
    );
    check(
        by_hand,
        expect![[r#"
            reverted: checkout v2 was taken off 5% of users: by bootstrap admin: looks odd
              since it was shipped it answered 15 requests; 4 failed
              on its steps it met 15 users, counted anew on each step
              of these, v1 answered 3; users saw 0 on requests that may be repeated, 1 on others
              from the decision to the last request assigned 0.00 s, to the last response 0.02 s
              measured by the gateways, ledger #36"#]],
    );
}

#[test]
fn the_end_decides_the_exit_code() {
    let (shipped, stepping) = (shipped(), rollout_json().to_string());
    for (end, exit) in [(promoted_json(), Exit::Ok), (reverted_json(), Exit::No)] {
        let ran =
            ran(false, &[(201, &shipped), (200, &stepping), (200, &end.to_string())], async |cx| run(args(), cx).await);
        assert_eq!(ran.done.unwrap(), exit);
        assert_eq!(ran.err, "checkout v2 serves 5% of users\n");
        assert_eq!(
            ran.requests[0],
            r#"POST /v1/services/checkout/rollouts {"version":"v2","command":null,"env":{},"address":null,"commit":null,"steps":null,"dwell_ms":null}"#
        );
        assert_eq!(ran.requests[2], format!("GET /v1/rollouts/{}", rollout().id));
    }
}

#[test]
fn programs_get_the_rollout_and_nothing_else() {
    let ran = ran(true, &[(201, &shipped()), (200, &reverted_json().to_string())], async |cx| run(args(), cx).await);
    assert_eq!(serde_json::from_str::<Rollout>(&ran.out).unwrap(), from(reverted_json()));
    assert_eq!((ran.done.unwrap(), ran.err.as_str()), (Exit::No, ""));
}

#[test]
fn it_need_not_wait() {
    let args = Args { no_wait: true, ..args() };
    let ran = ran(false, &[(201, &shipped())], async |cx| run(args, cx).await);
    assert_eq!(ran.out, format!("checkout v2 is on its way: rollout {}\n", rollout().id));
    assert_eq!((ran.done.unwrap(), ran.requests.len()), (Exit::Ok, 1));
}

#[test]
fn everything_asked_for_is_sent() {
    let args = Args {
        env: vec![("A".to_owned(), "1=2".to_owned())],
        commit: Some("c0ffee".to_owned()),
        steps: Some(vec!["5".parse().unwrap(), "100".parse().unwrap()]),
        dwell: Some(Duration::from_secs(5)),
        command: vec!["./run".to_owned(), "-v".to_owned()],
        no_wait: true,
        ..args()
    };
    let ran = ran(false, &[(201, &shipped())], async |cx| run(args, cx).await);
    expect![[r#"POST /v1/services/checkout/rollouts {"version":"v2","command":["./run","-v"],"env":{"A":"1=2"},"address":null,"commit":"c0ffee","steps":[0.05,1.0],"dwell_ms":5000}"#]].assert_eq(&ran.requests[0]);
}

#[test]
fn steps_that_were_not_asked_for_are_said() {
    for (answered, said) in
        [(json!([0.05, 0.25, 1.0]), "steps: 5%, 25%, then 100%\n"), (json!([1.0]), "steps: 100%\n"), (json!([]), "")]
    {
        let shipped = with(serde_json::from_str(&shipped()).unwrap(), json!({ "steps": answered })).to_string();
        let steps = Some(vec!["5".parse().unwrap(), "25".parse().unwrap()]);
        for (json, steps, said) in [(false, steps.clone(), said), (false, None, ""), (true, steps, "")] {
            let args = Args { steps, no_wait: true, ..args() };
            let ran = ran(json, &[(201, &shipped)], async |cx| run(args, cx).await);
            assert_eq!(ran.err, said);
            assert!(!json || answered == json!([]) || ran.out.contains("\"steps\""), "{}", ran.out);
        }
    }
}

#[test]
fn a_restart_of_the_server_is_waited_out() {
    let unavailable = r#"{"code":"unavailable","message":"starting"}"#;
    let answers = [(201, shipped()), (503, unavailable.to_owned()), (200, promoted_json().to_string())];
    let answers: Vec<_> = answers.iter().map(|(status, body)| (*status, body.as_str())).collect();
    let ran = ran(false, &answers, async |cx| run(args(), cx).await);
    assert_eq!(ran.done.unwrap(), Exit::Ok);
    expect![[r#"
        the server does not answer; gateways serve users all the same; asking again
        the server answers again
    "#]]
    .assert_eq(&ran.err);
}

#[test]
fn a_refusal_is_no_rollout() {
    let body = r#"{"code":"refused","message":"checkout v2 serves everybody already"}"#;
    let refused = ran(false, &[(409, body)], async |cx| run(args(), cx).await).done.unwrap_err();
    assert_eq!((refused.exit(), refused.hint()), (Exit::Refused, None));
}

#[test]
fn a_revert_waits_for_the_gateways() {
    let reverting =
        with(rollout_json(), json!({"state": "reverting", "share": 0.0, "reason": "by bootstrap admin: odd"}));
    let args = revert::Args { service: "checkout".parse().unwrap(), reason: Some("odd".to_owned()) };
    let answers = [reverting.to_string(), reverting.to_string(), reverted_json().to_string()];
    let answers: Vec<_> = answers.iter().map(|body| (200, body.as_str())).collect();
    let ran = ran(false, &answers, async |cx| revert::run(&args, cx).await);
    assert_eq!(ran.done.unwrap(), Exit::Ok);
    assert_eq!(ran.requests[0], r#"POST /v1/services/checkout/revert {"reason":"odd"}"#);
    assert_eq!(ran.err, "checkout v2 is being taken off its users: by bootstrap admin: odd\n");
    assert!(ran.out.contains("from the first bad response to the last request assigned 0.91 s"), "{}", ran.out);
}

#[test]
fn durations_have_a_unit() {
    for (text, millis) in [("500ms", 500), ("5s", 5_000), ("2m", 120_000), ("2min", 120_000), ("1h", 3_600_000)] {
        assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
    }
    for text in ["", "5", "s", "-5s", "1.5s", "5 s", "5d", "99999999999999999999s", "18446744073709551615h"] {
        assert!(duration(text).is_err(), "{text:?}");
    }
}

#[test]
fn variables_have_a_name() {
    assert_eq!(variable("A=b=c"), Ok(("A".to_owned(), "b=c".to_owned())));
    assert_eq!(variable("A="), Ok(("A".to_owned(), String::new())));
    for text in ["A", "=b", ""] {
        assert!(variable(text).is_err(), "{text:?}");
    }
}
