//! PagerDuty's Events API v2, as developer.pagerduty.com describes it: the fields of an event, their limits, the answers.

use serde_json::{Value, json};

use crate::{Answer, Contract, Request};

/// Largest event, in bytes.
const BODY_BYTES_MAX: usize = 512_000;

/// Longest `summary`, in characters.
const SUMMARY_CHARS_MAX: usize = 1_024;

/// Longest `dedup_key`, in characters.
const DEDUP_CHARS_MAX: usize = 255;

/// Characters of a routing key.
const KEY_CHARS: usize = 32;

/// Severities that there are.
const SEVERITIES: [&str; 4] = ["critical", "error", "warning", "info"];

pub(crate) fn judge(request: &Request) -> Answer {
    if request.method != "POST" || request.path != "/v2/enqueue" {
        return Contract::PagerDuty.recorded("no such place");
    }
    if request.body.len() > BODY_BYTES_MAX {
        return Contract::PagerDuty.recorded("too large");
    }
    let event = request.json();
    let mut errors = errors(&event);
    if request.header("content-type").is_none_or(|kind| !kind.starts_with("application/json")) {
        errors.push("the content type is not application/json".to_owned());
    }
    let name = if errors.is_empty() { "accepted" } else { "invalid" };
    let mut answer = Contract::PagerDuty.recorded(name);
    let mut body: Value = serde_json::from_str(&answer.body).expect("a recorded answer is JSON");
    match errors.is_empty() {
        true => body["dedup_key"] = event.get("dedup_key").cloned().unwrap_or_else(|| json!("made-up")),
        false => body["errors"] = json!(errors),
    }
    answer.body = body.to_string();
    answer
}

/// Everything that is wrong with an event.
fn errors(event: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    let mut holds = |holds: bool, what: &str| {
        if !holds {
            errors.push(what.to_owned());
        }
    };
    let chars = |value: &Value| value.as_str().map(|text| text.chars().count());
    holds(chars(&event["routing_key"]) == Some(KEY_CHARS), "routing_key has 32 characters");
    let action = event["event_action"].as_str().unwrap_or_default();
    holds(["trigger", "acknowledge", "resolve"].contains(&action), "event_action is one of three");
    let dedup = chars(&event["dedup_key"]);
    holds(dedup.is_none_or(|count| count <= DEDUP_CHARS_MAX), "dedup_key has at most 255 characters");
    holds(action == "trigger" || dedup.is_some(), "dedup_key is needed to acknowledge or resolve");
    if action == "trigger" {
        let payload = &event["payload"];
        let summary = chars(&payload["summary"]);
        holds(
            summary.is_some_and(|count| (1..=SUMMARY_CHARS_MAX).contains(&count)),
            "summary has 1 to 1024 characters",
        );
        holds(chars(&payload["source"]).is_some_and(|count| count > 0), "source is needed");
        let severity = payload["severity"].as_str().unwrap_or_default();
        holds(SEVERITIES.contains(&severity), "severity is one of four");
        let is_time = |text: &str| text.len() >= 20 && text.as_bytes()[10] == b'T';
        let timestamp = &payload["timestamp"];
        holds(timestamp.is_null() || timestamp.as_str().is_some_and(is_time), "timestamp is ISO 8601");
        let links = event["links"].as_array().cloned().unwrap_or_default();
        holds(links.iter().all(|link| link["href"].is_string()), "a link has an href");
    }
    errors
}
