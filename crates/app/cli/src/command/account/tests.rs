//! What a person reads in `seaworthy account`, and where the link goes.

use expect_test::expect;
use seaworthy_contract::api::Account;
use serde_json::{Value, json};

use super::{Action, Args, run, table};
use crate::Exit;
use crate::fake::{Ran, ran};
use crate::fixture::{from, view};

fn account(person: &str, role: &str, open: bool, has_password: bool, in_catalogue: bool) -> Value {
    json!({"person": person, "role": role, "open": open, "has_password": has_password, "in_catalogue": in_catalogue})
}

fn asked(action: Action, answers: &[(u16, &str)]) -> Ran {
    let args = Args { action };
    ran(false, answers, async |cx| run(&args, cx).await)
}

fn add(admin: bool) -> Action {
    Action::Add { person: "ines".parse().unwrap(), admin, password: false }
}

#[test]
fn each_says_what_it_may_and_how() {
    let accounts: Vec<Account> = [
        account("ines", "admin", true, true, true),
        account("lena", "person", true, true, false),
        account("omar", "person", true, false, true),
        account("zoe", "person", false, false, true),
    ]
    .map(from)
    .into();
    expect![[r#"
        WHO   MAY                   SIGNS IN BY
        ines  everything            password
        lena  what their teams own  not in the catalogue: disable it?
        omar  what their teams own  link alone
        zoe   nothing: closed       -"#]]
    .assert_eq(&table(&accounts, &view()));
}

#[test]
fn only_the_link_goes_to_standard_output() {
    let link = json!({"url": "http://p/sign-in/c0de", "expires_at": "2026-03-03T12:00:00Z"});
    let made = json!({"account": account("ines", "admin", true, false, true), "link": link}).to_string();
    let ran = asked(add(true), &[(201, &made)]);
    assert_eq!((ran.done.unwrap(), ran.out.as_str()), (Exit::Ok, "http://p/sign-in/c0de\n"));
    assert!(ran.err.contains("ines") && !ran.err.contains("c0de"), "{}", ran.err);
    assert_eq!(ran.requests, [r#"POST /v1/accounts {"person":"ines","role":"admin"}"#]);
}

#[test]
fn whom_the_catalogue_does_not_know_gets_none() {
    let refused = r#"{"code":"not-found","message":"there is no person \"ines\""}"#;
    assert!(asked(add(false), &[(404, refused)]).done.is_err());
    let closed = account("ines", "person", false, false, true).to_string();
    let ran = asked(Action::Disable { person: "ines".parse().unwrap() }, &[(200, &closed)]);
    assert_eq!(ran.out, "ines may not sign in any more\n");
}
