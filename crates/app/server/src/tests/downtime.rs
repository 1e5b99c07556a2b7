//! Downtime over HTTP: who may declare and name, what is refused, what the answers hold, and the page of it.

mod forms;

use http::Method;
use seaworthy_contract::api::{Downtime, DowntimeMonths, DowntimeStretch, DowntimeWindow, Page, SignInLink};
use seaworthy_contract::catalogue::{Document, Entity, Planned, Sourced, Tolerance};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::gateway::{Classes, Count, Report};
use seaworthy_model::{Arm, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::{GATEWAY, SUPERVISOR, TestApp, document};

/// A report whose interval of a second had ended so long ago.
fn report(boot: u128, seq: u64, age_s: u64, ok: u64, failed: u64) -> Report {
    let count = Count {
        service: "checkout".parse().expect("a name"),
        route: "checkout.test/".to_owned(),
        version: "v1".parse().expect("a name"),
        arm: Arm::Stable,
        config: 0,
        starts: ok + failed,
        ended: Classes { ok, server_error: failed, ..Classes::default() },
        rescued: 0,
        seen_idempotent: failed,
        seen_other: 0,
        users: ok + failed,
        users_in_step: 0,
        users_failed: failed,
        users_failed_in_step: None,
        latency: Vec::new(),
    };
    Report {
        gateway: "gw-1".parse().expect("a name"),
        boot: Uuid::from_u128(boot),
        seq,
        applied: 0,
        age_ms: 1_000 * age_s,
        interval_ms: 1_000,
        counts: vec![count],
        moments: Vec::new(),
        in_flight: Vec::new(),
        trips: Vec::new(),
        break_glass: Vec::new(),
        controls: Vec::new(),
        control_hands: Vec::new(),
    }
}

/// Sends a report a second of age from `from` to `to`, failing where asked.
async fn met(app: &TestApp, boot: u128, ages: std::ops::Range<u64>, fails: impl Fn(u64) -> bool) {
    for (seq, age) in (1..).zip(ages.rev()) {
        let (ok, failed) = if fails(age) { (0, 10) } else { (10, 0) };
        let report = report(boot, seq, age, ok, failed);
        let _: Value = app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &report).await.expect("taken");
    }
}

fn in_minutes(app: &TestApp, minutes: i64) -> String {
    (app.kernel.now() + jiff::SignedDuration::from_mins(minutes)).to_string()
}

fn window(app: &TestApp, service: &str, from: i64, to: i64) -> Value {
    json!({ "service": service, "start": in_minutes(app, from), "end": in_minutes(app, to), "reason": "new database" })
}

#[tokio::test]
async fn the_owning_team_declares_windows_and_takes_them_back() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let read = app.token(ScopeV4::Read).await;
    let path = "/v1/downtime/windows";
    for (token, body, want) in [
        (&bank, window(&app, "checkout", 10, 20), 403),
        (&read, window(&app, "checkout", 10, 20), 403),
        (&shop, window(&app, "chekout", 10, 20), 404),
        (&shop, window(&app, "checkout", 20, 10), 400),
        (&shop, json!({ "service": "checkout" }), 400),
        (&shop, json!({ "service": "checkout", "start": "soon", "end": "later", "reason": "x" }), 400),
    ] {
        assert_eq!(app.post(token, path, &body).await.status.as_u16(), want, "{body}");
    }
    let made = app.post(&shop, path, &window(&app, "checkout", 10, 20)).await;
    assert_eq!(made.status.as_u16(), 201);
    let made: DowntimeWindow = serde_json::from_slice(&made.body).expect("a window");
    assert!(!made.late && made.cancelled_at.is_none() && made.position > 0);
    let late = app.post(&shop, path, &window(&app, "checkout", -5, 20)).await;
    let late: DowntimeWindow = serde_json::from_slice(&late.body).expect("a window");
    assert!(late.late, "it is accepted, and plans nothing");
    let cancel = format!("{path}/{}/cancel", made.id);
    assert_eq!(app.post(&bank, &cancel, &json!({})).await.status.as_u16(), 403);
    for _ in 0..2 {
        let done = app.post(&shop, &cancel, &json!({})).await;
        let done: DowntimeWindow = serde_json::from_slice(&done.body).expect("a window");
        assert!(done.cancelled_at.is_some(), "twice is once");
    }
    let unknown = format!("{path}/01954a00-0000-7000-8000-000000000001/cancel");
    assert_eq!(app.post(&shop, &unknown, &json!({})).await.status.as_u16(), 404);
    let account: Downtime = app.client(&read).get_json("/v1/downtime?service=checkout").await.expect("an account");
    assert_eq!(account.windows.len(), 2, "everybody who signs in reads it");
}

#[tokio::test]
async fn what_gateways_met_is_in_the_account_and_its_cause_is_named_by_the_owner() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    met(&app, 1, 0..120, |age| (40..80).contains(&age)).await;
    let path = "/v1/downtime?service=checkout";
    let account: Downtime = app.as_admin().get_json(path).await.expect("an account");
    let down: Vec<&DowntimeStretch> = account.stretches.iter().filter(|s| s.share_of_users.is_some()).collect();
    assert_eq!(down.len(), 1, "{:?}", account.stretches);
    let length = down[0].end.duration_since(down[0].start).as_secs();
    assert!((39..=41).contains(&length), "down for 40 s, and {length} s are in the account");
    let wall = account.to.duration_since(account.from).as_millis();
    assert_eq!(i128::from(account.functions[0].classes.wall_ms()), wall);
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let named = |at: Timestamp, cause: Value| json!({ "service": "checkout", "at": at.to_string(), "cause": cause });
    let cause = "/v1/downtime/cause";
    let vendor = json!({ "vendor": "northbank" });
    assert_eq!(app.post(&bank, cause, &named(down[0].start, vendor.clone())).await.status.as_u16(), 403);
    assert_eq!(app.post(&shop, cause, &named(account.from, vendor.clone())).await.status.as_u16(), 409, "it was well");
    assert_eq!(app.post(&shop, cause, &named(down[0].start, json!("weather"))).await.status.as_u16(), 400);
    let done = app.post(&shop, cause, &named(down[0].start, vendor)).await;
    let done: DowntimeStretch = serde_json::from_slice(&done.body).expect("a stretch");
    assert_eq!(
        (done.start, serde_json::to_value(&done.cause).expect("JSON")),
        (down[0].start, json!({ "vendor": "northbank" }))
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_words() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let bearer = format!("Bearer {}", app.admin);
    let tomorrow = in_minutes(&app, 1_440);
    for (query, want) in [
        ("?service=chekout".to_owned(), 404),
        ("?rule=nice".to_owned(), 400),
        ("?from=yesterday".to_owned(), 400),
        ("?from=2026-02-01&to=2026-01-01".to_owned(), 400),
        (format!("?from={tomorrow}"), 400),
        ("?limit=0".to_owned(), 400),
        ("?limit=501".to_owned(), 400),
        ("?colour=red".to_owned(), 400),
        ("/months?cells=0".to_owned(), 400),
        ("/months?cells=121".to_owned(), 400),
        ("/months?every=year".to_owned(), 400),
        ("/months?from=2026-02-30".to_owned(), 400),
        ("?from=2020-01-01&rule=critical".to_owned(), 200),
        ("/months?every=day&cells=120&from=2020-01-01".to_owned(), 200),
    ] {
        let path = format!("/v1/downtime{query}");
        let answer = app.send(Method::GET, &path, &[("authorization", &bearer)], "").await;
        assert_eq!(answer.status.as_u16(), want, "{path}");
    }
}

#[tokio::test]
async fn tolerance_is_inherited_and_what_contradicts_it_is_said() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let tolerance = |service: &str, planned: Planned| Sourced {
        entity: Entity::Tolerance(Tolerance {
            service: service.parse().expect("a name"),
            planned,
            by: "head of retail".to_owned(),
            since: "2026-01-01".parse().expect("a day"),
        }),
        source: "tolerance.yaml:1".to_owned(),
    };
    let mut all: Document = document();
    for sourced in &mut all.entities {
        if let Entity::Service(service) = &mut sourced.entity
            && service.name.as_str() == "checkout"
        {
            service.dependencies = serde_json::from_value(json!([{ "service": "ledger" }])).expect("a dependency");
        }
    }
    all.entities.extend([tolerance("checkout", Planned::None), tolerance("ledger", Planned::HoursPerMonth(2.0))]);
    let _: Value = app.as_admin().post_json("/v1/catalogue/apply", &all).await.expect("applied");
    let months: DowntimeMonths = app.as_admin().get_json("/v1/downtime/months?service=ledger").await.expect("months");
    assert_eq!(months.rows[0].cells.len(), 12);
    assert_eq!(months.rows[0].tolerance.demands[0].planned, Planned::None);
    assert_eq!(
        months.contradictions[0].sentence,
        "checkout tolerates no planned downtime, but needs ledger, which may plan 2 h a month."
    );
}

#[tokio::test]
async fn what_nobody_watched_while_the_server_was_away_is_unknown() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    met(&app, 1, 90..150, |_| false).await;
    let (disk, admin) = app.kill();
    let mut app = TestApp::on(disk).await;
    app.admin = admin;
    // Another start of the gateway: what the first one had counted in between is lost.
    met(&app, 2, 0..30, |_| false).await;
    let account: Downtime = app.as_admin().get_json("/v1/downtime?service=checkout").await.expect("an account");
    let hole = account.stretches.iter().find(|stretch| stretch.position.is_some()).expect("something was recorded");
    assert_eq!(serde_json::to_value(hole.class).expect("JSON"), json!("unknown"));
    let length = hole.end.duration_since(hole.start).as_secs();
    assert!((58..=62).contains(&length), "a minute, and {length} s are in the account");
    let pages: Vec<Page> = app.as_admin().get_json("/v1/pages").await.expect("pages");
    assert!(pages.is_empty(), "nobody is woken for what nobody saw");
}

#[tokio::test]
async fn the_month_is_a_page_and_so_is_a_day() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    met(&app, 1, 0..60, |age| (20..40).contains(&age)).await;
    let link: SignInLink = app.client(SUPERVISOR).post_json("/v1/sign-in-links", &()).await.expect("a link");
    let path = link.url.strip_prefix(&app.base).expect("of this server");
    let signed_in = app.send(Method::GET, path, &[], "").await;
    let cookie = signed_in.headers["set-cookie"].to_str().expect("text").split(';').next().expect("a pair").to_owned();
    let now = app.kernel.now().to_string();
    let (day, month) = (&now[..10], &now[..7]);
    for (query, want, says) in [
        (String::new(), 200, "checkout was down for"),
        (format!("?of=checkout&month={month}&rule=maintenance-announced"), 200, "aria-current=\"true\""),
        (format!("?of=checkout&month={month}&day={day}"), 200, "The whole month"),
        ("?of=ledger".to_owned(), 200, "Nothing is known of ledger"),
        ("?month=2019-02".to_owned(), 200, "the ledger began"),
        ("?month=2999-01&of=checkout".to_owned(), 200, "Nothing is known of checkout in January 2999"),
        ("?of=checkout&after=checkout".to_owned(), 200, "First functions"),
        ("?of=nobody".to_owned(), 404, "nobody"),
        ("?rule=nice".to_owned(), 400, "unplanned-merged"),
        ("?month=2026-13".to_owned(), 400, "2026-13"),
        ("?day=%3Cscript%3E".to_owned(), 400, "&#60;script"),
    ] {
        let path = format!("/downtime{query}");
        let page = app.send(Method::GET, &path, &[("accept", "text/html"), ("cookie", &cookie)], "").await;
        let text = String::from_utf8(page.body.to_vec()).expect("UTF-8");
        assert_eq!(page.status.as_u16(), want, "{path}");
        assert!(text.contains(says), "{path} does not say {says}");
        assert!(!text.contains("<script>"), "{path}");
    }
}
