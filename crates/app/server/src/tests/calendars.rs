//! A calendar that a rotation follows, over real sockets: what it says, what it may not do, and what of it is kept where.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{Plan, Rota};
use seaworthy_contract::catalogue::{
    CalendarDetails, CalendarLayout, Document, Entity, FollowedCalendar, Person, Sourced,
};
use seaworthy_core::view;
use seaworthy_prober::Secrets;
use seaworthy_store::Table;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::app::{TestApp, document};
use crate::task::calendars::{Pace, run};

/// The other system: what it answers, and what it was asked.
#[derive(Clone, Default)]
struct Other {
    answer: Arc<Mutex<String>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Other {
    async fn start() -> (Self, String) {
        let other = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = format!("http://{}/k3y/on-call.ics", listener.local_addr().expect("bound"));
        let this = other.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut head = vec![0; 4_096];
                let read = socket.read(&mut head).await.unwrap_or(0);
                this.asked.lock().expect("no panic").push(String::from_utf8_lossy(&head[..read]).into_owned());
                let answer = this.answer.lock().expect("no panic").clone();
                socket.write_all(answer.as_bytes()).await.unwrap_or_default();
            }
        });
        (other, address)
    }

    fn says(&self, status: &str, headers: &str, body: &str) {
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
        *self.answer.lock().expect("no panic") = answer;
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

/// A calendar with one shift from an hour ago on, and another in a day.
fn ics(name: &str) -> String {
    let at = |hours: i64| (Timestamp::now() + SignedDuration::from_hours(hours)).strftime("%Y%m%dT%H%M%SZ").to_string();
    let event = |id: &str, name: &str, from, to| {
        format!(
            "BEGIN:VEVENT\r\nUID:{id}\r\nDTSTART:{}\r\nDTEND:{}\r\nSUMMARY:On Call - {name} - Shop\r\nEND:VEVENT\r\n",
            at(from),
            at(to)
        )
    };
    let events = event("1", name, -1, 24) + &event("2", "Zoe Quill", 24, 48);
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn following(url: &str) -> Document {
    let mut document = document();
    for sourced in &mut document.entities {
        if let Entity::Rotation(rotation) = &mut sourced.entity {
            let calendar =
                FollowedCalendar { from: "calendars.example".to_owned(), every_minutes: 1, trusted_hours: 72 };
            rotation.layered.calendar = Some(Box::new(calendar));
            rotation.participants.push("omar".parse().expect("a name"));
        }
    }
    let omar = Entity::Person(Person { name: "omar".parse().expect("a name") });
    document.entities.push(Sourced { entity: omar, source: "test.yaml:9".to_owned() });
    let people = [("Ines Ek", "ines"), ("Omar Diaz", "omar")];
    let calendar = CalendarDetails {
        rotation: "shop".parse().expect("a name"),
        layout: CalendarLayout::Ics,
        url: Some(url.to_owned()),
        text: None,
        people: people.map(|(name, person)| (name.to_owned(), person.parse().expect("a name"))).into(),
    };
    Document { calendars: vec![calendar], ..document }
}

/// Who is on call for checkout.
fn on_call(app: &TestApp) -> Option<String> {
    app.kernel.look(|look| {
        let service = look.state.catalogue.services().find(|(service, _)| service.name.as_str() == "checkout")?.0;
        Some(view::on_call(look.state, service, look.now)?.person.to_string())
    })
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(30), async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what} did not come"));
}

const PACE: Pace = Pace {
    look_every: Duration::from_millis(10),
    minute: SignedDuration::from_millis(40),
    pause_min: SignedDuration::from_millis(5),
};

async fn start(url: &str) -> TestApp {
    let app = TestApp::start().await;
    tokio::spawn(run(app.kernel.clone(), app.calendars.clone(), Secrets::default(), PACE));
    let _: Plan = app.as_admin().post_json("/v1/catalogue/apply", &following(url)).await.expect("applied");
    app
}

async fn shown(app: &TestApp) -> Rota {
    app.as_admin().get_json("/v1/rotations/shop").await.expect("a rota")
}

#[tokio::test]
async fn who_is_on_call_is_what_the_calendar_says_and_changes_with_it() {
    let (other, url) = Other::start().await;
    other.says("200 OK", "etag: \"one\"\r\n", &ics("Ines Ek"));
    let app = start(&url).await;
    until("ines", || on_call(&app).as_deref() == Some("ines")).await;
    // The same again is asked for as such, and is no event.
    other.says("304 Not Modified", "", "");
    until("a question whether it changed", || other.asked().iter().any(|head| head.contains("if-none-match: \"one\"")))
        .await;
    let before = app.kernel.look(|look| look.state.position);
    other.says("200 OK", "etag: \"two\"\r\n", &ics("Omar Diaz"));
    until("omar", || on_call(&app).as_deref() == Some("omar")).await;
    assert!(app.kernel.look(|look| look.state.position) <= before + 2, "what says the same is no event");
    let rota = shown(&app).await;
    let calendar = rota.now.calendar.expect("it follows one");
    assert_eq!((calendar.from.as_str(), calendar.trouble), ("calendars.example", None));
    let unmapped = rota.plan.findings.iter().find(|found| found.kind == "unmapped").map(|found| found.says.as_str());
    assert!(unmapped.is_some_and(|says| says.contains("\"Zoe Quill\"")), "{:?}", rota.plan.findings);
    // Names and the address, which is a key, are beside the ledger and not in it.
    let ledger = app
        .as_admin()
        .request(http::Method::GET, "/v1/ledger?limit=1000", <_>::default(), <_>::default())
        .await
        .expect("an answer");
    let ledger = String::from_utf8_lossy(&ledger.body).into_owned();
    assert!(ledger.contains("rota.calendar_read"), "{ledger}");
    assert!(["k3y", "Zoe", "Omar Diaz", "Ines Ek"].iter().all(|secret| !ledger.contains(secret)), "{ledger}");
    assert!(app.kernel.side.get(Table::Meta, "calendar/shop").await.expect("read").is_some());
    // Applied again nothing changes; without the calendar what was kept of it goes.
    let plan: Plan = app.as_admin().post_json("/v1/catalogue/plan", &following(&url)).await.expect("a plan");
    assert_eq!(plan.changes.len(), 0, "{:?}", plan.changes);
    let _: Plan = app.as_admin().post_json("/v1/catalogue/apply", &document()).await.expect("applied");
    assert!(app.kernel.side.get(Table::Meta, "calendar/shop").await.expect("read").is_none());
    assert_eq!(on_call(&app).as_deref(), Some("ines"), "turns count again");
}

#[tokio::test]
async fn what_is_no_calendar_changes_nothing_and_is_said() {
    let (other, url) = Other::start().await;
    let (elsewhere, trap) = Other::start().await;
    elsewhere.says("200 OK", "", &ics("Omar Diaz"));
    let redirect = format!("location: {trap}\r\n");
    for (status, headers, body, want) in [
        ("302 Found", redirect.as_str(), "", "another address"),
        ("200 OK", "", "<title>Sign in</title>", "is no calendar"),
        ("500 Oops", "", "", "an error"),
        ("200 OK", "", &"x".repeat(800 * 1024), "too large"),
    ] {
        other.says("200 OK", "", &ics("Ines Ek"));
        let app = start(&url).await;
        until("ines", || on_call(&app).as_deref() == Some("ines")).await;
        other.says(status, headers, body);
        let is_lost = || app.kernel.look(|look| look.state.rotas["shop"].calendar.lost.is_some());
        until(want, is_lost).await;
        let trouble = shown(&app).await.now.calendar.and_then(|calendar| calendar.trouble);
        assert!(trouble.as_ref().is_some_and(|why| why.contains(want)), "{status}: {trouble:?}");
        assert_eq!(on_call(&app).as_deref(), Some("ines"), "what it said last counts: {status}");
        other.says("200 OK", "", &ics("Ines Ek"));
        until("it is found again", || !is_lost()).await;
    }
    assert_eq!(elsewhere.asked(), [""; 0], "nobody is asked but the address that was declared");
}
