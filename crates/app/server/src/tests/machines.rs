//! What gateways and supervisors must not be able to do, by mistake or on purpose.

use http::Method;
use seaworthy_contract::api::{LedgerPage, Rollout, Status};
use seaworthy_contract::gateway::{BreakGlass, InFlight, Report, Trip};
use seaworthy_model::{RolloutId, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::{GATEWAY, SUPERVISOR, TestApp};
use super::loop_story::{config, report};

/// A server with v2 of checkout on trial, and a good report of it.
async fn stepping() -> (TestApp, Report) {
    let app = TestApp::start().await;
    app.ship("v1").await;
    app.post(&app.admin, "/v1/services/checkout/rollouts", &json!({ "version": "v2", "dwell_ms": 1_000 })).await;
    app.observe("v2").await;
    let mut good = report(&config(&app).await, 1);
    for count in &mut good.counts {
        (count.ended.server_error, count.users_failed, count.rescued) = (0, 0, 0);
    }
    (app, good)
}

async fn tell(app: &TestApp, token: &str, name: &str, report: &Value) -> u16 {
    app.post(token, &format!("/v1/gateways/{name}/telemetry"), report).await.status.as_u16()
}

#[tokio::test]
async fn a_machine_speaks_for_itself_alone() {
    let (app, good) = stepping().await;
    let (report, observed) = (json!(good), json!({ "instances": [] }));
    let mut of_another = report.clone();
    of_another["gateway"] = json!("gw-2");
    for (token, name, report, want) in [
        (GATEWAY, "gw-1", &report, 200),
        (GATEWAY, "gw-2", &of_another, 403),
        (GATEWAY, "gw-2", &report, 403),
        (GATEWAY, "gw-1", &of_another, 400),
        (GATEWAY, "", &report, 403),
        (SUPERVISOR, "gw-1", &report, 403),
    ] {
        assert_eq!(tell(&app, token, name, report).await, want, "{token} as {name:?}");
    }
    for (token, path, want) in [
        (GATEWAY, "/v1/gateways/gw-2/config", 403),
        (SUPERVISOR, "/v1/agents/other/desired", 403),
        (SUPERVISOR, "/v1/gateways/gw-1/config", 403),
        (GATEWAY, "/v1/agents/gw-1/desired", 403),
    ] {
        let bearer = format!("Bearer {token}");
        let answer = app.send(Method::GET, path, &[("authorization", &bearer)], "").await;
        assert_eq!(answer.status.as_u16(), want, "{path}");
    }
    assert_eq!(app.post(SUPERVISOR, "/v1/agents/other/observed", &observed).await.status.as_u16(), 403);
    for (token, path) in [
        (SUPERVISOR, "/v1/services/checkout/rollouts"),
        (SUPERVISOR, "/v1/services/checkout/revert"),
        (GATEWAY, "/v1/catalogue/apply"),
        (GATEWAY, "/v1/sign-in-links"),
    ] {
        assert_eq!(app.post(token, path, &json!({})).await.status.as_u16(), 403, "{path}");
    }
}

#[tokio::test]
async fn absurd_reports_are_refused_and_change_nothing() {
    let (app, good) = stepping().await;
    let good = json!(good);
    let billions = json!(u64::MAX);
    let table: Vec<(&str, Value)> = vec![
        ("/age_ms", billions.clone()),
        ("/interval_ms", billions.clone()),
        ("/moments/0/first_failure_age_ms", billions.clone()),
        ("/moments/0/last_assigned_age_ms", billions.clone()),
        ("/moments/0/last_response_age_ms", billions.clone()),
        ("/counts/0/starts", billions.clone()),
        ("/counts/0/ended/ok", billions.clone()),
        ("/counts/0/ended/server_error", billions.clone()),
        ("/counts/0/ended/timeout", billions.clone()),
        ("/counts/0/rescued", billions.clone()),
        ("/counts/0/users", billions.clone()),
        ("/counts/0/users_failed", billions.clone()),
        ("/counts/0/users_in_step", billions),
        ("/counts/0/starts", json!(-1)),
        ("/counts/0/starts", json!(1.5)),
        ("/counts/0/latency", json!([[77, 1]])),
        ("/counts/0/latency", json!([[256, 1]])),
        ("/counts/0/latency", json!([[1, u64::MAX]])),
        ("/counts/0/latency", json!(vec![[1, 1]; 1_000])),
        ("/counts/0/route", json!("a\u{1b}[2J")),
        ("/counts/0/route", json!("x".repeat(100_000))),
        ("/counts/0/service", json!("../etc")),
        ("/counts", json!(vec![good["counts"][0].clone(); 1_001])),
        ("/in_flight", json!([{ "service": "checkout", "version": "v2", "requests": u64::MAX }])),
        ("/boot", json!("not a uuid")),
        ("/gateway", json!("gw-1\n")),
    ];
    for (pointer, value) in table {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        let shown: String = value.to_string().chars().take(40).collect();
        assert_eq!(tell(&app, GATEWAY, "gw-1", &bad).await, 400, "{pointer} = {shown}");
    }
    let status: Status = app.as_admin().get_json("/v1/status").await.expect("a status");
    assert!(status.gateways.is_empty(), "nothing of them counts: {:?}", status.gateways);
    assert_eq!(tell(&app, GATEWAY, "gw-1", &good).await, 200, "and a good one still does");
}

#[tokio::test]
async fn the_largest_numbers_that_are_taken_are_no_panic() {
    let (app, mut good) = stepping().await;
    let (number, age) = (1_000_000_000, 366 * 24 * 3_600 * 1_000);
    good.counts.iter_mut().for_each(|count| {
        (count.starts, count.users, count.users_failed, count.users_in_step) = (number, number, number, number);
        (count.ended.ok, count.ended.server_error, count.rescued) = (number, number, number);
        count.latency = (0..77).map(|bucket| (bucket, number)).collect();
    });
    good.counts = good.counts.iter().cycle().take(1_000).cloned().collect();
    (good.age_ms, good.interval_ms) = (age, age);
    good.moments[0].first_failure_age_ms = Some(age);
    good.in_flight =
        vec![InFlight { service: "nobody".parse().unwrap(), version: "v0".parse().unwrap(), requests: number }];
    for seq in 1..4 {
        let report = Report { seq, ..good.clone() };
        assert_eq!(tell(&app, GATEWAY, "gw-1", &json!(report)).await, 200);
    }
    let last = Report { seq: u64::MAX, applied: u64::MAX, counts: Vec::new(), ..good };
    assert_eq!(tell(&app, GATEWAY, "gw-1", &json!(last)).await, 200);
    for path in ["/v1/status", "/v1/rollouts", "/v1/services"] {
        let _: Value = app.as_admin().get_json(path).await.expect(path);
    }
    let rollouts: Vec<Rollout> = app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    assert!(rollouts[0].canary.requests >= 3 * 500 * number, "{:?}", rollouts[0].canary);
}

#[tokio::test]
async fn what_nobody_knows_is_counted_nowhere() {
    let (app, good) = stepping().await;
    let mut strange = good.clone();
    strange.counts.iter_mut().for_each(|count| count.service = "nobody".parse().unwrap());
    strange.moments[0].rollout = RolloutId::from_uuid(Uuid::from_u128(7));
    let before: LedgerPage = app.as_admin().get_json("/v1/ledger").await.expect("rows");
    strange.trips = vec![Trip {
        service: "nobody".parse().unwrap(),
        version: "v9".parse().unwrap(),
        rollout: RolloutId::from_uuid(Uuid::from_u128(7)),
        why: "5 failures in a row".to_owned(),
        age_ms: 0,
    }];
    assert_eq!(tell(&app, GATEWAY, "gw-1", &json!(strange)).await, 200);
    let after: LedgerPage = app.as_admin().get_json("/v1/ledger").await.expect("rows");
    let new: Vec<_> = after.rows[before.rows.len()..].iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(new, ["gateway.joined"], "a trip of nothing is no event");
    let rollouts: Vec<Rollout> = app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    assert_eq!(rollouts[0].canary.requests, 0);
}

#[tokio::test]
async fn what_machines_say_becomes_one_harmless_line_and_ages_are_bounded() {
    let (app, good) = stepping().await;
    let glass = BreakGlass {
        id: Uuid::from_u128(1),
        service: "checkout".parse().unwrap(),
        version: "v2".parse().unwrap(),
        rollout: RolloutId::from_uuid(Uuid::from_u128(7)),
        by: "uid 0\n2026-01-01 INFO all is well\u{1b}[2J".to_owned(),
        age_ms: u64::MAX,
    };
    let report = Report { break_glass: vec![glass], ..good };
    assert_eq!(tell(&app, GATEWAY, "gw-1", &json!(report)).await, 200);
    let rows: LedgerPage = app.as_admin().get_json("/v1/ledger").await.expect("rows");
    let row = rows.rows.iter().find(|row| row.kind == "gateway.break_glass_used").expect("it is on record");
    assert_eq!(row.payload["by"], "uid 0 2026-01-01 INFO all is well [2J");
    assert_eq!(row.occurred_at, Timestamp::UNIX_EPOCH, "an age that nothing can have");
}

/// It was refused, so that every page told people to take off a canary that was not there.
#[tokio::test]
async fn a_supervisor_may_ask_whether_a_service_has_a_canary() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let of = async |token: &str, path: &str| {
        app.send(Method::GET, path, &[("authorization", &format!("Bearer {token}"))], "").await.status.as_u16()
    };
    assert_eq!(of(SUPERVISOR, "/v1/services/checkout").await, 200);
    for (token, path) in [
        (GATEWAY, "/v1/services/checkout"),
        (SUPERVISOR, "/v1/services"),
        (SUPERVISOR, "/v1/services/checkout/readiness"),
    ] {
        assert_eq!(of(token, path).await, 403, "{path}");
    }
}

#[tokio::test]
async fn a_supervisor_that_sees_double_or_nonsense_does_not_fill_the_ledger() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let seen = |version: &str, instance: &str, address: &str| {
        json!({ "service": "checkout", "version": version, "instance": instance,
            "state": { "state": "healthy", "address": address, "took_ms": u64::MAX } })
    };
    let head = async || -> u64 {
        let page: LedgerPage = app.as_admin().get_json("/v1/ledger").await.expect("rows");
        page.head
    };
    let before = head().await;
    let observe = async |instances: Value| {
        let body = json!({ "instances": instances });
        app.post(SUPERVISOR, "/v1/agents/local/observed", &body).await.status.as_u16()
    };
    let twice = json!([seen("v1", "1-v1", "127.0.0.1:9"), seen("v1", "2-v1", "127.0.0.1:10")]);
    for _ in 0..3 {
        assert_eq!(observe(twice.clone()).await, 204);
    }
    for address in ["", "127.0.0.1", "evil.test:80/path", "a\r\nhost: b:80", "user@a:80", "a:0"] {
        assert_eq!(observe(json!([seen("v1", "3-v1", address)])).await, 204, "{address:?}");
    }
    assert_eq!(observe(json!([seen("v9", "9", "127.0.0.1:9")])).await, 204, "nobody shipped it");
    assert_eq!(head().await, before);
    let failed = json!([{ "service": "checkout", "version": "v1", "instance": "1-v1",
        "state": { "state": "exited", "how": format!("exit 1\n{}", "x".repeat(100_000)) } }]);
    assert_eq!(observe(failed).await, 204, "it must be kept, whatever it holds");
    let page: LedgerPage = app.as_admin().get_json("/v1/ledger").await.expect("rows");
    let how = page.rows.last().expect("a row").payload["how"].as_str().expect("text").to_owned();
    assert!(how.starts_with("exit 1 xx") && how.len() == 1_000, "{how:.40}");
    assert_eq!(observe(json!(vec![seen("v1", "1", "a:1"); 10_001])).await, 400);
}
