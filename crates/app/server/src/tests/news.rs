//! What became of a page: told to PagerDuty and to whoever was called, once, and to nobody who knows it.

use std::sync::Arc;
use std::time::Duration;

use seaworthy_contract::api::Page;
use seaworthy_contract::catalogue::{Contact, SecretName};
use seaworthy_integrations::{Channels, PAGERDUTY, Settings};
use seaworthy_receivers::{Contract, Receiver};
use seaworthy_tls::Connector;
use serde_json::{Value, json};

use super::app::TestApp;
use super::outbox::{PACE, paged, start_with};
use crate::task::news;

const ROUTING_KEY: &str = "R0R0R0R0R0R0R0R0R0R0R0R0R0R0R0R0";

fn secret(name: &str) -> SecretName {
    name.to_owned().try_into().expect("a name")
}

/// Channels that know both receivers.
fn channels(pagerduty: &Receiver, slack: &Receiver) -> Arc<Channels> {
    let hook = format!("{}/services/T0/B0/secret", slack.base());
    let secrets = move |name: &str| match name {
        "key" => Some(ROUTING_KEY.to_owned()),
        "hook" => Some(hook.clone()),
        _ => None,
    };
    assert_ne!(pagerduty.base(), PAGERDUTY, "no test pages anybody");
    Arc::new(Channels::new(Settings {
        relay: Err("none".to_owned()),
        pagerduty: pagerduty.base(),
        secrets: Arc::new(secrets),
        clock: Arc::new(jiff::Timestamp::now),
        tls: Connector::shared().clone(),
    }))
}

fn said(receiver: &Receiver) -> Vec<Value> {
    receiver.heard().into_iter().filter(|(_, status)| *status < 300).map(|(request, _)| request.json()).collect()
}

async fn until(what: impl Fn() -> bool) {
    while !what() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn take(app: &TestApp) {
    let pages: Vec<Page> = app.as_admin().get_json("/v1/pages").await.expect("pages");
    let _: Page =
        app.as_admin().post_json(&format!("/v1/pages/{}/acknowledge", pages[0].id), &()).await.expect("taken");
}

#[tokio::test]
async fn what_is_taken_here_is_acknowledged_there_once() {
    let (pagerduty, slack) =
        (Receiver::start(Contract::PagerDuty).expect("a port"), Receiver::start(Contract::Slack).expect("a port"));
    let channels = channels(&pagerduty, &slack);
    let app = paged(vec![Contact::PagerDuty { secret: secret("key") }]).await;
    let outbox = start_with(&app, channels.clone());
    let telling = tokio::spawn(news::run(app.kernel.clone(), Arc::from(app.base.as_str()), channels.clone(), PACE));
    until(|| said(&pagerduty).len() == 1).await;
    pagerduty.next("down");
    take(&app).await;
    until(|| said(&pagerduty).len() == 2).await;
    let events = said(&pagerduty);
    assert_eq!(events[1]["event_action"], "acknowledge");
    assert_eq!(events[1]["dedup_key"], events[0]["dedup_key"], "of the same incident there");
    while !rows(&app).await.contains(&"page.told".to_owned()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    telling.abort();
    outbox.abort();
    let (disk, admin) = app.kill();
    let app = TestApp { admin, ..TestApp::on(disk).await };
    let telling = tokio::spawn(news::run(app.kernel.clone(), Arc::from(app.base.as_str()), channels, PACE));
    // It looks at once, and every few milliseconds.
    tokio::time::timeout(PACE.look_every * 20, async { until(|| said(&pagerduty).len() > 2).await })
        .await
        .expect_err("told once");
    telling.abort();
}

#[tokio::test]
async fn slack_hears_that_somebody_else_has_it_with_no_button_that_takes() {
    let (pagerduty, slack) =
        (Receiver::start(Contract::PagerDuty).expect("a port"), Receiver::start(Contract::Slack).expect("a port"));
    let channels = channels(&pagerduty, &slack);
    let app = paged(vec![Contact::Slack { secret: secret("hook") }]).await;
    let outbox = start_with(&app, channels.clone());
    let telling = tokio::spawn(news::run(app.kernel.clone(), Arc::from(app.base.as_str()), channels, PACE));
    until(|| said(&slack).len() == 1).await;
    take(&app).await;
    until(|| said(&slack).len() == 2).await;
    let told = said(&slack)[1].to_string();
    assert!(told.contains("Taken by test ") && !told.contains("/take/"), "{told}");
    assert!(said(&slack)[0] != json!(null) && said(&pagerduty).is_empty());
    telling.abort();
    outbox.abort();
}

async fn rows(app: &TestApp) -> Vec<String> {
    let page: Value = app.as_admin().get_json("/v1/ledger").await.expect("the ledger");
    let rows = page["rows"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["kind"].as_str().unwrap_or_default().to_owned()).collect()
}
