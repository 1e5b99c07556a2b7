//! What a person reads in `seaworthy pages`, and which page `ack` takes.

use expect_test::expect;
use seaworthy_contract::api::Page;
use serde_json::{Value, json};

use super::{Action, Args, only, run, table};
use crate::fake::ran;
use crate::fixture::{from, page, page_json, view, with};
use crate::{Exit, Failure};

fn pages(changes: &[Value]) -> Vec<Page> {
    changes.iter().map(|changes| from(with(page_json(), changes.clone()))).collect()
}

#[test]
fn each_says_who_was_paged_and_where_it_stands() {
    let states = [
        json!({}),
        json!({"state": "requested", "to_name": null}),
        json!({"state": "undeliverable", "to": null, "to_name": null}),
        json!({"state": "acknowledged", "acknowledged_by": "bootstrap admin", "acknowledged_at": "2026-03-02T11:59:58Z"}),
    ];
    expect![[r#"
        SERVICE   PAGED    TO              STATE                                     WHAT                                    ID
        checkout  8 s ago  Ines Ek         delivered to portal                       checkout v2 was taken off 5% of users.  01954a00-0000-7000-8000-000000000002
        checkout  8 s ago  ines            on its way                                checkout v2 was taken off 5% of users.  01954a00-0000-7000-8000-000000000002
        checkout  8 s ago  nobody on call  no channel took it                        checkout v2 was taken off 5% of users.  01954a00-0000-7000-8000-000000000002
        checkout  8 s ago  Ines Ek         acknowledged by bootstrap admin, 2 s ago  checkout v2 was taken off 5% of users.  01954a00-0000-7000-8000-000000000002"#]].assert_eq(&table(&pages(&states), &view()));
    assert_eq!(table(&[], &view()), "no page waits for anybody");
}

#[test]
fn without_an_id_the_only_one_that_waits_is_taken() {
    let taken = json!({"state": "acknowledged"});
    assert_eq!(only(&pages(&[json!({}), taken.clone()])).unwrap(), page().id);
    for (pages, message) in [
        (pages(&[]), "could not take a page: none waits"),
        (pages(&[taken]), "could not take a page: none waits"),
        (pages(&[json!({}), json!({})]), "could not take a page: 2 wait"),
    ] {
        let refused = only(&pages).unwrap_err();
        assert_eq!((refused.to_string().as_str(), refused.exit()), (message, Exit::Usage));
    }
}

#[test]
fn taking_one_asks_for_the_list_only_without_an_id() {
    let waiting = json!([page_json()]).to_string();
    let taken = with(page_json(), json!({"state": "acknowledged", "acknowledged_by": "bootstrap admin"})).to_string();
    let id = page().id;
    let acknowledge = format!("POST /v1/pages/{id}/acknowledge {{}}");
    for (page, answers, requests) in [
        (None, vec![(200, waiting.as_str()), (200, &taken)], vec!["GET /v1/pages".to_owned(), acknowledge.clone()]),
        (Some(id), vec![(200, taken.as_str())], vec![acknowledge.clone()]),
    ] {
        let args = Args { action: Some(Action::Ack { page }) };
        let ran = ran(false, &answers, async |cx| run(&args, cx).await);
        assert_eq!(ran.done.unwrap(), Exit::Ok);
        assert_eq!(ran.out, "acknowledged by bootstrap admin: checkout v2 was taken off 5% of users.\n");
        assert_eq!(ran.requests, requests);
    }
}

#[test]
fn acknowledged_ones_are_shown_when_asked_for() {
    let all = json!([with(page_json(), json!({"state": "acknowledged"}))]).to_string();
    for (action, rows) in [(None, 0), (Some(Action::List { all: false }), 0), (Some(Action::List { all: true }), 1)] {
        let args = Args { action };
        let ran = ran(true, &[(200, &all)], async |cx| run(&args, cx).await);
        assert_eq!(serde_json::from_str::<Vec<Page>>(&ran.out).unwrap().len(), rows);
    }
}

#[test]
fn a_page_that_somebody_may_not_take_is_refused() {
    let body = r#"{"code":"forbidden","message":"checkout belongs to team shop","hint":"ask them"}"#;
    let args = Args { action: Some(Action::Ack { page: Some(page().id) }) };
    let refused: Failure = ran(false, &[(403, body)], async |cx| run(&args, cx).await).done.unwrap_err();
    assert_eq!((refused.exit(), refused.to_string().as_str()), (Exit::Refused, "checkout belongs to team shop"));
}
