//! Other systems' alerts over real requests: Alertmanager's webhook and PagerDuty's Events v2, and all that is wrong with
//! what strangers send.

mod senders;

use http::Method;
use seaworthy_contract::api::{PageState, UnownedAlert};
use seaworthy_contract::events::alert::{NatureV1, Urgency};
use seaworthy_contract::events::server::ScopeV4;
use serde_json::{Value, json};

use super::alerting::{Alerting, alert, payload, said};
use super::app::{GATEWAY, SUPERVISOR};

const WEBHOOK: &str = "/v1/alerts/alertmanager";

fn high(status: &str) -> Value {
    alert("HighErrorRate", status, json!({ "service": "checkout" }))
}

#[tokio::test]
async fn an_alert_pages_its_owner_once_however_often_it_is_repeated() {
    let on = Alerting::start("once").await;
    let taken = on.webhook(&[high("firing")]).await;
    assert_eq!((taken.alerts, taken.changed, taken.unowned.len(), taken.hint), (1, 1, 0, None));
    let page = on.paged(1).await.remove(0);
    assert_eq!((page.service.as_str(), page.to.as_ref().map(|to| to.as_str())), ("checkout", Some("ines")));
    assert_eq!(on.read(1).await[0]["sentence"], "HighErrorRate of a test");
    for _ in 0..3 {
        assert_eq!(on.webhook(&[high("firing")]).await.changed, 0, "it is known");
    }
    let open = on.alerts("?open=true").await;
    assert_eq!(
        (open.len(), open[0].symptom.as_str(), open[0].page.as_ref().map(|p| p.id)),
        (1, "availability", Some(page.id))
    );
    assert_eq!(on.webhook(&[high("resolved")]).await.changed, 1);
    for _ in 0..3 {
        assert_eq!(on.webhook(&[high("resolved")]).await.changed, 0, "it is over");
    }
    assert!(on.alerts("?open=true").await.is_empty());
    assert_eq!(on.webhook(&[high("firing")]).await.changed, 1, "it is back");
    assert_eq!(on.paged(2).await.len(), 2);
    assert_eq!(on.read(2).await.len(), 2);
}

#[tokio::test]
async fn instances_and_rules_of_one_symptom_are_one_alert() {
    let on = Alerting::start("instances").await;
    let pod = |pod: &str, status| alert("HighErrorRate", status, json!({ "service": "checkout", "pod": pod }));
    let other = |status| alert("Availability5xx", status, json!({ "service": "checkout" }));
    assert_eq!(on.webhook(&[pod("a", "firing"), pod("b", "firing"), other("firing")]).await.changed, 3);
    on.paged(1).await;
    let known = on.alerts("?open=true").await;
    assert_eq!((known.len(), known[0].rules.len()), (1, 3));
    assert_eq!(known[0].said_by, ["alertmanager/Availability5xx", "alertmanager/HighErrorRate"]);
    on.webhook(&[pod("a", "resolved"), other("resolved")]).await;
    assert_eq!(on.alerts("?open=true").await.len(), 1, "one pod still says so");
    on.webhook(&[pod("b", "resolved")]).await;
    assert!(on.alerts("?open=true").await.is_empty());
}

#[tokio::test]
async fn a_cause_alone_is_a_ticket_and_wakes_nobody() {
    let on = Alerting::start("cause").await;
    on.webhook(&[alert("HighCPU", "firing", json!({ "service": "checkout" }))]).await;
    // A page that was asked for later, and is there: the cause had its chance.
    on.webhook(&[alert("HighErrorRate", "firing", json!({ "service": "ledger" }))]).await;
    assert_eq!(on.paged(1).await[0].service.as_str(), "ledger");
    let cause = on.alerts("?open=true&service=checkout").await.remove(0);
    assert_eq!((cause.nature, cause.urgency, cause.page), (NatureV1::Cause, Urgency::Ticket, None));
}

#[tokio::test]
async fn a_failing_dependency_names_its_dependants_and_is_paged_in_their_place() {
    let on = Alerting::start("fold").await;
    on.webhook(&[alert("HighErrorRate", "firing", json!({ "service": "ledger" })), high("firing")]).await;
    let page = on.paged(1).await.remove(0);
    assert_eq!((page.service.as_str(), page.to), ("ledger", None), "nobody is on call there, and it is seen");
    let parent = on.alerts("?service=ledger").await.remove(0);
    let folded = on.alerts("?service=checkout").await.remove(0);
    assert_eq!(parent.dependants.iter().map(|d| d.service.as_str()).collect::<Vec<_>>(), ["checkout"]);
    assert_eq!(folded.folded_into.map(|into| into.alert), Some(parent.id));
    assert_eq!(on.pages().await.len(), 1);
}

#[tokio::test]
async fn a_name_that_no_service_has_is_told_to_the_sender_and_listed() {
    let on = Alerting::start("unowned").await;
    let slip = |status| alert("HighErrorRate", status, json!({ "service": "chekout" }));
    let list =
        async || -> Vec<UnownedAlert> { on.app.as_admin().get_json("/v1/alerts/unowned").await.expect("a list") };
    for _ in 0..2 {
        let taken = on.webhook(&[slip("firing"), high("firing")]).await;
        assert_eq!(taken.unowned, ["chekout"]);
        assert!(taken.hint.expect("a remedy").contains("seaworthy services"));
    }
    let listed = list().await;
    assert_eq!((listed.len(), listed[0].times, listed[0].names[0].as_str()), (1, 2, "chekout"));
    assert_eq!(on.alerts("").await.len(), 1, "the one beside it is taken");
    let metrics =
        on.app.send(Method::GET, "/metrics", &[("authorization", &format!("Bearer {}", on.app.admin))], "").await;
    assert!(String::from_utf8_lossy(&metrics.body).contains("alerts_unowned_heard_total 2"));
    on.webhook(&[slip("resolved")]).await;
    assert_eq!(list().await, []);
}

#[tokio::test]
async fn labels_may_hold_anything() {
    let on = Alerting::start("labels").await;
    let huge = "x".repeat(300_000);
    let odd =
        alert("\u{1b}[2J<script>\n#%2F", "firing", json!({ "service": "checkout", "huge": huge, "\u{0}": "\u{202e}" }));
    let mut loud = alert("Loud", "firing", json!({ "service": "checkout" }));
    loud["annotations"]["summary"] = json!(format!("line\n\u{1b}[31m{huge}"));
    let mut bare = alert("Bare", "firing", json!({ "service": "checkout" }));
    for field in ["annotations", "generatorURL", "fingerprint", "endsAt"] {
        bare.as_object_mut().expect("an object").remove(field);
    }
    assert_eq!(on.webhook(&[odd, loud, bare, alert("", "firing", json!({}))]).await.changed, 3);
    for alert in on.alerts("").await {
        assert!(alert.sentence.chars().count() <= 301 && !alert.sentence.contains(char::is_control), "{alert:?}");
        assert!(!alert.rules[0].contains(|c: char| c.is_control() || c == '<' || c == '%'), "{alert:?}");
    }
    assert!(on.paged(3).await.iter().all(|page| page.sentence.len() < 1_000));
}

#[tokio::test]
async fn what_is_no_webhook_is_refused_in_words_and_changes_nothing() {
    let on = Alerting::start("refused").await;
    let many = payload(&vec![high("firing"); 2_001]);
    let no_time = {
        let mut alert = high("firing");
        alert["startsAt"] = json!("yesterday");
        payload(&[alert])
    };
    for (body, status, why) in [
        (json!({}), 400, "missing field `version`"),
        (json!([1]), 400, "no Alertmanager webhook"),
        (json!("text"), 400, "no Alertmanager webhook"),
        (json!({ "version": "3", "alerts": [] }), 400, "version \"3\""),
        (json!({ "version": "4" }), 400, "missing field `alerts`"),
        (no_time, 400, "no Alertmanager webhook"),
        (many, 400, "max_alerts"),
        (json!({ "version": "4", "pad": "x".repeat(5 * 1024 * 1024), "alerts": [] }), 413, ""),
    ] {
        let (answered, error) = on.post(&on.intake, WEBHOOK, body).await;
        assert_eq!(answered, status, "{why}");
        assert!(said(&error).0.contains(why), "{error}");
    }
    assert!(on.alerts("").await.is_empty());
    for (token, status) in [
        (String::new(), 401),
        ("sw_nobody_knows".to_owned(), 401),
        (GATEWAY.to_owned(), 403),
        (SUPERVISOR.to_owned(), 403),
        (on.app.token(ScopeV4::Read).await, 403),
        (on.app.team_token("shop").await, 403),
        (on.app.admin.clone(), 200),
    ] {
        assert_eq!(on.post(&token, WEBHOOK, payload(&[])).await.0, status, "{token:.12}");
    }
    for path in ["/v1/alerts", "/v1/alerts/unowned", "/v1/status", "/v1/rules", "/v1/review", "/v1/tokens"] {
        let bearer = format!("Bearer {}", on.intake);
        let answer = on.app.send(Method::GET, path, &[("authorization", &bearer)], "").await;
        assert_eq!(answer.status.as_u16(), 403, "facts in, nothing out: {path}");
    }
}

fn trigger(on: &Alerting, key: Option<&str>, payload: Value) -> Value {
    json!({ "routing_key": on.intake, "event_action": "trigger", "dedup_key": key, "payload": payload })
}

fn follow_up(on: &Alerting, action: &str, key: &str) -> Value {
    json!({ "routing_key": on.intake, "event_action": action, "dedup_key": key })
}

fn slow() -> Value {
    json!({ "summary": "checkout answers slowly: 2.3 s", "source": "web-01", "severity": "critical", "component": "checkout" })
}

#[tokio::test]
async fn an_event_triggers_is_taken_elsewhere_and_is_resolved() {
    let on = Alerting::start("event").await;
    let (status, reply) = on.event(&trigger(&on, Some("web/slow"), slow())).await;
    assert_eq!((status, &reply["status"], &reply["dedup_key"]), (202, &json!("success"), &json!("web/slow")));
    let page = on.paged(1).await.remove(0);
    assert_eq!(on.event(&trigger(&on, Some("web/slow"), slow())).await.0, 202, "again");
    assert_eq!(on.alerts("").await.len(), 1);
    assert_eq!(on.event(&follow_up(&on, "acknowledge", "another")).await.0, 202, "which nobody was paged about");
    assert_ne!(on.pages().await[0].state, PageState::Acknowledged);
    assert_eq!(on.event(&follow_up(&on, "acknowledge", "web/slow")).await.0, 202);
    assert_eq!(on.paged(1).await[0].state, PageState::Acknowledged);
    let rules: Value = on.app.as_admin().get_json("/v1/rules?service=checkout").await.expect("rules");
    let rule = rules.as_array().expect("rules").iter().find(|r| r["source"] == "events").expect("its rule").clone();
    assert_eq!(rule["reached_at"], Value::Null, "who took it elsewhere was not reached by us");
    for _ in 0..3 {
        assert_eq!(on.event(&follow_up(&on, "resolve", "web/slow")).await.0, 202);
    }
    let alert = on.alerts("").await.remove(0);
    assert!(alert.resolved_at.is_some() && alert.page.map(|p| p.id) == Some(page.id));
}

#[tokio::test]
async fn an_event_without_a_key_is_given_one_that_ends_it() {
    let on = Alerting::start("key").await;
    let keys: Vec<String> = {
        let (_, first) = on.event(&trigger(&on, None, slow())).await;
        let (_, second) = on.event(&trigger(&on, None, slow())).await;
        [first, second].iter().map(|reply| reply["dedup_key"].as_str().expect("a key").to_owned()).collect()
    };
    assert_ne!(keys[0], keys[1]);
    assert_eq!(on.alerts("?open=true").await[0].rules.len(), 2, "one symptom, said twice");
    on.event(&follow_up(&on, "resolve", &keys[0])).await;
    assert_eq!(on.alerts("?open=true").await.len(), 1);
    on.event(&follow_up(&on, "resolve", &keys[1])).await;
    assert!(on.alerts("?open=true").await.is_empty());
}

#[tokio::test]
async fn an_event_that_is_wrong_is_refused_in_the_formats_own_shape() {
    let on = Alerting::start("wrong").await;
    let with = |changes: Value| {
        let mut payload = slow();
        payload.as_object_mut().expect("an object").extend(changes.as_object().expect("an object").clone());
        trigger(&on, Some("k"), payload)
    };
    for (body, why) in [
        (json!({}), "routing_key"),
        (json!([]), ""),
        (with(json!({ "severity": "fatal" })), "unknown variant `fatal`"),
        (with(json!({ "summary": "" })), "payload.summary"),
        (with(json!({ "summary": "x".repeat(1_025) })), "payload.summary"),
        (with(json!({ "timestamp": "noon" })), "payload.timestamp"),
        (trigger(&on, Some(&"k".repeat(256)), slow()), "dedup_key has 256"),
        (json!({ "routing_key": on.intake, "event_action": "trigger" }), "payload is needed"),
        (json!({ "routing_key": on.intake, "event_action": "resolve" }), "dedup_key is needed"),
        (json!({ "routing_key": on.intake, "event_action": "close", "dedup_key": "k" }), "unknown variant `close`"),
    ] {
        let (status, reply) = on.event(&body).await;
        assert_eq!((status, &reply["status"]), (400, &json!("invalid event")), "{why}: {reply}");
        assert!(reply["errors"][0].as_str().is_some_and(|said| said.contains(why)), "{why}: {reply}");
    }
    let strangers = ["".to_owned(), "sw_nobody".to_owned(), GATEWAY.to_owned(), on.app.team_token("shop").await];
    for key in strangers.into_iter().chain([on.app.token(ScopeV4::Read).await]) {
        let mut event = trigger(&on, Some("k"), slow());
        event["routing_key"] = json!(key);
        let (status, reply) = on.event(&event).await;
        assert_eq!(status, 400, "{reply}");
        assert!(reply["errors"][0].as_str().is_some_and(|said| said.contains("scope \"intake\"")), "{reply}");
        assert!(key.is_empty() || !reply.to_string().contains(&key), "a credential is not repeated");
    }
    assert!(on.alerts("").await.is_empty());
    let long = trigger(&on, Some("k"), json!({ "summary": "x", "custom_details": "x".repeat(600_000) }));
    assert_eq!(on.event(&long).await.0, 413);
}

#[tokio::test]
async fn a_sender_is_told_to_try_again_while_nothing_can_be_kept() {
    let on = Alerting::start("again").await;
    on.app.ledger.set_broken(true);
    let (status, reply) = on.event(&trigger(&on, Some("k"), slow())).await;
    assert_eq!((status, &reply["status"]), (429, &json!("throttle exceeded")), "{reply}");
    assert_eq!(on.post(&on.intake, WEBHOOK, payload(&[high("firing")])).await.0, 503);
    on.app.ledger.set_broken(false);
    assert_eq!(on.event(&trigger(&on, Some("k"), slow())).await.0, 202);
    assert_eq!(on.webhook(&[high("firing")]).await.changed, 1);
    assert_eq!(on.alerts("?open=true").await.len(), 2, "slow, and failing");
}
