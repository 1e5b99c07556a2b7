//! Rotas as a team works with them: overrides, swaps by two links, hours, times away, calendars, and messages that leave once.

use std::sync::{Arc, Mutex};

use http::Method;
use jiff::SignedDuration;
use seaworthy_contract::api::{Rota, RotaCalendar, RotaHours, RotaOffer, RotaOfferState, RotaOverride};
use seaworthy_contract::catalogue::{Contact, Entity, Person, PersonContact, PersonDetails, Sourced};
use seaworthy_core::view;
use seaworthy_store::Table;
use seaworthy_testkit::store::Disk;
use serde_json::json;

use super::app::{TestApp, document};
use super::joining::{asked, frozen, person, press};
use crate::access::link::{Purpose, sign};
use crate::task::notices;

#[tokio::test]
async fn hours_times_away_and_calendars_are_the_teams() {
    let app = TestApp::start().await;
    let admin = app.as_admin();
    let _: serde_json::Value = admin.post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let path = "/v1/oncall/hours?team=shop&from=2026-01-05&to=2026-01-12";
    let get = |token: String, path: &'static str| {
        let app = &app;
        async move {
            let bearer = format!("Bearer {token}");
            app.send(Method::GET, path, &[("authorization", bearer.as_str())], "").await
        }
    };
    let hours: RotaHours = app.client(&shop).get_json(path).await.expect("hours");
    let said: Vec<_> = hours.people.iter().map(|one| (one.person.as_str(), one.minutes, one.weekend_minutes)).collect();
    assert_eq!(said, [("ines", 7 * 24 * 60, 2 * 24 * 60)]);
    assert_eq!(get(bank.clone(), path).await.status.as_u16(), 403, "pay is for the team itself");
    assert_eq!(
        get(shop.clone(), "/v1/oncall/hours?team=shop&from=2026-01-05&to=2026-01-01").await.status.as_u16(),
        400
    );
    let day = |days: i64| app.kernel.now() + SignedDuration::from_hours(24 * days);
    let away = json!({ "person": "ines", "from": day(1), "until": day(3) });
    assert_eq!(app.post(&bank, "/v1/rotations/shop/away", &away).await.status.as_u16(), 403);
    assert_eq!(app.post(&shop, "/v1/rotations/shop/away", &away).await.status.as_u16(), 200);
    let reason = json!({ "person": "ines", "from": day(1), "until": day(3), "reason": "ill" });
    assert_eq!(app.post(&shop, "/v1/rotations/shop/away", &reason).await.status.as_u16(), 400, "there is no reason");
    let kinds = |rota: &Rota| rota.plan.findings.iter().map(|one| one.kind.clone()).collect::<Vec<_>>();
    let theirs: Rota = app.client(&shop).get_json("/v1/rotations/shop").await.expect("the rota");
    assert!(kinds(&theirs).contains(&"not-available".to_owned()), "{:?}", theirs.plan.findings);
    let others: Rota = app.client(&bank).get_json("/v1/rotations/shop").await.expect("the rota");
    assert!(!kinds(&others).contains(&"not-available".to_owned()), "only the team sees who is away");
    assert_eq!(app.post(&shop, "/v1/rotations/shop/away/end", &away).await.status.as_u16(), 200);
    let theirs: Rota = app.client(&shop).get_json("/v1/rotations/shop").await.expect("the rota");
    assert!(!kinds(&theirs).contains(&"not-available".to_owned()));
    assert_eq!(app.post(&bank, "/v1/calendars", &json!({ "team": "shop" })).await.status.as_u16(), 403);
    let made: RotaCalendar =
        app.client(&shop).post_json("/v1/calendars", &json!({ "team": "shop" })).await.expect("made");
    let url = made.url.expect("told once");
    let feed = url.strip_prefix(&app.base).expect("ours").to_owned();
    let calendar = app.send(Method::GET, &feed, &[], "").await;
    let text = String::from_utf8_lossy(&calendar.body).into_owned();
    assert_eq!(calendar.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("SUMMARY:ines on call for shop\r\n"), "{text}");
    let listed: Vec<RotaCalendar> = app.client(&shop).get_json("/v1/calendars").await.expect("a list");
    assert!(listed.len() == 1 && listed[0].url.is_none() && listed[0].id == made.id);
    let none: Vec<RotaCalendar> = app.client(&bank).get_json("/v1/calendars").await.expect("a list");
    assert!(none.is_empty());
    let revoke = format!("/v1/calendars/{}/revoke", made.id);
    assert_eq!(app.post(&bank, &revoke, &json!(null)).await.status.as_u16(), 404);
    assert_eq!(app.post(&shop, &revoke, &json!(null)).await.status.as_u16(), 200);
    assert_eq!(app.send(Method::GET, &feed, &[], "").await.status.as_u16(), 403, "its address shows nothing");
}

#[tokio::test]
async fn an_override_is_the_teams_and_a_swap_takes_two_links() {
    let app = TestApp::start().await;
    let admin = app.as_admin();
    let mut shop = document();
    shop.entities
        .push(Sourced { entity: Entity::Person(Person { name: person("omar") }), source: "a.yaml:1".to_owned() });
    for sourced in &mut shop.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity {
            rotation.participants.push(person("omar"));
        }
    }
    let _: serde_json::Value = admin.post_json("/v1/catalogue/apply", &shop).await.expect("applied");
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let rota: Rota = app.client(&shop).get_json("/v1/rotations/shop").await.expect("the rota");
    let turn = rota.plan.shifts.iter().find(|one| one.start > app.kernel.now()).expect("a turn ahead");
    let (from, until) = (turn.start, turn.start + SignedDuration::from_hours(24));
    let other = if turn.person.as_str() == "ines" { "omar" } else { "ines" };
    let change =
        json!({ "change": { "replace": { "who": turn.person, "with": other } }, "from": from, "until": until });
    assert_eq!(app.post(&bank, "/v1/rotations/shop/overrides", &change).await.status.as_u16(), 403);
    let set: RotaOverride = app.client(&shop).post_json("/v1/rotations/shop/overrides", &change).await.expect("set");
    let again: RotaOverride = app.client(&shop).post_json("/v1/rotations/shop/overrides", &change).await.expect("set");
    assert_eq!(set, again, "twice is once");
    let clear = format!("/v1/rotations/shop/overrides/{}/clear", set.id);
    assert_eq!(app.post(&bank, &clear, &json!(null)).await.status.as_u16(), 403);
    assert_eq!(app.post(&shop, &clear, &json!(null)).await.status.as_u16(), 200);
    assert_eq!(app.post(&shop, &clear, &json!(null)).await.status.as_u16(), 404, "it is no longer there");
    let asked = json!({ "by": turn.person, "gives": { "from": from, "until": until } });
    assert_eq!(app.post(&bank, "/v1/rotations/shop/offers", &asked).await.status.as_u16(), 403);
    let offer: RotaOffer = app.client(&shop).post_json("/v1/rotations/shop/offers", &asked).await.expect("offered");
    let thing = offer.id.to_string();
    for (name, state) in [(turn.person.as_str(), RotaOfferState::Open), (other, RotaOfferState::Agreed)] {
        let link = sign(&app.kernel, &app.base, Purpose::Swap, (&thing, &person(name))).await.expect("signed");
        let path = link.strip_prefix(&app.base).expect("ours").to_owned();
        assert_eq!(press(&app, &path, "no").await, 400, "there is no other answer");
        let page = app.send(Method::GET, &path, &[], "").await;
        assert!(String::from_utf8_lossy(&page.body).contains("I agree"));
        assert_eq!(press(&app, &path, "yes").await, 303);
        let shown = app.kernel.look(|look| view::rota_offer(look, offer.id)).expect("known");
        assert_eq!(shown.state, state);
    }
    let rota: Rota = app.client(&shop).get_json("/v1/rotations/shop").await.expect("the rota");
    assert!(rota.plan.shifts.iter().any(|one| one.start == from && one.person.as_str() == other), "{:?}", rota.plan);
    let who = format!("person/{other}");
    let rows: serde_json::Value = admin.get_json("/v1/ledger?limit=3").await.expect("rows");
    assert!(rows.to_string().contains(&who), "and by whom is on record: {rows}");
}

#[tokio::test]
async fn invitations_swaps_and_shadows_leave_by_contacts_and_once() {
    let disk = Disk::new(frozen());
    let _tokens = asked(&disk).await;
    let app = TestApp::at(disk, frozen()).await;
    let heard = Arc::new(Mutex::new(Vec::<serde_json::Value>::new()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("bound"));
    let of = heard.clone();
    let hear = move |body: axum::Json<serde_json::Value>| async move { of.lock().expect("nobody panics").push(body.0) };
    let hearing = tokio::spawn(async move {
        let router = axum::Router::new().route("/", axum::routing::post(hear));
        axum::serve(listener, router).await.expect("served");
    });
    let directory = ["ines", "omar"].map(|name| {
        let contact = PersonContact::from(Contact::Webhook { url: url.clone(), secret: None });
        (person(name), PersonDetails { name: person(name), display_name: None, contacts: vec![contact] })
    });
    app.kernel.set_directory(directory.into());
    let invited: Arc<tokio::sync::Notify> = Arc::default();
    let run = |app: &TestApp| {
        let (kernel, base) = (app.kernel.clone(), app.base.as_str().into());
        tokio::spawn(notices::run(kernel, base, super::outbox::channels(), invited.clone()))
    };
    let noticing = run(&app);
    let two = || heard.lock().expect("nobody panics").len() >= 2;
    let sent = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        while !two() {
            tokio::task::yield_now().await;
        }
    });
    sent.await.expect("both were asked");
    let mut noted = app.kernel.side.list(Table::Rota).await.expect("listed").len();
    while noted < 2 {
        tokio::task::yield_now().await;
        noted = app.kernel.side.list(Table::Rota).await.expect("listed").len();
    }
    noticing.abort();
    let again = run(&app);
    for _ in 0..200 {
        invited.notify_one();
        tokio::task::yield_now().await;
    }
    again.abort();
    hearing.abort();
    let heard = heard.lock().expect("nobody panics").clone();
    assert_eq!(heard.len(), 2, "once each, also over a restart: {heard:?}");
    for note in heard {
        assert_eq!(note["kind"], "ask");
        let answer = note["answer"].as_str().expect("a link").strip_prefix(&app.base).expect("ours").to_owned();
        let page = app.send(Method::GET, &answer, &[], "").await;
        assert!(String::from_utf8_lossy(&page.body).contains("Would you be on call for nights?"));
        assert!(note["link"].as_str().is_some_and(|link| link.contains("/leave/nights/")), "and how to leave later");
    }
}
