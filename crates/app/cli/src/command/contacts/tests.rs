//! What a person reads in `seaworthy contacts`.

use expect_test::expect;
use serde_json::json;

use super::{Action, Args, run};
use crate::Exit;
use crate::fake::{Ran, ran};

fn asked(action: Option<Action>, json: bool, answers: &[(u16, &str)]) -> Ran {
    let person = action.is_none().then(|| "ann".parse().unwrap());
    let args = Args { person, action };
    ran(json, answers, async |cx| run(&args, cx).await)
}

fn verify() -> Option<Action> {
    Some(Action::Verify { person: "ann".parse().unwrap() })
}

#[test]
fn each_contact_is_shown_by_what_it_is() {
    let known = json!({"person": "ann", "contacts": [
        {"contact": 1, "channel": "email", "confirmed_at": "2026-03-02T11:00:00Z"},
        {"contact": 2, "channel": "sl\u{1b}ack"},
    ]});
    let ran = asked(None, false, &[(200, &known.to_string())]);
    assert_eq!(ran.requests, ["GET /v1/people/ann/contacts"]);
    assert!(ran.out.contains("1  email"), "{}", ran.out);
    assert!(ran.out.contains("2  sl?ack   no"), "{}", ran.out);
    let none = json!({"person": "ann", "contacts": []}).to_string();
    expect![[r#"
        ann has no contact: a page would only stand in the portal
    "#]]
    .assert_eq(&asked(None, false, &[(200, &none)]).out);
}

#[test]
fn what_did_not_leave_says_why_and_nothing_that_left_is_a_failure() {
    let answer = |second: serde_json::Value| {
        let refused = "the mail relay could not be reached";
        json!({"person": "ann", "tried": [{"contact": 1, "channel": "email", "refused": refused}, second]}).to_string()
    };
    let ran = asked(verify(), false, &[(200, &answer(json!({"contact": 2, "channel": "slack"})))]);
    expect![[r#"
           CONTACT  SENT
        1  email    no: the mail relay could not be reached
        2  slack    yes
    "#]]
    .assert_eq(&ran.out);
    assert_eq!((ran.done.unwrap(), ran.requests[0].as_str()), (Exit::Ok, "POST /v1/people/ann/contacts/verify {}"));
    let ran = asked(verify(), true, &[(200, &answer(json!({"contact": 2, "channel": "slack", "refused": "x"})))]);
    assert_eq!(ran.done.unwrap(), Exit::No);
}

#[test]
fn nothing_to_confirm_and_nobody_of_that_name() {
    let none = json!({"person": "ann", "tried": []}).to_string();
    assert_eq!(asked(verify(), false, &[(200, &none)]).out, "ann: nothing is left to confirm\n");
    let missing = json!({"code": "not-found", "message": "no person \"ann\""}).to_string();
    assert!(asked(verify(), false, &[(404, &missing)]).done.is_err());
}
