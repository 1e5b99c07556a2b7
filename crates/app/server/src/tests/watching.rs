//! The pages of what is watched, on an outage that gateways really report: seen, taken, judged, silenced, reviewed, drilled.

use http::Method;
use seaworthy_contract::api::{AlertPage, Objective, ObjectiveState, PageState, Proposal, Rule, Silence};
use seaworthy_contract::catalogue::{self, Entity, Indicator, Sourced, TierSpec, Urgency};
use seaworthy_contract::events::alert::{RuleChangeV1, VerdictV1};
use seaworthy_contract::gateway::{Classes, Report};

use super::app::{GATEWAY, TestApp, document};
use super::loop_story::{config, report};
use super::portal::{Reader, header, text};

const OBJECTIVE: &str = "checkout-availability";

/// A server with v1 of checkout in front of everybody, an objective, and a gateway that sees every request fail.
async fn outage() -> TestApp {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let objective = catalogue::Objective {
        name: OBJECTIVE.to_owned(),
        service: "checkout".parse().expect("a name"),
        description: None,
        indicator: Indicator::Availability { route: None },
        target: 0.999,
        period: catalogue::Period::default(),
        counting: catalogue::Counting::Occurrences,
        by_default: false,
        tiers: vec![hasty()],
    };
    let mut declared = document();
    let entity = Entity::Objective(Box::new(objective));
    declared.entities.push(Sourced { entity, source: "test.yaml:9".to_owned() });
    let _: serde_json::Value = app.as_admin().post_json("/v1/catalogue/apply", &declared).await.expect("applied");
    let failing = failing(&app).await;
    let _: serde_json::Value =
        app.client(GATEWAY).post_json("/v1/gateways/gw-1/telemetry", &failing).await.expect("acknowledged");
    app
}

/// A tier that fires within a second of a total outage: no test waits for the minute that a standard one takes.
fn hasty() -> TierSpec {
    TierSpec { urgency: Urgency::Page, long_seconds: 3_600, short_seconds: 300, budget: 0.000_1 }
}

/// A report in which every request of the only version fails.
async fn failing(app: &TestApp) -> Report {
    let request = serde_json::json!({ "version": "v2" });
    let _: serde_json::Value =
        app.as_admin().post_json("/v1/services/checkout/rollouts", &request).await.expect("shipped");
    app.observe("v2").await;
    let mut report = report(&config(app).await, 1);
    for count in &mut report.counts {
        count.ended = Classes { server_error: count.starts, ..Classes::default() };
        (count.rescued, count.users_failed, count.seen_idempotent) = (0, count.users, count.starts);
    }
    report
}

/// Waits until the alert is open and its page was asked for.
async fn alert(app: &TestApp) -> seaworthy_contract::api::Alert {
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    loop {
        let open: AlertPage = app.as_admin().get_json("/v1/alerts?open=true").await.expect("alerts");
        match open.alerts.into_iter().find(|alert| alert.page.is_some()) {
            Some(alert) => return alert,
            None if std::time::Instant::now() < deadline => {}
            None => {
                let objective: Objective =
                    app.as_admin().get_json(&format!("/v1/objectives/{OBJECTIVE}")).await.expect("it");
                panic!("no alert in 20 s: {objective:?}");
            }
        }
        tokio::task::yield_now().await;
    }
}

async fn flashed(reader: &Reader<'_>, answer: &seaworthy_client::Response) -> String {
    let flash = header(answer, "set-cookie");
    let cookies = format!("{}; {}", reader.cookie, flash.split(';').next().expect("a pair"));
    let headers = [("accept", "text/html"), ("cookie", cookies.as_str())];
    text(&reader.app.send(Method::GET, &header(answer, "location"), &headers, "").await)
}

#[tokio::test]
async fn an_outage_is_on_every_page_that_somebody_looks_at_by_night() {
    let app = outage().await;
    let alert = alert(&app).await;
    let reader = Reader::sign_in(&app).await;
    let of_alert = format!("/alerts/{}", alert.id);
    for (path, says) in [
        ("/", "Needs somebody"),
        ("/", OBJECTIVE),
        ("/objectives", OBJECTIVE),
        ("/objectives?service=checkout", OBJECTIVE),
        // A minute says how fast a budget goes, not how much of a month's is left.
        (&format!("/objectives/{OBJECTIVE}"), "too little seen"),
        (&format!("/objectives/{OBJECTIVE}"), "Burn, last hour"),
        (&format!("/objectives/{OBJECTIVE}"), "It pages now."),
        (&format!("/objectives/{OBJECTIVE}"), of_alert.as_str()),
        ("/services/checkout", "Open alerts"),
        ("/services/ledger", "So nobody is woken when its users suffer"),
        ("/alerts", &of_alert),
        ("/alerts?service=checkout", &of_alert),
        (&of_alert, "I have it"),
        (&of_alert, "It was sure enough to wake somebody"),
        (&of_alert, "Bad, of all"),
        ("/rules", "Reached nobody"),
        ("/rules?service=checkout", OBJECTIVE),
        ("/review", OBJECTIVE),
        (&format!("/pages/{}", alert.page.as_ref().expect("paged").id), &of_alert),
    ] {
        let page = reader.get(path).await;
        assert_eq!(page.status.as_u16(), 200, "{path}");
        assert!(text(&page).contains(says), "{path} says {says:?}");
    }
    assert!(
        !text(&reader.get("/alerts?service=ledger").await).contains(&of_alert),
        "another service's list is without"
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_strangers_see_nothing() {
    let app = TestApp::start().await;
    app.ship("v1").await;
    let reader = Reader::sign_in(&app).await;
    for path in [
        "/objectives/no",
        "/objectives/%3Cscript%3E",
        "/alerts/1",
        "/probes/no",
        "/alerts/019cdd00-0000-7000-8000-000000000001",
        "/alerts?service=chekout%20",
        "/rules?service=%3Cb%3E",
    ] {
        let page = reader.get(path).await;
        assert!([400, 404].contains(&page.status.as_u16()), "{path}: {}", page.status);
        assert!(!text(&page).contains("<script>"), "{path}");
    }
    for path in ["/objectives", "/alerts", "/rules", "/review", "/probes"] {
        let page = app.send(Method::GET, path, &[("accept", "text/html")], "").await;
        assert_eq!((page.status.as_u16(), header(&page, "location")), (303, "/sign-in".to_owned()), "{path}");
        assert_eq!(reader.get(path).await.status.as_u16(), 200, "{path} is empty and well");
    }
}

#[tokio::test]
async fn one_tap_judges_a_page_and_a_second_thought_replaces_it() {
    let app = outage().await;
    let alert = alert(&app).await;
    let page = alert.page.expect("paged");
    let reader = Reader::sign_in(&app).await;
    let csrf = reader.csrf().await;
    let path = format!("/pages/{}/judge", page.id);
    for (value, verdict) in [("acted", VerdictV1::Acted), ("not-ours", VerdictV1::NotOurs)] {
        let done = reader.press(&path, &format!("csrf={csrf}&verdict={value}")).await;
        assert_eq!((done.status.as_u16(), header(&done, "location")), (303, format!("/alerts/{}", alert.id)));
        assert!(flashed(&reader, &done).await.contains("flash-ok"));
        let now: seaworthy_contract::api::Page =
            app.as_admin().get_json(&format!("/v1/pages/{}", page.id)).await.expect("the page");
        assert_eq!(now.verdict, Some(verdict));
    }
    assert!(text(&reader.get(&format!("/alerts/{}", alert.id)).await).contains("On record: it was another"));
    for body in ["csrf=0&verdict=acted", "verdict=acted"] {
        let refused = flashed(&reader, &reader.press(&path, body).await).await;
        assert!(refused.contains("flash-bad"), "{body}");
    }
    assert_eq!(reader.press(&path, &format!("csrf={csrf}&verdict=great")).await.status.as_u16(), 422);
    let after: seaworthy_contract::api::Page =
        app.as_admin().get_json(&format!("/v1/pages/{}", page.id)).await.expect("the page");
    assert_eq!(after.verdict, Some(VerdictV1::NotOurs), "nothing else was taken");
}

#[tokio::test]
async fn a_silence_has_an_end_and_a_reason_and_can_be_ended() {
    let app = outage().await;
    let alert = alert(&app).await;
    let reader = Reader::sign_in(&app).await;
    let csrf = reader.csrf().await;
    let path = format!("/alerts/{}/silence", alert.id);
    let held = || async { app.as_admin().get_json::<Vec<Silence>>("/v1/silences").await.expect("silences") };
    for body in [
        format!("csrf={csrf}&rule=&for_s=3600&reason="),
        format!("csrf={csrf}&rule=&for_s=3600&reason=+++"),
        format!("csrf={csrf}&rule=&for_s=0&reason=x"),
        format!("csrf={csrf}&rule=&for_s=4000000000&reason=x"),
        format!("csrf={csrf}&rule=objective/other&for_s=3600&reason=x"),
        "csrf=0&rule=&for_s=3600&reason=x".to_owned(),
    ] {
        let answer = reader.press(&path, &body).await;
        assert_eq!(header(&answer, "location"), format!("/alerts/{}", alert.id), "{body}");
        assert!(flashed(&reader, &answer).await.contains("flash-bad"), "{body}");
    }
    assert_eq!(held().await, [], "none of these is a silence");

    let rule = format!("objective/{OBJECTIVE}");
    let done = reader.press(&path, &format!("csrf={csrf}&rule={rule}&for_s=3600&reason=known+since+noon")).await;
    let page = flashed(&reader, &done).await;
    assert!(page.contains("flash-ok") && page.contains("Silent") && page.contains("known since noon"), "{page}");
    let silences = held().await;
    assert_eq!((silences.len(), silences[0].rule.as_deref()), (1, Some(rule.as_str())));
    assert!(text(&reader.get("/alerts").await).contains("End it now"));

    let ended = reader.press("/silences/end", &format!("csrf={csrf}&service=checkout&rule={rule}")).await;
    assert_eq!(header(&ended, "location"), "/alerts");
    assert_eq!(held().await, []);
}

#[tokio::test]
async fn a_drill_reaches_a_person_and_a_proposal_is_accepted_in_one_tap() {
    let app = outage().await;
    alert(&app).await;
    let reader = Reader::sign_in(&app).await;
    let csrf = reader.csrf().await;
    let rule = format!("objective/{OBJECTIVE}");

    let fired = reader.press("/rules/drill", &format!("csrf={csrf}&rule={rule}")).await;
    let place = header(&fired, "location");
    assert!(place.starts_with("/alerts/"), "{place}");
    let page = flashed(&reader, &fired).await;
    assert!(page.contains("Drill") && page.contains("A drill is not judged"), "{page}");
    let again = reader.press("/rules/drill", &format!("csrf={csrf}&rule={rule}")).await;
    assert!(flashed(&reader, &again).await.contains("flash-bad"), "one drill of a service at a time");

    let changed = reader.press("/rules/change", &format!("csrf={csrf}&rule={rule}&change=demote&from=review")).await;
    assert_eq!(header(&changed, "location"), "/review");
    let rules: Vec<Rule> = app.as_admin().get_json("/v1/rules").await.expect("rules");
    let known = rules.iter().find(|known| known.name == rule).expect("declared");
    assert_eq!(known.change.map(|changed| changed.change), Some(RuleChangeV1::Demote));
    assert!(text(&reader.get("/rules").await).contains("a ticket at most"));
    for body in ["csrf=0&change=raise", "change=raise"] {
        reader.press("/rules/change", &format!("{body}&rule={rule}")).await;
    }
    let strange = reader.press("/rules/change", &format!("csrf={csrf}&rule=objective/none&change=raise")).await;
    assert!(flashed(&reader, &strange).await.contains("flash-bad"));
    let after: Vec<Rule> = app.as_admin().get_json("/v1/rules").await.expect("rules");
    assert_eq!(after.iter().find(|known| known.name == rule).expect("declared").change, known.change);
    let _: Vec<Proposal> = app.as_admin().get_json("/v1/review").await.expect("a review");
}

#[tokio::test]
async fn nothing_is_foretold_of_what_pages_already() {
    let app = outage().await;
    let alert = alert(&app).await;
    assert_eq!(alert.page.map(|page| page.state == PageState::Undeliverable), Some(false));
    let objective: Objective = app.as_admin().get_json(&format!("/v1/objectives/{OBJECTIVE}")).await.expect("it");
    assert_eq!((objective.state, objective.outlook), (ObjectiveState::Page, Vec::new()));
}
