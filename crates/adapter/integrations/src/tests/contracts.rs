//! PagerDuty and Slack as their documentation describes them: what is sent keeps to it, and every answer has a meaning.

use seaworthy_contract::catalogue::{Contact, SecretName};
use seaworthy_receivers::{Contract, Receiver};
use serde_json::json;

use super::{channels, page};
use crate::{Channels, Kind, NotTaken, Note};

const ROUTING_KEY: &str = "R0R0R0R0R0R0R0R0R0R0R0R0R0R0R0R0";

fn name(name: &str) -> SecretName {
    name.to_owned().try_into().expect("a name")
}

/// A receiver, the channels that know it, and the contact behind it.
fn there(contract: Contract) -> (Receiver, Channels, Contact) {
    let receiver = Receiver::start(contract).expect("a port");
    match contract {
        Contract::PagerDuty => {
            let channels = channels(&[("key", ROUTING_KEY)], Some(receiver.base()));
            (receiver, channels, Contact::PagerDuty { secret: name("key") })
        }
        Contract::Slack => {
            let url = format!("{}/services/T0/B0/secret", receiver.base());
            (receiver, channels(&[("hook", &url)], None), Contact::Slack { secret: name("hook") })
        }
    }
}

/// Every kind of note there is, short and long.
fn notes() -> Vec<Note> {
    let kinds = [Kind::Page, Kind::Taken, Kind::Resolved, Kind::Confirm, Kind::Test];
    let of = |kind| {
        let follows = matches!(kind, Kind::Taken | Kind::Resolved).then(|| "page/1/contacts".to_owned());
        let note = Note { kind, follows, ..page() };
        let long = Note { sentence: "é<&>\n".repeat(2_000), key: "k".repeat(400), ..note.clone() };
        let bare = Note {
            page: String::new(),
            service: String::new(),
            team: String::new(),
            began_at: None,
            take: None,
            confirm: Some("http://portal.test/confirm/1".to_owned()),
            ..note.clone()
        };
        [note, long, bare]
    };
    kinds.into_iter().flat_map(of).collect()
}

#[tokio::test]
async fn every_note_keeps_to_the_contract() {
    for contract in [Contract::PagerDuty, Contract::Slack] {
        let (receiver, channels, contact) = there(contract);
        for note in notes() {
            let sent = channels.send(&contact, &note).await;
            assert_eq!(sent, Ok(()), "{contract:?}: {:?}\n{:?}", receiver.heard().last(), note.kind);
        }
        assert_eq!(receiver.heard().len(), notes().len());
    }
}

#[tokio::test]
async fn each_recorded_answer_is_for_now_or_for_good() {
    for (contract, recorded, why, again) in [
        (Contract::PagerDuty, "invalid", "PagerDuty answered 400", false),
        (Contract::PagerDuty, "too large", "PagerDuty answered 413", false),
        (Contract::PagerDuty, "no such place", "PagerDuty answered 404", false),
        (Contract::PagerDuty, "throttled", "PagerDuty answered 429", true),
        (Contract::PagerDuty, "down", "PagerDuty answered 503", true),
        (Contract::PagerDuty, "accepts and loses", "PagerDuty answered 200 without", true),
        (Contract::Slack, "invalid payload", "Slack answered 400: invalid_payload", false),
        (Contract::Slack, "no text", "Slack answered 400: no_text", false),
        (Contract::Slack, "prohibited", "Slack answered 403: action_prohibited", false),
        (Contract::Slack, "no service", "Slack answered 404: no_service", false),
        (Contract::Slack, "no channel", "Slack answered 404: channel_not_found", false),
        (Contract::Slack, "archived", "Slack answered 410: channel_is_archived", false),
        (Contract::Slack, "rate limited", "Slack answered 429: rate_limited", true),
        (Contract::Slack, "rollup", "Slack answered 500: rollup_error", true),
        (Contract::Slack, "accepts and loses", "Slack answered 200 without its \"ok\"", true),
    ] {
        let (receiver, channels, contact) = there(contract);
        receiver.next(recorded);
        let not = channels.send(&contact, &page()).await.expect_err(recorded);
        assert!(not.why.starts_with(why), "{recorded}: {}", not.why);
        assert_eq!(not.again, again, "{recorded}");
    }
}

#[tokio::test]
async fn whoever_asks_for_patience_is_left_alone_for_it() {
    for (contract, recorded) in [(Contract::PagerDuty, "throttled"), (Contract::Slack, "rate limited")] {
        let (receiver, channels, contact) = there(contract);
        receiver.next(recorded);
        for _ in 0..3 {
            assert!(channels.send(&contact, &page()).await.expect_err("not now").again);
        }
        assert_eq!(receiver.heard().len(), 1, "asked once, and then not for seven seconds");
    }
}

#[tokio::test]
async fn what_is_taken_here_is_acknowledged_there_and_its_end_resolves_it() {
    let (receiver, channels, contact) = there(Contract::PagerDuty);
    for (kind, key) in [(Kind::Page, "page/1/contacts"), (Kind::Taken, "t"), (Kind::Resolved, "r")] {
        let follows = (kind != Kind::Page).then(|| "page/1/contacts".to_owned());
        let note = Note { kind, key: key.to_owned(), follows, ..page() };
        channels.send(&contact, &note).await.expect("taken");
    }
    let heard: Vec<_> = receiver.heard().iter().map(|(request, _)| request.json()).collect();
    let actions: Vec<_> = heard.iter().map(|event| event["event_action"].clone()).collect();
    assert_eq!(actions, [json!("trigger"), json!("acknowledge"), json!("resolve")]);
    assert!(heard.iter().all(|event| event["dedup_key"] == "page/1/contacts"), "one incident there");
}

#[tokio::test]
async fn a_secret_that_is_missing_or_wrong_is_for_good_and_is_not_shown() {
    let none = channels(&[("key", "hunter2 is too short"), ("hook", "not an address")], None);
    for (contact, why) in [
        (Contact::Slack { secret: name("other") }, "the server has no secret \"other\""),
        (Contact::Slack { secret: name("hook") }, "Slack's address is not https://host/path"),
        (Contact::PagerDuty { secret: name("key") }, "no routing key of PagerDuty"),
    ] {
        let not: NotTaken = none.send(&contact, &page()).await.expect_err(why);
        assert!(not.why.contains(why) && !not.again, "{}", not.why);
        assert!(!not.why.contains("hunter2") && !not.why.contains("an address\""), "{}", not.why);
    }
    assert!(!format!("{none:?}").contains("hunter2"));
}
