//! A server with services that need each other, objectives and an outbox, and what tests of alerts ask of it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use seaworthy_client::Response;
use seaworthy_contract::api::{Alert, AlertPage, AlertsTaken, ApiError, Page, Plan};
use seaworthy_contract::catalogue::{Contact, Document, Entity, Objective, PersonDetails, Sourced};
use seaworthy_contract::events::server::ScopeV4;
use serde_json::{Value, json};

use super::app::{TestApp, document};
use super::outbox::channels;
use crate::task::outbox::{Pace, run};

/// The objective of checkout.
pub(super) const RULE: &str = "objective/checkout-availability";

const PACE: Pace = Pace {
    pause_min: Duration::from_millis(5),
    pause_max: Duration::from_millis(20),
    look_every: Duration::from_millis(5),
};

/// How often a test looks again; a tick of the kernel is a quarter of a second.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A server, who may send facts in, and the file that whoever is on call reads.
pub(super) struct Alerting {
    pub(super) app: TestApp,
    pub(super) intake: String,
    file: PathBuf,
    outbox: tokio::task::JoinHandle<()>,
}

impl Drop for Alerting {
    fn drop(&mut self) {
        self.outbox.abort();
        drop(std::fs::remove_file(&self.file));
    }
}

impl Alerting {
    /// Starts with checkout (team shop, ines on call), which cannot work without ledger (team bank, nobody on call).
    pub(super) async fn start(name: &str) -> Self {
        let file = std::env::temp_dir().join(format!("seaworthy-alerts-{}-{name}", std::process::id()));
        let app = TestApp::start().await;
        let _: Plan = app.as_admin().post_json("/v1/catalogue/apply", &declared(&file)).await.expect("applied");
        let intake = app.token(ScopeV4::Intake).await;
        let outbox = tokio::spawn(run(app.kernel.clone(), Arc::from(app.base.as_str()), channels(), PACE));
        Self { app, intake, file, outbox }
    }

    /// Sends Alertmanager's webhook with these alerts.
    pub(super) async fn webhook(&self, alerts: &[Value]) -> AlertsTaken {
        let answer = self.app.post(&self.intake, "/v1/alerts/alertmanager", &payload(alerts)).await;
        assert_eq!(answer.status.as_u16(), 200, "{}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).expect("what was taken")
    }

    /// Sends an event as PagerDuty's senders do: without a header that says who.
    pub(super) async fn event(&self, body: &Value) -> (u16, Value) {
        let answer = self.app.post("", "/v2/enqueue", body).await;
        (answer.status.as_u16(), serde_json::from_slice(&answer.body).expect("JSON"))
    }

    /// Returns alerts, newest first.
    pub(super) async fn alerts(&self, query: &str) -> Vec<Alert> {
        let page: AlertPage = self.app.as_admin().get_json(&format!("/v1/alerts{query}")).await.expect("alerts");
        page.alerts
    }

    pub(super) async fn pages(&self) -> Vec<Page> {
        self.app.as_admin().get_json("/v1/pages").await.expect("pages")
    }

    /// Waits until there are so many pages, and returns them, newest first.
    pub(super) async fn paged(&self, wanted: usize) -> Vec<Page> {
        loop {
            let pages = self.pages().await;
            if pages.len() >= wanted {
                assert_eq!(pages.len(), wanted, "{pages:#?}");
                return pages;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Returns what the person on call was sent.
    pub(super) fn sent(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a page is a line of JSON")).collect()
    }

    /// Waits until the person on call was sent so much.
    pub(super) async fn read(&self, wanted: usize) -> Vec<Value> {
        while self.sent().len() < wanted {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.sent()
    }

    /// Posts as whoever has the token: status and JSON.
    pub(super) async fn post(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        let answer: Response = self.app.post(token, path, &body).await;
        (answer.status.as_u16(), serde_json::from_slice(&answer.body).expect("JSON"))
    }
}

/// Returns what an error says and what to do about it.
pub(super) fn said(body: &Value) -> (String, String) {
    let error: ApiError = serde_json::from_value(body.clone()).expect("an error of ours");
    (error.message, error.hint.unwrap_or_default())
}

fn declared(file: &std::path::Path) -> Document {
    let mut document = document();
    for sourced in &mut document.entities {
        if let Entity::Service(service) = &mut sourced.entity
            && service.name.as_str() == "checkout"
        {
            let needs = json!([{ "service": "ledger", "kind": "hard" }]);
            service.dependencies = serde_json::from_value(needs).expect("dependencies");
        }
    }
    let objective: Objective = serde_json::from_value(json!({
        "name": "checkout-availability", "service": "checkout", "indicator": { "measure": "availability" }, "target": 0.999,
        "period": { "rolling": { "days": 30 } }, "counting": { "method": "occurrences" }, "tiers": []
    }))
    .expect("an objective");
    document
        .entities
        .push(Sourced { entity: Entity::Objective(Box::new(objective)), source: "test.yaml:9".to_owned() });
    let script = format!("cat >> '{}'", file.display());
    let contacts = vec![Contact::Command { command: vec!["sh".to_owned(), "-c".to_owned(), script] }.into()];
    let name = "ines".parse().expect("a name");
    Document { people: vec![PersonDetails { name, display_name: Some("Ines Ek".to_owned()), contacts }], ..document }
}

/// One alert of a webhook.
pub(super) fn alert(name: &str, status: &str, labels: Value) -> Value {
    let mut all = json!({ "alertname": name, "severity": "critical" });
    all.as_object_mut().expect("an object").extend(labels.as_object().expect("an object").clone());
    let fingerprint: u64 = all.to_string().bytes().fold(7, |sum: u64, byte| sum.wrapping_mul(31) ^ u64::from(byte));
    json!({
        "status": status, "labels": all, "annotations": { "summary": format!("{name} of a test") },
        "startsAt": "2026-03-02T11:57:00.5Z", "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus:9090/graph?g0.expr=up", "fingerprint": format!("{fingerprint:016x}")
    })
}

/// A webhook of version 4.
pub(super) fn payload(alerts: &[Value]) -> Value {
    json!({
        "version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0, "status": "firing", "receiver": "seaworthy",
        "groupLabels": {}, "commonLabels": {}, "commonAnnotations": {}, "externalURL": "http://alertmanager:9093",
        "alerts": alerts
    })
}
