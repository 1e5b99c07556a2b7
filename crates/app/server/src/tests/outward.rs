//! Other systems: tickets in trackers as the files of examples/ declare them, signed changes, rooms. The other system is one
//! that behaves as its documentation says.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::api::{Ticket, TicketState};
use seaworthy_contract::catalogue::{Document, Entity, Outlet, OutletWay, Sourced};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_core::{IncidentDone, IncidentWanted, Input};
use seaworthy_files::Source;
use seaworthy_integrations::{Channels, PAGERDUTY, Settings};
use seaworthy_model::Timestamp;
use seaworthy_receivers::{Contract, Desk, OpenDesk, Receiver};
use seaworthy_tls::Connector;
use serde_json::{Value, json};

use super::app::{TestApp, document};
use super::outbox::PACE;
use crate::task::outward;

/// Channels that have every secret.
fn channels() -> Arc<Channels> {
    Arc::new(Channels::new(Settings {
        relay: Err("none".to_owned()),
        pagerduty: PAGERDUTY.to_owned(),
        secrets: Arc::new(|name| Some(format!("secret-of-{name}"))),
        clock: Arc::new(Timestamp::now),
        tls: Connector::shared().clone(),
    }))
}

/// Returns the outlet that a file of examples/trackers declares, of the test's team and at a desk.
fn example(name: &str, desk: &OpenDesk) -> Outlet {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../examples/trackers");
    let read = |file: &str| Source {
        path: file.to_owned(),
        text: std::fs::read_to_string(place.join(file)).expect("an example"),
    };
    let loaded = seaworthy_files::parse(&[read(name), read("team.yaml")], Timestamp::now());
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    let mut outlets = loaded.document.entities.into_iter().filter_map(|sourced| match sourced.entity {
        Entity::Outlet(outlet) => Some(outlet),
        _ => None,
    });
    let mut outlet = outlets.next_back().expect("it declares a tracker");
    outlet.team = "shop".parse().expect("a name");
    let OutletWay::Tracker(tracker) = &mut outlet.way else { panic!("a tracker") };
    tracker.url = desk.base();
    if let Some(ask) = tracker.state.as_mut().and_then(|state| state.ask.as_mut()) {
        // As often as it is looked at all.
        ask.every_ms = 0;
    }
    outlet
}

fn with(outlets: Vec<Outlet>) -> Document {
    let mut document = document();
    let sourced = |outlet| Sourced { entity: Entity::Outlet(outlet), source: "outlets.yaml:1".to_owned() };
    document.entities.extend(outlets.into_iter().map(sourced));
    document
}

async fn hearing(outlets: Vec<Outlet>) -> (TestApp, tokio::task::JoinHandle<()>) {
    let app = TestApp::start().await;
    let answer = app.post(&app.admin, "/v1/catalogue/apply", &serde_json::to_value(with(outlets)).expect("JSON")).await;
    assert!(answer.status.is_success(), "{:?}", answer.body);
    let task = outward::run(app.kernel.clone(), Arc::from("http://portal.test"), channels(), PACE);
    (app, tokio::spawn(task))
}

async fn says(app: &TestApp, phase: Phase) {
    let signal = Signal {
        rule: "objective/checkout-latency".to_owned(),
        service: "checkout".parse().expect("a name"),
        symptom: "latency".to_owned(),
        nature: Nature::Symptom,
        urgency: Urgency::Ticket,
        phase,
        purpose: Purpose::Real,
        began_at: Timestamp::now(),
        sentence: "Half of \"checkout\" is slow".to_owned(),
    };
    app.kernel.command(Input::Signal(Box::new(signal)), "test").await.expect("taken");
    app.kernel.command(Input::Tick, "test").await.expect("taken");
}

async fn tickets(app: &TestApp) -> Vec<Ticket> {
    app.as_admin().get_json("/v1/tickets?all=true").await.expect("tickets")
}

async fn until(what: impl AsyncFn() -> bool) {
    let waited = async {
        while !what().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waited).await.expect("it comes to that");
}

async fn filed(app: &TestApp) -> Ticket {
    let has_key = |ticket: &Ticket| ticket.tracker.as_ref().is_some_and(|t| t.key.is_some() && t.waits_since.is_none());
    until(async || tickets(app).await.iter().any(has_key)).await;
    tickets(app).await.remove(0)
}

#[tokio::test]
async fn every_example_makes_one_ticket_and_keeps_it_in_step() {
    for (file, desk, closed, open) in [
        ("github.yaml", Desk::GitHub, "closed", "open"),
        ("jira.yaml", Desk::Jira, "done", "new"),
        ("servicenow.yaml", Desk::ServiceNow, "7", "2"),
    ] {
        let desk = desk.open().expect("a port");
        let outlet = example(file, &desk);
        let name = outlet.name.clone();
        let (app, task) = hearing(vec![outlet]).await;
        // The answer to the first request is lost: the ticket is there, and is found.
        desk.lose(1);
        says(&app, Phase::Firing).await;
        let ticket = filed(&app).await;
        assert_eq!(desk.kept().len(), 1, "{file}: one ticket, though it was asked for twice: {:?}", desk.heard());
        let made = desk.kept()[0].made_of.to_string();
        assert!(made.contains(&format!("sw-{}", ticket.id)) && made.contains("is slow"), "{file}: {made}");
        assert!(made.contains("http://portal.test/alerts/"), "{file}: {made}");
        let tracker = ticket.tracker.clone().expect("tracked");
        assert_eq!(tracker.key.as_deref(), Some(desk.kept()[0].key.as_str()), "{file}");
        assert!(tracker.url.expect("a page").starts_with("https://"), "{file}");

        says(&app, Phase::Ended).await;
        until(async || !desk.kept()[0].notes.is_empty()).await;
        assert!(desk.kept()[0].notes[0].to_string().contains("Nothing of it goes on"), "{file}");

        // Closed there by a person: known here by asking.
        desk.set(closed);
        let polling = tokio::spawn(outward::poll(app.kernel.clone(), channels()));
        until(async || tickets(&app).await[0].state == TicketState::Closed).await;
        polling.abort();
        assert_eq!(tickets(&app).await[0].closed_by, Some(format!("the tracker: {closed}")), "{file}");

        // Opened again here: told there.
        let path = format!("/v1/tickets/{}/reopen", ticket.id);
        assert_eq!(app.post(&app.admin, &path, &json!({})).await.status, 200);
        until(async || desk.kept()[0].state == open).await;
        filed(&app).await;

        // Closed there, and told by the tracker itself.
        let told = json!({
            "issue": { "number": 1, "key": "SHOP-1", "state": "closed", "fields": { "status": { "statusCategory": { "key": "done" } } } },
            "number": "INC0000001", "state": "7"
        });
        let path = format!("/v1/trackers/{name}/changes");
        assert_eq!(app.post("", &path, &told).await.status, 401, "{file}: from nobody");
        let reader = app.token(ScopeV4::Read).await;
        assert_eq!(app.post(&reader, &path, &told).await.status, 403, "{file}: from somebody who may not");
        let intake = app.token(ScopeV4::Intake).await;
        let answer = app.post(&intake, &path, &told).await;
        assert_eq!(answer.body, r#"{"changed":true}"#, "{file}");
        assert_eq!(app.post(&intake, &path, &told).await.body, r#"{"changed":false}"#, "{file}: the same again");
        task.abort();
    }
}

#[tokio::test]
async fn what_is_closed_here_is_closed_there_and_what_is_refused_for_good_is_said() {
    let desk = Desk::GitHub.open().expect("a port");
    let (app, task) = hearing(vec![example("github.yaml", &desk)]).await;
    desk.refuse(503);
    says(&app, Phase::Firing).await;
    let ticket = filed(&app).await;
    assert_eq!(desk.heard()[0].1, 503, "tried again");
    app.post(&app.admin, &format!("/v1/tickets/{}/close", ticket.id), &json!({})).await;
    until(async || desk.kept()[0].state == "closed").await;
    filed(&app).await;
    desk.refuse(422);
    app.post(&app.admin, &format!("/v1/tickets/{}/reopen", ticket.id), &json!({})).await;
    until(async || rows(&app).await.contains(&"outward.undeliverable".to_owned())).await;
    assert_eq!(desk.kept()[0].state, "closed", "and it is not tried again");
    task.abort();
}

async fn rows(app: &TestApp) -> Vec<String> {
    let page: Value = app.as_admin().get_json("/v1/ledger").await.expect("the ledger");
    let rows = page["rows"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

async fn incident(app: &TestApp) -> String {
    let request = json!({ "service": "checkout", "sentence": "Nobody can pay <now>", "drill": false });
    let answer = app.post(&app.admin, "/v1/incidents", &request).await;
    assert_eq!(answer.status, 201);
    let made: Value = serde_json::from_slice(&answer.body).expect("JSON");
    made["id"].as_str().expect("an id").to_owned()
}

async fn within(app: &TestApp, id: &str, done: IncidentDone) {
    let wanted = IncidentWanted::In(id.parse().expect("an id"), done);
    app.kernel.command(Input::Incident(Box::new(wanted)), "person/ines").await.expect("taken");
}

fn outlet(name: &str, way: OutletWay) -> Outlet {
    Outlet { name: name.parse().expect("a name"), team: "shop".parse().expect("a name"), way }
}

fn secret(name: &str) -> seaworthy_contract::catalogue::SecretName {
    name.to_owned().try_into().expect("a name")
}

#[tokio::test]
async fn changes_leave_signed_in_order_and_once_they_are_taken_no_more() {
    // Any receiver of JSON does; this one answers 404 to what it does not know, so all is tried again until told otherwise.
    let receiver = Receiver::start(Contract::Slack).expect("a port");
    let url = format!("{}/services/T0/B0/hook", receiver.base());
    let way = OutletWay::Webhook { url, secret: secret("hook"), events: vec!["incident.*".to_owned()] };
    let (app, task) = hearing(vec![outlet("hook", way)]).await;
    receiver.next("rollup");
    for _ in 0..8 {
        receiver.next("ok");
    }
    let id = incident(&app).await;
    within(&app, &id, IncidentDone::Restored).await;
    within(&app, &id, IncidentDone::Closed).await;
    until(async || receiver.heard().len() == 5).await;
    let heard = receiver.heard();
    let types: Vec<_> = heard.iter().map(|(request, _)| request.json()["event"].clone()).collect();
    let order = ["incident.opened", "incident.opened", "incident.joined", "incident.restored", "incident.closed"];
    assert_eq!(types, order, "the first one came twice, and everything in order");
    let key = |n: usize| heard[n].0.header("idempotency-key").map(str::to_owned);
    assert!(key(0).is_some() && key(0) == key(1) && key(1) != key(2), "one key a change");
    assert!(heard.iter().all(|(request, _)| request.header("seaworthy-signature").is_some_and(|s| s.contains(",v1="))));
    let first = heard[0].0.json();
    assert_eq!((&first["service"], &first["data"]["incident"]), (&json!("checkout"), &json!(id)));
    task.abort();
}

#[tokio::test]
async fn an_incident_has_one_room_that_hears_of_it_and_is_closed_with_it() {
    let desk = Desk::Slack.open().expect("a port");
    let people = [("ines".parse().expect("a name"), "U012".to_owned())].into();
    let way = OutletWay::Rooms { token: secret("slack"), api: format!("{}/api", desk.base()), people };
    let (app, task) = hearing(vec![outlet("rooms", way)]).await;
    // The room is made, and the answer lost: it is found by its name.
    desk.lose(1);
    let id = incident(&app).await;
    within(&app, &id, IncidentDone::Updated { sentence: "The card vendor is down".to_owned(), next_update_at: None })
        .await;
    within(&app, &id, IncidentDone::Closed).await;
    until(async || desk.kept().first().is_some_and(|room| room.state == "archived")).await;
    let rooms = desk.kept();
    assert_eq!(rooms.len(), 1, "{:?}", desk.heard());
    let said = serde_json::to_string(&rooms[0].notes).expect("JSON");
    assert!(said.contains("Nobody can pay &lt;now&gt;") && said.contains("The card vendor is down"), "{said}");
    assert!(said.contains("U012"), "whoever works on it is invited: {said}");
    task.abort();
}

#[tokio::test]
async fn a_signed_change_needs_no_token_and_a_wrong_signature_is_nobodys() {
    let desk = Desk::GitHub.open().expect("a port");
    let (app, task) = hearing(vec![example("github.yaml", &desk)]).await;
    let body = r#"{"issue":{"number":1,"state":"closed"}}"#;
    let sent = async |signature: &str| {
        let headers = [("x-hub-signature-256", signature), ("content-type", "application/json")];
        app.send(Method::POST, "/v1/trackers/storefront-issues/changes", &headers, body).await.status.as_u16()
    };
    let mark = seaworthy_integrations::hmac_sha256(b"hook-secret", &[body.as_bytes()]);
    let hex: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(sent(&format!("sha256={hex}")).await, 200);
    for wrong in [hex.clone(), format!("sha256={}", "0".repeat(64)), "sha256=".to_owned(), String::new()] {
        assert_eq!(sent(&wrong).await, 401, "{wrong}");
    }
    task.abort();
}
