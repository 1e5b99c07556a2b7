//! What others measure: counts that services send, exports of OpenTelemetry, and a Prometheus that is asked.

use std::io::Write;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use http::{HeaderName, HeaderValue, Method};
use seaworthy_client::Response;
use seaworthy_contract::api::{Objective as Shown, ObjectiveState, Sight};
use seaworthy_contract::catalogue::{Entity, Indicator, Objective, QueryIndicator, RatioQuery, Sourced};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_metrics::otlp::INFLATED_BYTES_MAX;
use seaworthy_model::Timestamp;
use serde_json::{Value, json};

use super::app::{GATEWAY, TestApp, document};
use crate::task::queries::{self, Sources, phase};

/// Longest wait for what happens by itself.
const WITHIN: Duration = Duration::from_secs(20);

fn objective(name: &str, indicator: Indicator) -> Sourced {
    let objective = json!({
        "name": name, "service": "checkout", "target": 0.999, "period": { "rolling": { "days": 30 } },
        "indicator": indicator,
    });
    let objective: Objective = serde_json::from_value(objective).expect("an objective");
    Sourced { entity: Entity::Objective(Box::new(objective)), source: "test.yaml:9".to_owned() }
}

/// A server that counts orders of checkout and, of a histogram, what took longer than 0.3 s.
async fn counting() -> TestApp {
    let app = TestApp::start().await;
    let pushed = |series: &str| Indicator::Pushed { series: series.to_owned() };
    apply(&app, [objective("orders", pushed("orders")), objective("fast", pushed("took/0.3"))]).await;
    app
}

async fn apply(app: &TestApp, objectives: impl IntoIterator<Item = Sourced>) {
    let mut document = document();
    document.entities.extend(objectives);
    let _: Value = app.as_admin().post_json("/v1/catalogue/apply", &document).await.expect("applied");
}

fn now(ahead: i64) -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second() + ahead).expect("a time")
}

/// Waits until an objective has seen so many events, so many of them bad; more at once never look like fewer.
async fn sees(app: &TestApp, objective: &str, total: u64, bad: u64) {
    wait(app, objective, |shown| {
        let budget = shown.budget.as_ref()?;
        (budget.total == Some(total) && budget.bad == Some(bad)).then_some(())
    })
    .await;
}

/// Waits until an objective shows something.
async fn wait<T>(app: &TestApp, objective: &str, shows: impl Fn(&Shown) -> Option<T>) -> T {
    let find = async {
        loop {
            let path = format!("/v1/objectives/{objective}");
            // Not watched before the first look.
            if let Ok(shown) = app.as_admin().get_json::<Shown>(&path).await
                && shown.budget.is_some()
                && let Some(found) = shows(&shown)
            {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(WITHIN, find).await.expect("it shows in time")
}

fn kpi(key: &str, series: &str, total: u64, bad: u64) -> Value {
    let point = json!({ "at": now(0).to_string(), "total": total, "bad": bad });
    json!({ "key": key, "service": "checkout", "series": series, "points": [point] })
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).expect("JSON")
}

#[tokio::test]
async fn counts_come_in_once_however_often_they_are_sent() {
    let app = counting().await;
    let body = kpi("a", "orders", 100, 3);
    let first = app.post(&app.admin, "/v1/kpi", &body).await;
    assert_eq!((first.status.as_u16(), json_of(&first)), (200, json!({ "points": 1, "was_known": false })));
    let again = app.post(&app.admin, "/v1/kpi", &body).await;
    assert_eq!((again.status.as_u16(), json_of(&again)), (200, json!({ "points": 1, "was_known": true })));
    let other = kpi("b", "orders", 10, 0);
    let both = tokio::join!(app.post(&app.admin, "/v1/kpi", &other), app.post(&app.admin, "/v1/kpi", &other));
    let known = [json_of(&both.0)["was_known"].clone(), json_of(&both.1)["was_known"].clone()];
    assert!(known.contains(&json!(true)) && known.contains(&json!(false)), "{known:?}: one of two at once");
    sees(&app, "orders", 110, 3).await;
    let (disk, admin) = app.kill();
    let app = TestApp::on(disk).await;
    let again = app.post(&admin, "/v1/kpi", &body).await;
    assert_eq!(json_of(&again)["was_known"], json!(true), "a restart forgets no key");
}

#[tokio::test]
async fn a_key_may_stand_in_the_header() {
    let app = counting().await;
    let bearer = format!("Bearer {}", app.admin);
    let mut body = kpi("", "orders", 5, 0);
    body["key"] = Value::Null;
    let mut headers = vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
    let unnamed = app.send(Method::POST, "/v1/kpi", &headers, &body.to_string()).await;
    assert_eq!(unnamed.status.as_u16(), 400);
    headers.push(("idempotency-key", "k"));
    for known in [false, true] {
        let sent = app.send(Method::POST, "/v1/kpi", &headers, &body.to_string()).await;
        assert_eq!((sent.status.as_u16(), json_of(&sent)["was_known"].clone()), (200, json!(known)));
    }
}

#[tokio::test]
async fn who_may_send_counts_and_of_what() {
    let app = counting().await;
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let (read, intake) = (app.token(ScopeV4::Read).await, app.token(ScopeV4::Intake).await);
    let with = |field: &str, value: Value| {
        let mut body = kpi("c", "orders", 1, 0);
        body[field] = value;
        body
    };
    let good = || kpi("c", "orders", 1, 0);
    for (token, body, status, hint) in [
        (&app.admin, good(), 200, ""),
        (&shop, good(), 200, ""),
        (&intake, good(), 200, ""),
        (&bank, good(), 403, ""),
        (&read, good(), 403, ""),
        (&GATEWAY.to_owned(), good(), 403, ""),
        (&intake, with("service", json!("nothing")), 404, "seaworthy services"),
        (&intake, with("service", json!("ledger")), 404, "declare an objective of it"),
        (&intake, with("series", json!("oders")), 404, "its objectives name"),
        (&intake, with("points", json!([])), 400, ""),
        (&intake, with("points", json!([{ "at": now(600).to_string(), "total": 1, "bad": 0 }])), 400, ""),
        (&intake, json!("nothing"), 400, ""),
        (&intake, with("series", json!("x".repeat(300_000))), 413, ""),
    ] {
        let answer = app.post(token, "/v1/kpi", &body).await;
        let said = json_of(&answer);
        assert_eq!(answer.status.as_u16(), status, "{said}");
        assert!(said["hint"].as_str().unwrap_or_default().contains(hint), "{said}");
    }
    sees(&app, "orders", 1, 0).await;
}

#[tokio::test]
async fn a_store_that_fails_is_said_and_the_same_counts_again_are_not_doubled() {
    let app = counting().await;
    app.side.set_broken(true);
    let body = kpi("d", "orders", 40, 4);
    assert_eq!(app.post(&app.admin, "/v1/kpi", &body).await.status.as_u16(), 503, "nobody knows who asks");
    app.side.set_broken(false);
    assert_eq!(app.post(&app.admin, "/v1/kpi", &body).await.status.as_u16(), 200);
    assert_eq!(app.post(&app.admin, "/v1/kpi", &body).await.status.as_u16(), 200);
    sees(&app, "orders", 40, 4).await;
}

/// An export of a counter that begins in a second, as of a second from now.
fn export(service: &str, ahead: i64, count: u64, failed: u64) -> Value {
    let nanos = |ahead| (i128::from(now(ahead).as_second()) * 1_000_000_000).to_string();
    let point = |count: u64, status: u16| {
        let status = json!([{ "key": "http.response.status_code", "value": { "intValue": status } }]);
        json!({ "startTimeUnixNano": nanos(1), "timeUnixNano": nanos(ahead), "asInt": count.to_string(), "attributes": status })
    };
    let points = [point(count - failed, 200), point(failed, 500)];
    let sum = json!({ "aggregationTemporality": 2, "isMonotonic": true, "dataPoints": points });
    let name = json!([{ "key": "service.name", "value": { "stringValue": service } }]);
    let scope = json!({ "metrics": [{ "name": "orders", "sum": sum }, { "name": "others", "sum": sum }] });
    json!({ "resourceMetrics": [{ "resource": { "attributes": name }, "scopeMetrics": [scope] }] })
}

#[tokio::test]
async fn an_export_counts_for_the_objective_that_names_its_metric() {
    let app = counting().await;
    let first = export("checkout", 2, 50, 5);
    for body in [&first, &first, &export("checkout", 3, 60, 6), &export("ledger", 3, 900, 900)] {
        let answer = app.post(&app.admin, "/v1/metrics", body).await;
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, &b"{}"[..]));
        assert_eq!(answer.headers["content-type"], "application/json");
    }
    // A repeat adds nothing, nor does another service.
    sees(&app, "orders", 60, 6).await;
}

#[tokio::test]
async fn an_export_that_cannot_be_read_is_refused_in_its_own_encoding() {
    let app = counting().await;
    let bearer = format!("Bearer {}", app.admin);
    for (content_type, encoding, body, said) in [
        ("application/x-protobuf", "", "\u{b}", "no export of OTLP metrics"),
        ("application/json", "", "nothing", "no export of OTLP metrics"),
        ("application/json", "gzip", "{}", "could not read the body as gzip"),
        ("application/x-protobuf", "zstd", "", "compression: gzip"),
        ("text/plain", "", "{}", "content-type: send application/x-protobuf"),
        ("", "", "{}", "content-type: send application/x-protobuf"),
    ] {
        let all = [("authorization", bearer.as_str()), ("content-type", content_type), ("content-encoding", encoding)];
        let headers: Vec<_> = all.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let answer = app.send(Method::POST, "/v1/metrics", &headers, body).await;
        let text = String::from_utf8_lossy(&answer.body);
        assert!(answer.status.as_u16() == 400 && text.contains(said), "{content_type} {encoding}: {text}");
        if content_type == "application/x-protobuf" {
            assert_eq!(answer.headers["content-type"], content_type, "{text}");
            assert_eq!(answer.body[..2], [8, 3], "a google.rpc.Status with its code");
        }
    }
    let empty = app
        .send(
            Method::POST,
            "/v1/metrics",
            &[("authorization", &bearer), ("content-type", "application/x-protobuf")],
            "",
        )
        .await;
    assert_eq!((empty.status.as_u16(), empty.body.len()), (200, 0));
}

fn packed(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).expect("memory takes it")
}

#[tokio::test]
async fn an_export_may_be_compressed_by_gzip_and_a_bomb_is_refused() {
    let app = counting().await;
    let body = packed(export("checkout", 2, 50, 5).to_string().as_bytes());
    let cut = body[..body.len() - 9].to_vec();
    let bomb = packed(&vec![b' '; INFLATED_BYTES_MAX + 1]);
    let bearer = format!("Bearer {}", app.admin);
    for (body, status, said) in
        [(cut, 400, "could not read the body as gzip"), (bomb, 413, "export smaller batches"), (body, 200, "{}")]
    {
        let headers =
            [("authorization", bearer.as_str()), ("content-type", "application/json"), ("content-encoding", "GZIP")];
        let headers = headers.into_iter().map(|(name, value)| {
            (name.parse::<HeaderName>().expect("a name"), HeaderValue::from_str(value).expect("a value"))
        });
        let answer = app.client("").request(Method::POST, "/v1/metrics", body.into(), headers.collect()).await;
        let answer = answer.expect("an answer");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(answer.status.as_u16() == status && text.contains(said), "{}: {text}", answer.status);
    }
    sees(&app, "orders", 50, 5).await;
}

#[tokio::test]
async fn a_team_exports_what_it_owns_and_points_that_cannot_be_are_told() {
    let app = counting().await;
    let bank = app.team_token("bank").await;
    assert_eq!(app.post(&bank, "/v1/metrics", &export("checkout", 2, 50, 5)).await.status.as_u16(), 200);
    let late = app.post(&app.admin, "/v1/metrics", &export("checkout", 600, 50, 5)).await;
    assert_eq!(json_of(&late)["partialSuccess"]["rejectedDataPoints"], "2");
    // Checkout is not the bank's, and nothing is of the future.
    assert_eq!(app.post(&app.admin, "/v1/kpi", &kpi("e", "orders", 7, 1)).await.status.as_u16(), 200);
    sees(&app, "orders", 7, 1).await;
}

/// A Prometheus that answers every query with one number.
async fn prometheus(value: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let answer = move || async move {
        let series = json!([{ "metric": {}, "value": [1, value] }]);
        axum::Json(json!({ "status": "success", "data": { "resultType": "vector", "result": series } }))
    };
    let router = Router::new().route("/api/v1/query", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

/// A name that is asked within a quarter of a second.
fn soon(begins: &str) -> String {
    let names = (0..).map(|n| format!("{begins}-{n}"));
    names.into_iter().find(|name| phase(name).as_millis() < 250).expect("one of them")
}

async fn asking(value: &'static str, source: Option<&str>) -> (TestApp, String) {
    let app = TestApp::start().await;
    let base = prometheus(value).await;
    let sources = Sources::new(Some(base), seaworthy_prober::Secrets::default());
    tokio::spawn(queries::run(app.kernel.clone(), sources));
    let query = RatioQuery::Raw { ratio: "errors[{{.window}}]".to_owned() };
    let name = soon("asked");
    apply(&app, [objective(&name, Indicator::Query(QueryIndicator { source: source.map(str::to_owned), query }))])
        .await;
    (app, name)
}

#[tokio::test]
async fn what_a_prometheus_says_is_an_objective_that_pages() {
    let (app, name) = asking("0.5", None).await;
    let shown = wait(&app, &name, |shown| Some(shown.clone()).filter(|shown| shown.alert.is_some())).await;
    assert_eq!((shown.state, shown.sight), (ObjectiveState::Page, Sight::Serving), "{}", shown.sentence);
}

#[tokio::test]
async fn a_source_that_does_not_say_is_no_outage_and_the_reason_is_shown() {
    for (value, source, reason) in [
        ("7", None, "the ratio query gives 7; it must be the share of bad events, 0 to 1"),
        ("0", Some("http://127.0.0.1:9"), "see that it runs, and that this machine reaches it"),
        ("0", Some("http://${secret:NOWHERE}@127.0.0.1:9"), "there is no secret \"NOWHERE\" here"),
        ("0", Some("http://hush@127.0.0.1:9"), "correct the source's access"),
    ] {
        let (app, name) = asking(value, source).await;
        let shown =
            wait(&app, &name, |shown| Some(shown.clone()).filter(|shown| shown.sentence.contains(reason))).await;
        assert_eq!((shown.sight, shown.alert), (Sight::Unknown, None), "{}", shown.sentence);
        assert!(!shown.sentence.contains("hush"), "{}", shown.sentence);
    }
}
