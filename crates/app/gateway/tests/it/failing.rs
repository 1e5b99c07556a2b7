//! Versions that fail in every way: the safety net, the guard, timeouts, connections closed at a bad moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use seaworthy_contract::gateway::{Classes, GAVE_UP_MS, Upstream};
use seaworthy_model::Arm;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::kit::*;

/// A gateway whose canary has all users and fails, and a stable version that answers.
async fn failing(canary: Upstream) -> (Gateway, Version, Plane) {
    let stable = Version::answering(200, "stable").await;
    let mut with = config(1, &[&stable], Some(canary));
    with.routes[0].attempt_timeout_ms = 300;
    let (gateway, plane) = Gateway::with(&with).await;
    (gateway, stable, plane)
}

#[tokio::test]
async fn stable_answers_for_a_canary_that_fails() {
    let one = |class: fn(&mut Classes)| {
        let mut classes = Classes::default();
        class(&mut classes);
        classes
    };
    let error = Version::answering(500, "no").await;
    let unavailable = Version::answering(503, "no").await;
    let closing = Version::closing().await;
    let hanging = Version::hanging().await;
    let garbage = garbage().await;
    for (address, ended) in [
        (error.address, one(|c| c.server_error = 1)),
        (unavailable.address, one(|c| c.server_error = 1)),
        (closing.address, one(|c| c.reset = 1)),
        (hanging.address, one(|c| c.timeout = 1)),
        (garbage, one(|c| c.reset = 1)),
        (nobody(), one(|c| c.connect_error = 1)),
    ] {
        let (gateway, _stable, plane) = failing(canary(address, 100)).await;
        let answer = send(gateway.inbound, "GET", "/", &[("x-user", "7")]).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, "stable"), "{ended:?}");
        let headers = ["x-seaworthy-version", "x-seaworthy-arm", "x-seaworthy-rescued"].map(|name| answer.header(name));
        assert_eq!(headers, ["v1", "stable", "v2"]);
        plane.until("it is counted", |plane| plane.sums(Arm::Canary).rescued == 1).await;
        let sums = plane.sums(Arm::Canary);
        let want = Sums {
            starts: 1,
            ended,
            rescued: 1,
            users: 1,
            users_in_step: 1,
            users_failed: 1,
            users_failed_in_step: 1,
            timed: 1,
            ..Sums::default()
        };
        assert_eq!(sums, want, "one canary failure that nobody saw");
        assert_eq!(plane.sums(Arm::Stable), Sums::default(), "and nothing of stable");
    }
    let tries = [&error, &unavailable, &closing, &hanging].map(|version| version.got().len());
    assert_eq!(tries, [1, 1, 1, 1], "a canary is asked once");
}

async fn garbage() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(b"SSH-2.0-garbage\r\n\r\n").await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn what_may_not_be_repeated_is_not() {
    let error = Version::answering(500, "mine").await;
    for (method, body) in [("POST", "x"), ("PUT", "x"), ("DELETE", ""), ("PATCH", "x")] {
        let (gateway, stable, plane) = failing(canary(error.address, 100)).await;
        let answer = send_body(gateway.inbound, method, "/", &[], body).await;
        assert_eq!((answer.status, answer.text.as_str()), (500, "mine"), "{method}");
        assert_eq!(answer.header("x-seaworthy-version"), "v2");
        assert!(stable.got().is_empty(), "{method}");
        plane.until("it is counted", |plane| plane.sums(Arm::Canary).seen_other == 1).await;
        assert_eq!(plane.sums(Arm::Canary).rescued, 0);
    }
    let hit: Vec<_> = error.got().into_iter().map(|got| got.method).collect();
    assert_eq!(hit, ["POST", "PUT", "DELETE", "PATCH"], "each once");
}

#[tokio::test]
async fn a_small_body_is_sent_again_and_a_large_one_is_not() {
    let error = Version::answering(500, "no").await;
    let (gateway, _stable, _plane) = failing(canary(error.address, 100)).await;
    let small = send_body(gateway.inbound, "GET", "/", &[], "x".repeat(60_000)).await;
    assert_eq!(small.status, 200);
    let large = send_body(gateway.inbound, "GET", "/", &[], "x".repeat(80_000)).await;
    assert_eq!(large.status, 500);
}

#[tokio::test]
async fn when_both_fail_the_user_sees_it_and_stable_is_not_blamed() {
    let error = Version::answering(500, "canary").await;
    let stable = Version::answering(502, "stable").await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(canary(error.address, 100)))).await;
    let answer = get(gateway.inbound, "/").await;
    assert_eq!((answer.status, answer.header("x-seaworthy-rescued")), (502, ""));
    plane.until("it is counted", |plane| plane.sums(Arm::Canary).seen_idempotent == 1).await;
    let sums = plane.sums(Arm::Canary);
    assert_eq!((sums.ended.server_error, sums.rescued), (1, 0));
    assert_eq!(plane.sums(Arm::Stable), Sums::default());
}

#[tokio::test]
async fn a_client_error_is_no_failure() {
    let missing = Version::answering(404, "not here").await;
    let (gateway, stable, plane) = failing(canary(missing.address, 100)).await;
    for _ in 0..10 {
        assert_eq!(get(gateway.inbound, "/").await.status, 404);
    }
    plane.until("they are counted", |plane| plane.sums(Arm::Canary).ended.client_error == 10).await;
    assert_eq!(plane.sums(Arm::Canary).users_failed, 0);
    assert!(stable.got().is_empty());
}

#[tokio::test]
async fn five_failures_in_a_row_eject_the_canary_until_the_next_step() {
    let error = Version::answering(500, "no").await;
    let (gateway, stable, plane) = failing(canary(error.address, 100)).await;
    for _ in 0..20 {
        assert_eq!(get(gateway.inbound, "/").await.status, 200);
    }
    assert_eq!((error.got().len(), stable.got().len()), (5, 20), "five were rescued, then all went to stable");
    plane.until("the trip is told", |plane| plane.reports().iter().any(|report| !report.trips.is_empty())).await;
    let trips: Vec<_> = plane.reports().into_iter().flat_map(|report| report.trips).collect();
    assert_eq!((trips.len(), trips[0].why.as_str()), (1, "5 failures in a row"));
    // The same step again, in a newer config: it stays off.
    let mut next = canary(error.address, 100);
    plane.say(&config(2, &[&stable], Some(next.clone())));
    gateway.until_config(2).await;
    assert_eq!(get(gateway.inbound, "/").await.header("x-seaworthy-arm"), "stable");
    assert_eq!(error.got().len(), 5);
    next.step = 3;
    plane.say(&config(3, &[&stable], Some(next)));
    gateway.until_config(3).await;
    get(gateway.inbound, "/").await;
    assert_eq!(error.got().len(), 6);
}

#[tokio::test]
async fn half_of_twenty_eject_it_too() {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    let flaky = Version::new(move |_| {
        let n = counted.fetch_add(1, SeqCst);
        async move { Some(reply(if n.is_multiple_of(2) { 500 } else { 200 }, "x")) }
    })
    .await;
    let (gateway, _stable, plane) = failing(canary(flaky.address, 100)).await;
    for _ in 0..30 {
        assert_eq!(get(gateway.inbound, "/").await.status, 200);
    }
    assert_eq!(count.load(SeqCst), 20);
    plane.until("the trip is told", |plane| plane.reports().iter().any(|report| !report.trips.is_empty())).await;
    let trips: Vec<_> = plane.reports().into_iter().flat_map(|report| report.trips).collect();
    assert_eq!(trips[0].why, "10 of the last 20 failed");
}

#[tokio::test]
async fn the_last_version_is_never_ejected() {
    let error = Version::answering(500, "no").await;
    let (gateway, plane) = Gateway::with(&config(1, &[], Some(canary(error.address, 100)))).await;
    for _ in 0..12 {
        assert_eq!(get(gateway.inbound, "/").await.text, "no");
    }
    plane.until("they are counted", |plane| plane.sums(Arm::Canary).seen_idempotent == 12).await;
    assert!(plane.reports().iter().all(|report| report.trips.is_empty()));
}

#[tokio::test]
async fn a_stable_version_that_fails_is_shown_and_counted() {
    let hanging = Version::hanging().await;
    let closing = Version::closing().await;
    for (stable, status, code) in [
        (hanging.address, 504, "too-late"),
        (closing.address, 502, "broken-connection"),
        (nobody(), 502, "no-connection"),
    ] {
        let mut with = config(1, &[], None);
        with.routes[0].attempt_timeout_ms = 200;
        let arm = canary(stable, 100).arm;
        with.services[0].stable = Some(arm);
        let (gateway, plane) = Gateway::with(&with).await;
        for method in ["GET", "POST"] {
            let answer = send(gateway.inbound, method, "/", &[]).await;
            assert_eq!((answer.status, answer.header("x-seaworthy-error")), (status, code));
        }
        plane.until("they are counted", |plane| plane.sums(Arm::Stable).ended.failed() == 2).await;
        let sums = plane.sums(Arm::Stable);
        assert_eq!((sums.seen_idempotent, sums.seen_other), (1, 1));
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_cut_and_counted() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut wire = Wire(stream);
            wire.read_until("\r\n\r\n").await;
            wire.write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await;
        }
    });
    let mut with = config(1, &[], None);
    with.services[0].stable = Some(canary(address, 100).arm);
    let (gateway, plane) = Gateway::with(&with).await;
    let answer = get(gateway.inbound, "/").await;
    assert!(answer.text.starts_with("(cut"), "{}", answer.text);
    plane.until("it is counted", |plane| plane.sums(Arm::Stable).ended.reset == 1).await;
    assert_eq!(plane.sums(Arm::Stable).seen_idempotent, 1);
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_at_the_deadline() {
    let (pieces, body) = Streamed::new();
    let body = std::sync::Mutex::new(Some(body));
    let stable = Version::new(move |_| {
        let body = body.lock().unwrap().take();
        async move { body.map(|body| Response::new(body.boxed())) }
    })
    .await;
    let mut with = config(1, &[&stable], None);
    with.routes[0].timeout_ms = 400;
    let (gateway, plane) = Gateway::with(&with).await;
    pieces.send(Bytes::from_static(b"some")).await.unwrap();
    let answer = get(gateway.inbound, "/").await;
    assert!(answer.status == 200 && answer.text.starts_with("(cut"), "{answer:?}");
    plane.until("it is counted", |plane| plane.sums(Arm::Stable).ended.timeout == 1).await;
    assert_eq!(plane.sums(Arm::Stable).seen_idempotent, 1);
}

#[tokio::test]
async fn a_user_who_sends_too_slowly_is_no_failure_of_the_version() {
    let stable = Version::answering(200, "never").await;
    let mut with = config(1, &[&stable], None);
    (with.routes[0].timeout_ms, with.routes[0].attempt_timeout_ms) = (500, 100);
    let (gateway, plane) = Gateway::with(&with).await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf").await;
    let text = wire.read_all().await;
    assert!(text.starts_with("HTTP/1.1 408") && text.contains("request-too-slow"), "{text}");
    plane.until("it is counted", |plane| plane.sums(Arm::Stable).ended.cancelled == 1).await;
    assert_eq!(plane.sums(Arm::Stable).ended.failed(), 0);
}

#[tokio::test]
async fn an_upload_may_take_longer_than_an_attempt() {
    let stable = Version::answering(200, "got it").await;
    let mut with = config(1, &[&stable], None);
    with.routes[0].attempt_timeout_ms = 100;
    let (gateway, _plane) = Gateway::with(&with).await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\nhalf").await;
    until("it is on its way", async || stable.got().len() == 1).await;
    // The wait is the point: longer than an attempt, shorter than the whole.
    tokio::time::sleep(Duration::from_millis(300)).await;
    wire.write("+other").await;
    wire.read_until("got it").await;
}

#[tokio::test]
async fn a_user_who_goes_away_is_counted_and_the_version_is_told() {
    let hanging = Version::hanging().await;
    let (gateway, plane) = Gateway::with(&config(1, &[&hanging], None)).await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    until("the version has it", async || hanging.open() == 1 && hanging.got().len() == 1).await;
    drop(wire);
    until("the version's connection is closed", async || hanging.open() == 0).await;
    let left = |plane: &Plane| plane.sums(Arm::Stable).ended.cancelled + plane.sums(Arm::Stable).ended.gave_up;
    plane.until("it is counted", |plane| left(plane) == 1).await;
    let sums = plane.sums(Arm::Stable);
    assert_eq!((sums.ended.failed(), sums.seen_idempotent, sums.timed), (0, 0, 0));
}

#[tokio::test]
async fn a_user_who_waits_in_vain_has_given_up_and_judges_nobody() {
    let (stable, hanging) = (Version::answering(200, "ok").await, Version::hanging().await);
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], Some(canary(hanging.address, 100)))).await;
    let mut wires = Vec::new();
    for (method, fields) in
        [("GET", "\r\n"), ("POST", "content-length: 2\r\n\r\nok"), ("POST", "content-length: 9\r\n\r\nhalf")]
    {
        let mut wire = Wire::open(gateway.inbound).await;
        wire.write(&format!("{method} / HTTP/1.1\r\nhost: a\r\n{fields}")).await;
        wires.push(wire);
    }
    until("the version has them", async || hanging.got().len() == 3).await;
    // The wait is the point: as long as it takes to have given up.
    tokio::time::sleep(Duration::from_millis(GAVE_UP_MS + 100)).await;
    drop(wires);
    plane.until("all are counted", |plane| plane.sums(Arm::Canary).ended.cancelled == 1).await;
    plane.until("who waited gave up", |plane| plane.sums(Arm::Canary).ended.gave_up == 2).await;
    let sums = plane.sums(Arm::Canary);
    assert_eq!((sums.ended.judged(), sums.users, sums.users_failed, sums.timed), (0, 0, 0, 0));
}

#[tokio::test]
async fn a_user_who_goes_away_while_sending_is_no_failure() {
    let stable = Version::answering(200, "never").await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], None)).await;
    for fields in ["content-length: 10\r\n\r\nhalf", "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"] {
        let mut wire = Wire::open(gateway.inbound).await;
        wire.write(&format!("POST / HTTP/1.1\r\nhost: a\r\n{fields}")).await;
        let before = stable.got().len();
        until("the version has it", async || stable.got().len() > before || !stable.got().is_empty()).await;
        drop(wire);
    }
    plane.until("they are counted", |plane| plane.sums(Arm::Stable).ended.cancelled == 2).await;
    assert_eq!(plane.sums(Arm::Stable).ended.failed(), 0);
}

/// Answers the first request of each connection, reads the second and closes without a word: what a user meets when a
/// kept connection is closed just as it is used.
async fn closes_under_the_second() -> (std::net::SocketAddr, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = requests.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let counted = counted.clone();
            tokio::spawn(async move {
                let mut wire = Wire(stream);
                wire.read_until("\r\n\r\n").await;
                counted.fetch_add(1, SeqCst);
                wire.write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
                let mut more = [0; 1024];
                if wire.0.read(&mut more).await.unwrap_or(0) > 0 {
                    counted.fetch_add(1, SeqCst);
                }
            });
        }
    });
    (address, requests)
}

#[tokio::test]
async fn a_kept_connection_closed_under_a_request_is_met_with_a_new_one_if_it_may_be_repeated() {
    let (address, requests) = closes_under_the_second().await;
    let mut with = config(1, &[], None);
    with.services[0].stable = Some(canary(address, 100).arm);
    let (gateway, plane) = Gateway::with(&with).await;
    let mut wire = Wire::open(gateway.inbound).await;
    let mut ask = async |method: &str| {
        wire.write(&format!("{method} / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n")).await;
        let text = wire.read_until("\r\n\r\n").await;
        let line = text.lines().next().unwrap().to_owned();
        if !text.ends_with("ok") && line.contains("200") {
            wire.read_until("ok").await;
        }
        line
    };
    assert!(ask("GET").await.contains("200"));
    assert!(ask("GET").await.contains("200"), "sent again on a new connection");
    assert_eq!(requests.load(SeqCst), 3);
    assert!(ask("POST").await.contains("502"), "nobody knows whether it was done");
    assert_eq!(requests.load(SeqCst), 4, "and it was sent once");
    plane.until("they are counted", |plane| plane.sums(Arm::Stable).ended.reset == 1).await;
    assert_eq!(plane.sums(Arm::Stable).ended.ok, 2);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_in_peace_costs_nobody_anything() {
    let stable = Version::new(|request: Request<Incoming>| async move {
        drop(request.into_body().collect().await);
        let mut response = reply(200, "ok");
        // hyper closes after this response, as a server does that has seen enough of a connection.
        response.headers_mut().insert("connection", "close".parse().unwrap());
        Some(response)
    })
    .await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    for n in 1..=10 {
        assert_eq!(send_body(gateway.inbound, "POST", "/", &[], "x").await.status, 200, "{n}");
        until("the connection is closed", async || stable.open() == 0).await;
    }
    assert_eq!(stable.connections(), 10);
}
