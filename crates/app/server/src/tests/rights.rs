//! Who may call what: the table of routes, walked.

use http::Method;
use seaworthy_contract::events::server::ScopeV4;

use super::app::{GATEWAY, SUPERVISOR, TestApp, document};
use super::portal::Reader;
use crate::access::{Who, issue};
use crate::http::routes;

/// A path with something in every placeholder.
fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect::<Vec<_>>().join("/")
}

async fn status(app: &TestApp, method: &Method, path: &str, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    let headers = if token.is_empty() { vec![] } else { vec![("authorization", bearer.as_str())] };
    app.send(method.clone(), path, &headers, "").await.status.as_u16()
}

#[tokio::test]
async fn every_route_refuses_who_has_no_business_there() {
    let app = TestApp::start().await;
    let (intake, prober) = (app.token(ScopeV4::Intake).await, app.token(ScopeV4::Prober).await);
    let _: serde_json::Value = app.as_admin().post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    let person = Reader::sign_in_as(&app, "ines").await;
    for route in routes() {
        let path = filled(route.path);
        let what = format!("{} {}", route.method, route.path);
        if route.who == Who::Anyone {
            let known = ["/healthz", "/readyz", "/sign-in", "/static"].iter().any(|p| route.path.starts_with(p));
            assert!(known, "{what} is anonymous, and only health, sign-in and static files may be");
            continue;
        }
        if route.who == Who::InBody {
            continue; // Its body says who asks: the tests of intake refuse strangers.
        }
        if route.who == Who::InLink {
            assert_eq!(status(&app, &route.method, &path, &app.admin).await, 403, "{what} is for a signed link alone");
            continue;
        }
        assert_eq!(status(&app, &route.method, &path, "").await, 401, "{what} without a credential");
        assert_eq!(status(&app, &route.method, &path, "sw_nobody_knows").await, 401, "{what} with an unknown one");
        let strangers: &[&str] = match route.who {
            Who::Anyone => &[],
            Who::SignedIn => &[GATEWAY, SUPERVISOR],
            Who::Reader | Who::Operator => &[GATEWAY],
            Who::Gateway => &[SUPERVISOR, &app.admin],
            Who::Supervisor => &[GATEWAY, &app.admin],
            Who::Intake | Who::Counts => &[GATEWAY, SUPERVISOR, &prober],
            Who::Prober => &[GATEWAY, SUPERVISOR, &intake],
            Who::Observer => &[GATEWAY, SUPERVISOR, &intake, &prober],
            Who::InBody | Who::InLink => &[],
        };
        for token in strangers {
            assert_eq!(status(&app, &route.method, &path, token).await, 403, "{what} with {token:.12}");
        }
        if !matches!(route.who, Who::SignedIn | Who::Reader) {
            let headers = [("cookie", person.cookie.as_str()), ("sec-fetch-site", "same-origin")];
            let answer = app.send(route.method.clone(), &path, &headers, "").await;
            assert_eq!(answer.status.as_u16(), 403, "{what} by a person who is no admin");
        }
    }
}

#[tokio::test]
async fn a_team_changes_what_it_owns_and_nothing_else() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let team = ScopeV4::Team { team: "bank".parse().expect("a name") };
    let bank = issue(&app.kernel, team, "bank's CI", None).await.expect("issued");
    let read = issue(&app.kernel, ScopeV4::Read, "a visitor", None).await.expect("issued");
    let ship = |token: String, service: &'static str| {
        let app = &app;
        async move {
            let bearer = format!("Bearer {token}");
            let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
            let path = format!("/v1/services/{service}/rollouts");
            app.send(Method::POST, &path, &headers, r#"{"version":"v9"}"#).await.status.as_u16()
        }
    };
    assert_eq!(ship(bank.clone(), "checkout").await, 403, "checkout belongs to shop");
    assert_eq!(ship(read.clone(), "ledger").await, 403);
    assert_eq!(ship(bank.clone(), "ledger").await, 201);
    assert_eq!(ship(bank.clone(), "nothing").await, 404);
    for path in ["/v1/status", "/v1/services/checkout", "/v1/ledger"] {
        assert_eq!(status(&app, &Method::GET, path, &read).await, 200, "anybody signed in reads {path}");
    }
    assert_eq!(status(&app, &Method::POST, "/v1/catalogue/apply", &bank).await, 403);
}

#[tokio::test]
async fn an_expired_token_is_no_token() {
    let app = TestApp::start().await;
    let over = Some(app.kernel.now() - std::time::Duration::from_secs(1));
    let token = issue(&app.kernel, ScopeV4::Admin, "old", over).await.expect("issued");
    assert_eq!(status(&app, &Method::GET, "/v1/status", &token).await, 401);
}

#[tokio::test]
async fn a_link_signs_in_once_and_the_session_outlives_the_server() {
    let app = TestApp::start().await;
    let link: seaworthy_contract::api::SignInLink =
        app.client(SUPERVISOR).post_json("/v1/sign-in-links", &()).await.expect("a link");
    let path = link.url.strip_prefix(&app.base).expect("ours").to_owned();
    let first = app.send(Method::GET, &path, &[], "").await;
    let cookie = first.headers["set-cookie"].to_str().expect("text").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let session = cookie.split(';').next().expect("a pair").to_owned();
    let again = app.send(Method::GET, &path, &[], "").await;
    assert!(!again.headers.contains_key("set-cookie"), "a link works once");
    let (disk, _) = app.kill();
    let app = TestApp::on(disk).await;
    let look = app.send(Method::GET, "/v1/status", &[("cookie", &session)], "").await;
    assert_eq!(look.status.as_u16(), 200);
    let forged = [("cookie", session.as_str()), ("origin", "http://evil.test")];
    let act = app.send(Method::POST, "/v1/services/x/revert", &forged, "").await;
    assert_eq!(act.status.as_u16(), 403, "another site's form cannot act");
    let host = app.base.strip_prefix("http://").expect("http").to_owned();
    let origin = format!("http://{host}");
    let own = [("cookie", session.as_str()), ("origin", origin.as_str()), ("host", host.as_str())];
    let act = app.send(Method::POST, "/v1/services/x/revert", &own, "").await;
    assert_eq!(act.status.as_u16(), 404, "our own form may act, and there is no such service");
}

#[tokio::test]
async fn no_secret_reaches_the_ledger() {
    let app = TestApp::start().await;
    let ledger: serde_json::Value = app.as_admin().get_json("/v1/ledger").await.expect("rows");
    let (_, secret) = app.admin.rsplit_once('_').expect("a token");
    let text = ledger.to_string();
    assert!(text.contains("token.issued") && !text.contains(secret));
    assert!(!text.contains(&crate::access::Digest::of(secret).hex()), "not even its digest");
}
