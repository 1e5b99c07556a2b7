//! The edge: whatever is asked, the answer has our shape, safe headers, and tells nobody what it need not know.

use http::Method;
use seaworthy_contract::api::ApiError;

use super::app::{SUPERVISOR, TestApp};
use super::flaky::SECRET_PATH;
use crate::access::Access;

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn every_refusal_has_our_shape_and_safe_headers() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let (ship, long) = ("/v1/services/checkout/rollouts", "x".repeat(200_000));
    let (get, post) = (Method::GET, Method::POST);
    let deep = "[".repeat(100_000);
    let table = [
        (&post, ship, JSON, "", 400),
        (&post, ship, JSON, "{", 400),
        (&post, ship, JSON, "[]", 400),
        (&post, ship, JSON, deep.as_str(), 400),
        (&post, ship, JSON, r#"{"version":"v2","steps":[1e999]}"#, 400),
        (&post, ship, JSON, r#"{"version":"v2","dwell_ms":-1}"#, 400),
        (&post, ship, JSON, r#"{"version":"v2","dwell_ms":1e30}"#, 400),
        (&post, ship, JSON, r#"{"version":"v2","unknown":1}"#, 400),
        (&post, ship, JSON, r#"{"version":"v2","version":"v3"}"#, 400),
        (&post, ship, ("content-type", "text/plain"), "{}", 400),
        (&post, ship, ("accept", "*/*"), "{}", 400),
        (&post, ship, JSON, long.as_str(), 413),
        (&post, "/v1/services/checkout/revert", JSON, long.as_str(), 413),
        (&post, "/sign-in", FORM, long.as_str(), 413),
        (&post, "/sign-in", JSON, "{}", 415),
        (&get, "/v1/services/%ff", JSON, "", 400),
        (&get, "/v1/services/%00", JSON, "", 404),
        (&get, "/v1/services/..%2f..%2fetc", JSON, "", 404),
        (&get, "/v1/services/", JSON, "", 404),
        (&get, "//v1/services", JSON, "", 404),
        (&get, "/v1/rollouts/%0d%0aset-cookie:x", JSON, "", 404),
        (&get, "/v1/ledger?from=x", JSON, "", 400),
        (&get, "/v1/ledger?from=-1", JSON, "", 400),
        (&get, "/v1/ledger?from=18446744073709551616", JSON, "", 400),
        (&get, "/static/x/y", JSON, "", 404),
        (&Method::DELETE, "/v1/services", JSON, "", 405),
        (&Method::OPTIONS, "/v1/services", JSON, "", 405),
        (&Method::TRACE, "/v1/services", JSON, "", 405),
        (&Method::PUT, "/healthz", JSON, "", 405),
        (&get, "/panics", JSON, "", 500),
    ];
    let bearer = format!("Bearer {}", app.admin);
    for (method, path, header, body, want) in table {
        let shown: String = body.chars().take(40).collect();
        let what = format!("{method} {path} {header:?} {shown:?}");
        let answer = app.send(method.clone(), path, &[("authorization", &bearer), header], body).await;
        assert_eq!(answer.status.as_u16(), want, "{what}");
        let error: ApiError = serde_json::from_slice(&answer.body).unwrap_or_else(|why| panic!("{what}: {why}"));
        assert!(!error.message.is_empty() && !error.message.contains(".rs"), "{what}: {error:?}");
        for header in ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"] {
            assert!(answer.headers.contains_key(header), "{what} has {header}");
        }
        assert_eq!(answer.headers.contains_key("allow"), want == 405, "{what} says what is allowed");
    }
}

#[tokio::test]
async fn a_browser_gets_the_same_refusals_as_pages() {
    let app = TestApp::start().await;
    for (method, path) in [(Method::GET, "/panics"), (Method::PUT, "/healthz"), (Method::GET, "/nothing")] {
        let page = app.send(method, path, &[("accept", "text/html")], "").await;
        let text = String::from_utf8_lossy(&page.body);
        assert!(page.status.as_u16() >= 400 && text.starts_with("<!doctype html>"), "{path}: {text:.80}");
    }
}

#[tokio::test]
async fn whoever_has_no_credential_is_told_in_what_they_read() {
    let app = TestApp::start().await;
    for (path, header, want) in [
        ("/", ("accept", "text/html,*/*"), ""),
        ("/", ("accept", "*/*"), "text/plain; charset=utf-8"),
        ("/services/checkout", ("x-none", "1"), "text/plain; charset=utf-8"),
        ("/", ("accept", "application/json"), "application/json"),
        ("/v1/status", ("accept", "*/*"), "application/json"),
        ("/v1/status", ("x-none", "1"), "application/json"),
    ] {
        let answer = app.send(Method::GET, path, &[header], "").await;
        let kind = answer.headers.get("content-type").map_or("", |value| value.to_str().expect("text"));
        assert_eq!(kind, want, "{path} {header:?}");
        let text = String::from_utf8_lossy(&answer.body);
        assert_eq!(text.contains("open the link that `seaworthy sign-in` prints"), want.starts_with("text"), "{text}");
        assert_eq!(answer.status.as_u16(), if want.is_empty() { 303 } else { 401 });
    }
    let form = app.send(Method::POST, "/rollouts/x/hold", &[("accept", "*/*")], "").await;
    assert_eq!(form.headers["content-type"], "application/json", "a form is no page");
}

#[tokio::test]
async fn every_answer_names_its_request_and_no_two_alike() {
    let app = TestApp::start().await;
    let mut names = std::collections::BTreeSet::new();
    for (path, header) in [
        ("/healthz", ("accept", "*/*")),
        ("/v1/status", ("accept", "*/*")),
        ("/nothing", ("accept", "*/*")),
        ("/nothing", ("x-request-id", "chosen-by-a-stranger")),
        ("/panics", ("accept", "text/html")),
        ("/", ("accept", "text/html")),
    ] {
        let answer = app.send(Method::GET, path, &[header], "").await;
        let name = answer.headers["x-request-id"].to_str().expect("text").to_owned();
        assert!(name.starts_with("00000000-"), "the end of this start's id: {name}");
        if answer.status.is_server_error() {
            assert!(String::from_utf8_lossy(&answer.body).contains(&name), "{path} shows it");
        }
        names.insert(name);
    }
    assert_eq!(names.len(), 6);
}

#[tokio::test]
async fn a_mistyped_service_is_named_as_it_is_known() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let (get, post) = (Method::GET, Method::POST);
    let bearer = format!("Bearer {}", app.admin);
    for (method, path, meant) in [
        (&get, "/v1/services/chekout", Some("checkout")),
        (&get, "/v1/services/Check_Out", Some("checkout")),
        (&get, "/v1/services/chekout/readiness", Some("checkout")),
        (&get, "/v1/rollouts?service=legder", Some("ledger")),
        (&post, "/v1/services/chekout/revert", Some("checkout")),
        (&post, "/v1/services/chekout/rollouts", Some("checkout")),
        (&get, "/v1/services/nothing-like-it", None),
    ] {
        let headers = [("authorization", bearer.as_str()), JSON];
        let body = if path.ends_with("rollouts") { r#"{"version":"v2"}"# } else { "" };
        let answer = app.send(method.clone(), path, &headers, body).await;
        let error: ApiError = serde_json::from_slice(&answer.body).expect("our shape");
        assert_eq!(answer.status.as_u16(), 404, "{path}: {error:?}");
        let asked = meant.map(|meant| format!("did you mean \"{meant}\"?"));
        let hint = error.hint.expect("there is one");
        assert!(asked.map_or(!hint.contains("did you mean"), |asked| hint.starts_with(&asked)), "{path}: {hint}");
    }
    let none = app.send(get, "/v1/rollouts?service=ledger", &[("authorization", &bearer)], "").await;
    assert_eq!(none.body.as_ref(), b"[]", "a service of which nothing was shipped");
}

#[tokio::test]
async fn a_panic_in_a_handler_is_one_answer_and_the_server_goes_on() {
    let app = TestApp::start().await;
    for _ in 0..3 {
        let answer = app.send(Method::GET, "/panics", &[], "").await;
        assert_eq!(answer.status.as_u16(), 500);
        assert!(!String::from_utf8_lossy(&answer.body).contains("on purpose"), "what it was is in the log");
        assert_eq!(app.send(Method::GET, "/healthz", &[], "").await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn without_the_side_store_nobody_is_told_that_they_have_no_rights_and_nobody_learns_where_it_is() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let link: seaworthy_contract::api::SignInLink =
        app.client(SUPERVISOR).post_json("/v1/sign-in-links", &()).await.expect("a link");
    let code = link.url.strip_prefix(&app.base).expect("ours");
    app.side.set_broken(true);
    let bearer = format!("Bearer {}", app.admin);
    let supervisor = format!("Bearer {SUPERVISOR}");
    for (method, path, header, want) in [
        (Method::GET, "/v1/status", ("authorization", bearer.as_str()), 503),
        (Method::GET, "/v1/status", ("authorization", "Bearer sw_nobody_knows"), 401),
        (Method::GET, "/v1/status", ("cookie", "sw_session=abc"), 503),
        (Method::GET, "/v1/status", ("accept", "*/*"), 401),
        (Method::GET, "/", ("accept", "text/html"), 303),
        (Method::GET, code, ("accept", "*/*"), 503),
        (Method::POST, "/v1/sign-in-links", ("authorization", supervisor.as_str()), 503),
        (Method::GET, "/healthz", ("authorization", bearer.as_str()), 200),
        (Method::GET, "/readyz", ("authorization", bearer.as_str()), 200),
    ] {
        let answer = app.send(method, path, &[header], "").await;
        assert_eq!(answer.status.as_u16(), want, "{path} {header:?}");
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains(SECRET_PATH) && !text.contains("I/O"), "{path}: {text}");
    }
    app.side.set_broken(false);
    assert_eq!(app.send(Method::GET, code, &[], "").await.headers["location"], "/", "the link still works");
}

#[tokio::test]
async fn a_link_is_one_session_however_many_open_it_at_once() {
    let app = TestApp::start().await;
    let link: seaworthy_contract::api::SignInLink =
        app.client(SUPERVISOR).post_json("/v1/sign-in-links", &()).await.expect("a link");
    let path = link.url.strip_prefix(&app.base).expect("ours");
    let looked = app.send(Method::HEAD, path, &[], "").await;
    assert!(looked.status.is_success() && !looked.headers.contains_key("set-cookie"), "looking does not use it up");
    // Not over sockets: both must have looked before either takes it.
    let access = Access::new(app.kernel.clone(), Vec::new());
    let code = path.rsplit('/').next().expect("a code");
    let (one, other) = tokio::join!(access.redeem(code), access.redeem(code));
    let sessions = [one, other].map(|made| made.expect("the store works"));
    assert_eq!(sessions.iter().flatten().count(), 1);
    assert!(!app.send(Method::GET, path, &[], "").await.headers.contains_key("set-cookie"), "and none later");
    for guess in ["/sign-in/", "/sign-in/%00", "/sign-in/0", "/sign-in/../sign-in/0"] {
        assert!(!app.send(Method::GET, guess, &[], "").await.headers.contains_key("set-cookie"), "{guess}");
    }
}
