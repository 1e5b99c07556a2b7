//! Several senders, and senders that say much at once.

use seaworthy_contract::api::PageState;
use seaworthy_contract::events::server::ScopeV4;
use serde_json::{Value, json};

use super::super::alerting::{Alerting, alert, payload};
use super::{WEBHOOK, high, slow};

async fn said(on: &Alerting, token: &str, alerts: &[Value]) -> u64 {
    let (status, taken) = on.post(token, WEBHOOK, payload(alerts)).await;
    assert_eq!(status, 200, "{taken}");
    taken["changed"].as_u64().expect("a count")
}

async fn open(on: &Alerting) -> Vec<String> {
    on.alerts("?open=true").await.first().map(|alert| alert.rules.clone()).unwrap_or_default()
}

/// Withdraws one token with this label.
async fn withdraw(on: &Alerting, label: &str) {
    let listed: Value = on.app.as_admin().get_json("/v1/tokens").await.expect("tokens");
    let its = listed.as_array().expect("a list").iter().find(|token| token["label"] == label).expect("one").clone();
    let path = format!("/v1/tokens/{}/revoke", its["id"].as_str().expect("an id"));
    let _: Value = on.app.as_admin().post_json(&path, &json!({})).await.expect("withdrawn");
}

#[tokio::test]
async fn two_alertmanagers_do_not_end_each_others_alerts() {
    let on = Alerting::start("senders").await;
    let (eu, us) = (on.app.labelled(ScopeV4::Intake, "eu").await, on.app.labelled(ScopeV4::Intake, "us").await);
    assert_eq!(said(&on, &eu, &[high("firing")]).await, 1);
    assert_eq!(said(&on, &us, &[high("resolved")]).await, 0, "it never said so");
    assert_eq!(said(&on, &us, &[high("firing")]).await, 1, "now both say so");
    assert!(matches!(&open(&on).await[..], [one, other] if one.ends_with("@eu") && other.ends_with("@us")));
    assert_eq!(said(&on, &us, &[high("resolved")]).await, 1);
    assert!(matches!(&open(&on).await[..], [one] if one.ends_with("@eu")));
    assert_eq!(said(&on, &eu, &[high("resolved")]).await, 1);
    assert!(open(&on).await.is_empty());
}

#[tokio::test]
async fn a_credential_that_takes_the_place_of_another_ends_what_that_one_said() {
    let on = Alerting::start("rotated").await;
    let old = on.app.labelled(ScopeV4::Intake, "eu").await;
    said(&on, &old, &[high("firing")]).await;
    let new = on.app.labelled(ScopeV4::Intake, "eu").await;
    assert_eq!(said(&on, &new, &[high("firing")]).await, 0, "the same sender");
    assert_eq!(said(&on, &new, &[high("resolved")]).await, 1);
    said(&on, &old, &[high("firing")]).await;
    let renamed = on.app.labelled(ScopeV4::Intake, "alertmanager-eu").await;
    assert_eq!(said(&on, &renamed, &[high("resolved")]).await, 0, "while the others may still end it");
    withdraw(&on, "eu").await;
    assert_eq!(said(&on, &renamed, &[high("resolved")]).await, 0, "one of them may");
    withdraw(&on, "eu").await;
    assert_eq!(said(&on, &renamed, &[high("resolved")]).await, 1);
    assert!(open(&on).await.is_empty());
}

#[tokio::test]
async fn two_clients_may_use_the_same_key() {
    let on = Alerting::start("keys").await;
    let (one, other) =
        (on.app.labelled(ScopeV4::Intake, "nagios").await, on.app.labelled(ScopeV4::Intake, "zabbix").await);
    let event = |token: &str, action: &str| {
        let payload = (action == "trigger").then(slow);
        json!({ "routing_key": token, "event_action": action, "dedup_key": "web/1", "payload": payload })
    };
    assert_eq!(on.event(&event(&one, "trigger")).await.0, 202);
    on.paged(1).await;
    let (status, reply) = on.event(&event(&other, "acknowledge")).await;
    assert_eq!((status, &reply["message"]), (202, &json!("Event processed; nobody was paged about it")));
    assert_ne!(on.paged(1).await[0].state, PageState::Acknowledged);
    on.event(&event(&other, "resolve")).await;
    assert_eq!(open(&on).await.len(), 1, "the other never said so");
    on.event(&event(&other, "trigger")).await;
    assert_eq!(open(&on).await.len(), 2);
    on.event(&event(&one, "resolve")).await;
    assert!(matches!(&open(&on).await[..], [left] if left.ends_with("@zabbix")));
    on.event(&event(&other, "resolve")).await;
    assert!(open(&on).await.is_empty());
}

#[tokio::test]
async fn two_thousand_alerts_are_a_few_appends() {
    let on = Alerting::start("many").await;
    let all = |status: &str| -> Vec<Value> {
        let one = |n: u32| alert(&format!("Odd{n}"), status, json!({ "service": "checkout" }));
        (0..2_000).map(one).collect()
    };
    let before = on.app.ledger.writes();
    let taken = on.webhook(&all("firing")).await;
    assert_eq!((taken.alerts, taken.changed), (2_000, 2_000));
    assert_eq!(on.webhook(&all("firing")).await.changed, 0, "known");
    assert_eq!(on.webhook(&all("resolved")).await.changed, 2_000);
    // Two payloads of four parts, pages, and what the clock made due meanwhile.
    let appends = on.app.ledger.writes() - before;
    assert!(appends < 100, "{appends} appends");
    assert!(on.alerts("?open=true").await.is_empty());
}
