//! What a person reads in `seaworthy who`.

use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{escaped, text};
use crate::fixture::{from, on_call, view};

fn check(candidates: Value, expected: Expect) {
    expected.assert_eq(&text(&from(json!({"query": "/check\u{7}out", "candidates": candidates})), &view()));
}

fn candidate(service: &str, team: &str, confidence: &str, on_call: Value) -> Value {
    json!({
        "service": service, "team": team, "on_call": on_call, "confidence": confidence,
        "because": format!("route shop.example/{service}"), "source": format!("{service}.yaml:3")
    })
}

#[test]
fn the_answer_is_the_first_line() {
    check(
        json!([candidate("checkout", "shop", "certain", on_call())]),
        expect![[r#"
        checkout belongs to team shop; on call is Ines Ek (ines) for 3 days more, then tomas
        certain: route shop.example/checkout (checkout.yaml:3)"#]],
    );
}

#[test]
fn nobody_on_call_is_said() {
    check(
        json!([candidate("checkout", "shop", "likely", Value::Null)]),
        expect![[r#"
        checkout belongs to team shop; nobody is on call
        likely: route shop.example/checkout (checkout.yaml:3)"#]],
    );
}

#[test]
fn candidates_that_disagree_are_told() {
    let rivals = [("checkout", "shop", "likely"), ("cart", "shop", "likely"), ("basket", "money", "likely")];
    check(
        rivals.map(|(s, t, c)| candidate(s, t, c, on_call())).to_vec().into(),
        expect![[r#"
        checkout belongs to team shop; on call is Ines Ek (ines) for 3 days more, then tomas
        likely: route shop.example/checkout (checkout.yaml:3)
        disagreement: as likely it belongs to another team; see below
        or cart of team shop, likely: route shop.example/cart
        or basket of team money, likely: route shop.example/basket"#]],
    );
}

#[test]
fn a_less_likely_team_is_no_disagreement() {
    let others = [("checkout", "shop", "certain"), ("basket", "money", "possible")];
    check(
        others.map(|(s, t, c)| candidate(s, t, c, on_call())).to_vec().into(),
        expect![[r#"
        checkout belongs to team shop; on call is Ines Ek (ines) for 3 days more, then tomas
        certain: route shop.example/checkout (checkout.yaml:3)
        or basket of team money, possible: route shop.example/basket"#]],
    );
}

#[test]
fn many_are_counted() {
    let many: Vec<Value> = (0..8).map(|n| candidate(&format!("s{n}"), "shop", "possible", on_call())).collect();
    check(
        many.into(),
        expect![[r#"
        s0 belongs to team shop; on call is Ines Ek (ines) for 3 days more, then tomas
        possible: route shop.example/s0 (s0.yaml:3)
        or s1 of team shop, possible: route shop.example/s1
        or s2 of team shop, possible: route shop.example/s2
        or s3 of team shop, possible: route shop.example/s3
        or s4 of team shop, possible: route shop.example/s4
        or s5 of team shop, possible: route shop.example/s5
        or 2 more; `--json` shows them"#]],
    );
}

#[test]
fn nothing_is_nobody() {
    check(
        json!([]),
        expect![[r#"nobody: the catalogue knows nothing like "/check?out"; `seaworthy services` lists what it knows"#]],
    );
}

#[test]
fn any_text_can_be_asked() {
    for (text, query) in
        [("checkout", "checkout"), ("a b&c=d", "a%20b%26c%3Dd"), ("ü+?", "%C3%BC%2B%3F"), ("/x~y", "/x~y")]
    {
        assert_eq!(escaped(text), query);
    }
}
