//! Accounts: opened by an admin, entered by a link or a password, refused in one way, closed at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use http::Method;
use jiff::Timestamp;
use seaworthy_client::Response;
use seaworthy_contract::api::{Account, AccountMade};
use seaworthy_store::{Clock, Table};
use seaworthy_testkit::store::Disk;
use serde_json::json;

use super::app::{SUPERVISOR, TestApp, document};
use super::portal::{Reader, header, text};

const GOOD: &str = "four odd green boats";

async fn ready() -> TestApp {
    let app = TestApp::start().await;
    let _: serde_json::Value = app.as_admin().post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    app
}

async fn open(app: &TestApp, body: &serde_json::Value) -> AccountMade {
    app.client(SUPERVISOR).post_json("/v1/accounts", body).await.expect("opened")
}

async fn enter_from(app: &TestApp, site: &str, handle: &str, password: &str) -> Response {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", site)];
    let body = format!("handle={handle}&password={}", password.replace(' ', "+"));
    app.send(Method::POST, "/sign-in/password", &headers, &body).await
}

async fn enter(app: &TestApp, handle: &str, password: &str) -> String {
    header(&enter_from(app, "same-origin", handle, password).await, "location")
}

fn as_reader<'a>(app: &'a TestApp, answer: &Response) -> Reader<'a> {
    let cookie = header(answer, "set-cookie");
    Reader { app, cookie: cookie.split(';').next().expect("a pair").to_owned() }
}

#[tokio::test]
async fn a_person_chooses_a_password_by_the_link_and_signs_in_with_it() {
    let app = ready().await;
    let made = open(&app, &json!({ "person": "ines" })).await;
    assert!(made.account.open && !made.account.has_password && made.account.in_catalogue);
    let path = made.link.expect("a link").url.strip_prefix(&app.base).expect("ours").to_owned();
    let first = app.send(Method::GET, &path, &[("accept", "text/html")], "").await;
    assert_eq!(header(&first, "location"), "/me/password", "who has none chooses one");
    let ines = as_reader(&app, &first);
    let csrf = ines.csrf().await;
    let form =
        |new: &str, again: &str| format!("csrf={csrf}&new={}&again={}", new.replace(' ', "+"), again.replace(' ', "+"));
    for (new, again, why) in [
        ("short", "short", "at least 15 characters"),
        (GOOD, "four odd green goats", "the two are not the same"),
        ("aaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaa", "others would try"),
    ] {
        let page = ines.press("/me/password", &form(new, again)).await;
        assert!(text(&page).contains(why), "{why}");
    }
    assert_eq!(ines.press("/me/password", "csrf=wrong").await.status.as_u16(), 403);
    assert_eq!(header(&ines.press("/me/password", &form(GOOD, GOOD)).await, "location"), "/sign-in");
    assert_eq!(header(&ines.get("/").await, "location"), "/sign-in", "every session ended");
    let answer = enter_from(&app, "same-origin", "ines", GOOD).await;
    assert_eq!(header(&answer, "location"), "/");
    let cookie = header(&answer, "set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let ines = as_reader(&app, &answer);
    assert!(text(&ines.get("/me").await).contains("You are ines"));
    // Once it is known, changing it takes it.
    let csrf = ines.csrf().await;
    let body = format!("csrf={csrf}&current=another+one&new=five+new+blue+boats&again=five+new+blue+boats");
    assert!(text(&ines.press("/me/password", &body).await).contains("not the password that you have"));
    assert!(text(&ines.get("/me/password").await).contains("current-password"));
}

#[tokio::test]
async fn whoever_is_refused_is_told_one_thing() {
    let app = ready().await;
    open(&app, &json!({ "person": "ines", "password": GOOD })).await;
    for (handle, password) in [
        ("ines", "four odd green goats"),
        ("ines", ""),
        ("nobody", GOOD),
        ("Not%20A%20Handle", GOOD),
        ("", ""),
        ("ines", &"x".repeat(2_000)),
    ] {
        assert_eq!(enter(&app, handle, password).await, "/sign-in?refused=password", "{handle}");
    }
    assert_eq!(enter_from(&app, "cross-site", "ines", GOOD).await.status.as_u16(), 403, "another site's form");
    let long = enter_from(&app, "same-origin", "ines", &"x".repeat(10_000)).await;
    assert_eq!(header(&long, "location"), "/sign-in?refused=password");
    assert_eq!(enter(&app, "ines", GOOD).await, "/");
    for handle in ["ines", "nobody"] {
        let mut said = Vec::new();
        for _ in 0..12 {
            said.push(enter(&app, handle, "four odd green goats").await);
        }
        assert!(said[0].ends_with("password") && said[11].ends_with("later"), "{handle} is or is not there: {said:?}");
    }
    assert_eq!(enter(&app, "ines", GOOD).await, "/sign-in?refused=later", "the right one has to wait as well");
}

#[tokio::test]
async fn closing_an_account_ends_it_at_once() {
    let app = ready().await;
    open(&app, &json!({ "person": "ines", "password": GOOD })).await;
    let ines = as_reader(&app, &enter_from(&app, "same-origin", "ines", GOOD).await);
    assert_eq!(ines.get("/").await.status.as_u16(), 200);
    let closed = app.post(SUPERVISOR, "/v1/accounts/ines/close", &json!({})).await;
    let account: Account = serde_json::from_slice(&closed.body).expect("closed");
    assert!(!account.open && !account.has_password);
    assert_eq!(header(&ines.get("/").await, "location"), "/sign-in");
    assert_eq!(enter(&app, "ines", GOOD).await, "/sign-in?refused=password");
    let asked = json!({ "person": "ines" });
    assert_eq!(app.post(SUPERVISOR, "/v1/sign-in-links", &asked).await.status.as_u16(), 409, "and no link either");
    assert_eq!(app.post(SUPERVISOR, "/v1/accounts/ines/close", &json!({})).await.status.as_u16(), 200, "twice is once");
    assert_eq!(app.post(SUPERVISOR, "/v1/accounts/omar/close", &json!({})).await.status.as_u16(), 404);
    assert_eq!(app.post(SUPERVISOR, "/v1/accounts", &json!({ "person": "omar" })).await.status.as_u16(), 404);
    assert_eq!(app.post(SUPERVISOR, "/v1/accounts", &json!({ "person": "ines", "password": "x" })).await.status, 400);
    open(&app, &asked).await;
    assert_eq!(enter(&app, "ines", GOOD).await, "/sign-in?refused=password", "the old password is gone");
}

#[tokio::test]
async fn an_admin_may_everything_and_stands_in_the_ledger_by_name() {
    let app = ready().await;
    open(&app, &json!({ "person": "ines", "role": "admin", "password": GOOD })).await;
    let ines = as_reader(&app, &enter_from(&app, "same-origin", "ines", GOOD).await);
    assert_eq!(ines.get("/v1/tokens").await.status.as_u16(), 200);
    open(&app, &json!({ "person": "ines" })).await;
    assert_eq!(ines.get("/v1/tokens").await.status.as_u16(), 403, "another role holds from the next request on");
    let rows = text(&app.send(Method::GET, "/v1/ledger", &[("cookie", &ines.cookie)], "").await);
    assert!(rows.contains("account.opened") && !rows.contains(GOOD) && !rows.contains("salt"), "{rows}");
}

/// A clock that the test sets.
fn ticking() -> (Arc<AtomicI64>, Clock) {
    let seconds = Arc::new(AtomicI64::new(1_800_000_000));
    let told = seconds.clone();
    (seconds, Arc::new(move || Timestamp::from_second(told.load(Ordering::Relaxed)).expect("in range")))
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used_and_when_its_day_is_over() {
    let (seconds, clock) = ticking();
    let app = TestApp::at(Disk::new(clock.clone()), clock).await;
    let admin = app.token(seaworthy_contract::events::server::ScopeV4::Admin).await;
    let _: serde_json::Value = app.client(&admin).post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    open(&app, &json!({ "person": "ines", "password": GOOD })).await;
    let pass = |hours: i64| seconds.fetch_add(hours * 3_600, Ordering::Relaxed);
    let alive = async |reader: &Reader<'_>| reader.get("/v1/status").await.status.as_u16() == 200;
    let used = as_reader(&app, &enter_from(&app, "same-origin", "ines", GOOD).await);
    let idle = as_reader(&app, &enter_from(&app, "same-origin", "ines", GOOD).await);
    for _ in 0..3 {
        pass(7);
        assert!(alive(&used).await, "what is used goes on");
    }
    assert!(!alive(&idle).await, "what is not used has ended");
    pass(4);
    assert!(!alive(&used).await, "and after a day everything has");
}

#[tokio::test]
async fn a_session_is_another_after_signing_in() {
    let app = ready().await;
    open(&app, &json!({ "person": "ines", "password": GOOD })).await;
    let before = Reader::sign_in(&app).await;
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("cookie", before.cookie.as_str()),
    ];
    let body = format!("handle=ines&password={}", GOOD.replace(' ', "+"));
    let answer = app.send(Method::POST, "/sign-in/password", &headers, &body).await;
    let after = as_reader(&app, &answer);
    assert_ne!(before.cookie, after.cookie);
    assert_eq!(header(&before.get("/").await, "location"), "/sign-in", "the one before has ended");
}

#[tokio::test]
async fn no_password_is_kept_anywhere() {
    let app = ready().await;
    open(&app, &json!({ "person": "ines", "password": GOOD })).await;
    for table in Table::ALL {
        for (key, value) in app.kernel.side.list(table).await.expect("listed") {
            assert!(!String::from_utf8_lossy(&value).contains(GOOD), "{table:?} {key}");
        }
    }
}
