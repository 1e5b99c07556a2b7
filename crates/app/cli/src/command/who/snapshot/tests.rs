//! A copy answers while the server does not, says how old it is, and gives nobody whose shift has ended.

use serde_json::{Value, json};

use super::Snapshot;
use crate::command::who::{Args, run};
use crate::fake::ran;
use crate::fixture::{from, on_call, view};
use crate::{Exit, Failure};

fn service() -> Value {
    json!({
        "name": "checkout", "owner": "shop", "tier": 1, "sentence": "x", "on_call": on_call(), "versions": [],
        "routes": [{"hosts": ["shop.example"], "path": "/checkout"}],
        "dependencies": [{"service": "pay", "kind": "hard", "known": true, "owner": null, "calls_seen": 0}],
        "source": "a.yaml:3", "declared_at": "2026-01-01T00:00:00Z", "position": 3
    })
}

fn args(query: &str, name: &str) -> Args {
    let path = std::env::temp_dir().join(format!("seaworthy-snapshot-{}-{name}/x/who.json", std::process::id()));
    Args { query: query.to_owned(), source: None, snapshot: Some(path) }
}

fn remove(args: &Args) {
    let path = args.snapshot.as_ref().unwrap();
    std::fs::remove_dir_all(path.ancestors().nth(2).unwrap()).unwrap();
}

#[test]
fn an_answer_leaves_a_copy_that_answers_later() {
    let args = args("shop.example/checkout/1", "later");
    let answer = json!({"query": "x", "candidates": []}).to_string();
    let services = json!([service()]).to_string();
    let first = ran(false, &[(200, &answer), (200, &services)], async |cx| run(&args, "http://s", cx).await);
    assert_eq!(first.requests[1], "GET /v1/services");
    let path = args.snapshot.as_ref().unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("\"ines\"") && !text.contains("Ines Ek"), "{text}");
    // Young: the next answer asks for no other.
    let second = ran(false, &[(200, &answer)], async |cx| run(&args, "http://s", cx).await);
    assert_eq!(second.requests.len(), 1);
    let away = ran(false, &[], async |cx| run(&args, "http://s", cx).await);
    assert_eq!(away.done.unwrap(), Exit::Ok);
    assert!(away.out.starts_with("checkout belongs to team shop; on call is ines for "), "{}", away.out);
    assert!(away.out.contains("from a copy on this machine, taken "), "{}", away.out);
    let away = ran(true, &[(503, "{}")], async |cx| run(&args, "http://s", cx).await);
    let told: Value = serde_json::from_str(&away.out).unwrap();
    assert_eq!(
        (told["snapshot"]["server"].as_str(), told["candidates"][0]["team"].as_str()),
        (Some("http://s"), Some("shop"))
    );
    remove(&args);
}

#[test]
fn without_a_copy_or_of_another_server_the_failure_stays() {
    let args = args("x", "none");
    let away = ran(false, &[], async |cx| run(&args, "http://s", cx).await);
    assert_eq!(away.done.unwrap_err().exit(), Exit::Unavailable);
    Snapshot::of("http://other", vec![from(service())], view().now).write(args.snapshot.as_ref().unwrap()).unwrap();
    let away = ran(false, &[], async |cx| run(&args, "http://s", cx).await);
    assert!(matches!(away.done, Err(Failure::Server(_))));
    // A refusal is an answer: the copy is not a way around it.
    Snapshot::of("http://s", vec![from(service())], view().now).write(args.snapshot.as_ref().unwrap()).unwrap();
    let refused =
        ran(false, &[(403, r#"{"code":"forbidden","message":"no"}"#)], async |cx| run(&args, "http://s", cx).await);
    assert_eq!(refused.done.unwrap_err().exit(), Exit::Refused);
    remove(&args);
}

#[test]
fn whose_shift_has_ended_is_not_given() {
    let snapshot = Snapshot::of("s", vec![from(service())], view().now);
    let until = snapshot.services[0].on_call.as_ref().unwrap().until;
    assert!(snapshot.answer("pay", view().now).candidates[0].on_call.is_some());
    assert_eq!(snapshot.answer("pay", until).candidates[0].on_call, None);
    assert!(snapshot.answer("nobody-knows", view().now).candidates.is_empty());
}
