//! The portal as a browser without script meets it: sign in, read, press, be told.

use http::Method;
use seaworthy_client::Response;
use seaworthy_contract::api::{Page, Rollout, RolloutState, SignInLink};
use seaworthy_contract::gateway::ReportAck;

use super::app::{GATEWAY, SUPERVISOR, TestApp};
use super::loop_story::{config, report};

/// A browser that signed in.
pub(super) struct Reader<'a> {
    pub(super) app: &'a TestApp,
    pub(super) cookie: String,
}

impl<'a> Reader<'a> {
    pub(super) async fn sign_in(app: &'a TestApp) -> Self {
        Self::by(app, &serde_json::json!({})).await
    }

    /// Signs somebody in as themselves.
    pub(super) async fn sign_in_as(app: &'a TestApp, person: &str) -> Self {
        let asked = serde_json::json!({ "person": person });
        let _: serde_json::Value = app.client(SUPERVISOR).post_json("/v1/accounts", &asked).await.expect("opened");
        Self::by(app, &asked).await
    }

    async fn by(app: &'a TestApp, asked: &serde_json::Value) -> Self {
        let link: SignInLink = app.client(SUPERVISOR).post_json("/v1/sign-in-links", asked).await.expect("a link");
        let path = link.url.strip_prefix(&app.base).expect("of this server");
        let response = app.send(Method::GET, path, &[("accept", "text/html")], "").await;
        assert_eq!(
            (response.status.as_u16(), header(&response, "location")),
            (303, if asked["person"].is_null() { "/" } else { "/me/password" }.to_owned())
        );
        let cookie = header(&response, "set-cookie");
        Self { app, cookie: cookie.split(';').next().expect("a pair").to_owned() }
    }

    pub(super) async fn get(&self, path: &str) -> Response {
        self.app.send(Method::GET, path, &[("accept", "text/html"), ("cookie", &self.cookie)], "").await
    }

    pub(super) async fn press(&self, path: &str, body: &str) -> Response {
        let headers = [
            ("accept", "text/html"),
            ("cookie", self.cookie.as_str()),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.app.send(Method::POST, path, &headers, body).await
    }

    pub(super) async fn csrf(&self) -> String {
        let home = text(&self.get("/").await);
        let (_, rest) = home.split_once("name=\"csrf\" value=\"").expect("a form");
        rest.split('"').next().expect("a token").to_owned()
    }
}

pub(super) fn text(response: &Response) -> String {
    String::from_utf8(response.body.to_vec()).expect("UTF-8")
}

pub(super) fn header(response: &Response, name: &str) -> String {
    response.headers.get(name).map(|value| value.to_str().expect("text").to_owned()).unwrap_or_default()
}

/// A running rollout of checkout v2.
async fn stepping(app: &TestApp) -> Rollout {
    app.ship("v1").await;
    let request = serde_json::json!({ "version": "v2" });
    let _: serde_json::Value =
        app.as_admin().post_json("/v1/services/checkout/rollouts", &request).await.expect("shipped");
    app.observe("v2").await;
    let rollouts: Vec<Rollout> = app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    assert_eq!(rollouts[0].state, RolloutState::Stepping);
    rollouts[0].clone()
}

#[tokio::test]
async fn a_stranger_is_shown_the_way_in_and_nothing_else() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let page = app.send(Method::GET, "/services/checkout", &[("accept", "text/html")], "").await;
    assert_eq!((page.status.as_u16(), header(&page, "location")), (303, "/sign-in".to_owned()));
    let sign_in = app.send(Method::GET, "/sign-in", &[("accept", "text/html")], "").await;
    assert_eq!(sign_in.status.as_u16(), 200);
    assert!(text(&sign_in).contains("seaworthy sign-in") && !text(&sign_in).contains("checkout"));
    let part = app.send(Method::GET, "/sign-in", &[("accept", "text/html"), ("hx-request", "true")], "").await;
    assert_eq!(header(&part, "hx-redirect"), "/sign-in", "an open page whose session ended goes there as a whole");
    for (pasted, to) in [
        ("http%3A%2F%2F127.0.0.1%3A7070%2Fsign-in%2Fabc123", "/sign-in/abc123"),
        ("abc123%2F", "/sign-in/abc123"),
        ("", "/sign-in?refused=1"),
        (&"a".repeat(128), &format!("/sign-in/{}", "a".repeat(128))),
        (&"a".repeat(129), "/sign-in?refused=1"),
        (&"a".repeat(100_000), "/sign-in?refused=1"),
        ("%2F%2Fevil.example%2F..%3F", "/sign-in?refused=1"),
    ] {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = app.send(Method::POST, "/sign-in", &headers, &format!("code={pasted}")).await;
        assert_eq!((answer.status.as_u16(), header(&answer, "location").as_str()), (303, to), "{pasted}");
    }
    let longest = format!("/sign-in/{}", "a".repeat(60_000));
    assert_eq!(header(&app.send(Method::GET, &longest, &[], "").await, "location"), "/sign-in?refused=1");
    let used = app.send(Method::GET, "/sign-in/abc123", &[], "").await;
    assert_eq!(header(&used, "location"), "/sign-in?refused=1", "a link that is no good says so");
}

#[tokio::test]
async fn every_page_answers_a_reader() {
    let app = TestApp::start().await;
    let rollout = stepping(&app).await;
    let reader = Reader::sign_in(&app).await;
    let shown = format!("/rollouts/{}", rollout.id);
    for path in [
        "/",
        "/services",
        "/services/checkout",
        "/services/checkout/ready",
        "/services/ledger",
        "/rollouts",
        &shown,
        "/pages",
        "/ledger",
        "/ledger?from=2",
        "/ledger?check=chain",
        "/who",
        "/who?q=checkout.test",
        "/who?q=%3Cb%3E",
    ] {
        let page = reader.get(path).await;
        assert_eq!(page.status.as_u16(), 200, "{path}");
        assert!(text(&page).contains("<h1>") && text(&page).ends_with("</html>"), "{path} is whole");
        assert_eq!(header(&page, "cache-control"), "no-store", "{path}");
        assert!(header(&page, "content-security-policy").starts_with("default-src 'self';"), "{path}");
    }
    let part = [("accept", "text/html"), ("cookie", reader.cookie.as_str()), ("hx-request", "true")];
    let part = text(&app.send(Method::GET, &shown, &part, "").await);
    assert!(part.starts_with("<main ") && part.contains("checkout v2"), "what changes of an open page");
}

#[tokio::test]
async fn a_page_says_the_whole_command_for_when_the_portal_does_not_answer() {
    let app = TestApp::start().await;
    stepping(&app).await;
    let bad = report(&config(&app).await, 1);
    let _: ReportAck = app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &bad).await.expect("acknowledged");
    let pages: Vec<Page> = app.as_admin().get_json("/v1/pages").await.expect("pages");
    let reader = Reader::sign_in(&app).await;
    let page = text(&reader.get(&format!("/pages/{}", pages[0].id)).await);
    let command = "<code>seaworthy gateway revert checkout --data /srv/shop/.seaworthy</code>";
    assert!(page.contains(command), "{page}");
}

#[tokio::test]
async fn an_error_is_a_page_for_a_browser_and_json_for_a_program() {
    let app = TestApp::start().await;
    let reader = Reader::sign_in(&app).await;
    for path in
        ["/services/chekout", "/services/%3Cscript%3E", "/rollouts/1", "/pages/x", "/nowhere", "/v1/services/no"]
    {
        let page = reader.get(path).await;
        assert_eq!(page.status.as_u16(), 404, "{path}");
        assert!(text(&page).contains("<h1>") && text(&page).contains("id=\"nav\""), "{path} keeps the layout");
        assert!(!text(&page).contains("<script>"), "{path}");
    }
    let bearer = format!("Bearer {}", app.admin);
    let json = app.send(Method::GET, "/services/chekout", &[("authorization", &bearer)], "").await;
    assert_eq!((json.status.as_u16(), header(&json, "content-type").as_str()), (404, "application/json"));
}

#[tokio::test]
async fn a_press_reverts_and_the_page_says_so_once() {
    let app = TestApp::start().await;
    let rollout = stepping(&app).await;
    let reader = Reader::sign_in(&app).await;
    let csrf = reader.csrf().await;
    let path = format!("/rollouts/{}", rollout.id);
    assert!(text(&reader.get(&path).await).contains(&format!("action=\"{path}/revert\"")), "the form is there");

    let done = reader.press(&format!("{path}/revert"), &format!("csrf={csrf}&reason=too+slow")).await;
    assert_eq!((done.status.as_u16(), header(&done, "location")), (303, path.clone()));
    let flash = header(&done, "set-cookie");
    let cookies = format!("{}; {}", reader.cookie, flash.split(';').next().expect("a pair"));
    let headers = [("accept", "text/html"), ("cookie", cookies.as_str())];
    let page = app.send(Method::GET, &path, &headers, "").await;
    assert!(text(&page).contains("class=\"flash flash-ok\""), "it says what came of it");
    assert!(text(&page).contains("too slow"), "with the reason given");
    assert!(header(&page, "set-cookie").starts_with("sw_flash=;"), "and once");

    let again = reader.press(&format!("{path}/revert"), &format!("csrf={csrf}")).await;
    assert_eq!((again.status.as_u16(), header(&again, "location")), (303, path.clone()), "a refusal leads back too");
    let cookies = header(&again, "set-cookie").split(';').next().expect("a pair").to_owned();
    let cookies = format!("{}; {cookies}", reader.cookie);
    let headers = [("accept", "text/html"), ("cookie", cookies.as_str())];
    let refused = text(&app.send(Method::GET, &path, &headers, "").await);
    assert!(refused.contains("class=\"flash flash-bad\"") && refused.contains("Not done:"), "in words, not JSON");
}

#[tokio::test]
async fn a_form_without_its_token_or_from_another_site_does_nothing() {
    let app = TestApp::start().await;
    let rollout = stepping(&app).await;
    let reader = Reader::sign_in(&app).await;
    let csrf = reader.csrf().await;
    let path = format!("/rollouts/{}/revert", rollout.id);
    for body in ["", "csrf=", "csrf=0000", "reason=x"] {
        let answer = reader.press(&path, body).await;
        assert_eq!(answer.status.as_u16(), 303, "{body}");
    }
    let cross = [
        ("cookie", reader.cookie.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "cross-site"),
    ];
    let answer = app.send(Method::POST, &path, &cross, &format!("csrf={csrf}")).await;
    assert_eq!(answer.status.as_u16(), 403);
    let bearer = format!("Bearer {}", app.admin);
    let program = [("authorization", bearer.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    app.send(Method::POST, &path, &program, "csrf=").await;
    let after: Vec<Rollout> = app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    assert_eq!(after[0].state, RolloutState::Stepping, "nothing was reverted");
    let odd = reader.press("/rollouts/..%2F..%2Fevil/revert", &format!("csrf={csrf}")).await;
    assert_eq!(header(&odd, "location"), "/rollouts", "what is no id does not come back as a path");
}

#[tokio::test]
async fn static_files_are_kept_for_ever_and_only_under_their_hash() {
    let app = TestApp::start().await;
    for asset in seaworthy_portal::assets() {
        let file = app.send(Method::GET, &asset.path(), &[], "").await;
        assert_eq!(file.status.as_u16(), 200, "{}", asset.name);
        assert_eq!(header(&file, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(file.body.len(), asset.bytes.len());
    }
    for path in ["/static/0/seaworthy.css", "/static/x/..%2F..%2Fsrc", "/static/x"] {
        assert_eq!(app.send(Method::GET, path, &[], "").await.status.as_u16(), 404, "{path}");
    }
}
