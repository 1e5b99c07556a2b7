//! Probers over real sockets: a place that joins, what is refused of it, and the server's own place from the first
//! refused connection to the page.

use std::sync::Arc;
use std::time::Duration;

use http::Method;
use seaworthy_contract::api::{Alert, AlertPage, Page, Probe, ProbeRuns, ProbeState, Prober as Place};
use seaworthy_contract::catalogue::{Entity, Probe as Declared, Sourced, Target};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::prober::ProbeSet;
use seaworthy_model::Timestamp;
use seaworthy_prober::{Link, Prober, Secrets, keep_running};
use seaworthy_tls::Connector;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

use super::app::{TestApp, document};
use crate::task;

fn probe(name: &str, target: Target, places: &[&str]) -> Entity {
    Entity::Probe(Box::new(Declared {
        name: name.to_owned(),
        service: "checkout".parse().expect("a name"),
        function: Some("buy".to_owned()),
        every_ms: 1_000,
        timeout_ms: 400,
        slow_ms: None,
        places: places.iter().map(|&place| place.to_owned()).collect(),
        target,
    }))
}

async fn declare(app: &TestApp, probes: Vec<Entity>) {
    let mut document = document();
    let sourced = |entity| Sourced { entity, source: "probes.yaml:1".to_owned() };
    document.entities.extend(probes.into_iter().map(sourced));
    let _: Value = app.as_admin().post_json("/v1/catalogue/apply", &document).await.expect("applied");
}

fn prober() -> Prober {
    Prober::new(Connector::shared().clone(), Secrets::default(), Arc::new(Timestamp::now))
}

/// Waits until a probe is so.
async fn until(app: &TestApp, name: &str, is_so: impl Fn(&ProbeRuns) -> bool) -> ProbeRuns {
    let mut changes = app.kernel.changes();
    for _ in 0..1_200 {
        let seen: ProbeRuns = app.as_admin().get_json(&format!("/v1/probes/{name}")).await.expect("it is declared");
        if is_so(&seen) {
            return seen;
        }
        drop(tokio::time::timeout(Duration::from_millis(50), changes.changed()).await);
    }
    panic!("{name} never became so");
}

fn tcp(address: impl ToString) -> Target {
    Target::Tcp { address: address.to_string() }
}

#[tokio::test]
async fn the_servers_own_place_pages_for_an_origin_that_goes_and_resolves_when_it_is_back() {
    let app = TestApp::start().await;
    let origin = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = origin.local_addr().expect("bound");
    declare(&app, vec![probe("buy", tcp(address), &[])]).await;
    let running = tokio::spawn(task::prober::run(app.kernel.clone(), prober(), Vec::new(), Uuid::from_u128(1)));
    let up = until(&app, "buy", |seen| seen.probe.state == ProbeState::Up).await;
    assert_eq!(up.probe.reason, "passes from its one place");
    drop(origin);
    let down = until(&app, "buy", |seen| seen.probe.state == ProbeState::Down && seen.probe.alert.is_some()).await;
    assert_eq!(down.probe.places[0].reason.as_deref(), Some("no connection (connection refused)"));
    let alert = down.probe.alert.expect("it was waited for");
    let alert: Alert = app.as_admin().get_json(&format!("/v1/alerts/{alert}")).await.expect("open");
    let pages: Vec<Page> = app.as_admin().get_json("/v1/pages").await.expect("pages");
    let sentence = &pages.first().expect("somebody was paged").sentence;
    assert!(sentence.starts_with("buy of checkout does not work since"), "{sentence}");
    assert!(alert.sentence.contains("no connection (connection refused), from its one place"), "{}", alert.sentence);
    let origin = TcpListener::bind(address).await.expect("the same port");
    until(&app, "buy", |seen| seen.probe.state == ProbeState::Up && seen.probe.alert.is_none()).await;
    let open: AlertPage = app.as_admin().get_json("/v1/alerts?open=true").await.expect("alerts");
    assert_eq!(serde_json::to_value(&open).expect("JSON")["alerts"], json!([]));
    drop(origin);
    assert!(!running.is_finished());
    running.abort();
}

#[tokio::test]
async fn a_place_that_joins_is_told_its_probes_and_is_heard() {
    let app = TestApp::start().await;
    let origin = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = origin.local_addr().expect("bound");
    let probes = vec![probe("buy", tcp(address), &[]), probe("elsewhere", tcp(address), &["lima"])];
    declare(&app, probes).await;
    let token = app.token(ScopeV4::Prober).await;
    let link = Link::new(app.client(&token), "oslo".to_owned(), Vec::new());
    let (sets, following) = watch::channel(ProbeSet::default());
    let (sender, results) = mpsc::channel(100);
    let (telling, applied) = (link.clone(), following.clone());
    let tasks = [
        tokio::spawn(async move { link.follow(sets, |_| {}).await }),
        tokio::spawn(keep_running(prober(), "oslo".to_owned(), following, sender)),
        tokio::spawn(async move { telling.report(results, || applied.borrow().version).await }),
    ];
    let seen = until(&app, "buy", |seen| seen.runs.len() >= 3).await;
    assert!(seen.runs.iter().all(|run| run.place == "oslo" && run.state == ProbeState::Up), "{seen:?}");
    assert!(seen.runs.windows(2).all(|pair| pair[0].at > pair[1].at), "newest first, none twice");
    let places: Vec<Place> = app.as_admin().get_json("/v1/probers").await.expect("places");
    assert_eq!((places[0].place.as_str(), places[0].probes, places[0].current), ("oslo", 1, true));
    let all: Vec<Probe> = app.as_admin().get_json("/v1/probes?service=checkout").await.expect("probes");
    let names: Vec<(&str, ProbeState)> = all.iter().map(|probe| (probe.name.as_str(), probe.state)).collect();
    assert_eq!(names[1], ("elsewhere", ProbeState::Unknown), "lima never came");
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn what_a_prober_may_not_say_is_refused() {
    let app = TestApp::start().await;
    declare(&app, vec![probe("buy", tcp("127.0.0.1:1"), &[])]).await;
    let token = app.token(ScopeV4::Prober).await;
    let at = app.kernel.now();
    let result = |text: &str, took_ms: u64| {
        json!({ "probe": "buy", "intended_at": at, "started_at": at, "took_ms": took_ms,
                "outcome": { "fail": { "code": "timeout", "text": text } } })
    };
    let report = |place: &str, results: Vec<Value>| json!({ "place": place, "boot": Uuid::from_u128(1), "seq": 1, "applied": 0, "results": results });
    let many = vec![result("no", 1); 801];
    for (place, body, status) in [
        ("oslo", report("oslo", vec![result("no answer in time", 400)]), 200),
        ("oslo", report("lima", Vec::new()), 400),
        ("server", report("server", Vec::new()), 400),
        ("Oslo", report("Oslo", Vec::new()), 400),
        ("oslo", report("oslo", vec![result("two\nlines", 1)]), 400),
        ("oslo", report("oslo", vec![result(&"x".repeat(500), 1)]), 400),
        ("oslo", report("oslo", vec![result("no", u64::MAX)]), 400),
        ("oslo", report("oslo", many), 400),
        ("oslo", json!({ "place": "oslo" }), 400),
    ] {
        let path = format!("/v1/probers/{place}/results");
        let answered = app.post(&token, &path, &body).await.status.as_u16();
        assert!(answered == status || (status == 400 && answered == 422), "{path} {body:.120}: {answered}");
    }
    let path = "/v1/probers/oslo/results";
    let read = app.token(ScopeV4::Read).await;
    assert_eq!(app.post(&read, path, &report("oslo", Vec::new())).await.status.as_u16(), 403);
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    for path in ["/v1/probes", "/v1/probers", "/v1/probes/buy"] {
        assert_eq!(
            app.send(Method::GET, path, &headers, "").await.status.as_u16(),
            403,
            "it reads nothing else: {path}"
        );
    }
    let missing = app.as_admin().get_json::<Value>("/v1/probes/none").await.expect_err("there is none");
    assert_eq!(missing.status().map(|status| status.as_u16()), Some(404));
}
