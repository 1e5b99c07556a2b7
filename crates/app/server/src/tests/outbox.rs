//! Pages on their way: a channel that hangs, a person who is erased, a note that fails, a server that dies.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use seaworthy_contract::api::{Page, PageState, Plan};
use seaworthy_contract::catalogue::{Contact, ContactRule, Document, PersonContact, PersonDetails};
use seaworthy_contract::gateway::ReportAck;
use seaworthy_integrations::Channels;
use seaworthy_prober::Secrets;
use serde_json::json;

use super::app::{GATEWAY, TestApp, document};
use super::loop_story::{config, report};
use crate::task::outbox::{Pace, run};

pub(super) const PACE: Pace = Pace {
    pause_min: Duration::from_millis(5),
    pause_max: Duration::from_millis(20),
    look_every: Duration::from_millis(5),
};

/// A file that is gone when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("seaworthy-outbox-{}-{name}", std::process::id())))
    }

    fn lines(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a page is a line of JSON")).collect()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

fn shell(script: String) -> Contact {
    Contact::Command { command: vec!["sh".to_owned(), "-c".to_owned(), script] }
}

fn append_to(path: &Path) -> Contact {
    shell(format!("cat >> '{}'", path.display()))
}

fn with_contacts(contacts: Vec<Contact>) -> Document {
    let name = "ines".parse().expect("a name");
    let contacts = contacts.into_iter().map(Into::into).collect();
    Document { people: vec![PersonDetails { name, display_name: None, contacts }], ..document() }
}

async fn apply(app: &TestApp, document: &Document) {
    let _: Plan = app.as_admin().post_json("/v1/catalogue/apply", document).await.expect("applied");
}

/// Ships v2, which the judge reverts: ines is paged by these contacts, once the outbox runs.
pub(super) async fn paged(contacts: Vec<Contact>) -> TestApp {
    let app = TestApp::start().await;
    app.ship("v1").await;
    apply(&app, &with_contacts(contacts)).await;
    app.post(&app.admin, "/v1/services/checkout/rollouts", &json!({ "version": "v2", "dwell_ms": 1_000 })).await;
    app.observe("v2").await;
    let bad = report(&config(&app).await, 1);
    let _: ReportAck = app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &bad).await.expect("taken");
    app
}

/// Without a relay, and with one secret: what a tracker signs with.
pub(super) fn channels() -> Arc<Channels> {
    Arc::new(crate::channels::channels(
        Secrets::new(None, [("SEAWORTHY_SECRET_GITHUB_WEBHOOK".to_owned(), "hook-secret".to_owned())]),
        |_| None,
    ))
}

fn start(app: &TestApp) -> tokio::task::JoinHandle<()> {
    start_with(app, channels())
}

pub(super) fn start_with(app: &TestApp, channels: Arc<Channels>) -> tokio::task::JoinHandle<()> {
    tokio::spawn(run(app.kernel.clone(), Arc::from(app.base.as_str()), channels, PACE))
}

async fn page(app: &TestApp) -> Page {
    let pages: Vec<Page> = app.as_admin().get_json("/v1/pages").await.expect("pages");
    pages[0].clone()
}

/// Waits until a channel of the page is in this state.
async fn until(app: &TestApp, channel: &str, state: &str) {
    while !page(app).await.channels.iter().any(|c| c.channel == channel && c.state == state) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_delivery_that_cannot_be_noted_is_noted_later_and_not_sent_again() {
    let file = Scratch::new("note");
    let app = paged(vec![append_to(&file.0)]).await;
    app.ledger.set_broken(true);
    let outbox = start(&app);
    while file.lines().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    app.ledger.asked(20).await;
    app.ledger.set_broken(false);
    until(&app, "contacts", "delivered").await;
    assert_eq!(file.lines().len(), 1, "nobody is woken twice because a disk is full");
    outbox.abort();
}

#[tokio::test]
async fn a_server_that_died_between_sending_and_noting_sends_again_with_the_same_key() {
    let file = Scratch::new("again");
    let app = paged(vec![append_to(&file.0)]).await;
    app.ledger.set_broken(true);
    let outbox = start(&app);
    while file.lines().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    outbox.abort();
    let (disk, admin) = app.kill();
    let app = TestApp { admin, ..TestApp::on(disk).await };
    let outbox = start(&app);
    until(&app, "contacts", "delivered").await;
    let lines = file.lines();
    assert!(lines.len() >= 2 && lines.iter().all(|line| line["key"] == lines[0]["key"]), "{lines:?}");
    assert_eq!(page(&app).await.state, PageState::Delivered);
    outbox.abort();
}

#[tokio::test]
async fn a_person_who_is_erased_while_a_page_waits_is_not_sent_to_any_more() {
    let file = Scratch::new("erased");
    let busy = shell(format!("echo '{{}}' >> '{}'; exit 75", file.0.display()));
    let app = paged(vec![busy]).await;
    let outbox = start(&app);
    while file.lines().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    apply(&app, &document()).await;
    until(&app, "contacts", "undeliverable").await;
    let tried = file.lines().len();
    assert!(tried < 12, "given up because nobody is there, not because it was tried {tried} times");
    outbox.abort();
}

#[tokio::test]
async fn a_contact_that_hangs_holds_up_neither_the_portal_nor_the_next_contact() {
    let file = Scratch::new("hangs");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/never", listener.local_addr().expect("bound"));
    let app = paged(vec![Contact::Webhook { url, secret: None }, append_to(&file.0)]).await;
    let outbox = start(&app);
    let (_held, _) = listener.accept().await.expect("the webhook is asked, and never answers");
    until(&app, "portal", "delivered").await;
    assert!(file.lines().is_empty(), "the first contact has its time");
    until(&app, "contacts", "delivered").await;
    assert_eq!(file.lines().len(), 1);
    outbox.abort();
}

#[tokio::test]
async fn a_contact_that_comes_later_is_used_while_nobody_has_taken_the_page() {
    let (first, later) = (Scratch::new("first"), Scratch::new("later"));
    let app = paged(vec![append_to(&first.0)]).await;
    let name: seaworthy_model::PersonId = "ines".parse().expect("a name");
    let ruled =
        |file: &Scratch, after_ms| PersonContact { contact: append_to(&file.0), rule: ContactRule { after_ms } };
    let contacts = vec![ruled(&first, 0), ruled(&later, 20)];
    let people = vec![PersonDetails { name, display_name: None, contacts }];
    apply(&app, &Document { people, ..document() }).await;
    let outbox = start(&app);
    until(&app, "contacts", "delivered").await;
    while later.lines().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let key = |file: &Scratch| file.lines()[0]["key"].as_str().expect("a key").to_owned();
    assert_eq!(key(&later), format!("{}/2", key(&first)), "each contact has a key of its own");
    while page(&app).await.ladder.calls[0].people[0].contacts.len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((first.lines().len(), later.lines().len()), (1, 1));
    outbox.abort();
}
