//! Controls over real requests: whose they are, what a gateway is told, when they are in force, what they prove.

use seaworthy_contract::api::{Control, ControlAnswer, ControlState, Readiness, Verdict};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::gateway::{ControlSeen, Report};
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::{GATEWAY, TestApp};
use super::loop_story::config;
use super::portal::{Reader, header, text};

fn shutter() -> Value {
    json!({ "what": { "kind": "shutter", "text": "Back at 10." }, "reason": "orders are charged twice", "for_ms": 600_000 })
}

async fn set(app: &TestApp, token: &str, service: &str, body: &Value) -> (u16, Value) {
    let answer = app.post(token, &format!("/v1/services/{service}/controls"), body).await;
    (answer.status.as_u16(), serde_json::from_slice(&answer.body).expect("JSON"))
}

/// A gateway that has a control in force, and refused so many.
async fn report(app: &TestApp, seq: u64, seen: &[(&Control, u64)]) {
    let applied = config(app).await.version;
    let controls = seen.iter().map(|(control, refused)| ControlSeen {
        control: control.id,
        in_force_ms: 300,
        first_refused_age_ms: (*refused > 0).then_some(100),
        refused: *refused,
        passed: 0,
        refused_total: *refused,
        passed_total: 0,
    });
    let report = Report {
        gateway: "gw-1".parse().expect("a name"),
        boot: Uuid::from_u128(1),
        seq,
        applied,
        age_ms: 0,
        interval_ms: 250,
        counts: Vec::new(),
        moments: Vec::new(),
        in_flight: Vec::new(),
        trips: Vec::new(),
        break_glass: Vec::new(),
        controls: controls.collect(),
        control_hands: Vec::new(),
    };
    assert_eq!(app.post(GATEWAY, "/v1/gateways/gw-1/telemetry", &json!(report)).await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_shutter_is_set_told_confirmed_proven_and_cleared() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    report(&app, 1, &[]).await;
    let shop = app.team_token("shop").await;
    let (status, dry) = set(&app, &shop, "checkout", &json!({ "what": { "kind": "shutter" }, "dry_run": true })).await;
    assert_eq!((status, &dry["control"]), (200, &Value::Null), "{dry}");
    let said = dry["preview"]["sentence"].as_str().expect("a sentence");
    assert_eq!(said, "checkout is shuttered: no request met it in the last minute.");
    assert!(config(&app).await.controls.is_empty());
    let (status, answer) = set(&app, &shop, "checkout", &shutter()).await;
    assert_eq!(status, 200, "{answer}");
    let ControlAnswer { control, .. } = serde_json::from_value(answer).expect("its shape");
    let control = control.expect("set");
    assert_eq!((control.state, control.by.as_str()), (ControlState::Setting, "test"));
    let told = config(&app).await;
    assert_eq!((told.controls.len(), told.controls[0].control), (1, control.id));
    report(&app, 2, &[(&control, 7)]).await;
    let path = format!("/v1/controls/{}", control.id);
    let shown: Control = app.as_admin().get_json(&path).await.expect("it is there");
    assert_eq!((shown.state, shown.refused, shown.gateways), (ControlState::InForce, 7, vec!["gw-1".to_owned()]));
    let ready: Readiness =
        app.as_admin().get_json("/v1/services/checkout/readiness").await.expect("it is ready or not");
    let row = ready.findings.iter().find(|finding| finding.row == "ADP-09").expect("a row");
    assert_eq!(row.verdict, Verdict::Holds, "{}", row.sentence);
    let extended = app.post(&shop, &format!("{path}/extend"), &json!({ "for_ms": 3_600_000 })).await;
    let extended: Control = serde_json::from_slice(&extended.body).expect("its shape");
    assert!(extended.until > shown.until);
    assert_eq!(app.post(&shop, &format!("{path}/clear"), &json!({})).await.status.as_u16(), 200);
    let over: Control = app.as_admin().get_json(&path).await.expect("it is remembered");
    assert_eq!((over.state, over.refused), (ControlState::Over, 7));
    assert!(config(&app).await.controls.is_empty());
    assert_eq!(app.post(&shop, &format!("{path}/extend"), &json!({ "for_ms": 1_000 })).await.status.as_u16(), 409);
    let all: Vec<Control> = app.as_admin().get_json("/v1/controls?service=checkout").await.expect("a list");
    assert_eq!(all.len(), 1);
}

#[tokio::test]
async fn a_control_is_the_owners() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let (shop, bank) = (app.team_token("shop").await, app.team_token("bank").await);
    let read = app.token(ScopeV4::Read).await;
    for (token, service, body, want) in [
        (&read, "checkout", shutter(), 403),
        (&bank, "checkout", shutter(), 403),
        (&shop, "ghost", shutter(), 404),
        (&shop, "checkout", json!({ "what": { "kind": "shutter" } }), 400),
        (&shop, "checkout", json!({ "what": { "kind": "dance" }, "reason": "x" }), 400),
        (&shop, "checkout", json!({ "what": { "kind": "throttle" }, "reason": "x" }), 400),
        (&shop, "checkout", json!({ "what": { "kind": "isolate", "calls_to": "ghost" }, "reason": "x" }), 404),
    ] {
        let (status, error) = set(&app, token, service, &body).await;
        assert_eq!(status, want, "{service} {body}: {error}");
    }
    let (_, answer) = set(&app, &shop, "checkout", &shutter()).await;
    let id = answer["control"]["id"].as_str().expect("an id").to_owned();
    for (token, path, want) in [
        (&bank, format!("/v1/controls/{id}/clear"), 403),
        (&read, format!("/v1/controls/{id}/extend"), 403),
        (&shop, "/v1/controls/nonsense/clear".to_owned(), 404),
        (&shop, format!("/v1/controls/{id}/extend"), 400),
    ] {
        let answer = app.post(token, &path, &json!({ "for_ms": 0 })).await;
        assert_eq!(answer.status.as_u16(), want, "{path}");
    }
    assert_eq!(config(&app).await.controls.len(), 1);
}

#[tokio::test]
async fn what_was_set_by_hand_is_in_the_ledger_before_it_is_acknowledged() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let hand = json!({
        "did": "set", "id": Uuid::from_u128(1), "reason": "it burns", "by": "uid 7", "age_ms": 5_000,
        "control": {
            "control": Uuid::from_u128(9), "service": "checkout", "drill": false,
            "until": app.kernel.now() + jiff::SignedDuration::from_hours(1),
            "what": { "kind": "throttle", "per_second": 5, "burst": 5, "status": 429 }
        }
    });
    let told = json!({
        "gateway": "gw-1", "boot": Uuid::from_u128(1), "seq": 1, "applied": 1, "age_ms": 0, "interval_ms": 250,
        "counts": [], "moments": [], "in_flight": [], "trips": [], "break_glass": [], "control_hands": [hand]
    });
    for _ in 0..2 {
        assert_eq!(app.post(GATEWAY, "/v1/gateways/gw-1/telemetry", &told).await.status.as_u16(), 200);
    }
    let all: Vec<Control> = app.as_admin().get_json("/v1/controls").await.expect("a list");
    assert_eq!((all.len(), all[0].by.as_str()), (1, "uid 7 on gw-1 itself"));
    assert_eq!(config(&app).await.controls.len(), 1, "every gateway gets it");
}

#[tokio::test]
async fn a_browser_without_script_is_shown_first_and_confirms_once() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let browser = Reader::sign_in(&app).await;
    let csrf = browser.csrf().await;
    let asked = "kind=shutter&text=Back+at+10.%0D%0ASorry&for_s=600&drill=1";
    let shown = text(&browser.get(&format!("/services/checkout/controls?{asked}")).await);
    assert!(shown.contains("Checkout is shuttered") && shown.contains("Shutter it now, as a drill"), "{shown}");
    assert!(config(&app).await.controls.is_empty(), "looking sets nothing");
    let bad = text(&browser.get("/services/checkout/controls?kind=throttle&rate=many").await);
    assert!(
        bad.contains("&quot;many&quot; is not a number") || bad.contains("&#34;many&#34; is not a number"),
        "{bad}"
    );
    let path = "/services/checkout/controls";
    let stolen = browser.press(path, &format!("csrf=other&{asked}&reason=x")).await;
    assert_eq!(stolen.status.as_u16(), 303);
    assert!(config(&app).await.controls.is_empty(), "another site's form sets nothing");
    let set = browser.press(path, &format!("csrf={csrf}&{asked}&reason=exercise")).await;
    assert_eq!((set.status.as_u16(), header(&set, "location").as_str()), (303, path));
    let told = config(&app).await;
    assert_eq!(told.controls.len(), 1);
    let id = told.controls[0].control;
    for place in ["/", "/services/checkout", path] {
        let page = text(&browser.get(place).await);
        assert!(page.contains("Held back now") && page.contains("Drill: exercise"), "{place}");
    }
    let extended = browser.press(&format!("/controls/{id}/extend"), &format!("csrf={csrf}&for_s=7200")).await;
    assert_eq!(header(&extended, "location"), path);
    let later = config(&app).await;
    assert!(later.controls[0].until > told.controls[0].until);
    let cleared = browser.press(&format!("/controls/{id}/clear"), &format!("csrf={csrf}")).await;
    assert_eq!(header(&cleared, "location"), path);
    assert!(config(&app).await.controls.is_empty());
    assert!(!text(&browser.get("/").await).contains("Held back now"));
    let ghost = browser.press("/controls/nonsense/clear", &format!("csrf={csrf}")).await;
    assert_eq!(header(&ghost, "location"), "/services");
}
