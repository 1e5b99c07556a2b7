//! What a person reads in `seaworthy apply`, what is asked of the server, and what is not.

use std::path::PathBuf;

use expect_test::expect;
use seaworthy_contract::api::Plan;
use serde_json::{Value, json};

use super::{Args, confirmed, run, text};
use crate::Exit;
use crate::fake::ran;
use crate::fixture::from;

fn plan() -> Value {
    json!({"position": 12, "changes": [
        {"change": "declare", "kind": "service", "name": "checkout", "details": []},
        {"change": "change", "kind": "rotation", "name": "shop-weekly", "details": ["participants: ines \u{2192} ines, mei", "turn: 7 days"]},
        {"change": "retire", "kind": "person", "name": "tomas\u{7}", "details": []}
    ]})
}

/// A directory of one file, in the place that the system has for such.
fn directory(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("seaworthy-cli-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("team.yaml"), text).unwrap();
    path
}

const TEAM: &str = "apiVersion: seaworthy/v1\nkind: Team\nmetadata: {name: shop}\nspec: {members: []}\n";

fn args(directory: PathBuf, dry_run: bool) -> Args {
    Args { directory, source: None, retire: Vec::new(), take: Vec::new(), dry_run, yes: true }
}

#[test]
fn a_plan_is_a_diff() {
    expect![[r#"
        + new     service checkout
        ~ change  rotation shop-weekly
                     participants: ines → ines, mei
                     turn: 7 days
        - retire  person tomas?
        3 changes: 1 new, 1 changed, 1 retired"#]]
    .assert_eq(&text(&from::<Plan>(plan())));
    expect![["nothing to change: the catalogue says what the files say"]]
        .assert_eq(&text(&from(json!({"position": 12, "changes": []}))));
}

#[test]
fn only_a_plan_with_changes_is_applied() {
    let (plan, nothing) = (plan().to_string(), r#"{"position": 12, "changes": []}"#);
    let directory = directory("apply", TEAM);
    for (dry_run, answers, requests, said) in [
        (false, vec![(200, plan.as_str()), (200, &plan)], 2, "applied 3 changes, ledger #12\n"),
        (false, vec![(200, nothing)], 1, "nothing to change: the catalogue says what the files say\n"),
        (true, vec![(200, plan.as_str())], 1, "3 changes: 1 new, 1 changed, 1 retired\n"),
    ] {
        let ran = ran(false, &answers, async |cx| run(&args(directory.clone(), dry_run), cx).await);
        assert_eq!(ran.done.unwrap(), Exit::Ok);
        assert!(ran.out.ends_with(said), "{}", ran.out);
        assert_eq!(ran.requests.len(), requests);
        assert!(
            ran.requests[0].starts_with("POST /v1/catalogue/plan {\"source\":\"seaworthy-cli-apply-"),
            "{}",
            ran.requests[0]
        );
        assert!(ran.requests.get(1).is_none_or(|second| second.starts_with("POST /v1/catalogue/apply ")));
    }
    std::fs::remove_dir_all(directory).unwrap();
}

/// A plan that takes something away and leaves something that has users.
fn retiring() -> Value {
    json!({"position": 12, "changes": [{"change": "retire", "kind": "service", "name": "old", "details": []}], "kept": [
        {"kind": "service", "name": "checkout", "reason": "users", "why": "its last request came 3 s ago"},
        {"kind": "team", "name": "shop", "reason": "other-source", "why": "source \"bank\" declares it, otherwise"}
    ]})
}

#[test]
fn what_stays_is_shown_with_the_word_it_waits_for() {
    expect![[r#"
        - retire  service old
        = stays   service checkout: its last request came 3 s ago
                     to retire it: --retire checkout
        = stays   team shop: source "bank" declares it, otherwise
        1 change: 0 new, 0 changed, 1 retired"#]]
    .assert_eq(&text(&from::<Plan>(retiring())));
}

#[test]
fn nothing_is_retired_where_nobody_can_be_asked_unless_it_was_meant() {
    let retiring = retiring().to_string();
    let directory = directory("retire", TEAM);
    let silent = Args { yes: false, ..args(directory.clone(), false) };
    let done = ran(true, &[(200, &retiring)], async |cx| run(&silent, cx).await);
    assert_eq!((done.done.unwrap(), done.requests.len()), (Exit::No, 1), "only the plan was asked for");
    let named = Args {
        yes: true,
        source: Some("up".to_owned()),
        retire: vec!["old".parse().unwrap()],
        take: vec!["new".parse().unwrap()],
        ..silent
    };
    let done = ran(false, &[(200, &retiring), (200, &retiring)], async |cx| run(&named, cx).await);
    assert_eq!(done.done.unwrap(), Exit::No, "one that has users was not named, and stays");
    assert!(done.requests[1].starts_with("POST /v1/catalogue/apply {\"source\":\"up\""), "{:?}", done.requests);
    assert!(done.requests[1].ends_with("\"retire\":[\"old\"],\"take\":[\"new\"]}"), "{:?}", done.requests);
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn files_with_errors_are_shown_and_never_sent() {
    let directory = directory("broken", "apiVersion: seaworthy/v1\nkind: Service\nmetadata: {name: x}\nspec: {}\n");
    let ran = ran(false, &[], async |cx| run(&args(directory.clone(), false), cx).await);
    assert_eq!(ran.done.unwrap(), Exit::No);
    assert!(ran.err.contains("team.yaml:") && ran.err.contains("nothing was changed"), "{}", ran.err);
    assert_eq!((ran.out.as_str(), ran.requests.len()), ("", 0));
    std::fs::remove_dir_all(directory).unwrap();
}

#[test]
fn a_directory_that_is_not_there_is_bad_input() {
    let ran = ran(false, &[], async |cx| run(&args("/nowhere/at/all".into(), false), cx).await);
    assert_eq!(ran.done.unwrap_err().exit(), Exit::Usage);
}

#[test]
fn only_a_yes_is_a_yes() {
    for (answer, is_yes) in [("y\n", true), ("yes\n", true), ("Y\n", true), ("n\n", false), ("\n", false), ("", false)]
    {
        assert_eq!(confirmed("?", &mut Vec::new(), &mut answer.as_bytes()), is_yes, "{answer:?}");
    }
}
