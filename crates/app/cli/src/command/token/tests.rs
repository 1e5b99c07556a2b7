//! What a person reads in `seaworthy token`, and where the secret goes.

use expect_test::expect;
use seaworthy_contract::api::Token;
use serde_json::{Value, json};

use super::{Action, Args, CreateArgs, Scope, run, table};
use crate::Exit;
use crate::fake::{Ran, ran};
use crate::fixture::{from, view};

const ID: &str = "01954a00-0000-7000-8000-000000000009";

fn token_json(scope: &str, team: Option<&str>, expires_at: Option<&str>) -> Value {
    json!({"id": ID, "scope": scope, "team": team, "label": "alert\u{1b}manager", "expires_at": expires_at})
}

fn asked(action: Action, json: bool, answers: &[(u16, &str)]) -> Ran {
    let args = Args { action };
    ran(json, answers, async |cx| run(&args, cx).await)
}

fn create(scope: Scope, team: Option<&str>) -> Action {
    let team = team.map(|team| team.parse().unwrap());
    Action::Create(CreateArgs { scope, team, label: "alertmanager".to_owned(), length: None })
}

#[test]
fn each_says_what_it_may_and_until_when() {
    let tokens: Vec<Token> = [
        token_json("admin", None, None),
        token_json("team", Some("shop"), Some("2026-03-04T12:00:00Z")),
        token_json("intake", None, Some("2026-03-02T12:00:30Z")),
    ]
    .map(from)
    .into();
    expect![[r#"
        FOR            MAY        ENDS IN             ID
        alert?manager  admin      never               01954a00-0000-7000-8000-000000000009
        alert?manager  team shop  2 days              01954a00-0000-7000-8000-000000000009
        alert?manager  intake     less than a minute  01954a00-0000-7000-8000-000000000009"#]]
    .assert_eq(&table(&tokens, &view()));
}

#[test]
fn only_the_secret_goes_to_standard_output() {
    let made = json!({"token": token_json("intake", None, None), "secret": "sw_made"}).to_string();
    let ran = asked(create(Scope::Intake, None), false, &[(201, &made)]);
    assert_eq!((ran.done.unwrap(), ran.out.as_str()), (Exit::Ok, "sw_made\n"));
    assert!(ran.err.contains(ID) && !ran.err.contains("sw_made"), "{}", ran.err);
    assert_eq!(ran.requests, [r#"POST /v1/tokens {"scope":"intake","label":"alertmanager"}"#]);
}

#[test]
fn a_teams_credential_names_it() {
    let made = json!({"token": token_json("team", Some("shop"), None), "secret": "sw_made"}).to_string();
    let ran = asked(create(Scope::Team, Some("shop")), true, &[(201, &made)]);
    assert_eq!(ran.requests, [r#"POST /v1/tokens {"scope":"team","team":"shop","label":"alertmanager"}"#]);
    assert_eq!(
        (serde_json::from_str::<Value>(&ran.out).unwrap()["secret"].as_str(), ran.err.as_str()),
        (Some("sw_made"), "")
    );
}

#[test]
fn withdrawing_asks_for_that_one() {
    let id = || ID.parse().unwrap();
    let left = json!([token_json("admin", None, None)]).to_string();
    let ran = asked(Action::Withdraw { id: id() }, false, &[(200, &left)]);
    assert_eq!(
        (ran.out.as_str(), ran.requests),
        ("withdrawn; 1 in force\n", vec![format!("POST /v1/tokens/{ID}/revoke {{}}")])
    );
    let refused = r#"{"code":"forbidden","message":"this credential may not call this","hint":"ask an admin"}"#;
    assert_eq!(asked(Action::Withdraw { id: id() }, false, &[(403, refused)]).done.unwrap_err().exit(), Exit::Refused);
}
