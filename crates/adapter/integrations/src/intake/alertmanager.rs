//! Alertmanager's webhook, version 4 (prometheus.io/docs/alerting/latest/configuration, `webhook_config`).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use super::shown::shown;
use super::{ALERTS_MAX, Heard, NotUnderstood, sentence, words};

/// Largest body, in bytes: a group of a few hundred alerts with long annotations.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Labels that name a service, best first: as Sloth, the Kubernetes mix-ins and most people write them.
const SERVICE_LABELS: [&str; 10] = [
    "service",
    "sloth_service",
    "service_name",
    "app_kubernetes_io_name",
    "app",
    "job",
    "component",
    "deployment",
    "container",
    "namespace",
];

#[derive(Deserialize)]
struct Payload {
    version: String,
    alerts: Vec<Alert>,
    #[serde(default, rename = "truncatedAlerts")]
    truncated: u64,
}

#[derive(Deserialize)]
struct Alert {
    status: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
    #[serde(default)]
    annotations: BTreeMap<String, String>,
    #[serde(rename = "startsAt")]
    starts_at: Timestamp,
    #[serde(default, rename = "generatorURL")]
    generator_url: String,
    #[serde(default)]
    fingerprint: String,
}

/// Reads a payload: what it says, and how many alerts were left out of it by whoever sent it.
///
/// # Errors
/// When it is no payload of version 4, or has more than [`ALERTS_MAX`] alerts.
pub fn read(body: &[u8]) -> Result<(Vec<Heard>, u64), NotUnderstood> {
    let payload: Payload = serde_json::from_slice(body)
        .map_err(|error| NotUnderstood(format!("this is no Alertmanager webhook of version 4: {error}")))?;
    if payload.version != "4" {
        return Err(NotUnderstood(format!("version \"{}\" of Alertmanager's webhook is not 4", payload.version)));
    }
    if payload.alerts.len() > ALERTS_MAX {
        let why = format!("{} alerts in one payload, at most {ALERTS_MAX}; set max_alerts", payload.alerts.len());
        return Err(NotUnderstood(why));
    }
    Ok((payload.alerts.iter().map(heard).collect(), payload.truncated))
}

fn heard(alert: &Alert) -> Heard {
    let label = |name: &str| alert.labels.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let named = label("alertname").map(shown).filter(|name| !name.is_empty());
    let name = named.as_deref().unwrap_or("unnamed");
    let slo = label("sloth_slo").or(label("slo"));
    let severity = label("severity").or(label("sloth_severity")).or(label("priority"));
    let said = ["summary", "message", "description", "title"].into_iter().find_map(|n| alert.annotations.get(n));
    let told = match (said, slo) {
        (Some(text), _) => sentence(text),
        (None, Some(slo)) if named.is_some() => sentence(&format!("{name}: objective {slo} burns its budget")),
        (None, Some(slo)) => sentence(&format!("Objective {slo} burns its budget")),
        (None, None) if named.is_some() => sentence(name),
        (None, None) => "Alertmanager fires an alert that has no name and no summary".to_owned(),
    };
    Heard {
        rule: format!("alertmanager/{}#{}", plain(name), plain(&alert.fingerprint)),
        services: SERVICE_LABELS.iter().filter_map(|name| label(name)).map(shown).collect(),
        symptom: words::symptom(slo.map(shown).as_deref().unwrap_or(name)),
        is_cause: slo.is_none() && words::is_cause(&[name, &alert.generator_url]),
        urgency: words::urgency(severity),
        is_firing: alert.status != "resolved",
        // Go's zero time says nothing; no alert began before there were clocks to say so.
        began_at: Some(alert.starts_at).filter(|at| *at > Timestamp::UNIX_EPOCH),
        sentence: told,
    }
}

/// A name that can stand in a stream and an address.
pub(super) fn plain(text: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    text.chars().map(|c| if fits(c) { c } else { '-' }).take(100).collect()
}

#[cfg(test)]
mod tests {
    //! Payloads as Alertmanager 0.25 sends them.

    use serde_json::json;

    use super::*;
    use seaworthy_contract::catalogue::Urgency;

    fn alert(status: &str, labels: serde_json::Value, annotations: serde_json::Value) -> serde_json::Value {
        json!({ "status": status, "labels": labels, "annotations": annotations, "startsAt": "2026-11-21T02:03:04.291Z",
            "endsAt": "0001-01-01T00:00:00Z", "generatorURL": "http://vm:9090/graph", "fingerprint": "7036ace5c7e8d0a9" })
    }

    fn payload(alerts: &[serde_json::Value]) -> Vec<u8> {
        let payload = json!({ "version": "4", "groupKey": "{}", "truncatedAlerts": 0, "status": "firing",
            "receiver": "r", "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "",
            "alerts": alerts });
        serde_json::to_vec(&payload).expect("JSON")
    }

    fn one(alert: serde_json::Value) -> Heard {
        read(&payload(&[alert])).expect("understood").0.remove(0)
    }

    #[test]
    fn an_objective_of_sloth_is_a_symptom_of_its_service() {
        let labels = json!({ "alertname": "HighErrorRate", "sloth_service": "shop", "sloth_severity": "page",
            "sloth_slo": "avail", "sloth_id": "shop-avail" });
        let heard = one(alert("firing", labels, json!({})));
        assert_eq!(heard.rule, "alertmanager/HighErrorRate#7036ace5c7e8d0a9");
        assert_eq!(heard.services, ["shop"]);
        assert_eq!((heard.symptom.as_str(), heard.is_cause), ("availability", false));
        assert_eq!((heard.urgency, heard.is_firing), (Urgency::Page, true));
        assert_eq!(heard.sentence, "HighErrorRate: objective avail burns its budget");
    }

    #[test]
    fn a_busy_processor_is_a_cause() {
        let labels = json!({ "alertname": "HighCPU", "severity": "critical", "job": "api", "namespace": "shop" });
        let heard = one(alert("resolved", labels, json!({ "summary": "CPU\nis   high" })));
        assert_eq!(heard.services, ["api", "shop"]);
        assert!(heard.is_cause && !heard.is_firing);
        assert_eq!(heard.sentence, "CPU is high");
    }

    #[test]
    fn what_a_terminal_would_act_on_stays_outside() {
        let labels = json!({ "alertname": "\u{1b}[31mOdd\u{202e}", "service": "shop\u{1b}[0m" });
        let heard = one(alert("firing", labels, json!({ "summary": "\u{1b}[31mred\u{1b}[0m \u{202e}alert" })));
        assert_eq!((heard.sentence.as_str(), heard.services), ("red alert", vec!["shop".to_owned()]));
        let kept = format!("{}{}", heard.symptom, heard.rule);
        assert!(!kept.contains(['\u{1b}', '\u{202e}', '[']), "{kept}");
    }

    /// Somebody was woken with the one word "unnamed".
    #[test]
    fn one_without_a_name_says_so() {
        let said = |labels: serde_json::Value| one(alert("firing", labels, json!({}))).sentence;
        assert_eq!(said(json!({})), "Alertmanager fires an alert that has no name and no summary");
        assert_eq!(said(json!({ "slo": "buy" })), "Objective buy burns its budget");
        assert_eq!(said(json!({ "alertname": "High" })), "High");
    }

    #[test]
    fn a_time_that_was_never_set_is_none() {
        for (starts_at, is_said) in [("0001-01-01T00:00:00Z", false), ("2026-11-21T02:03:04Z", true)] {
            let mut sent = alert("firing", json!({}), json!({}));
            sent["startsAt"] = json!(starts_at);
            assert_eq!(one(sent).began_at.is_some(), is_said, "{starts_at}");
        }
    }

    #[test]
    fn a_long_annotation_is_cut() {
        let heard = one(alert("firing", json!({}), json!({ "summary": "é".repeat(1_000) })));
        assert_eq!(heard.sentence.chars().count(), 301);
        assert_eq!(heard.rule, "alertmanager/unnamed#7036ace5c7e8d0a9");
    }

    #[test]
    fn what_is_no_payload_is_refused_with_the_reason() {
        for (body, why) in [
            (&b"{}"[..], "missing field `version`"),
            (b"[", "EOF"),
            (br#"{"version":"3","alerts":[]}"#, "version \"3\""),
        ] {
            let error = read(body).expect_err("refused").to_string();
            assert!(error.contains(why), "{error}");
        }
        let many = vec![alert("firing", json!({}), json!({})); ALERTS_MAX + 1];
        assert!(read(&payload(&many)).expect_err("refused").to_string().contains("max_alerts"));
    }
}
