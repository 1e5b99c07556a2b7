//! PagerDuty Events v2, as anything that can page PagerDuty sends it (developer.pagerduty.com, "Send an Alert Event").

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::shown::shown;
use super::{Heard, NotUnderstood, sentence, words};

/// Largest body, in bytes: the limit that the format has.
pub const BODY_BYTES_MAX: usize = 512_000;

/// Longest key, in characters: the limit that the format has.
const DEDUP_CHARS_MAX: usize = 255;

/// Longest summary, in characters: the limit that the format has.
const SUMMARY_CHARS_MAX: usize = 1_024;

/// What is to be done with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It is there.
    Trigger,
    /// Somebody has it.
    Acknowledge,
    /// It is gone.
    Resolve,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enqueued {
    /// The credential that it came with. Never printed.
    pub routing_key: String,
    /// What is to be done.
    pub action: Action,
    /// The key that events about one thing share; none when one must be made.
    pub dedup_key: Option<String>,
    /// What ends the rule's name for events with this key: an event that ends one has nothing else.
    pub instance: String,
    /// What it says; none when it only ends or takes what was said before.
    pub heard: Option<Heard>,
}

#[derive(Deserialize)]
struct Body {
    routing_key: String,
    event_action: Action,
    dedup_key: Option<String>,
    payload: Option<Payload>,
}

#[derive(Deserialize)]
struct Payload {
    summary: String,
    source: String,
    severity: Severity,
    timestamp: Option<String>,
    component: Option<String>,
    group: Option<String>,
    class: Option<String>,
    custom_details: Option<Value>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Critical,
    Error,
    Warning,
    Info,
}

/// Reads an event. `made_key` is taken where it has no key of its own.
///
/// # Errors
/// When it is not of the format: every mistake is what the reply's `errors` say.
pub fn read(body: &[u8], made_key: &str) -> Result<Enqueued, NotUnderstood> {
    let body: Body = serde_json::from_slice(body).map_err(|error| NotUnderstood(format!("{error}")))?;
    if let Some(key) = body.dedup_key.as_deref().filter(|key| key.chars().count() > DEDUP_CHARS_MAX) {
        let why = format!("dedup_key has {} characters, at most {DEDUP_CHARS_MAX}", key.chars().count());
        return Err(NotUnderstood(why));
    }
    if body.dedup_key.is_none() && body.event_action != Action::Trigger {
        return Err(NotUnderstood("dedup_key is needed to acknowledge or resolve".to_owned()));
    }
    let instance = fingerprint(body.dedup_key.as_deref().unwrap_or(made_key));
    let heard = match (&body.payload, body.event_action) {
        (Some(payload), Action::Trigger) => Some(heard(payload, &instance)?),
        (None, Action::Trigger) => return Err(NotUnderstood("payload is needed to trigger".to_owned())),
        _ => None,
    };
    Ok(Enqueued {
        routing_key: body.routing_key,
        action: body.event_action,
        dedup_key: body.dedup_key,
        instance,
        heard,
    })
}

fn heard(payload: &Payload, instance: &str) -> Result<Heard, NotUnderstood> {
    if sentence(&payload.summary).is_empty() || payload.summary.chars().count() > SUMMARY_CHARS_MAX {
        return Err(NotUnderstood(format!("payload.summary must have 1 to {SUMMARY_CHARS_MAX} characters")));
    }
    let began_at = match &payload.timestamp {
        Some(text) => Some(
            text.parse::<Timestamp>()
                .map_err(|_| NotUnderstood("payload.timestamp is no time as in 2026-11-21T02:03:04Z".to_owned()))?,
        ),
        None => None,
    };
    let class = payload.class.as_deref().map(shown).filter(|class| !class.is_empty());
    let (class, summary) = (class.as_deref(), shown(&payload.summary));
    let detail = payload.custom_details.as_ref().and_then(|d| d.get("service")).and_then(Value::as_str);
    let named = [detail, payload.component.as_deref(), payload.group.as_deref(), Some(payload.source.as_str())];
    Ok(Heard {
        rule: format!("events/{}#{}", name(class.unwrap_or(&summary)), instance),
        services: named.into_iter().flatten().filter(|n| !n.is_empty()).map(shown).collect(),
        symptom: words::symptom(class.unwrap_or(&summary)),
        is_cause: words::is_cause(&[class.unwrap_or_default(), &summary]),
        urgency: words::urgency(Some(match payload.severity {
            Severity::Critical | Severity::Error => "critical",
            Severity::Warning | Severity::Info => "warning",
        })),
        is_firing: true,
        began_at,
        sentence: sentence(&payload.summary),
    })
}

/// A rule's name from a class or a summary, without the figures that change from one time to the next.
fn name(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1).take(8);
    let name = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if name.is_empty() { "event".to_owned() } else { name }
}

/// A short form of a key (FNV-1a, 64 bit): it tells instances apart, and a key may hold anything.
pub(super) fn fingerprint(key: &str) -> String {
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    //! Events as senders write them.

    use seaworthy_contract::catalogue::Urgency;
    use serde_json::json;

    use super::*;

    fn read_json(body: &Value) -> Result<Enqueued, NotUnderstood> {
        read(&serde_json::to_vec(body).expect("JSON"), "made")
    }

    #[test]
    fn a_trigger_says_what_is_wrong_with_whom() {
        let body = json!({ "routing_key": "k", "event_action": "trigger", "dedup_key": "web-01/disk",
            "payload": { "summary": "Error rate of checkout is 7%", "source": "web-01", "severity": "critical",
                "component": "checkout", "timestamp": "2026-11-21T02:03:04Z", "class": "error rate" } });
        let event = read_json(&body).expect("understood");
        let heard = event.heard.expect("it triggers");
        assert_eq!(heard.services, ["checkout", "web-01"]);
        assert!(heard.rule.starts_with("events/error-rate#"), "{}", heard.rule);
        assert_eq!((heard.symptom.as_str(), heard.urgency, heard.is_cause), ("availability", Urgency::Page, false));
    }

    #[test]
    fn one_key_is_one_instance_and_a_figure_makes_no_new_rule() {
        let event = |summary: &str, key: &str| {
            let payload = json!({ "summary": summary, "source": "s", "severity": "warning" });
            let body = json!({ "routing_key": "k", "event_action": "trigger", "dedup_key": key, "payload": payload });
            read_json(&body).expect("understood").heard.expect("it triggers")
        };
        assert_eq!(event("queue of 17", "a").rule, event("queue of 42", "a").rule);
        assert_ne!(event("queue of 17", "a").rule, event("queue of 17", "b").rule);
        assert_eq!(event("queue of 17", "a").urgency, Urgency::Ticket);
    }

    #[test]
    fn what_is_not_of_the_format_is_refused_with_the_reason() {
        let payload = json!({ "summary": "x", "source": "s", "severity": "critical" });
        for (body, why) in [
            (json!({ "event_action": "trigger", "payload": payload }), "routing_key"),
            (json!({ "routing_key": "k", "event_action": "shout" }), "shout"),
            (json!({ "routing_key": "k", "event_action": "resolve" }), "dedup_key"),
            (json!({ "routing_key": "k", "event_action": "trigger" }), "payload"),
            (json!({ "routing_key": "k", "event_action": "resolve", "dedup_key": "k".repeat(256) }), "at most 255"),
            (
                json!({ "routing_key": "k", "event_action": "trigger",
                    "payload": { "summary": "x", "source": "s", "severity": "critical", "timestamp": "noon" } }),
                "timestamp",
            ),
            (
                json!({ "routing_key": "k", "event_action": "trigger",
                    "payload": { "summary": "x".repeat(1_025), "source": "s", "severity": "info" } }),
                "1024",
            ),
        ] {
            let error = read_json(&body).expect_err("refused").to_string();
            assert!(error.contains(why), "{error} does not say {why}");
        }
    }
}
