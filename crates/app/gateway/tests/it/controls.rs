//! Shutter, throttle and isolation on real sockets: what users and programs are told, what passes, what is reported, and
//! that they hold while everything else is dead.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::Code;
use seaworthy_contract::events::control::ControlV1;
use seaworthy_contract::gateway::{
    Config, ControlConfig, ControlHand, ControlHeld, ControlReply, ControlRequest, ControlWanted, RouteConfig,
};
use seaworthy_model::{ControlId, Share};
use uuid::Uuid;

use crate::kit::*;

const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");

fn shutter(text: &str) -> ControlV1 {
    ControlV1::Shutter { text: text.to_owned(), paths: vec!["/healthz".to_owned()], users: Vec::new() }
}

fn throttle(per_second: Option<u32>, burst: u32, users: Option<u16>) -> ControlV1 {
    let users = users.map(|percent| Share::from_basis_points(percent * 100).unwrap());
    ControlV1::Throttle { per_second, burst, users, status: 429 }
}

fn control(id: u128, what: ControlV1) -> ControlConfig {
    ControlConfig {
        control: ControlId::from_uuid(Uuid::from_u128(id)),
        service: "checkout".parse().unwrap(),
        route: None,
        what,
        until: Timestamp::now() + SignedDuration::from_hours(1),
        drill: false,
    }
}

fn with(version: u64, stable: &Version, controls: Vec<ControlConfig>) -> Config {
    Config { controls, ..config(version, &[stable], None) }
}

fn wanted(target: &str, what: ControlV1) -> ControlRequest {
    let (target, reason) = (target.to_owned(), "it burns".to_owned());
    ControlRequest::Hold(Box::new(ControlWanted { target, what, for_ms: 600_000, reason, drill: false }))
}

async fn status_of(gateway: &Gateway) -> u16 {
    get(gateway.inbound, "/").await.status
}

async fn held(gateway: &Gateway) -> Vec<ControlHeld> {
    let ControlReply::Status(status) = gateway.ask(&ControlRequest::Status).await else { panic!("no status") };
    status.controls
}

#[tokio::test]
async fn a_shutter_tells_people_and_programs() {
    let stable = Version::answering(200, "ok").await;
    let shut = control(1, shutter("Back at 10 <b>sharp</b>."));
    let (gateway, _plane) = Gateway::with(&with(1, &stable, vec![shut])).await;
    let page = send(gateway.inbound, "GET", "/basket", &[BROWSER]).await;
    assert_eq!((page.status, page.header("content-type")), (503, "text/html; charset=utf-8"));
    assert!(page.text.contains("Back at 10 &lt;b&gt;sharp&lt;/b&gt;."), "{}", page.text);
    assert_eq!((page.header("cache-control"), page.header("vary")), ("no-store", "accept"));
    let stay_away: u64 = page.header("retry-after").parse().unwrap();
    assert!((60..=90).contains(&stay_away), "{stay_away}");
    let problem = send_body(gateway.inbound, "POST", "/orders", &[("accept", "*/*")], "{}").await;
    assert_eq!((problem.status, problem.header("content-type")), (503, "application/problem+json"));
    assert_eq!(problem.header("x-seaworthy-error"), "shuttered");
    let document: serde_json::Value = serde_json::from_str(&problem.text).unwrap();
    assert_eq!((&document["status"], &document["detail"]), (&503.into(), &"Back at 10 <b>sharp</b>.".into()));
    let head = send(gateway.inbound, "HEAD", "/", &[BROWSER]).await;
    assert_eq!((head.status, head.text.as_str()), (503, ""));
    // The health check is about the process.
    assert_eq!(get(gateway.inbound, "/healthz").await.status, 200);
    // Nor are other services its customers.
    assert_eq!(get(gateway.outbound, "/basket/checkout/").await.status, 200);
}

#[tokio::test]
async fn who_looks_whether_it_works_passes_a_shutter() {
    let stable = Version::answering(200, "ok").await;
    let mut shut = control(1, shutter(""));
    let mark = seaworthy_traffic::control::mark(1, b"user-7");
    shut.what = ControlV1::Shutter { text: String::new(), paths: Vec::new(), users: vec![mark] };
    let (gateway, _plane) = Gateway::with(&with(1, &stable, vec![shut])).await;
    for (headers, want) in [(vec![("x-user", "user-7")], 200), (vec![("x-user", "user-8")], 503), (vec![], 503)] {
        assert_eq!(send(gateway.inbound, "GET", "/", &headers).await.status, want, "{headers:?}");
    }
}

#[tokio::test]
async fn a_service_without_any_version_is_shuttered_all_the_same() {
    let mut bare = config(1, &[], None);
    bare.services.clear();
    bare.controls = vec![control(1, shutter("We know."))];
    let (gateway, _plane) = Gateway::with(&bare).await;
    assert!(send(gateway.inbound, "GET", "/", &[BROWSER]).await.text.contains("We know."));
}

#[tokio::test]
async fn one_route_is_shuttered_and_the_others_go_on() {
    let stable = Version::answering(200, "ok").await;
    let mut two = with(1, &stable, vec![control(1, shutter(""))]);
    two.routes.push(RouteConfig { name: "*/basket".to_owned(), path: "/basket".to_owned(), ..route() });
    two.controls[0].route = Some("*/basket".to_owned());
    // A route that is gone holds nothing back, and is no reason to refuse the rest.
    two.controls.push(ControlConfig { route: Some("*/gone".to_owned()), ..control(2, shutter("")) });
    let (gateway, _plane) = Gateway::with(&two).await;
    for (path, want) in [("/", 200), ("/basket", 503), ("/basket/1", 503), ("/baskets", 200)] {
        assert_eq!(get(gateway.inbound, path).await.status, want, "{path}");
    }
}

#[tokio::test]
async fn a_throttle_lets_a_burst_in_and_then_the_rate() {
    let stable = Version::answering(200, "ok").await;
    // One in a thousand seconds: within the test only the burst passes, whatever the clock does.
    let slow = control(1, throttle(Some(1), 5, None));
    let (gateway, plane) = Gateway::with(&with(1, &stable, vec![slow])).await;
    let began = std::time::Instant::now();
    let mut passed = 0;
    for _ in 0..40 {
        let answer = get(gateway.inbound, "/").await;
        passed += u64::from(answer.status == 200);
        if answer.status != 200 {
            assert_eq!((answer.status, answer.header("x-seaworthy-error")), (429, "throttled"));
            assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|s| s >= 1));
        }
    }
    let most = 5 + began.elapsed().as_secs() + 1;
    assert!((5..=most).contains(&passed), "{passed} of 40, {most} at most");
    // Both workers share the bucket, and a call of another service is a request as well.
    let calls = get(gateway.outbound, "/basket/checkout/").await;
    assert!(calls.status == 429 || began.elapsed().as_secs() >= 1, "{}", calls.status);
    plane.until("it is reported", |plane| reported(plane).0 >= 40 - most).await;
    let (refused, met) = reported(&plane);
    assert_eq!(met, 41);
    let sums = plane.reports().iter().flat_map(|report| report.counts.clone()).map(|count| count.starts).sum::<u64>();
    assert_eq!(sums + refused, 41, "what is refused meets no version");
}

/// Returns what was refused, and what met a control.
fn reported(plane: &Plane) -> (u64, u64) {
    let controls = plane.reports().into_iter().flat_map(|report| report.controls);
    controls.fold((0, 0), |(refused, met), seen| (refused + seen.refused, met + seen.refused + seen.passed))
}

#[tokio::test]
async fn the_same_users_stay_in() {
    let stable = Version::answering(200, "ok").await;
    let half = control(7, throttle(None, 1, Some(50)));
    let (gateway, _plane) = Gateway::with(&with(1, &stable, vec![half])).await;
    let mut inside = 0;
    for user in 0..40 {
        let user = format!("user-{user}");
        let first = send(gateway.inbound, "GET", "/", &[("x-user", &user)]).await.status;
        let again = send(gateway.inbound, "GET", "/", &[("x-user", &user)]).await.status;
        assert_eq!(first, again, "{user}");
        inside += u32::from(first == 200);
    }
    assert!((8..=32).contains(&inside), "{inside} of 40");
}

#[tokio::test]
async fn an_isolation_refuses_one_caller_at_once() {
    let stable = Version::answering(200, "ok").await;
    let edge =
        ControlV1::Isolate { caller: "basket".parse().unwrap(), dependency: "checkout".parse().unwrap(), status: 503 };
    let (gateway, _plane) = Gateway::with(&with(1, &stable, vec![control(1, edge)])).await;
    let refused = get(gateway.outbound, "/basket/checkout/x").await;
    assert_eq!((refused.status, refused.header("x-seaworthy-error")), (503, "isolated"));
    assert!(refused.text.contains("calls of \\\"basket\\\" to \\\"checkout\\\""), "{}", refused.text);
    assert_eq!(get(gateway.outbound, "/search/checkout/x").await.status, 200);
    assert_eq!(status_of(&gateway).await, 200, "users are no caller");
}

#[tokio::test]
async fn it_ends_by_itself_and_over_a_restart_it_holds() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, mut plane) = Gateway::with(&with(1, &stable, vec![control(1, shutter(""))])).await;
    until("the config is on disk", async || gateway.home.0.join("data/config.json").exists()).await;
    plane.die().await;
    let gateway = gateway.restart(&plane.url()).await;
    assert_eq!(status_of(&gateway).await, 503, "nobody need be there for it");
    plane.come_back().await;
    let soon = Timestamp::now() + SignedDuration::from_millis(300);
    plane.say(&with(2, &stable, vec![ControlConfig { until: soon, ..control(1, shutter("")) }]));
    gateway.until_config(2).await;
    plane.die().await;
    until("its time is over", async || status_of(&gateway).await == 200).await;
    assert!(Timestamp::now() >= soon, "not before");
    assert!(held(&gateway).await.is_empty());
}

#[tokio::test]
async fn break_glass_sets_and_clears_with_a_dead_control_plane() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, mut plane) = Gateway::with(&with(1, &stable, Vec::new())).await;
    until("the config is on disk", async || gateway.home.0.join("data/config.json").exists()).await;
    plane.die().await;
    let ControlReply::Held(set) = gateway.ask(&wanted("checkout", shutter("By hand."))).await else {
        panic!("it was refused");
    };
    assert!(set.by_hand);
    assert_eq!(status_of(&gateway).await, 503);
    let gateway = gateway.restart(&plane.url()).await;
    assert_eq!(status_of(&gateway).await, 503, "from the journal");
    plane.come_back().await;
    plane.until("it is told", |plane| !hands(plane).is_empty()).await;
    let ControlHand::Set { control: told, reason, by, .. } = hands(&plane).remove(0) else { panic!("not a control") };
    assert_eq!((*told, reason.as_str()), (set.control.clone(), "it burns"));
    assert!(by.starts_with("uid "), "{by}");
    plane.until("it is told no more", |plane| plane.reports().last().unwrap().control_hands.is_empty()).await;
    assert_eq!(status_of(&gateway).await, 503, "until the control plane says something");
    // The control plane has it, then somebody clears it here, while that is dead again.
    plane.say(&with(2, &stable, vec![set.control.clone()]));
    gateway.until_config(2).await;
    assert!(held(&gateway).await.iter().all(|held| !held.by_hand) && status_of(&gateway).await == 503);
    plane.die().await;
    let reply = gateway.ask(&ControlRequest::LetGo { target: "checkout".to_owned() }).await;
    assert!(matches!(reply, ControlReply::LetGo { ref controls } if *controls == [set.control.control]), "{reply:?}");
    assert_eq!(status_of(&gateway).await, 200);
    let gateway = gateway.restart(&plane.url()).await;
    gateway.until_config(2).await;
    assert_eq!(status_of(&gateway).await, 200, "from the journal");
    plane.come_back().await;
    let is_cleared = |plane: &Plane| hands(plane).iter().any(|hand| matches!(hand, ControlHand::Cleared { .. }));
    plane.until("that is told", is_cleared).await;
    plane.say(&with(3, &stable, Vec::new()));
    gateway.until_config(3).await;
    assert_eq!(status_of(&gateway).await, 200);
}

fn hands(plane: &Plane) -> Vec<ControlHand> {
    plane.reports().into_iter().flat_map(|report| report.control_hands).collect()
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_the_reason() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, _plane) = Gateway::with(&with(1, &stable, Vec::new())).await;
    let edge = |caller: &str, dependency: &str| ControlV1::Isolate {
        caller: caller.parse().unwrap(),
        dependency: dependency.parse().unwrap(),
        status: 503,
    };
    for (request, code, text) in [
        (wanted("nobody", shutter("")), Code::NotFound, "no such service or route"),
        (wanted("checkout", shutter(&"x".repeat(2_001))), Code::Invalid, "too long"),
        (wanted("checkout", throttle(Some(0), 1, None)), Code::Invalid, "lets nobody in"),
        (wanted("checkout", throttle(None, 1, None)), Code::Invalid, "a rate or a share"),
        (wanted("checkout", edge("a", "b")), Code::Invalid, "no such edge"),
        (wanted("checkout", edge("checkout", "nobody")), Code::Invalid, "no such edge"),
        (ControlRequest::LetGo { target: "checkout".to_owned() }, Code::NotFound, "no service with one"),
    ] {
        let ControlReply::Refused(error) = gateway.ask(&request).await else { panic!("{request:?} was done") };
        assert_eq!(error.code, code, "{error:?}");
        assert!(error.message.contains(text), "{error:?}");
    }
    for for_ms in [0, 86_400_001] {
        let request = ControlWanted {
            target: "checkout".to_owned(),
            what: shutter(""),
            for_ms,
            reason: String::new(),
            drill: true,
        };
        let reply = gateway.ask(&ControlRequest::Hold(Box::new(request))).await;
        assert!(matches!(reply, ControlReply::Refused(_)), "{reply:?}");
    }
    assert_eq!(status_of(&gateway).await, 200);
}

#[tokio::test]
async fn a_full_disk_refuses_and_nothing_changes() {
    let stable = Version::answering(200, "ok").await;
    let home = Home::new();
    std::fs::create_dir_all(home.0.join("data")).unwrap();
    std::os::unix::fs::symlink("/dev/full", home.0.join("data/controls.jsonl")).unwrap();
    let plane = Plane::new(&with(1, &stable, Vec::new())).await;
    let gateway = Gateway::start_in(home, &plane.url());
    gateway.until_ready().await;
    let ControlReply::Refused(error) = gateway.ask(&wanted("checkout", shutter(""))).await else {
        panic!("it acted without journal");
    };
    assert!(error.message.contains("journal cannot be written"), "{error:?}");
    assert_eq!(status_of(&gateway).await, 200);
}
