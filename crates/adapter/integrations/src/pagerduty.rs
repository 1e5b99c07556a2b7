//! PagerDuty's Events API v2 (developer.pagerduty.com, "Send an alert event"): a page is a `trigger`; whoever takes it
//! here makes it an `acknowledge` there, and its end a `resolve`. All three carry the key of the call as `dedup_key`, so
//! a repeated trigger is the same incident, and one that follows without a trigger is dropped there.

use http::StatusCode;
use serde_json::{Value, json};

use crate::exchange::Receiver;
use crate::signature::hex;
use crate::text::{cut, line};
use crate::{Kind, NotTaken, Note};

/// Where events go to; the service region of the EU has an address of its own.
pub const EVENTS: &str = "https://events.pagerduty.com";

/// The path of events there.
const PATH: &str = "/v2/enqueue";

/// Longest `summary`, in characters.
const SUMMARY_CHARS_MAX: usize = 1_024;

/// Longest `dedup_key`, in characters.
const DEDUP_CHARS_MAX: usize = 255;

/// A routing key has exactly this many letters and digits.
const KEY_CHARS: usize = 32;

pub(crate) async fn send(base: &str, routing_key: &str, note: &Note) -> Result<(), NotTaken> {
    if routing_key.len() != KEY_CHARS || !routing_key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(NotTaken::for_good("the secret is no routing key of PagerDuty: 32 letters and digits"));
    }
    let receiver = Receiver::at(&format!("{}{PATH}", base.trim_end_matches('/')), "PagerDuty")?;
    let answer = receiver.post(event(routing_key, note).to_string().into_bytes(), &[]).await?;
    match answer.status {
        StatusCode::ACCEPTED if is_taken(&answer.body) => Ok(()),
        status if status.is_success() => Err(NotTaken::for_now(format!(
            "PagerDuty answered {} without saying that it has the event",
            status.as_u16()
        ))),
        _ => Err(receiver.refusal(&answer)),
    }
}

fn is_taken(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|answer| answer["status"] == "success")
}

fn event(routing_key: &str, note: &Note) -> Value {
    let key = dedup_key(note.thread());
    let action = match note.kind {
        Kind::Page | Kind::Confirm | Kind::Test | Kind::Ask | Kind::Shadow => "trigger",
        Kind::Taken => "acknowledge",
        Kind::Resolved => "resolve",
    };
    let mut event = json!({ "routing_key": routing_key, "event_action": action, "dedup_key": key });
    if action == "trigger" {
        event["payload"] = payload(note);
        event["client"] = json!("Seaworthy");
        event["client_url"] = json!(note.link);
        event["links"] = links(note);
    }
    event
}

fn payload(note: &Note) -> Value {
    // A test and a question wake nobody where PagerDuty's own rules go by the severity.
    let severity = if note.kind == Kind::Page { "critical" } else { "info" };
    let source = if note.service.is_empty() { "seaworthy" } else { &note.service };
    let mut payload = json!({
        "summary": cut(&line(&note.sentence), SUMMARY_CHARS_MAX),
        "source": source,
        "severity": severity,
        "custom_details": { "to": note.to, "key": note.key },
    });
    for (field, text) in [("component", &note.service), ("group", &note.team)] {
        if !text.is_empty() {
            payload[field] = json!(text);
        }
    }
    if let Some(began) = note.began_at {
        payload["timestamp"] = json!(began.to_string());
    }
    payload
}

fn links(note: &Note) -> Value {
    let links = [(&note.take, "Take it"), (&note.confirm, "Confirm")];
    let links = links.iter().filter_map(|(href, text)| Some(json!({ "href": href.as_ref()?, "text": text })));
    links.collect()
}

/// Keeps a key that fits; one that does not is told apart by its digest.
fn dedup_key(key: &str) -> String {
    match key.chars().count() <= DEDUP_CHARS_MAX {
        true => key.to_owned(),
        false => format!("seaworthy/{}", hex(&crate::signature::hmac_sha256(b"dedup", &[key.as_bytes()]))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::page;

    #[test]
    fn what_follows_a_call_carries_its_key_and_nothing_else() {
        let taken = Note {
            kind: Kind::Taken,
            key: "page/1/contacts/taken".to_owned(),
            follows: Some("page/1/contacts".to_owned()),
            ..page()
        };
        assert_eq!(
            event("k", &taken),
            json!({ "routing_key": "k", "event_action": "acknowledge", "dedup_key": "page/1/contacts" })
        );
        let resolved = event("k", &Note { kind: Kind::Resolved, ..taken });
        assert_eq!((&resolved["event_action"], &resolved["dedup_key"]), (&json!("resolve"), &json!("page/1/contacts")));
    }

    #[test]
    fn what_is_too_long_is_cut_or_told_apart() {
        let note = Note { sentence: "é".repeat(2_000), key: "k".repeat(300), ..page() };
        let sent = event("k", &note);
        assert_eq!(sent["payload"]["summary"].as_str().map(|text| text.chars().count()), Some(SUMMARY_CHARS_MAX));
        let other = event("k", &Note { key: "l".repeat(300), ..page() });
        assert!(sent["dedup_key"].as_str().is_some_and(|key| key.len() <= DEDUP_CHARS_MAX));
        assert_ne!(sent["dedup_key"], other["dedup_key"]);
    }

    #[test]
    fn a_test_is_no_emergency() {
        let test = event("k", &Note { kind: Kind::Test, service: String::new(), ..page() });
        assert_eq!((&test["payload"]["severity"], &test["payload"]["source"]), (&json!("info"), &json!("seaworthy")));
        assert_eq!(event("k", &page())["payload"]["severity"], "critical");
    }
}
