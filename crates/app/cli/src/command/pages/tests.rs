//! What a person reads in `seaworthy pages`, and which page `ack` takes.

use expect_test::expect;
use seaworthy_contract::api::Page;
use serde_json::{Value, json};

use super::{Action, Args, Meant, Verdict, id_chars, run, table, waits};
use crate::fake::ran;
use crate::fixture::{from, page, page_json, view, with};
use crate::{Exit, Failure};

const TAKE: Meant = Meant { to: "take", of: "wait", is: waits };

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
    assert_eq!(TAKE.only(&pages(&[json!({}), taken.clone()])).unwrap(), Some(page().id));
    for none in [pages(&[]), pages(&[taken])] {
        assert_eq!(TAKE.only(&none).unwrap(), None);
    }
    let refused = TAKE.only(&pages(&[json!({}), json!({})])).unwrap_err();
    assert_eq!((refused.to_string().as_str(), refused.exit()), ("could not take a page: 2 wait", Exit::Usage));
}

#[test]
fn an_id_may_be_written_as_far_as_it_tells_pages_apart() {
    let id = |last: &str| json!({ "id": format!("01954a00-0000-7000-8000-{last}") });
    let acknowledged = with(id("0000000000c3"), json!({"state": "acknowledged"}));
    let known = pages(&[id("0000000000a1"), id("0000000000b2"), acknowledged]);
    assert_eq!((id_chars(&known), id_chars(&known[..1]), id_chars(&[])), (35, 8, 8));
    for (asked, want) in [
        ("01954a00-0000-7000-8000-0000000000a", Ok(0)),
        ("01954A00-0000-7000-8000-0000000000B2", Ok(1)),
        ("01954a00-0000-7000-8000-0000000000c", Ok(2)),
        ("01954a00", Err((Exit::Usage, "3 have ids that begin with \"01954a00\""))),
        ("7", Err((Exit::Refused, "none has an id that begins with \"7\""))),
        ("\u{1b}[2J", Err((Exit::Refused, "none has an id that begins with \"?[2J\""))),
    ] {
        match (TAKE.named(&known, asked), want) {
            (Ok(found), Ok(at)) => assert_eq!(found, known[at].id, "{asked}"),
            (Err(refused), Err((exit, why))) => {
                assert_eq!(refused.exit(), exit, "{asked}");
                assert_eq!(refused.to_string(), format!("could not take a page: {why}"));
            }
            (found, want) => panic!("{asked}: {found:?}, not {want:?}"),
        }
    }
    assert_eq!(TAKE.named(&known[1..], "0").unwrap(), known[1].id, "the one that waits is meant");
}

#[test]
fn taking_one_asks_for_the_list_only_where_the_id_is_not_whole() {
    let waiting = json!([page_json()]).to_string();
    let taken = with(page_json(), json!({"state": "acknowledged", "acknowledged_by": "bootstrap admin"})).to_string();
    let id = page().id;
    let acknowledge = format!("POST /v1/pages/{id}/acknowledge {{}}");
    let twice = vec![(200, waiting.as_str()), (200, &taken)];
    let list_first = vec!["GET /v1/pages".to_owned(), acknowledge.clone()];
    for (page, answers, requests) in [
        (None, twice.clone(), list_first.clone()),
        (Some("01954a00".to_owned()), twice, list_first),
        (Some(id.to_string()), vec![(200, taken.as_str())], vec![acknowledge.clone()]),
    ] {
        let args = Args { action: Some(Action::Ack { page }) };
        let ran = ran(false, &answers, async |cx| run(&args, cx).await);
        assert_eq!(ran.done.unwrap(), Exit::Ok);
        assert_eq!(ran.out, "acknowledged by bootstrap admin: checkout v2 was taken off 5% of users.\n");
        assert_eq!(ran.requests, requests);
    }
}

#[test]
fn where_none_waits_there_is_nothing_to_do_and_that_is_fine() {
    for (json, said) in [(false, "no page waits for anybody\n"), (true, "null\n")] {
        let args = Args { action: Some(Action::Ack { page: None }) };
        let ran = ran(json, &[(200, "[]")], async |cx| run(&args, cx).await);
        assert_eq!((ran.done.unwrap(), ran.out.as_str(), ran.requests.len()), (Exit::Ok, said, 1));
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
    let args = Args { action: Some(Action::Ack { page: Some(page().id.to_string()) }) };
    let refused: Failure = ran(false, &[(403, body)], async |cx| run(&args, cx).await).done.unwrap_err();
    assert_eq!((refused.exit(), refused.to_string().as_str()), (Exit::Refused, "checkout belongs to team shop"));
}

#[test]
fn what_a_page_was_worth_is_said_of_the_one_that_was_taken() {
    let id = |last: &str| json!({ "id": format!("01954a00-0000-7000-8000-0000000000{last}") });
    let taken = json!({"state": "acknowledged", "acknowledged_at": "2026-03-02T11:59:58Z"});
    let judged = with(with(page_json(), taken.clone()), json!({"verdict": "not-ours"}));
    let list = json!([page_json(), with(with(page_json(), taken.clone()), id("b2")), with(judged.clone(), id("c3"))]);
    let args = |page: Option<&str>| Args {
        action: Some(Action::Judge { verdict: Verdict::NotOurs, page: page.map(str::to_owned) }),
    };
    let post = |last: &str| {
        format!("POST /v1/pages/01954a00-0000-7000-8000-0000000000{last}/judge {{\"verdict\":\"not-ours\"}}")
    };
    let get = || "GET /v1/pages".to_owned();
    for (asked, requests) in [
        (None, vec![get(), post("b2")]),
        (Some("01954a00-0000-7000-8000-0000000000c"), vec![get(), post("c3")]),
        (Some("01954a00-0000-7000-8000-0000000000c3"), vec![post("c3")]),
    ] {
        let (list, judged) = (list.to_string(), judged.to_string());
        let answers = [(200, list.as_str()), (200, &judged)];
        let ran = ran(false, &answers[2 - requests.len()..], async |cx| run(&args(asked), cx).await);
        assert_eq!((ran.done.unwrap(), ran.requests), (Exit::Ok, requests));
        assert_eq!(ran.out, "not ours: checkout v2 was taken off 5% of users.\n");
    }
    let twice = json!([with(page_json(), taken.clone()), with(with(page_json(), taken), id("b2"))]).to_string();
    let refused = ran(false, &[(200, &twice)], async |cx| run(&args(None), cx).await).done.unwrap_err();
    assert_eq!(refused.to_string(), "could not judge a page: 2 were taken and not judged yet");
    let none = ran(false, &[(200, "[]")], async |cx| run(&args(None), cx).await);
    assert_eq!(none.out, "every page that somebody took is judged\n");
}
