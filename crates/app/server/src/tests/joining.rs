//! Joining a rota. The heart of it: a person who was asked and does not want to, and one who never answered, are the same to
//! everybody: every route, page, metric and log line is walked in two worlds that differ in nothing else.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use http::Method;
use jiff::SignedDuration;
use seaworthy_contract::api::{Rota, RotaInvitation, RotaNow, RotaStart, RotaState};
use seaworthy_contract::catalogue::{
    Contact, Document, Entity, Joining, Layered, Person, PersonContact, PersonDetails, Rotation, Sourced,
};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_model::{PersonId, Timestamp};
use seaworthy_store::{Clock, Table};
use seaworthy_testkit::store::Disk;
use serde_json::json;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

use super::app::{GATEWAY, SUPERVISOR, TestApp, document};
use crate::access::issue;
use crate::access::link::{Purpose, sign};
use crate::http::routes;

/// The time of both worlds.
const NOW: &str = "2026-03-02T12:00:00Z";

pub(super) fn person(name: &str) -> PersonId {
    name.parse().expect("a name")
}

fn at_second(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

pub(super) fn frozen() -> Clock {
    let now: Timestamp = NOW.parse().expect("an instant");
    Arc::new(move || now)
}

/// The shop's rota, which ines and omar are asked to join.
pub(super) fn asking() -> Document {
    let mut document = document();
    let rotation = Rotation {
        name: "nights".parse().expect("a name"),
        team: "shop".parse().expect("a name"),
        participants: vec![person("ines"), person("omar")],
        start: "2026-01-05T09:00:00Z".parse().expect("an instant"),
        zone: "Europe/London".to_owned(),
        days: 7,
        layered: Layered {
            joining: Some(Joining {
                terms: "300 a week.\nNobody is alone.".to_owned(),
                shadow_shifts: 0,
                drills: 0,
                readiness: vec![],
            }),
            ..Layered::default()
        },
    };
    let sourced = |entity| Sourced { entity, source: "nights.yaml:1".to_owned() };
    document.entities.push(sourced(Entity::Rotation(rotation)));
    document.entities.push(sourced(Entity::Person(Person { name: person("omar") })));
    let contact = Contact::Webhook { url: "http://127.0.0.1:1/".to_owned(), secret: None };
    let reachable = |name: &str| PersonDetails {
        name: person(name),
        display_name: None,
        contacts: vec![PersonContact::from(contact.clone())],
    };
    document.people = vec![reachable("ines"), reachable("omar")];
    document
}

async fn path_of(app: &TestApp, purpose: Purpose, name: &str) -> String {
    let link = sign(&app.kernel, &app.base, purpose, ("nights", &person(name))).await.expect("signed");
    link.strip_prefix(&app.base).expect("ours").to_owned()
}

pub(super) async fn press(app: &TestApp, path: &str, answer: &str) -> u16 {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    app.send(Method::POST, path, &form, &format!("answer={answer}")).await.status.as_u16()
}

/// What was written to the log.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything that anybody can see of a world: every readable route by every kind of reader, the ledger's rows, the whole
/// side store, and the log.
async fn seen(app: &TestApp, tokens: &[(&str, String)]) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for (reader, token) in tokens {
        for route in routes().iter().filter(|route| route.method == Method::GET) {
            // Streams have no end; what they carry is the position, which the ledger shows.
            if ["/v1/events", "/v1/gateways", "/v1/agents", "/v1/probers/{place}/probes"]
                .iter()
                .any(|p| route.path.starts_with(p))
            {
                continue;
            }
            let path = route.path.replace("{rotation}", "nights").replace("{service}", "checkout");
            let path = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            for accept in ["application/json", "text/html"] {
                let bearer = format!("Bearer {token}");
                let headers = [("authorization", bearer.as_str()), ("accept", accept)];
                let answer = app.send(Method::GET, &path, &headers, "").await;
                let headers: BTreeMap<String, String> = answer
                    .headers
                    .iter()
                    .filter(|(name, _)| *name != "date")
                    .map(|(name, value)| (name.to_string(), format!("{value:?}")))
                    .collect();
                let body = String::from_utf8_lossy(&answer.body).replace(&app.base, "BASE");
                seen.insert(format!("{reader} {path} {accept}"), format!("{} {headers:?}\n{body}", answer.status));
            }
        }
    }
    for table in Table::ALL {
        let rows = app.kernel.side.list(table).await.expect("listed");
        seen.insert(format!("side {table:?}"), format!("{rows:?}"));
    }
    let rows = app.kernel.ledger.read(1, 1_000).await.expect("read");
    seen.insert("ledger".to_owned(), format!("{rows:?}"));
    seen
}

/// Both worlds begin on the same disk: asked, link sent, nobody answered.
pub(super) async fn asked(disk: &Disk) -> Vec<(&'static str, String)> {
    let app = TestApp::at(disk.clone(), frozen()).await;
    let admin = issue(&app.kernel, ScopeV4::Admin, "test", None).await.expect("issued");
    let _: serde_json::Value = app.client(&admin).post_json("/v1/catalogue/apply", &asking()).await.expect("applied");
    let shop = issue(&app.kernel, ScopeV4::Team { team: "shop".parse().expect("a name") }, "shop", None).await;
    let bank = issue(&app.kernel, ScopeV4::Team { team: "bank".parse().expect("a name") }, "bank", None).await;
    let reader = issue(&app.kernel, ScopeV4::Read, "reader", None).await.expect("issued");
    let tokens = vec![
        ("admin", admin),
        ("shop", shop.expect("issued")),
        ("bank", bank.expect("issued")),
        ("reader", reader),
        ("gateway", GATEWAY.to_owned()),
        ("supervisor", SUPERVISOR.to_owned()),
        ("nobody", String::new()),
    ];
    let open: Vec<RotaInvitation> =
        app.client(&tokens[1].1).post_json("/v1/rotations/nights/invitations", &json!({})).await.expect("asked");
    assert_eq!(open.len(), 2);
    // The key of links is made with the first one.
    path_of(&app, Purpose::Accept, "ines").await;
    app.kill();
    tokens
}

/// What a person does who does not want to: opens the link, more than once, reads, follows "Not now".
async fn decline(app: &TestApp) {
    let path = path_of(app, Purpose::Accept, "omar").await;
    for _ in 0..3 {
        let page = app.send(Method::GET, &path, &[("accept", "text/html")], "").await;
        let text = String::from_utf8_lossy(&page.body).into_owned();
        assert_eq!(page.status.as_u16(), 200);
        assert!(text.contains("Would you be on call for nights?") && text.contains("300 a week."), "{text}");
        assert!(text.contains("href=\"#not-now\"") && text.contains("id=\"not-now\""), "it is a place on the page");
        assert!(!text.contains("not-now\" method") && text.matches("<form").count() == 1, "only \"yes\" is sent");
        assert!(!text.to_lowercase().contains("textarea") && !text.contains("<input"), "no field for a reason");
    }
    let left = path_of(app, Purpose::Leave, "omar").await;
    assert_eq!(app.send(Method::GET, &left, &[], "").await.status.as_u16(), 200);
    // A telephone may send what was never offered.
    for answer in ["no", "", "not-now", "ready"] {
        assert_eq!(press(app, &path, answer).await, 400, "{answer}");
    }
    assert_eq!(press(app, &left, "leave").await, 303, "leaving what one is not in changes nothing");
}

#[tokio::test]
async fn declined_and_not_answered_are_the_same_to_everybody() {
    let disk = Disk::new(frozen());
    let tokens = asked(&disk).await;
    let mut worlds = Vec::new();
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt().with_max_level(Level::TRACE).without_time().with_ansi(false);
    let _guard = tracing::subscriber::set_default(subscriber.with_writer(lines.clone()).finish());
    // Tests beside this one hear nothing, and what nobody hears is remembered as such.
    tracing::callsite::rebuild_interest_cache();
    for declines in [false, true] {
        lines.0.lock().expect("nobody panics").clear();
        let app = TestApp::at(disk.copy(), frozen()).await;
        if declines {
            let before = lines.0.lock().expect("nobody panics").len();
            decline(&app).await;
            let log = lines.0.lock().expect("nobody panics").split_off(before);
            let log = String::from_utf8(log).expect("text");
            let ours: Vec<&str> = log.lines().filter(|line| line.contains("seaworthy")).collect();
            assert!(ours.is_empty(), "nothing of it is logged, at any level: {ours:?}");
        }
        let mut world = seen(&app, &tokens).await;
        let log = String::from_utf8(lines.0.lock().expect("nobody panics").clone()).expect("text");
        let ours: Vec<String> =
            log.lines().filter(|line| line.contains("seaworthy")).map(|line| line.replace(&app.base, "BASE")).collect();
        world.insert("log".to_owned(), ours.join("\n"));
        app.kill();
        worlds.push(world);
    }
    let (silent, declined) = (&worlds[0], &worlds[1]);
    assert_eq!(silent.keys().collect::<Vec<_>>(), declined.keys().collect::<Vec<_>>());
    for (what, want) in silent {
        assert_eq!(declined[what], *want, "{what} tells who declined");
    }
    assert!(silent.len() > 300, "every route by every reader: {}", silent.len());
    let metrics = &silent["admin /metrics application/json"];
    assert!(metrics.contains("seaworthy_http_answers_total"), "{metrics}");
    assert!(silent["log"].contains("refused"), "the log was caught");
    let (team, reader) = ("/v1/rotations/nights/invitations application/json", "omar");
    assert!(silent[&format!("shop {team}")].contains(reader), "the team sees who has not answered");
    for stranger in ["bank", "reader"] {
        assert!(silent[&format!("{stranger} {team}")].starts_with("403"), "and nobody else does");
    }
}

/// The test must be able to fail: somebody who says yes is seen in many places.
#[tokio::test]
async fn who_joins_is_seen() {
    let disk = Disk::new(frozen());
    let tokens = asked(&disk).await;
    let (one, other) = (disk.copy(), disk.copy());
    let before = TestApp::at(one, frozen()).await;
    let silent = seen(&before, &tokens).await;
    before.kill();
    let after = TestApp::at(other, frozen()).await;
    let path = path_of(&after, Purpose::Accept, "omar").await;
    assert_eq!(press(&after, &path, "yes").await, 303);
    let joined = seen(&after, &tokens).await;
    let differ: Vec<&String> = silent.keys().filter(|what| silent[*what] != joined[*what]).collect();
    for what in ["ledger", "side Invitations", "reader /v1/rotations/nights application/json"] {
        assert!(differ.contains(&&what.to_owned()), "{what}: {differ:?}");
    }
    after.kill();
}

#[tokio::test]
async fn a_rota_begins_when_people_joined_and_nothing_is_missing() {
    let now = Arc::new(AtomicI64::new(NOW.parse::<Timestamp>().expect("an instant").as_second()));
    let of = now.clone();
    let clock: Clock = Arc::new(move || at_second(of.load(Ordering::Relaxed)));
    let disk = Disk::new(clock.clone());
    let tokens = asked(&disk).await;
    let app = TestApp::at(disk, clock).await;
    let shop = app.client(&tokens[1].1);
    let begin = || async {
        let start: RotaStart = shop.post_json("/v1/rotations/nights/start", &json!({})).await.expect("an answer");
        start
    };
    let not_yet = begin().await;
    assert_eq!((not_yet.started_at, not_yet.missing), (None, vec!["nobody has joined yet".to_owned()]));
    let rotas: Vec<RotaNow> = shop.get_json("/v1/rotations?team=shop").await.expect("rotas");
    let nights = rotas.iter().find(|one| one.rotation.as_str() == "nights").expect("declared");
    assert_eq!((nights.state, nights.on_call.len()), (RotaState::NotStarted, 0));
    let path = path_of(&app, Purpose::Accept, "ines").await;
    assert_eq!(press(&app, &path, "yes").await, 303);
    assert_eq!(press(&app, &path, "yes").await, 303, "twice is once");
    let not_yet = begin().await;
    let private = "1 of 1 members have not confirmed, in private, that they are ready".to_owned();
    assert_eq!((not_yet.started_at, not_yet.missing), (None, vec![private.clone()]));
    let nobody = app.post(&tokens[2].1, "/v1/rotations/nights/start", &json!({})).await;
    assert_eq!(nobody.status.as_u16(), 403, "another team begins nothing");
    assert_eq!(press(&app, &path, "ready").await, 303);
    let started = begin().await;
    assert!(started.started_at.is_some() && started.missing.is_empty(), "{started:?}");
    let rota: Rota = shop.get_json("/v1/rotations/nights").await.expect("the rota");
    assert_eq!(rota.now.on_call.first().map(|one| one.person.as_str()), Some("ines"));
    assert!(rota.members.iter().all(|one| one.person.as_str() == "ines" && one.joined_at.is_some()));
    now.fetch_add(60, Ordering::Relaxed);
    let leave = path_of(&app, Purpose::Leave, "ines").await;
    assert_eq!(press(&app, &leave, "leave").await, 303);
    let rota: Rota = shop.get_json("/v1/rotations/nights").await.expect("the rota");
    let last = rota.plan.shifts.last().expect("a shift");
    assert!(last.person.as_str() == "ines" && last.end < rota.until, "until the next hand-over: {:?}", rota.plan);
    assert!(rota.plan.gaps.first().is_some_and(|gap| gap.start == last.end), "and then nobody, which is said");
    app.kill();
}

#[tokio::test]
async fn the_team_may_decide_to_begin_before_with_a_name_and_a_reason() {
    let disk = Disk::new(frozen());
    let tokens = asked(&disk).await;
    let app = TestApp::at(disk, frozen()).await;
    let path = path_of(&app, Purpose::Accept, "omar").await;
    assert_eq!(press(&app, &path, "yes").await, 303);
    let shop = &tokens[1].1;
    let decided = json!({ "decided_by": "ines", "reason": "the old rota ends today" });
    let unknown = app.post(shop, "/v1/rotations/nights/start", &json!({ "decided_by": "zoe", "reason": "x" })).await;
    assert_eq!(unknown.status.as_u16(), 404, "somebody whom nobody knows decides nothing");
    let empty = app.post(shop, "/v1/rotations/nights/start", &json!({ "decided_by": "ines", "reason": " " })).await;
    assert_eq!(empty.status.as_u16(), 400);
    let start: RotaStart = app.client(shop).post_json("/v1/rotations/nights/start", &decided).await.expect("begun");
    assert!(start.started_at.is_some() && start.missing.len() == 1, "{start:?}");
    let again: RotaStart = app.client(shop).post_json("/v1/rotations/nights/start", &json!({})).await.expect("begun");
    assert_eq!(again, start, "what was missing stays on record");
    app.kill();
}

#[tokio::test]
async fn a_link_is_of_one_person_rota_and_purpose() {
    let disk = Disk::new(frozen());
    let tokens = asked(&disk).await;
    let app = TestApp::at(disk, frozen()).await;
    let path = path_of(&app, Purpose::Accept, "omar").await;
    for wrong in [
        path.replace("omar", "ines"),
        path.replace("nights", "shop"),
        path.replace("/accept/", "/leave/"),
        path.replace("/accept/", "/swap/"),
        format!("{path}0"),
    ] {
        let status = app.send(Method::GET, &wrong, &[], "").await.status.as_u16();
        assert_eq!((status, press(&app, &wrong, "yes").await), (403, 403), "{wrong}");
    }
    let later = NOW.parse::<Timestamp>().expect("an instant") + SignedDuration::from_hours(15 * 24);
    let (disk, _) = app.kill();
    let app = TestApp::at(disk, Arc::new(move || later)).await;
    assert_eq!(press(&app, &path, "yes").await, 403, "an invitation ends");
    let open: Vec<RotaInvitation> =
        app.client(&tokens[1].1).get_json("/v1/rotations/nights/invitations").await.expect("a list");
    assert!(open.is_empty(), "and so does its line in the list");
    app.kill();
}
