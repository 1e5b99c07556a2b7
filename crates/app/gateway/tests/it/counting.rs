//! What is told to the control plane: users, moments, in flight, and that nothing is lost or told twice.

use std::collections::BTreeSet;

use seaworthy_model::Arm;

use crate::kit::*;

#[tokio::test]
async fn a_user_counts_once_and_fails_once() {
    let stable = Version::answering(200, "ok").await;
    let tried = Version::new(|request: http::Request<hyper::body::Incoming>| async move {
        Some(reply(if request.headers()["x-user"] == "u1" { 500 } else { 200 }, "x"))
    })
    .await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(canary(tried.address, 100)))).await;
    for user in ["u1", "u2", "u1", "u2", "u2", "u1", "u2", "u3"] {
        get_as(&gateway, user).await;
    }
    plane.until("they are counted", |plane| plane.sums(Arm::Canary).starts == 8).await;
    let sums = plane.sums(Arm::Canary);
    assert_eq!((sums.users_in_step, sums.ended.server_error, sums.rescued), (3, 3, 3));
    // An epoch may have ended in between, then some users count once more; not more often than that.
    assert!((3..=6).contains(&sums.users) && (1..=2).contains(&sums.users_failed), "{sums:?}");
    assert_eq!(sums.users_failed_in_step, 1, "however many epochs it fails in");
}

#[tokio::test]
async fn a_user_who_still_waits_is_not_counted_as_served() {
    let stable = Version::answering(200, "ok").await;
    let (release, released) = tokio::sync::watch::channel(false);
    let tried = Version::new(move |_| {
        let mut released = released.clone();
        async move {
            released.wait_for(|released| *released).await.ok()?;
            Some(reply(200, "late"))
        }
    })
    .await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(canary(tried.address, 100)))).await;
    let inbound = gateway.inbound;
    let waiting = tokio::spawn(async move { send(inbound, "GET", "/", &[("x-user", "u1")]).await });
    plane.until("it is assigned", |plane| plane.sums(Arm::Canary).starts == 1).await;
    let sums = plane.sums(Arm::Canary);
    assert_eq!((sums.users_in_step, sums.users), (1, 0));
    release.send_replace(true);
    waiting.await.unwrap();
    plane.until("it is counted", |plane| plane.sums(Arm::Canary).users == 1).await;
}

async fn get_as(gateway: &Gateway, user: &str) -> Answer {
    send(gateway.inbound, "GET", "/", &[("x-user", user)]).await
}

#[tokio::test]
async fn a_new_step_counts_users_anew_and_a_new_config_alone_does_not() {
    let (stable, tried) = (Version::answering(200, "ok").await, Version::answering(200, "ok").await);
    let mut on_trial = canary(tried.address, 100);
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(on_trial.clone()))).await;
    let mut in_step = Vec::new();
    for (version, step) in [(1, 1), (2, 1), (3, 2)] {
        on_trial.step = step;
        plane.say(&config(version, &[&stable], Some(on_trial.clone())));
        gateway.until_config(version).await;
        get_as(&gateway, "u1").await;
        plane.until("it is counted", |plane| plane.sums_of(|count| count.config == version).starts == 1).await;
        in_step.push(plane.sums_of(|count| count.config == version).users_in_step);
    }
    assert_eq!(in_step, [1, 0, 1]);
}

#[tokio::test]
async fn without_a_canary_nobody_is_told_apart() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], None)).await;
    get_as(&gateway, "u1").await;
    plane.until("it is counted", |plane| plane.sums(Arm::Stable).ended.ok == 1).await;
    let sums = plane.sums(Arm::Stable);
    assert_eq!((sums.starts, sums.users, sums.users_in_step, sums.timed), (1, 0, 0, 1));
}

#[tokio::test]
async fn moments_and_what_is_in_flight_are_told() {
    let (release, released) = tokio::sync::watch::channel(false);
    let stable = Version::answering(200, "ok").await;
    let tried = Version::new(move |request: http::Request<hyper::body::Incoming>| {
        let mut released = released.clone();
        async move {
            if request.uri().path() == "/wait" {
                released.wait_for(|is| *is).await.unwrap();
            }
            Some(reply(500, "x"))
        }
    })
    .await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(canary(tried.address, 100)))).await;
    plane.until("it is known as a canary", |plane| plane.moment("v2").is_some()).await;
    assert_eq!(plane.moment("v2").unwrap().last_assigned_age_ms, None);
    send_body(gateway.inbound, "POST", "/", &[], "x").await;
    plane.until("its failure is told", |plane| plane.moment("v2").unwrap().first_failure_age_ms.is_some()).await;
    let inbound = gateway.inbound;
    let waiting = tokio::spawn(async move { send_body(inbound, "POST", "/wait", &[], "x").await });
    let in_flight = |plane: &Plane| plane.reports().last().unwrap().in_flight.iter().map(|f| f.requests).sum::<u64>();
    plane.until("it is in flight", |plane| in_flight(plane) == 1).await;
    // The canary leaves while a request is inside: its moments and its last request are told all the same.
    plane.say(&config(2, &[&stable], None));
    gateway.until_config(2).await;
    plane.until("the config is applied", |plane| plane.reports().last().unwrap().applied == 2).await;
    assert_eq!(in_flight(&plane), 1);
    release.send_replace(true);
    assert_eq!(waiting.await.unwrap().status, 500);
    plane.until("nothing is in flight", |plane| in_flight(plane) == 0).await;
    plane.until("the late one is counted", |plane| plane.sums(Arm::Canary).ended.server_error == 2).await;
    let moment = plane.moment("v2").unwrap();
    assert!(moment.last_assigned_age_ms > moment.last_response_age_ms, "{moment:?}");
    assert!(moment.first_failure_age_ms > moment.last_assigned_age_ms, "{moment:?}");
    assert!(plane.sums_of(|count| count.arm == Arm::Canary && count.config != 1).starts == 0);
}

#[tokio::test]
async fn reports_whose_answers_are_lost_are_sent_again_and_count_once() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], None)).await;
    plane.treat(Reports::Lost);
    for _ in 0..10 {
        assert_eq!(get(gateway.inbound, "/").await.status, 200, "no request waits for the control plane");
    }
    plane
        .until("one was sent twice", |plane| {
            let came = plane.came();
            came.len() >= 2 && came[came.len() - 1].0 == came[came.len() - 2].0
        })
        .await;
    plane.treat(Reports::Acknowledged);
    plane.until("all are counted", |plane| plane.sums(Arm::Stable).starts == 10).await;
    assert_eq!(plane.sums(Arm::Stable).ended.ok, 10);
    let seqs: Vec<_> = plane.reports().iter().map(|report| report.seq).collect();
    assert!(seqs.is_sorted() && seqs[0] == 1, "in order and from the first: {seqs:?}");
    assert_eq!(seqs.len(), seqs.iter().collect::<BTreeSet<_>>().len());
}

#[tokio::test]
async fn nothing_is_lost_while_the_control_plane_is_dead() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, mut plane) = Gateway::with(&config(1, &[&stable], None)).await;
    get(gateway.inbound, "/").await;
    plane.until("the first is counted", |plane| plane.sums(Arm::Stable).starts == 1).await;
    plane.die().await;
    for _ in 0..5 {
        assert_eq!(get(gateway.inbound, "/").await.status, 200);
    }
    // Reports of these pile up; the wait is for their age to be seen.
    tokio::time::sleep(std::time::Duration::from_millis(600)).await;
    plane.come_back().await;
    plane.until("all are counted", |plane| plane.sums(Arm::Stable).starts == 6).await;
    assert!(plane.came().iter().any(|(_, age_ms)| *age_ms >= 300), "late ones say how late: {:?}", plane.came());
    let seqs: Vec<_> = plane.reports().iter().map(|report| report.seq).collect();
    assert_eq!(seqs, (1..=seqs.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn metrics_need_the_token_and_health_does_not() {
    let (stable, tried) = (Version::answering(200, "ok").await, Version::answering(500, "no").await);
    let (gateway, _plane) = Gateway::with(&config(7, &[&stable], Some(canary(tried.address, 100)))).await;
    get(gateway.inbound, "/").await;
    assert_eq!(get(gateway.outbound, "/-/healthz").await.text, "ok\n");
    assert!(get(gateway.outbound, "/-/readyz").await.text.starts_with("ready: config 7; the control plane was heard"));
    assert_eq!(get(gateway.outbound, "/-/other").await.status, 404);
    for token in ["", "Bearer ", "Bearer sw_secreT", "Basic sw_secret"] {
        let answer = send(gateway.outbound, "GET", "/-/metrics", &[("authorization", token)]).await;
        assert_eq!(answer.status, 401, "{token:?}");
    }
    let metrics =
        async || send(gateway.outbound, "GET", "/-/metrics", &[("authorization", "Bearer sw_secret")]).await.text;
    let labels = "service=\"checkout\",route=\"*/\",version=\"v2\",arm=\"canary\"";
    let mut text = String::new();
    until("the request is in the metrics", async || {
        text = metrics().await;
        text.contains(&format!("gateway_rescued_total{{{labels}}} 1\n"))
    })
    .await;
    for line in [
        format!("gateway_requests_total{{{labels}}} 1\n"),
        format!("gateway_attempts_total{{{labels},class=\"server-error\"}} 1\n"),
        format!("gateway_latency_seconds_count{{{labels}}} 1\n"),
        "gateway_config_version 7\n".to_owned(),
        "gateway_configs_refused_total 0\n".to_owned(),
    ] {
        assert!(text.contains(&line), "{line} is not in:\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
    assert_eq!(get(gateway.inbound, "/-/metrics").await.text, "ok", "a user's path is a user's path");
}
