//! Objectives over HTTP: from a gateway's reports to a budget, a plot, a word that comes within seconds, and metrics.

use std::time::Duration;

use seaworthy_contract::api::{Objective as Shown, ObjectiveSeries, ObjectiveState, Sight, Status};
use seaworthy_contract::catalogue::{Entity, Objective, Sourced};
use seaworthy_contract::gateway::{Classes, Report, ReportAck};
use seaworthy_model::Arm;
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::{GATEWAY, TestApp, document};

/// Longest wait for what happens by itself.
const WITHIN: Duration = Duration::from_secs(20);

async fn start(names: &[&str]) -> TestApp {
    let app = TestApp::start().await;
    let mut document = document();
    for name in names {
        let indicator = match *name {
            "checkout-orders" => json!({ "measure": "pushed", "series": "orders" }),
            _ => json!({ "measure": "availability" }),
        };
        let objective: Objective = serde_json::from_value(json!({
            "name": name, "service": "checkout", "indicator": indicator, "target": 0.999,
            "period": { "rolling": { "days": 30 } }, "by_default": *name == "checkout-availability"
        }))
        .expect("an objective");
        let entity = Entity::Objective(Box::new(objective));
        document.entities.push(Sourced { entity, source: "test.yaml:9".to_owned() });
    }
    let _: Value = app.as_admin().post_json("/v1/catalogue/apply", &document).await.expect("applied");
    app
}

/// Sends a report of so many requests, as a gateway that ended its quarter of a second `age_ms` ago.
async fn report(app: &TestApp, seq: u64, age_ms: u64, good: u64, bad: u64) {
    let count = json!({
        "service": "checkout", "route": "*/", "version": "v1", "arm": Arm::Stable, "config": 1, "starts": good + bad,
        "ended": Classes { ok: good, server_error: bad, ..Classes::default() }, "rescued": 0, "seen_idempotent": bad,
        "seen_other": 0, "users_in_step": 0, "users": 0, "users_failed": 0, "users_failed_in_step": null, "latency": []
    });
    let report = Report {
        gateway: "gw-1".parse().expect("a name"),
        boot: Uuid::from_u128(1),
        seq,
        applied: 1,
        age_ms,
        interval_ms: 250,
        counts: vec![serde_json::from_value(count).expect("a count")],
        moments: Vec::new(),
        in_flight: Vec::new(),
        trips: Vec::new(),
        break_glass: Vec::new(),
        controls: Vec::new(),
        control_hands: Vec::new(),
    };
    let _: ReportAck =
        app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &report).await.expect("acknowledged");
}

/// Waits until an objective shows something.
async fn shows(app: &TestApp, name: &str, is_so: impl Fn(&Shown) -> bool) -> Shown {
    let look = async {
        loop {
            // It is watched from the first look after it was declared on.
            let shown: Result<Shown, _> = app.as_admin().get_json(&format!("/v1/objectives/{name}")).await;
            if let Some(shown) = shown.ok().filter(|shown| is_so(shown)) {
                return shown;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(WITHIN, look).await.unwrap_or_else(|_| panic!("\"{name}\" never shows it"))
}

#[tokio::test]
async fn an_outage_is_told_at_once_and_drawn_and_is_none_of_what_a_job_counts() {
    let app = start(&["checkout-availability", "checkout-orders"]).await;
    let before = shows(&app, "checkout-availability", |shown| shown.budget.is_some()).await;
    assert_eq!((before.state, before.sight, before.by_default), (ObjectiveState::Met, Sight::Unknown, true));
    assert!(before.outlook.is_empty(), "nobody asks, so nobody can say when it would page");
    let point = json!({ "at": seaworthy_model::Timestamp::now().to_string(), "total": 110, "bad": 1 });
    let orders = json!({ "key": "a", "service": "checkout", "series": "orders", "points": [point] });
    assert_eq!(app.post(&app.admin, "/v1/kpi", &orders).await.status.as_u16(), 200);
    for seq in 0..20 {
        report(&app, seq + 1, 10_000 - seq * 250, 25, 0).await;
    }
    for seq in 20..24 {
        report(&app, seq + 1, 1_000 - (seq - 20) * 250, 0, 25).await;
    }
    let total = |shown: &Shown| shown.budget.and_then(|budget| budget.total);
    let failing = shows(&app, "checkout-availability", |shown| total(shown) == Some(600)).await;
    assert!(failing.failing_since.is_some() && failing.state == ObjectiveState::Met, "{failing:?}");
    assert_eq!((failing.sight, failing.alert), (Sight::Serving, None));
    assert!(failing.sentence.starts_with("Most of what is asked fails now; too little seen ("), "{}", failing.sentence);
    let budget = failing.budget.expect("it was looked at");
    assert_eq!((budget.remaining_ratio, budget.allowed, budget.gone_in_s), (None, None, None), "from ten seconds");
    assert!(budget.seen_s.is_some_and(|seconds| seconds < 3_600.0) && budget.burn.is_some(), "{budget:?}");
    let jobs = shows(&app, "checkout-orders", |shown| total(shown) == Some(110)).await;
    assert_eq!((jobs.failing_since, jobs.state), (None, ObjectiveState::Met), "no order was bad: {}", jobs.sentence);
    assert!(jobs.sentence.starts_with("It is met; "), "{}", jobs.sentence);
    assert!(jobs.sentence.ends_with("The service itself fails most of what is asked of it now."), "{}", jobs.sentence);
    let page_s = failing.outlook[0].page_s.expect("a total outage pages");
    assert!((40.0..51.8).contains(&page_s), "a second of it is over: {page_s}");
    let told: Vec<f64> = failing.outlook.iter().map(|outlook| outlook.bad_ratio).collect();
    assert_eq!(told, [1.0, 0.1, 0.01, 0.002], "largest first");
    let soonest: Vec<f64> = failing.outlook.iter().filter_map(|outlook| outlook.page_s).collect();
    assert!(soonest.is_sorted(), "the larger the fault, the sooner: {soonest:?}");
    let status: Status = app.as_admin().get_json("/v1/status").await.expect("a status");
    let checkout = status.services.iter().find(|service| service.name.as_str() == "checkout").expect("it is there");
    assert!(checkout.failing_since.is_some() && checkout.objectives[0].by_default);
    assert!(status.sentence.starts_with("checkout fails most of what is asked of it since "), "{}", status.sentence);

    let path = "/v1/objectives/checkout-availability/series?window=5m";
    let series: ObjectiveSeries = app.as_admin().get_json(path).await.expect("a series");
    let sum = series.points.iter().flatten().fold((0, 0), |(total, bad), p| (total + p.total, bad + p.bad));
    assert_eq!((sum, series.remaining.len()), ((600, 100), 0), "too little was seen to draw what is left");
}

#[tokio::test]
async fn a_list_comes_page_by_page() {
    let app = start(&["checkout-a", "checkout-b", "checkout-c"]).await;
    let names = async |query: &str| -> Vec<String> {
        let shown: Vec<Shown> = app.as_admin().get_json(&format!("/v1/objectives{query}")).await.expect("objectives");
        shown.into_iter().map(|one| one.name).collect()
    };
    shows(&app, "checkout-a", |_| true).await;
    for (query, want) in [
        ("", &["checkout-a", "checkout-b", "checkout-c"][..]),
        ("?limit=2", &["checkout-a", "checkout-b"]),
        ("?limit=2&after=checkout-b", &["checkout-c"]),
        ("?after=checkout-aa&limit=0", &["checkout-b"]),
        ("?after=z", &[]),
        ("?service=checkout&limit=1", &["checkout-a"]),
    ] {
        assert_eq!(names(query).await, want, "{query}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_a_hint() {
    let app = start(&["checkout-availability"]).await;
    for (path, status, part) in [
        ("/v1/objectives/checkuot", 404, "seaworthy slo status"),
        ("/v1/objectives/checkuot/series", 404, "seaworthy slo status"),
        ("/v1/objectives/checkout-availability/series?window=soon", 400, "write a number and s, m, h or d"),
        ("/v1/objectives/checkout-availability/series?window=93d", 400, "at most 92d"),
        ("/v1/objectives?limit=many", 400, ""),
        ("/v1/objectives?until=x", 400, ""),
        ("/v1/objectives?service=checkuot", 404, "checkout"),
    ] {
        let bearer = format!("Bearer {}", app.admin);
        let answer = app.send(http::Method::GET, path, &[("authorization", &bearer)], "").await;
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status.as_u16(), status, "{path}: {text}");
        assert!(text.contains(part), "{path}: {text}");
    }
}

#[tokio::test]
async fn metrics_tell_what_a_dashboard_needs() {
    let app = start(&["checkout-availability"]).await;
    report(&app, 1, 0, 999, 1).await;
    shows(&app, "checkout-availability", |shown| shown.budget.is_some_and(|budget| budget.total == Some(1_000))).await;
    let bearer = format!("Bearer {}", app.admin);
    let answer = app.send(http::Method::GET, "/metrics", &[("authorization", &bearer)], "").await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    for (name, value) in
        [("target_ratio", "0.999"), ("events", "1000"), ("bad_events", "1"), ("paging_ratio", "0"), ("seen_ratio", "1")]
    {
        let line =
            format!("seaworthy_objective_{name}{{service=\"checkout\",objective=\"checkout-availability\"}} {value}\n");
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
    assert!(text.contains("seaworthy_objective_burn_ratio{"), "{text}");
    assert!(!text.contains("seaworthy_objective_budget_remaining_ratio{"), "from one report: {text}");
}
