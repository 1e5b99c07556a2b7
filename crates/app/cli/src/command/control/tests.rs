//! What the commands ask for, what they say, and what they do with a wrong id.

use serde_json::{Value, json};

use super::*;
use crate::fake::ran;
use crate::fixture::{NOW, with};

const ID: &str = "01954a00-0000-7000-8000-00000000000c";

fn control_json() -> Value {
    json!({
        "id": ID, "kind": "shutter", "service": "checkout", "route": null, "sentence": "checkout is shuttered.",
        "state": "in-force", "reason": "orders are charged twice", "drill": false, "by": "bootstrap admin",
        "set_at": NOW, "until": "2026-03-02T12:30:00Z", "took_s": 0.31, "gateways": ["gw-1"], "unheard": [],
        "refused": 1_412, "passed": 3, "cleared_at": null, "cleared_why": null, "position": 41,
        "undo": format!("seaworthy controls clear {ID}")
    })
}

fn answer_json(control: Value) -> Value {
    json!({
        "preview": {
            "sentence": "checkout is shuttered: about 12 requests a second on 2 ways meet it now.",
            "requests_per_second": 12.0,
            "ways": [
                {"name": "shop.example/", "requests_per_second": 9.5},
                {"name": "shop.example/basket", "requests_per_second": 2.5}
            ],
            "gateways": ["gw-1"], "until": "2026-03-02T12:30:00Z",
            "warnings": ["no window announces it: it counts as unplanned downtime"]
        },
        "control": control
    })
}

fn lasting(dry: bool) -> ShutterArgs {
    ShutterArgs {
        service: "checkout".parse().unwrap(),
        route: None,
        page: Page { text: "Back at 10.".to_owned(), let_path: vec!["/status".to_owned()] },
        let_user: vec!["user-7".to_owned()],
        lasting: Lasting { length: None, reason: "orders are charged twice".to_owned(), drill: false },
        dry_run: dry,
    }
}

#[test]
fn a_shutter_says_whom_it_concerns_and_how_it_is_undone() {
    let setting = with(control_json(), json!({"state": "setting", "took_s": null, "gateways": []}));
    let answers = [(200, answer_json(setting).to_string()), (200, control_json().to_string())];
    let answers: Vec<(u16, &str)> = answers.iter().map(|(status, body)| (*status, body.as_str())).collect();
    let ran = ran(false, &answers, async |cx| shutter(&lasting(false), cx).await);
    assert_eq!(ran.done.unwrap(), Exit::Ok);
    assert_eq!(
        ran.out,
        format!(
            "checkout is shuttered: about 12 requests a second on 2 ways meet it now.\n  shop.example/  9.5 a second\n  \
             shop.example/basket  2.5 a second\nends by itself in 30 min\nnote: no window announces it: it counts as \
             unplanned downtime\nin force on 1 gateway after 0.31 s\nundo: seaworthy controls clear {ID}\n"
        )
    );
    let body = ran.requests[0].strip_prefix("POST /v1/services/checkout/controls ").unwrap();
    let asked: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        asked["what"],
        json!({"kind": "shutter", "text": "Back at 10.", "paths": ["/status"], "users": ["user-7"]})
    );
    assert_eq!(ran.requests[1], format!("GET /v1/controls/{ID}"));
}

#[test]
fn a_dry_run_sets_nothing_and_asks_no_further() {
    let ran = ran(false, &[(200, &answer_json(Value::Null).to_string())], async |cx| shutter(&lasting(true), cx).await);
    assert!(ran.out.ends_with("nothing was set\n"), "{}", ran.out);
    assert!(ran.requests[0].contains(r#""dry_run":true"#) && ran.requests.len() == 1, "{:?}", ran.requests);
}

#[test]
fn what_is_set_is_a_table_and_what_is_over_is_asked_for() {
    let over = with(
        control_json(),
        json!({"id": "01954b00-0000-7000-8000-00000000000d", "state": "over", "cleared_why": "ended", "drill": true}),
    );
    let body = json!([control_json(), over]).to_string();
    for (all, rows) in [(false, 2), (true, 3)] {
        let args = ListArgs { service: Some("checkout".parse().unwrap()), all, action: None };
        let ran = ran(false, &[(200, &body)], async |cx| list(&args, cx).await);
        assert_eq!(ran.out.lines().count(), rows, "{}", ran.out);
        assert!(ran.out.contains("in force") && ran.out.contains("30 min") && ran.out.contains("1,412"), "{}", ran.out);
        assert_eq!(ran.out.contains("drill: "), all);
        assert_eq!(ran.requests, ["GET /v1/controls?service=checkout"]);
    }
    let none = ListArgs { service: None, all: false, action: None };
    let ran = ran(false, &[(200, "[]")], async |cx| list(&none, cx).await);
    assert_eq!(ran.out, "no controls: all traffic goes as usual\n");
}

#[test]
fn a_control_is_cleared_by_the_beginning_of_its_id_or_by_its_service() {
    let (all, cleared) = (json!([control_json()]).to_string(), control_json().to_string());
    for target in ["01954a00", "checkout"] {
        let action = list::Action::Clear { target: target.to_owned() };
        let args = ListArgs { service: None, all: false, action: Some(action) };
        let ran = ran(false, &[(200, &all), (200, &cleared)], async |cx| list(&args, cx).await);
        assert_eq!(ran.requests[1], format!("POST /v1/controls/{ID}/clear {{}}"), "{target}");
    }
    let action = list::Action::Clear { target: "search".to_owned() };
    let args = ListArgs { service: None, all: false, action: Some(action) };
    let ran = ran(false, &[(200, &all)], async |cx| list(&args, cx).await);
    let failure = ran.done.unwrap_err();
    assert_eq!(
        (failure.exit(), failure.to_string().as_str()),
        (Exit::Refused, "no control \"search\", and no service of that name with one")
    );
}
