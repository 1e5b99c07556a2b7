//! Contacts: whose they are, who may write to whom and how often, and what a link does and does not.

use std::path::PathBuf;

use seaworthy_contract::api::{ContactsTried, PersonContacts, Plan, Reach, Service};
use seaworthy_contract::catalogue::{Contact, Document, PersonDetails};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_store::{Side, Table};

use super::app::{TestApp, document};

/// A file that every message is appended to, gone when dropped.
struct Box(PathBuf);

impl Box {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("seaworthy-contacts-{}-{name}", std::process::id())))
    }

    fn contact(&self) -> Contact {
        let script = format!("cat >> '{}'", self.0.display());
        Contact::Command { command: vec!["sh".to_owned(), "-c".to_owned(), script] }
    }

    fn letters(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(&self.0).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

impl Drop for Box {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

async fn with(app: &TestApp, contacts: Vec<Contact>) {
    let contacts = contacts.into_iter().map(Into::into).collect();
    let people = vec![PersonDetails { name: "ines".parse().expect("a name"), display_name: None, contacts }];
    let _: Plan =
        app.as_admin().post_json("/v1/catalogue/apply", &Document { people, ..document() }).await.expect("applied");
}

async fn known(app: &TestApp) -> PersonContacts {
    app.as_admin().get_json("/v1/people/ines/contacts").await.expect("ines")
}

async fn verify(app: &TestApp) -> ContactsTried {
    app.as_admin().post_json("/v1/people/ines/contacts/verify", &()).await.expect("written")
}

async fn reach(app: &TestApp) -> Reach {
    let service: Service = app.as_admin().get_json("/v1/services/checkout").await.expect("checkout");
    service.on_call.expect("ines is on call").reach
}

/// Opens a link without a credential: the page, or after the button.
async fn open(app: &TestApp, method: http::Method, link: &str) -> u16 {
    let path = link.strip_prefix(&app.base).expect("a link of this server");
    app.send(method, path, &[], "").await.status.as_u16()
}

#[tokio::test]
async fn a_contact_is_confirmed_by_the_link_that_went_through_it() {
    let (app, letters) = (TestApp::start().await, Box::new("confirmed"));
    with(&app, vec![letters.contact(), Contact::Command { command: vec!["false".to_owned()] }]).await;
    assert_eq!(reach(&app).await, Reach::Unconfirmed);
    let tried = verify(&app).await;
    let refused: Vec<_> = tried.tried.iter().map(|one| (one.contact, one.refused.is_some())).collect();
    assert_eq!(refused, [(1, false), (2, true)]);
    let letter = &letters.letters()[0];
    assert_eq!(
        (letter["kind"].as_str(), letter["to"].as_str(), letter["take"].as_str()),
        (Some("confirm"), Some("ines"), None)
    );
    let link = letter["confirm"].as_str().expect("a link");
    assert_eq!(open(&app, http::Method::GET, link).await, 200);
    assert!(known(&app).await.contacts[0].confirmed_at.is_none(), "a program that looks at links confirms nothing");
    assert_eq!(open(&app, http::Method::POST, link).await, 303);
    assert_eq!(open(&app, http::Method::GET, &format!("{link}/done")).await, 200);
    let confirmed: Vec<_> = known(&app).await.contacts.iter().map(|one| one.confirmed_at.is_some()).collect();
    assert_eq!((confirmed, reach(&app).await), (vec![true, false], Reach::Confirmed));
    let first = known(&app).await.contacts[0].confirmed_at;
    assert_eq!(open(&app, http::Method::POST, link).await, 303, "twice is once");
    assert_eq!(known(&app).await.contacts[0].confirmed_at, first);
    assert_eq!(verify(&app).await.tried.len(), 1, "what is confirmed is not asked again");
}

#[tokio::test]
async fn a_contact_that_changes_is_confirmed_no_more_and_comes_back_unconfirmed() {
    let (app, letters, other) = (TestApp::start().await, Box::new("changed"), Box::new("other"));
    with(&app, vec![letters.contact()]).await;
    verify(&app).await;
    let link = letters.letters()[0]["confirm"].as_str().expect("a link").to_owned();
    assert_eq!(open(&app, http::Method::POST, &link).await, 303);
    with(&app, vec![other.contact()]).await;
    assert_eq!(reach(&app).await, Reach::Unconfirmed);
    assert_eq!(open(&app, http::Method::POST, &link).await, 409, "the link was for the contact that is gone");
    with(&app, vec![letters.contact()]).await;
    assert_eq!(reach(&app).await, Reach::Unconfirmed);
    with(&app, vec![]).await;
    assert_eq!(reach(&app).await, Reach::None);
}

#[tokio::test]
async fn what_is_kept_outlives_the_server_and_tells_no_address() {
    let (app, letters) = (TestApp::start().await, Box::new("kept"));
    with(&app, vec![letters.contact()]).await;
    verify(&app).await;
    let link = letters.letters()[0]["confirm"].as_str().expect("a link").to_owned();
    assert_eq!(open(&app, http::Method::POST, &link).await, 303);
    for (key, value) in app.disk.side().list(Table::Meta).await.expect("a table") {
        let text = format!("{key} {}", String::from_utf8_lossy(&value));
        assert!(!text.contains("seaworthy-contacts") && !text.contains("ines"), "{text}");
    }
    let (disk, admin) = app.kill();
    let app = TestApp { admin, ..TestApp::on(disk).await };
    crate::contacts::refresh(&app.kernel).await.expect("the side store is there");
    assert!(known(&app).await.contacts[0].confirmed_at.is_some());
}

#[tokio::test]
async fn nobody_is_written_to_without_an_end_and_not_by_whoever_reads() {
    let (app, letters) = (TestApp::start().await, Box::new("often"));
    with(&app, vec![letters.contact()]).await;
    let nothing = serde_json::json!({});
    let (reader, shop) = (app.token(ScopeV4::Read).await, app.team_token("shop").await);
    let test = async |token: &str| app.post(token, "/v1/people/ines/contacts/test", &nothing).await.status.as_u16();
    assert_eq!(test(&reader).await, 403);
    for _ in 0..3 {
        assert_eq!(test(&shop).await, 200);
    }
    assert_eq!(test(&shop).await, 409);
    let kinds: Vec<_> = letters.letters().iter().map(|letter| letter["kind"].clone()).collect();
    assert_eq!(kinds, ["test", "test", "test"]);
    let gone = app.post(&app.admin, "/v1/people/nobody/contacts/test", &nothing).await;
    assert_eq!(gone.status.as_u16(), 404);
}

#[tokio::test]
async fn a_link_is_for_one_contact_and_person() {
    let (app, letters) = (TestApp::start().await, Box::new("link"));
    with(&app, vec![letters.contact()]).await;
    verify(&app).await;
    let link = letters.letters()[0]["confirm"].as_str().expect("a link").to_owned();
    let parts: Vec<&str> = link.strip_prefix(&app.base).expect("ours").split('/').collect();
    let [_, word, mark, person, end, signed] = parts[..] else { panic!("{link}") };
    let turned: String = signed.chars().rev().collect();
    for path in [
        format!("/{word}/{mark}/omar/{end}/{signed}"),
        format!("/{word}/{}/{person}/{end}/{signed}", "0".repeat(64)),
        format!("/{word}/{mark}/{person}/9999999999/{signed}"),
        format!("/{word}/{mark}/{person}/{end}/{turned}"),
        format!("/take/{mark}/{end}/{signed}"),
    ] {
        let status = app.send(http::Method::POST, &path, &[], "").await.status.as_u16();
        assert_eq!(status, 403, "{path}");
    }
    assert_eq!(reach(&app).await, Reach::Unconfirmed);
}
