//! What a person reads in `seaworthy incident`, and which one is meant.

use expect_test::expect;
use seaworthy_contract::api::{Incident, IncidentBrief};
use serde_json::{Value, json};

use super::{Action, Args, Role, run, text};
use crate::Exit;
use crate::fake::ran;
use crate::fixture::{from, view, with};

const ID: &str = "01954a00-0000-7000-8000-00000000000e";

fn brief_json() -> Value {
    json!({
        "id": ID, "service": "checkout", "team": "shop", "source": "page",
        "sentence": "Customers of checkout see errors", "state": "waiting", "opened_at": "2026-03-02T11:55:00Z",
        "closed_at": null, "update_late_since": null, "position": 41,
    })
}

fn incident_json() -> Value {
    let clock = |clock: &str, at: Option<&str>, source: &str| json!({ "clock": clock, "at": at, "source": source, "position": at.map(|_| 40) });
    with(
        brief_json(),
        json!({
            "state": "joined",
            "clocks": [
                clock("started", Some("2026-03-02T11:54:00Z"), "objective/checkout: the symptom is there since then"),
                clock("detected", Some("2026-03-02T11:55:00Z"), "objective/checkout fired"),
                clock("joined", Some("2026-03-02T11:56:00Z"), "Ines Ek took the page"),
                clock("restored", None, "not yet"),
                clock("healthy", None, "not yet"),
            ],
            "people": [{ "name": "Ines Ek", "since": "2026-03-02T11:56:00Z" }],
            "roles": [{ "role": "lead", "name": "Ines Ek" }],
            "next_update_at": "2026-03-02T12:30:00Z", "alone_since": null, "help_asked_at": null, "pages": [],
            "suspects": { "finding": "suspect", "sentence": "Suspect: checkout v2: to 5% of users.", "changes": [{
                "at": "2026-03-02T11:52:00Z", "before_s": 120.0, "service": "checkout",
                "sentence": "checkout v2: to 5% of users", "by": "ci", "rollout": null, "confidence": "likely",
                "why": "its own change, shortly before", "position": 38,
            }]},
            "seen_before": [{
                "incident": ID, "service": "checkout", "sentence": "It failed", "opened_at": "2026-01-02T11:52:00Z",
                "restored_by": "every gateway has taken the version off", "took_s": 41.0,
            }],
            "timeline": [
                { "at": "2026-03-02T11:56:00Z", "by": "person/ines", "service": null, "sentence": "somebody has the page", "position": 44 },
                { "at": "2026-03-02T11:55:30Z", "by": "clock", "service": "payments", "sentence": "payments is down", "position": 43 },
            ],
            "left_out": 0,
        }),
    )
}

#[test]
fn the_list_says_who_is_there_and_the_one_says_everything() {
    let briefs: Vec<IncidentBrief> = [
        json!({}),
        json!({ "state": "joined", "update_late_since": "2026-03-02T11:58:00Z" }),
        json!({ "state": "closed" }),
    ]
    .into_iter()
    .map(|changes| from(with(brief_json(), changes)))
    .collect();
    expect![[r#"
        SERVICE   OPENED     BY      STATE                                   WHAT                              ID
        checkout  5 min ago  a page  nobody has joined                       Customers of checkout see errors  01954a00-0000-7000-8000-00000000000e
        checkout  5 min ago  a page  worked on, update late since 11:58 UTC  Customers of checkout see errors  01954a00-0000-7000-8000-00000000000e
        checkout  5 min ago  a page  closed                                  Customers of checkout see errors  01954a00-0000-7000-8000-00000000000e"#]].assert_eq(&text::table(&briefs, &view()));
    let whole: Incident = from(incident_json());
    expect![[r#"
        checkout: Customers of checkout see errors
        worked on, opened by a page 5 min ago
        id 01954a00-0000-7000-8000-00000000000e

        started   2026-03-02 11:54:00 UTC  objective/checkout: the symptom is there since then (#40)
        detected  2026-03-02 11:55:00 UTC  objective/checkout fired (#40)
        joined    2026-03-02 11:56:00 UTC  Ines Ek took the page (#40)
        restored  unknown                  not yet
        healthy   unknown                  not yet

        there: Ines Ek (lead)
        next update promised for 12:30 UTC
        Suspect: checkout v2: to 5% of users.
          likely   11:52 checkout v2: to 5% of users: its own change, shortly before
        seen before: 2026-01-02 It failed, restored: every gateway has taken the version off

        2026-03-02 11:56:00  somebody has the page (ines, #44)
        2026-03-02 11:55:30  payments: payments is down (clock, #43)"#]]
    .assert_eq(&text::whole(&whole, &view()));
    assert_eq!(text::table(&[], &view()), "no incident goes on");
}

#[test]
fn without_an_id_the_one_that_goes_on_is_meant() {
    let (list, one) = (json!([brief_json()]).to_string(), incident_json().to_string());
    let lead = Args { action: Some(Action::Role { role: Role::Lead, incident: None }) };
    let answers = [(200, list.as_str()), (200, one.as_str())];
    let done = ran(false, &answers, async |cx| run(&lead, cx).await);
    assert_eq!(done.done.expect("done"), Exit::Ok);
    let post = format!("POST /v1/incidents/{ID}/role {{\"role\":\"lead\"}}");
    assert_eq!(done.requests, ["GET /v1/incidents".to_owned(), post]);
    let none = json!([with(brief_json(), json!({ "state": "closed" }))]).to_string();
    let close = Args { action: Some(Action::Close { incident: None }) };
    let refused = ran(false, &[(200, none.as_str())], async |cx| run(&close, cx).await);
    assert_eq!(refused.done.expect_err("there is none").to_string(), "no incident goes on");
    let two = json!([brief_json(), brief_json()]).to_string();
    let refused = ran(false, &[(200, two.as_str())], async |cx| run(&close, cx).await);
    assert_eq!(refused.done.expect_err("there are two").exit(), Exit::Usage);
}
