//! People who signed in as themselves: what they may do, under which name it is on record, and how they leave.

use http::Method;
use jiff::SignedDuration;
use seaworthy_client::Response;
use seaworthy_contract::api::{Page, Rota, RotaInvitation, RotaOffer, RotaOfferState, SignInLink};
use seaworthy_contract::catalogue::{Document, Entity, Person, Sourced, Team};
use seaworthy_contract::gateway::ReportAck;
use seaworthy_core::view;
use serde_json::json;

use super::app::{GATEWAY, SUPERVISOR, TestApp, document};
use super::joining::{asking, person};
use super::loop_story::{config, report};
use super::portal::{Reader, header, text};

impl Reader<'_> {
    /// Posts JSON as a page's script could.
    async fn post(&self, path: &str, body: &serde_json::Value) -> Response {
        let headers =
            [("cookie", self.cookie.as_str()), ("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
        self.app.send(Method::POST, path, &headers, &body.to_string()).await
    }
}

async fn apply(app: &TestApp, document: &Document) {
    let _: serde_json::Value = app.as_admin().post_json("/v1/catalogue/apply", document).await.expect("applied");
}

/// The catalogue with omar, who is in these teams beside what is there.
fn with_omar(teams: &[&str]) -> Document {
    let mut document = document();
    let omar = Entity::Person(Person { name: person("omar") });
    document.entities.push(Sourced { entity: omar, source: "omar.yaml:1".to_owned() });
    for sourced in &mut document.entities {
        match &mut sourced.entity {
            Entity::Team(Team { name, members, .. }) if teams.contains(&name.as_str()) => members.push(person("omar")),
            Entity::Rotation(rotation) => rotation.participants.push(person("omar")),
            _ => {}
        }
    }
    document
}

#[tokio::test]
async fn a_person_changes_what_their_team_owns_under_their_handle_for_as_long_as_they_are_in_it() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    apply(&app, &with_omar(&["bank"])).await;
    let omar = Reader::sign_in_as(&app, "omar").await;
    let ship = |service: &str| format!("/v1/services/{service}/rollouts");
    assert_eq!(omar.post(&ship("ledger"), &json!({ "version": "v1" })).await.status.as_u16(), 201);
    let rows: serde_json::Value = app.as_admin().get_json("/v1/ledger?limit=3").await.expect("rows");
    assert!(rows.to_string().contains("person/omar"), "{rows}");
    let refused = omar.post(&ship("checkout"), &json!({ "version": "v2" })).await;
    assert_eq!(refused.status.as_u16(), 403);
    let said = text(&refused);
    assert!(
        said.contains("checkout belongs to team shop") && said.contains("you are omar; who may: ines, of"),
        "{said}"
    );
    for path in ["/v1/status", "/v1/services/checkout", "/v1/ledger", "/services/checkout", "/me"] {
        assert_eq!(omar.get(path).await.status.as_u16(), 200, "anybody signed in reads {path}");
    }
    for (path, body) in [("/v1/catalogue/apply", json!(document())), ("/v1/tokens", json!({})), ("/v1/kpi", json!({}))]
    {
        assert_eq!(omar.post(path, &body).await.status.as_u16(), 403, "{path} is for admins and machines");
    }
    apply(&app, &with_omar(&[])).await;
    let left = omar.post(&ship("ledger"), &json!({ "version": "v2" })).await;
    assert_eq!(left.status.as_u16(), 403, "the catalogue of this moment decides, not that of signing in");
    assert!(text(&omar.get("/me").await).contains("You read everything that is not private, and change nothing."));
}

#[tokio::test]
async fn whoever_was_called_takes_the_page_without_a_link() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    apply(&app, &with_omar(&[])).await;
    let request = json!({ "version": "v2" });
    let _: serde_json::Value =
        app.as_admin().post_json("/v1/services/checkout/rollouts", &request).await.expect("shipped");
    app.observe("v2").await;
    let bad = report(&config(&app).await, 1);
    let _: ReportAck = app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &bad).await.expect("acknowledged");
    let pages: Vec<Page> = app.as_admin().get_json("/v1/pages").await.expect("pages");
    let page = &pages[0];
    let called = page.to.as_ref().expect("somebody").to_string();
    let other = if called == "ines" { "omar" } else { "ines" };
    let them = Reader::sign_in_as(&app, &called).await;
    assert!(text(&them.get("/me").await).contains(&format!("/pages/{}", page.id)), "it waits for them");
    let not_them = text(&Reader::sign_in_as(&app, other).await.get("/me").await);
    assert!(!not_them.contains(&format!("/pages/{}", page.id)), "and for nobody else");
    // Whoever is called need not be in the owning team: take both away, and the page is still theirs.
    let mut document = with_omar(&[]);
    for sourced in &mut document.entities {
        if let Entity::Team(team) = &mut sourced.entity {
            team.members.clear();
        }
    }
    apply(&app, &document).await;
    let stranger = Reader::sign_in_as(&app, other).await;
    let path = format!("/pages/{}/acknowledge", page.id);
    let form = |csrf: &str| format!("csrf={csrf}");
    stranger.press(&path, &form(&stranger.csrf().await)).await;
    let find = || app.kernel.look(|look| view::page(look, page.id)).expect("known");
    assert_eq!(find().acknowledged_by, None, "nobody else takes it");
    them.press(&path, &form(&them.csrf().await)).await;
    assert_eq!(find().acknowledged_by.as_deref(), Some(format!("person/{called}").as_str()));
}

#[tokio::test]
async fn a_swap_is_agreed_by_whom_it_asks() {
    let app = TestApp::start().await;
    apply(&app, &with_omar(&["shop"])).await;
    let (ines, omar) = (Reader::sign_in_as(&app, "ines").await, Reader::sign_in_as(&app, "omar").await);
    let rota: Rota = app.as_admin().get_json("/v1/rotations/shop").await.expect("the rota");
    let now = app.kernel.now();
    let turn = rota.plan.shifts.iter().find(|one| one.start > now && one.person.as_str() == "ines").expect("a turn");
    let gives = json!({ "from": turn.start, "until": turn.start + SignedDuration::from_hours(24) });
    let asked = json!({ "by": "ines", "gives": gives, "to": "omar" });
    let offer = ines.post("/v1/rotations/shop/offers", &asked).await;
    let offer: RotaOffer = serde_json::from_slice(&offer.body).expect("offered");
    let agree = format!("/v1/rotations/shop/offers/{}/agree", offer.id);
    assert_eq!(app.post(&app.admin, &agree, &json!(null)).await.status.as_u16(), 403, "a credential is nobody");
    assert_eq!(ines.post(&agree, &json!(null)).await.status.as_u16(), 200);
    assert_eq!(ines.post(&agree, &json!(null)).await.status.as_u16(), 200, "twice is once");
    let mine = format!("/me/swaps/{}", offer.id);
    assert!(text(&omar.get("/me").await).contains(&mine) && !text(&ines.get("/me").await).contains(&mine));
    assert!(text(&omar.get(&mine).await).contains("I agree"));
    assert_eq!(omar.press(&mine, "csrf=wrong&answer=yes").await.status.as_u16(), 403);
    let csrf = omar.csrf().await;
    assert_eq!(omar.press(&mine, &format!("csrf={csrf}&answer=no")).await.status.as_u16(), 400);
    assert_eq!(omar.press(&mine, &format!("csrf={csrf}&answer=yes")).await.status.as_u16(), 303);
    let state = app.kernel.look(|look| view::rota_offer(look, offer.id)).expect("known").state;
    assert_eq!(state, RotaOfferState::Agreed);
    let shifts = text(&omar.get("/me").await);
    assert!(!shifts.contains(&mine), "it waits no more");
}

#[tokio::test]
async fn who_is_asked_to_join_a_rota_is_on_their_own_page_alone() {
    let app = TestApp::start().await;
    apply(&app, &asking()).await;
    let _: Vec<RotaInvitation> = app
        .as_admin()
        .post_json("/v1/rotations/nights/invitations", &json!({ "person": "omar" }))
        .await
        .expect("asked");
    let (ines, omar) = (Reader::sign_in_as(&app, "ines").await, Reader::sign_in_as(&app, "omar").await);
    let link = "/me/rotations/nights";
    assert!(text(&omar.get("/me").await).contains(link) && !text(&ines.get("/me").await).contains(link));
    let before = text(&app.send(Method::GET, "/metrics", &[("cookie", &omar.cookie)], "").await);
    let page = omar.get(link).await;
    assert!(text(&page).contains("Would you be on call for nights?") && header(&page, "x-request-id") == "private");
    let counted = |text: &str| text.lines().filter(|line| line.contains("rotations")).count();
    let after = text(&app.send(Method::GET, "/metrics", &[("cookie", &omar.cookie)], "").await);
    assert_eq!(counted(&before), counted(&after), "that somebody read it is counted nowhere");
    let csrf = omar.csrf().await;
    for (answer, want) in [("no", 400), ("ready", 400), ("yes", 303), ("ready", 303)] {
        let got = omar.press(link, &format!("csrf={csrf}&answer={answer}")).await.status.as_u16();
        assert_eq!(got, want, "{answer}");
    }
    assert!(text(&omar.get("/me").await).contains("You joined"), "and may leave");
    assert_eq!(omar.press(link, &format!("csrf={csrf}&answer=leave")).await.status.as_u16(), 303);
    assert!(!text(&omar.get("/me").await).contains("You joined"));
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session_and_link_of_one_person() {
    let app = TestApp::start().await;
    apply(&app, &with_omar(&["shop"])).await;
    let (here, there) = (Reader::sign_in_as(&app, "ines").await, Reader::sign_in_as(&app, "ines").await);
    let (omar, admin) = (Reader::sign_in_as(&app, "omar").await, Reader::sign_in(&app).await);
    let asked = json!({ "person": "ines" });
    let link: SignInLink = app.client(SUPERVISOR).post_json("/v1/sign-in-links", &asked).await.expect("a link");
    assert_eq!(here.press("/me/sign-out", "csrf=wrong").await.status.as_u16(), 403);
    assert_eq!(there.get("/v1/status").await.status.as_u16(), 200);
    let csrf = here.csrf().await;
    let out = here.press("/me/sign-out", &format!("csrf={csrf}")).await;
    assert_eq!(header(&out, "location"), "/sign-in");
    for ended in [&here, &there] {
        assert_eq!(header(&ended.get("/").await, "location"), "/sign-in");
    }
    let path = link.url.strip_prefix(&app.base).expect("ours");
    assert_eq!(header(&app.send(Method::GET, path, &[], "").await, "location"), "/sign-in?refused=1");
    for others in [&omar, &admin] {
        assert_eq!(others.get("/").await.status.as_u16(), 200);
    }
}

#[tokio::test]
async fn a_session_of_a_credential_is_nobody() {
    let app = TestApp::start().await;
    apply(&app, &document()).await;
    let admin = Reader::sign_in(&app).await;
    let me = text(&admin.get("/me").await);
    assert!(me.contains("nobody in particular") && !me.contains("Sign out everywhere"), "{me}");
    let csrf = admin.csrf().await;
    for path in ["/me/sign-out", "/me/rotations/shop", "/me/swaps/x"] {
        assert_eq!(admin.press(path, &format!("csrf={csrf}&answer=yes")).await.status.as_u16(), 403, "{path}");
    }
    for (asked, want) in [
        (json!({ "person": "nobody-knows" }), 409),
        (json!({ "person": "Not A Handle" }), 400),
        (json!({ "persom": "ines" }), 400),
        (json!({ "person": "ines" }), 409),
        (json!({}), 200),
    ] {
        assert_eq!(app.post(SUPERVISOR, "/v1/sign-in-links", &asked).await.status.as_u16(), want, "{asked}");
    }
}
