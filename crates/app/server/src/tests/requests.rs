//! What people and their programs ask for: other teams' things, texts that bite, and half a write.

use http::Method;
use seaworthy_client::Response;
use seaworthy_contract::api::{ApiError, Code, KeptReason, LedgerPage, Page, Plan, Rollout};
use seaworthy_contract::catalogue::{Document, PersonDetails};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::gateway::ReportAck;
use seaworthy_store::{Side, Table};
use serde_json::{Value, json};

use super::app::{GATEWAY, TestApp, document};
use super::flaky::SECRET_PATH;
use super::loop_story::{config, report};

const SHIP: &str = "/v1/services/checkout/rollouts";

fn error(answer: &Response) -> ApiError {
    serde_json::from_slice(&answer.body).expect("an error of ours")
}

async fn ledger(app: &TestApp) -> LedgerPage {
    app.as_admin().get_json("/v1/ledger").await.expect("rows")
}

/// A server on which the judge reverted checkout v2 and paged somebody.
async fn reverted() -> (TestApp, Rollout, Page) {
    let app = TestApp::start().await;
    app.ship("v1").await;
    app.post(&app.admin, SHIP, &json!({ "version": "v2", "dwell_ms": 1_000 })).await;
    app.observe("v2").await;
    let bad = report(&config(&app).await, 1);
    let _: ReportAck = app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &bad).await.expect("taken");
    let rollouts: Vec<Rollout> = app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    let pages: Vec<Page> = app.as_admin().get_json("/v1/pages").await.expect("pages");
    (app, rollouts[0].clone(), pages[0].clone())
}

#[tokio::test]
async fn nobody_acts_on_what_another_team_owns() {
    let (app, rollout, page) = reverted().await;
    let (shop, bank, read) =
        (app.team_token("shop").await, app.team_token("bank").await, app.token(ScopeV4::Read).await);
    let ledger_before = ledger(&app).await.head;
    let command = json!({ "version": "v7", "command": ["sh", "-c", "id"] });
    for stranger in [&bank, &read] {
        for (path, body) in [
            (SHIP.to_owned(), &command),
            ("/v1/services/checkout/revert".to_owned(), &json!({})),
            (format!("/v1/rollouts/{}/revert", rollout.id), &json!({})),
            (format!("/v1/rollouts/{}/hold", rollout.id), &json!({})),
            (format!("/v1/rollouts/{}/resume", rollout.id), &json!({})),
            (format!("/v1/pages/{}/acknowledge", page.id), &json!({})),
            ("/v1/catalogue/apply".to_owned(), &json!({ "entities": [] })),
            ("/v1/sign-in-links".to_owned(), &json!({})),
        ] {
            assert_eq!(app.post(stranger, &path, body).await.status.as_u16(), 403, "{path}");
        }
    }
    assert_eq!(ledger(&app).await.head, ledger_before);
    let taken = app.post(&shop, &format!("/v1/pages/{}/acknowledge", page.id), &json!({})).await;
    assert_eq!(taken.status.as_u16(), 200, "the owner does");
    let own = app.post(&bank, "/v1/services/ledger/rollouts", &command).await;
    assert_eq!(own.status.as_u16(), 201, "a team runs what it likes as its own service");
    let rows = ledger(&app).await.rows;
    assert!(rows.iter().all(|row| !row.actor.is_empty()), "somebody did everything that is on record");
    let acknowledged = rows.iter().find(|row| row.kind == "page.acknowledged").expect("on record");
    assert!(acknowledged.actor.starts_with("token/"), "{}", acknowledged.actor);
}

#[tokio::test]
async fn a_request_that_would_hurt_later_is_refused_now() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let before = ledger(&app).await.head;
    for request in [
        json!({ "version": "" }),
        json!({ "version": ".." }),
        json!({ "version": "../../v2" }),
        json!({ "version": "v2\n" }),
        json!({ "version": "x".repeat(64) }),
        json!({ "version": "v2", "steps": [] }),
        json!({ "version": "v2", "steps": [0] }),
        json!({ "version": "v2", "steps": [-0.5] }),
        json!({ "version": "v2", "steps": [1.5] }),
        json!({ "version": "v2", "steps": [1e308] }),
        json!({ "version": "v2", "steps": [0.5, 0.25] }),
        json!({ "version": "v2", "steps": vec![0.5; 20_000] }),
        json!({ "version": "v2", "steps": [null] }),
        json!({ "version": "v2", "dwell_ms": u64::MAX }),
        json!({ "version": "v2", "env": { "A\u{0}": "x" } }),
        json!({ "version": "v2", "env": { "A": "x\u{0}" } }),
        json!({ "version": "v2", "env": { "A=B": "x" } }),
        json!({ "version": "v2", "env": { "": "x" } }),
        json!({ "version": "v2", "command": [] , "address": "a b:80" }),
        json!({ "version": "v2", "address": "evil.test/x:80" }),
        json!({ "version": "v2", "address": "a\r\nhost: b:80" }),
        json!({ "version": "v2", "command": ["a\u{0}b"] }),
        json!({ "version": "v2", "command": vec!["x"; 257] }),
        json!({ "version": "v2", "commit": "a\nb" }),
    ] {
        let answer = app.post(&app.admin, SHIP, &request).await;
        let shown: String = request.to_string().chars().take(60).collect();
        assert_eq!((answer.status.as_u16(), error(&answer).code), (400, Code::Invalid), "{shown}");
    }
    let much: serde_json::Map<_, _> = (0..100).map(|n| (format!("A{n}"), json!("x".repeat(1_000)))).collect();
    let large = app.post(&app.admin, SHIP, &json!({ "version": "v2", "env": much })).await;
    assert_eq!((large.status.as_u16(), error(&large).code), (413, Code::TooLarge), "more than an event holds");
    assert_eq!(ledger(&app).await.head, before);
    let script = json!({ "version": "v2", "command": ["sh", "-c", "a\nb"], "env": { "A_1": "two\nlines" } });
    assert_eq!(app.post(&app.admin, SHIP, &script).await.status.as_u16(), 201);
}

#[tokio::test]
async fn a_reason_is_one_harmless_line() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    app.post(&app.admin, SHIP, &json!({ "version": "v2" })).await;
    let reason = "it broke\r\n2026-01-01T00:00:00Z INFO all is well \u{1b}[2J\u{202e}";
    let answer = app.post(&app.admin, "/v1/services/checkout/revert", &json!({ "reason": reason })).await;
    assert_eq!(answer.status.as_u16(), 200);
    let rows = ledger(&app).await.rows;
    let row = rows.iter().find(|row| row.kind == "rollout.reverted").expect("on record");
    let said = row.payload["reason"].as_str().expect("a reason");
    assert_eq!(said, "it broke  2026-01-01T00:00:00Z INFO all is well  [2J ");
    let long = json!({ "reason": "x".repeat(501) });
    assert_eq!(app.post(&app.admin, "/v1/services/checkout/revert", &long).await.status.as_u16(), 400);
}

/// The document without a service, or with another list of people.
fn changed(without: &str, people: &[&str]) -> Document {
    let mut document = document();
    document.entities.retain(|sourced| sourced.entity.key() != ("service", without));
    let person = |name: &&str| PersonDetails {
        name: name.parse().expect("a name"),
        display_name: Some(format!("{name} of the tests")),
        contacts: Vec::new(),
    };
    document.people = people.iter().map(person).collect();
    document
}

#[tokio::test]
async fn what_a_service_left_behind_is_an_admins() {
    let (app, rollout, page) = reverted().await;
    let shop = app.team_token("shop").await;
    let silent = changed("checkout", &[]);
    let plan: Plan = app.as_admin().post_json("/v1/catalogue/apply", &silent).await.expect("applied");
    let kept: Vec<_> = plan.kept.iter().map(|kept| (kept.name.as_str(), kept.reason)).collect();
    assert_eq!(kept, [("checkout", KeptReason::Users)], "silence is no word");
    assert!(app.kernel.look(|look| look.state.catalogue.get("service", "checkout").is_some()));
    let named = Document { retire: vec!["checkout".parse().expect("a name")], ..silent };
    let plan: Plan = app.as_admin().post_json("/v1/catalogue/apply", &named).await.expect("applied");
    assert!(plan.changes.iter().any(|change| change.name == "checkout") && plan.kept.is_empty());
    let acknowledge = format!("/v1/pages/{}/acknowledge", page.id);
    assert_eq!(app.post(&shop, &acknowledge, &json!({})).await.status.as_u16(), 404, "it is nobody's any more");
    assert_eq!(app.post(&app.admin, &acknowledge, &json!({})).await.status.as_u16(), 200);
    let revert = format!("/v1/rollouts/{}/revert", rollout.id);
    assert_eq!(app.post(&app.admin, &revert, &json!({})).await.status.as_u16(), 409, "asked, and refused in words");
    assert_eq!(app.post(&app.admin, SHIP, &json!({ "version": "v3" })).await.status.as_u16(), 404);
}

#[tokio::test]
async fn a_source_neither_forgets_nor_renames_the_people_of_another() {
    let app = TestApp::start().await;
    let named = |document: Document, source: &str| Document { source: Some(source.to_owned()), ..document };
    let apply = async |document: Document| -> Plan {
        app.as_admin().post_json("/v1/catalogue/apply", &document).await.expect("applied")
    };
    let names =
        || app.kernel.look(|look| look.directory.values().filter_map(|p| p.display_name.clone()).collect::<Vec<_>>());
    apply(named(changed("", &["ines"]), "shop")).await;
    assert_eq!(names(), ["ines of the tests"]);
    let mut theirs = changed("checkout", &["ines"]);
    theirs.entities.retain(|sourced| sourced.entity.key().0 == "person");
    theirs.people[0].display_name = Some("somebody else".to_owned());
    apply(named(theirs, "bank")).await;
    apply(named(Document::default(), "bank")).await;
    assert_eq!(names(), ["ines of the tests"]);
    apply(named(Document::default(), "shop")).await;
    assert_eq!(names(), Vec::<String>::new(), "nobody declares them any more");
}

#[tokio::test]
async fn people_are_forgotten_only_once_the_document_without_them_is_applied() {
    let app = TestApp::start().await;
    let known = || app.kernel.look(|look| look.directory.keys().map(ToString::to_string).collect::<Vec<_>>());
    let _: Plan =
        app.as_admin().post_json("/v1/catalogue/apply", &changed("", &["ines", "tom"])).await.expect("applied");
    app.ledger.set_broken(true);
    let apply = json!(changed("ledger", &["tom", "zoe"]));
    let answer = app.post(&app.admin, "/v1/catalogue/apply", &apply).await;
    assert_eq!(answer.status.as_u16(), 503);
    let error = error(&answer);
    assert!(error.message.contains("disk is full") && !error.message.contains(SECRET_PATH), "{error:?}");
    assert_eq!(known(), ["ines", "tom", "zoe"], "a page may still need them");
    app.ledger.set_broken(false);
    let _: Plan = app.as_admin().post_json("/v1/catalogue/apply", &apply).await.expect("applied");
    assert_eq!(known(), ["tom", "zoe"]);
    let kept = app.disk.side().list(Table::Directory).await.expect("a table");
    assert_eq!(kept.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["tom", "zoe"], "erased on disk too");
    let text = json!(ledger(&app).await.rows).to_string();
    assert!(!text.contains("of the tests"), "names never reach the ledger");
}

#[tokio::test]
async fn a_report_that_could_not_be_kept_is_not_acknowledged_and_counts_once() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    app.post(&app.admin, SHIP, &json!({ "version": "v2", "dwell_ms": 1_000 })).await;
    app.observe("v2").await;
    let report = json!(report(&config(&app).await, 1));
    let tell = async |report: &Value| app.post(GATEWAY, "/v1/gateways/gw-1/telemetry", report).await;
    app.side.set_broken(true);
    for _ in 0..3 {
        let answer = tell(&report).await;
        assert_eq!(answer.status.as_u16(), 503);
        assert!(!error(&answer).message.contains(SECRET_PATH));
    }
    app.side.set_broken(false);
    assert_eq!(tell(&report).await.status.as_u16(), 200);
    let rollouts: Vec<Rollout> = app.as_admin().get_json("/v1/rollouts").await.expect("rollouts");
    assert_eq!(rollouts[0].canary.requests, 10);
    assert_eq!(app.send(Method::GET, "/readyz", &[], "").await.status.as_u16(), 200, "the ledger takes writes");
}
