//! What a person reads in `seaworthy tickets`, and what is asked of the server.

use expect_test::expect;
use serde_json::{Value, json};

use super::{Action, Args, run, table, whole};
use crate::Exit;
use crate::fake::ran;
use crate::fixture::{from, view, with};

const ID: &str = "01954a00-0000-7000-8000-000000000001";

fn ticket() -> Value {
    json!({
        "id": ID, "service": "checkout", "team": "storefront", "state": "open",
        "sentence": "the budget of checkout is gone in 3 days", "began_at": "2026-03-02T10:00:00Z",
        "opened_at": "2026-03-02T11:00:00Z", "times": 1, "position": 31
    })
}

fn closed() -> Value {
    let id = "01954a00-0000-7000-8000-000000000002";
    with(
        ticket(),
        json!({
            "id": id, "state": "closed", "times": 4, "over_since": "2026-03-02T11:30:00Z",
            "closed_at": "2026-03-02T11:45:00Z", "closed_by": "the tracker: Done"
        }),
    )
}

#[test]
fn the_list_says_what_waits() {
    expect!["no ticket is open"].assert_eq(&table(&[], &view()));
    expect![[r"
        SERVICE   TEAM        OPENED   STATE    WHAT                                      ID
        checkout  storefront  1 h ago  goes on  the budget of checkout is gone in 3 days  01954a00-0000-7000-8000-000000000001
        checkout  storefront  1 h ago  closed   the budget of checkout is gone in 3 days  01954a00-0000-7000-8000-000000000002"]]
    .assert_eq(&table(&[from(ticket()), from(closed())], &view()));
}

#[test]
fn one_says_how_often_it_came_and_who_closed_it() {
    expect![[r"
        checkout: the budget of checkout is gone in 3 days (closed)
          ticket 01954a00-0000-7000-8000-000000000002, team storefront, opened 1 h ago
          came 4 times; each joined this ticket
          nothing of it goes on since 2026-03-02T11:30:00Z
          closed 15 min ago by the tracker: Done"]]
    .assert_eq(&whole(&from(closed()), &view()));
}

fn doing(action: Option<Action>) -> Args {
    Args { action, all: false, service: None, team: None }
}

#[test]
fn the_server_is_asked_for_what_is_meant() {
    let args = Args { service: Some("a+b".parse().unwrap()), team: Some("shop".parse().unwrap()), ..doing(None) };
    let asked = ran(true, &[(200, "[]")], async |cx| run(&args, cx).await);
    assert_eq!(asked.requests, ["GET /v1/tickets?all=false&service=a%2Bb&team=shop"]);
    let all = json!([closed(), ticket()]).to_string();
    let close = doing(Some(Action::Close { ticket: None }));
    let one = ticket().to_string();
    let asked = ran(true, &[(200, &all), (200, &one)], async |cx| run(&close, cx).await);
    assert_eq!(asked.done.unwrap(), Exit::Ok);
    assert_eq!(asked.requests[1], format!("POST /v1/tickets/{ID}/close {{}}"), "the only one that is open");
}

#[test]
fn what_is_not_there_is_said() {
    for (action, want) in [
        (Action::Close { ticket: None }, "no ticket is open"),
        (Action::Show { ticket: Some("ff".to_owned()) }, "no ticket has an id that begins with \"ff\""),
    ] {
        let all = json!([closed()]).to_string();
        let asked = ran(false, &[(200, &all)], async |cx| run(&doing(Some(action)), cx).await);
        assert!(asked.done.unwrap_err().to_string().contains(want), "{want}");
    }
}
