//! Incidents over real requests, and the page at night: by a session, by the link that it was sent with, with a ledger
//! that takes nothing.

use http::Method;
use seaworthy_client::Response;
use seaworthy_contract::api::{Incident, IncidentBrief, IncidentState, Page, PageState, Proposal};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::gateway::{ControlReply, ControlRequest};
use seaworthy_testkit::store::Faults;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixListener;

use super::alerting::{Alerting, alert, said};
use super::portal::{Reader, header, text};
use crate::http::glass;

/// Checkout's owner is paged; returns the page and the link in its message.
async fn woken(on: &Alerting) -> (Page, String) {
    on.webhook(&[alert("HighErrorRate", "firing", json!({ "service": "checkout" }))]).await;
    let page = on.paged(1).await.remove(0);
    let sent = on.read(1).await;
    let link = sent[0]["take"].as_str().and_then(|link| link.strip_prefix(&on.app.base)).expect("a link").to_owned();
    (page, link)
}

async fn incidents(on: &Alerting) -> Vec<IncidentBrief> {
    on.app.as_admin().get_json("/v1/incidents").await.expect("incidents")
}

async fn press(on: &Alerting, path: &str, body: &str) -> Response {
    let headers = [("accept", "text/html"), ("content-type", "application/x-www-form-urlencoded")];
    on.app.send(Method::POST, path, &headers, body).await
}

#[tokio::test]
async fn an_incident_goes_from_the_page_to_its_end() {
    let on = Alerting::start("incident").await;
    let (page, _) = woken(&on).await;
    let id = incidents(&on).await[0].id.to_string();
    let shop = on.app.team_token("shop").await;
    let (bank, read) = (on.app.team_token("bank").await, on.app.token(ScopeV4::Read).await);
    for (token, verb, body, status) in [
        (&bank, "role", json!({ "role": "lead" }), 403),
        (&read, "close", json!({}), 403),
        (&bank, "join", json!({}), 200),
        (&shop, "role", json!({ "role": "boss" }), 400),
        (&shop, "update", json!({ "sentence": "two\nlines" }), 400),
        (&shop, "update", json!({ "sentence": "We look", "next_update_at": "2020-01-01T00:00:00Z" }), 400),
        (&shop, "update", json!({ "sentence": "We look" }), 200),
        (&shop, "role", json!({ "role": "lead" }), 200),
        (&shop, "help", json!({}), 200),
        (&shop, "clock", json!({ "clock": "started", "at": "2999-01-01T00:00:00Z", "source": "a guess" }), 400),
        (&shop, "restored", json!({}), 200),
        (&shop, "close", json!({}), 200),
        (&shop, "close", json!({}), 200),
        (&shop, "help", json!({}), 409),
    ] {
        let (answered, said) = on.post(token, &format!("/v1/incidents/{id}/{verb}"), body.clone()).await;
        assert_eq!(answered, status, "{verb} {body}: {said}");
    }
    let whole: Incident = on.app.as_admin().get_json(&format!("/v1/incidents/{id}")).await.expect("it is there");
    assert_eq!((whole.brief.state, whole.pages.as_slice()), (IncidentState::Closed, [page.id].as_slice()));
    assert_eq!(whole.clocks.iter().filter(|clock| clock.at.is_some()).count(), 4, "{:?}", whole.clocks);
    assert!(whole.timeline.iter().any(|line| line.sentence == "update: We look"));
    assert_eq!(on.post(&shop, "/v1/incidents/x/close", json!({})).await.0, 404);
}

#[tokio::test]
async fn one_is_opened_by_hand_once_a_service() {
    let on = Alerting::start("by-hand").await;
    let shop = on.app.team_token("shop").await;
    let wanted = |service: &str| json!({ "service": service, "sentence": "Nobody can pay" });
    assert_eq!(on.post(&shop, "/v1/incidents", wanted("ledger")).await.0, 403);
    assert_eq!(on.post(&shop, "/v1/incidents", wanted("ghost")).await.0, 404);
    let (status, made) = on.post(&shop, "/v1/incidents", wanted("checkout")).await;
    assert_eq!((status, &made["state"], &made["source"]), (201, &json!("joined"), &json!("hand")));
    let (status, error) = on.post(&shop, "/v1/incidents", wanted("checkout")).await;
    assert!(status == 409 && said(&error).1.contains("join"), "{error}");
    on.webhook(&[alert("HighErrorRate", "firing", json!({ "service": "checkout" }))]).await;
    on.paged(1).await;
    let all = incidents(&on).await;
    assert_eq!(all.len(), 1, "the page joins what goes on: {all:?}");
}

#[tokio::test]
async fn the_link_shows_the_whole_page_and_its_buttons_work_as_the_person() {
    let on = Alerting::start("link").await;
    let (_, link) = woken(&on).await;
    let shown = text(&on.app.send(Method::GET, &link, &[("accept", "text/html")], "").await);
    for said in ["HighErrorRate of a test", "Restore", "Changed in the last", "Who", "needs nothing from me"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    assert!(!shown.contains("<script"), "it works without");
    assert_eq!(press(&on, &format!("{link}/help"), "").await.status.as_u16(), 303);
    assert_eq!(press(&on, &format!("{link}/acknowledge"), "").await.status.as_u16(), 303);
    let incident: Incident = {
        let id = incidents(&on).await[0].id;
        on.app.as_admin().get_json(&format!("/v1/incidents/{id}")).await.expect("it is there")
    };
    assert!(incident.help_asked_at.is_some() && incident.people[0].name.contains("nes"), "{:?}", incident.people);
    for (name, body) in [("dance", ""), ("restore", "action=revert"), ("judge", ""), ("judge", "verdict=fine")] {
        let answer = press(&on, &format!("{link}/{name}"), body).await;
        let refused = answer.status.is_client_error()
            || header(&answer, "set-cookie").contains("sw_flash=7b2272656675736564223a74727565");
        assert!(refused, "{name} {body}: {}", answer.status);
    }
    let forged = link.replace("/take/", "/take/0");
    assert_eq!(press(&on, &format!("{forged}/acknowledge"), "").await.status.as_u16(), 403);
}

#[tokio::test]
async fn one_tap_says_that_it_needed_nothing_and_silences_its_rules_for_a_while() {
    let on = Alerting::start("noise").await;
    let (page, _) = woken(&on).await;
    let reader = Reader::sign_in(&on.app).await;
    let body = format!("csrf={}", reader.csrf().await);
    assert_eq!(reader.press(&format!("/pages/{}/noise", page.id), &body).await.status.as_u16(), 303);
    let page = on.pages().await.remove(0);
    assert_eq!(page.state, PageState::Acknowledged);
    let silences: Vec<Value> = on.app.as_admin().get_json("/v1/silences").await.expect("silences");
    assert_eq!((silences.len(), &silences[0]["rule"]), (1, &json!("alertmanager/HighErrorRate")));
    let proposals: Vec<Proposal> = on.app.as_admin().get_json("/v1/review").await.expect("a review");
    assert!(proposals.iter().any(|proposal| proposal.rule == "alertmanager/HighErrorRate"));
    let shown = text(&reader.get(&format!("/pages/{}", page.id)).await);
    assert!(shown.contains("there was nothing to do"), "{shown}");
}

#[tokio::test]
async fn with_a_stopped_store_the_page_is_read_and_says_how_to_go_on() {
    let on = Alerting::start("stopped").await;
    let (page, link) = woken(&on).await;
    on.app.disk.set_faults(Faults::FULL);
    press(&on, &format!("{link}/acknowledge"), "").await;
    let shown = text(&on.app.send(Method::GET, &link, &[("accept", "text/html")], "").await);
    assert!(shown.contains("The store takes no writes") && shown.contains(&page.sentence), "{shown}");
}

#[tokio::test]
async fn the_gateway_is_asked_on_its_own_socket() {
    let data = std::env::temp_dir().join(format!("seaworthy-glass-{}", std::process::id()));
    std::fs::create_dir_all(data.join("run")).expect("a folder");
    let service = "checkout".parse().expect("a name");
    let failed = glass::revert(Some(&data), &service).await.expect_err("nobody listens").0;
    assert!(failed.hint.expect("a hint").contains("seaworthy gateway revert checkout --data"));
    let failed = glass::revert(None, &service).await.expect_err("nobody said where").0;
    assert!(failed.hint.is_some());
    let listener = UnixListener::bind(data.join("run/gateway-control.sock")).expect("a socket");
    let gateway = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("asked");
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).await.expect("a line");
        let asked: ControlRequest = serde_json::from_str(&line).expect("a request");
        let refused = Value::from(line.contains("checkout"));
        let reply = ControlReply::Refused(
            serde_json::from_value(json!({
                "code": "refused", "message": format!("no canary: {refused}"), "hint": null
            }))
            .expect("an error"),
        );
        let text = serde_json::to_string(&reply).expect("JSON") + "\n";
        stream.write_all(text.as_bytes()).await.expect("sent");
        asked
    });
    let refused = glass::revert(Some(&data), &service).await.expect_err("as the gateway says").0;
    assert_eq!(refused.message, "no canary: true");
    assert!(matches!(gateway.await.expect("it ended"), ControlRequest::Revert { target } if target == "checkout"));
    drop(std::fs::remove_dir_all(&data));
}

#[tokio::test]
async fn the_runbook_s_section_for_the_alert_stands_on_its_page() {
    let on = Alerting::start("runbook").await;
    let (page, link) = woken(&on).await;
    let (shop, bank) = (on.app.team_token("shop").await, on.app.team_token("bank").await);
    let path = "/v1/services/checkout/runbook";
    let book = "# Other\nNo.\n# High error rate\n1. Undo <b>the last</b> change.\n";
    for (token, body, status) in [
        (&bank, json!({ "files": [book] }), 403),
        (&shop, json!({ "files": vec![book; 51] }), 400),
        (&shop, json!({ "file": book }), 400),
        (&shop, json!({ "files": [book] }), 200),
    ] {
        assert_eq!(on.post(token, path, body.clone()).await.0, status, "{body}");
    }
    let section: Value = on.app.as_admin().get_json(&format!("{path}?alert=HighErrorRate")).await.expect("it fits");
    assert_eq!(section["heading"], json!("High error rate"));
    assert!(on.app.as_admin().get_json::<Value>(&format!("{path}?alert=Nothing")).await.is_err());
    let shown = text(&on.app.send(Method::GET, &link, &[("accept", "text/html")], "").await);
    assert!(shown.contains("Undo &#60;b&#62;the last") && !shown.contains("<b>the last"), "{shown}");
    assert!(shown.contains("rehearsed is unknown"));
    on.post(&shop, path, json!({ "files": [] })).await;
    let reader = Reader::sign_in(&on.app).await;
    assert!(text(&reader.get(&format!("/pages/{}", page.id)).await).contains("No section for this alert"));
}
