//! Declared work in the portal: announced after a look at whom it concerns, taken back, refused in words; without script.

use seaworthy_contract::api::Downtime;
use serde_json::{Value, json};

use super::super::app::{TestApp, document};
use super::super::portal::{Reader, header, text};

async fn windows(app: &TestApp) -> Vec<(String, bool)> {
    let account: Downtime = app.as_admin().get_json("/v1/downtime?service=ledger").await.expect("an account");
    account.windows.into_iter().map(|window| (window.reason, window.cancelled_at.is_some())).collect()
}

/// A form's start and end, so many hours ahead.
fn times(app: &TestApp, from: i64, to: i64) -> String {
    let at = |hours: i64| {
        let at = app.kernel.now() + jiff::SignedDuration::from_hours(hours);
        at.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y-%m-%dT%H:%M").to_string().replace(':', "%3A")
    };
    format!("start={}&end={}", at(from), at(to))
}

/// Ledger, which checkout cannot work without.
async fn started() -> TestApp {
    let app = TestApp::start().await;
    let mut declared = serde_json::to_value(document()).expect("JSON");
    for sourced in declared["entities"].as_array_mut().expect("entities") {
        if sourced["entity"]["kind"] == "service" && sourced["entity"]["name"] == "checkout" {
            sourced["entity"]["dependencies"] = json!([{ "service": "ledger", "kind": "hard" }]);
        }
    }
    let _: Value = app.as_admin().post_json("/v1/catalogue/apply", &declared).await.expect("applied");
    app
}

#[tokio::test]
async fn work_is_announced_after_a_look_at_whom_it_concerns_and_taken_back() {
    let app = started().await;
    let reader = Reader::sign_in(&app).await;
    let csrf = reader.csrf().await;
    let (asked, why) = (times(&app, 5, 6), "why=move+%3Ctables%3E");
    let empty = text(&reader.get("/downtime?of=ledger").await);
    assert!(empty.contains("Whom does it concern?") && !empty.contains("Confirm: announce"));
    let preview = text(&reader.get(&format!("/downtime?of=ledger&{asked}&{why}")).await);
    for said in [
        "checkout cannot work without ledger",
        "Nobody is woken between its start and",
        "Confirm: announce",
        "&#60;tables",
    ] {
        assert!(preview.contains(said), "the preview does not say {said}: {preview}");
    }
    assert_eq!(windows(&app).await, [], "looking announces nothing");
    let done = reader.press("/downtime/announce", &format!("csrf={csrf}&of=ledger&{asked}&{why}")).await;
    assert_eq!((done.status.as_u16(), header(&done, "location")), (303, "/downtime?of=ledger#s-work".to_owned()));
    assert_eq!(windows(&app).await, [("move <tables>".to_owned(), false)]);
    let shown = text(&reader.get("/downtime?of=ledger").await);
    let (_, rest) = shown.split_once("name=\"window\" value=\"").expect("a way back");
    let id = rest.split('"').next().expect("an id");
    let back = reader.press("/downtime/cancel", &format!("csrf={csrf}&of=ledger&window={id}")).await;
    assert_eq!(header(&back, "location"), "/downtime?of=ledger#s-work");
    assert_eq!(windows(&app).await, [("move <tables>".to_owned(), true)]);
    assert!(!text(&reader.get("/downtime?of=ledger").await).contains("name=\"window\""), "it is taken back");
}

#[tokio::test]
async fn what_cannot_be_announced_is_refused_in_words() {
    let app = started().await;
    let reader = Reader::sign_in(&app).await;
    let csrf = reader.csrf().await;
    let (good, ended) = (times(&app, 5, 6), times(&app, 6, 5));
    for (query, says) in [
        (format!("of=ledger&{good}&why="), "say what is done"),
        (format!("of=ledger&{ended}&why=x"), "it is not after its start"),
        ("of=ledger&start=noon&end=later&why=x".to_owned(), "write a time in UTC"),
        (format!("of=ledger/nothing&{good}&why=x"), "Cannot be announced"),
    ] {
        let page = text(&reader.get(&format!("/downtime?{query}")).await);
        assert!(page.contains(says) && !page.contains("Confirm: announce"), "{query} does not say {says}");
        let refused = reader.press("/downtime/announce", &format!("csrf={csrf}&{query}")).await;
        assert_eq!(refused.status.as_u16(), 303, "{query}");
    }
    for body in [format!("of=ledger&{good}&why=x"), format!("csrf=0000&of=ledger&{good}&why=x")] {
        assert_eq!(reader.press("/downtime/announce", &body).await.status.as_u16(), 303, "{body}");
    }
    for window in ["", "x", "018f6a2c-3d1e-7abc-8def-000000000003"] {
        let odd = reader.press("/downtime/cancel", &format!("csrf={csrf}&of=%0d%0a..%2F&window={window}")).await;
        assert_eq!(header(&odd, "location"), "/downtime?of=%0D%0A../", "{window}");
    }
    assert_eq!(windows(&app).await, []);
}
