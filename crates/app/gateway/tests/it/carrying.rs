//! Requests and responses on their way through: headers, connections, streaming both ways, upgrades, the drain.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::kit::*;

#[tokio::test]
async fn a_request_goes_through_and_says_who_answered() {
    let stable = Version::answering(200, "hello").await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let answer = send(gateway.inbound, "GET", "/a/b?c=d", &[("host", "Shop.Example:8080"), ("x-user", "7")]).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "hello"));
    assert_eq!((answer.header("x-seaworthy-version"), answer.header("x-seaworthy-arm")), ("v1", "stable"));
    let got = &stable.got()[0];
    assert_eq!((got.method.as_str(), got.target.as_str()), ("GET", "/a/b?c=d"));
    for (name, want) in [
        ("host", "Shop.Example:8080"),
        ("x-user", "7"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "Shop.Example:8080"),
        ("via", "1.1 seaworthy"),
    ] {
        assert_eq!(got.headers[name], want, "{name}");
    }
}

#[tokio::test]
async fn what_belongs_to_one_connection_stops_here() {
    let stable = Version::new(|_| async {
        let mut response = reply(200, "x");
        for (name, value) in [
            ("connection", "x-internal"),
            ("x-internal", "secret"),
            ("keep-alive", "timeout=5"),
            ("proxy-connection", "keep-alive"),
            ("x-seaworthy-rescued", "forged"),
            ("x-seaworthy-arm", "forged"),
            ("x-kept", "kept"),
        ] {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        Some(response)
    })
    .await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let sent = [
        ("connection", "x-hop, Authorization, close"),
        ("x-hop", "1"),
        ("te", "trailers"),
        ("keep-alive", "1"),
        ("proxy-connection", "keep-alive"),
        ("upgrade", "h2c"),
        ("authorization", "Basic eDp5"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-kept", "kept"),
    ];
    let answer = send(gateway.inbound, "GET", "/", &sent).await;
    let got = &stable.got()[0].headers;
    for name in ["connection", "x-hop", "te", "keep-alive", "proxy-connection", "upgrade", "transfer-encoding"] {
        assert!(!got.contains_key(name), "{name} went through");
    }
    assert_eq!((&got["authorization"], &got["x-kept"]), (&"Basic eDp5".parse().unwrap(), &"kept".parse().unwrap()));
    let forwarded: Vec<_> = got.get_all("x-forwarded-for").iter().collect();
    assert_eq!(forwarded, ["10.0.0.1", "127.0.0.1"]);
    for name in ["x-internal", "keep-alive", "proxy-connection", "x-seaworthy-rescued"] {
        assert!(!answer.headers.contains_key(name), "{name} came back");
    }
    assert_eq!((answer.header("x-kept"), answer.header("x-seaworthy-arm")), ("kept", "stable"));
}

#[tokio::test]
async fn the_session_of_the_portal_reaches_no_version() {
    let (stable, failing) = (Version::answering(200, "ok").await, Version::answering(500, "no").await);
    for path in ["/", "/x/checkout/"] {
        // One gateway a side: the guard lets the canary fail four times more, not nine.
        let (gateway, _plane) = Gateway::with(&config(1, &[&stable], Some(canary(failing.address, 100)))).await;
        let side = if path == "/" { gateway.inbound } else { gateway.outbound };
        for (fields, want) in [
            ("cookie: sw_session=secret\r\n", &[][..]),
            ("COOKIE: sw_session=secret; sw_session=secret\r\n", &[]),
            ("Cookie: a=1; sw_session=secret; b=2\r\n", &["a=1; b=2"]),
            ("cookie: a=1\r\ncOOkie: sw_session=secret\r\ncookie: b=2;sw_session=secret\r\n", &["a=1", "b=2"]),
            ("cookie: SW_SESSION=1; sw_sessions=2; sw_flash=3\r\n", &["SW_SESSION=1; sw_sessions=2; sw_flash=3"]),
        ] {
            let mut wire = Wire::open(side).await;
            let head = format!("GET {path} HTTP/1.1\r\nhost: a\r\nx-user: 7\r\n{fields}connection: close\r\n\r\n");
            wire.write(&head).await;
            assert!(wire.read_all().await.starts_with("HTTP/1.1 200"), "{fields:?}");
            for (name, got) in [("the first", failing.got()), ("the one that answered instead", stable.got())] {
                let Some(got) = got.last() else { panic!("{name} was not asked: {fields:?}") };
                let cookies: Vec<_> = got.headers.get_all("cookie").iter().collect();
                assert_eq!(cookies, want, "{name}, {path}: {fields:?}");
                assert!(!format!("{:?}", got.headers).contains("secret"), "{name}, {path}: {fields:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_version_sets_the_session_of_the_portal() {
    let stable = Version::new(|_| async {
        let mut response = reply(200, "x");
        for value in ["a=1; Path=/", "sw_session=; Max-Age=0", "sw_sessions=2", "=sw_session=forged", "b=sw_session=3"]
        {
            response.headers_mut().append("set-cookie", value.parse().unwrap());
        }
        Some(response)
    })
    .await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    for (side, path) in [(gateway.inbound, "/"), (gateway.outbound, "/x/checkout/")] {
        let answer = send(side, "GET", path, &[]).await;
        let set: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
        assert_eq!(set, ["a=1; Path=/", "sw_sessions=2", "b=sw_session=3"], "{path}");
    }
}

#[tokio::test]
async fn one_connection_carries_many_requests_on_both_sides() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let mut wire = Wire::open(gateway.inbound).await;
    for _ in 0..20 {
        wire.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(wire.read_until("ok").await.starts_with("HTTP/1.1 200"));
    }
    assert_eq!((stable.got().len(), stable.connections()), (20, 1));
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let stable = Version::new(|request: Request<Incoming>| async move { Some(reply(200, request.uri().path())) }).await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let mut wire = Wire::open(gateway.inbound).await;
    let one = |n: u32| format!("POST /number-{n} HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello");
    wire.write(&(1..=3).map(one).collect::<String>()).await;
    let text = wire.read_until("/number-3").await;
    let places: Vec<_> = (1..=3).map(|n| text.find(&format!("/number-{n}")).unwrap()).collect();
    assert!(places.is_sorted());
}

#[tokio::test]
async fn an_old_client_needs_no_host_and_gets_its_connection_closed() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("GET /old HTTP/1.0\r\n\r\n").await;
    let text = wire.read_all().await;
    assert!(text.starts_with("HTTP/1.0 200") && text.ends_with("\r\n\r\nok"), "{text}");
    assert_eq!(stable.got()[0].target, "/old");
}

#[tokio::test]
async fn who_waits_for_100_continue_gets_it() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n").await;
    assert_eq!(wire.read_until("\r\n\r\n").await, "HTTP/1.1 100 Continue\r\n\r\n");
    wire.write("hello").await;
    assert!(wire.read_until("ok").await.starts_with("HTTP/1.1 200"));
    assert!(!stable.got()[0].headers.contains_key("expect"));
}

#[tokio::test]
async fn head_keeps_its_length_and_has_no_body() {
    let stable = Version::answering(200, "12345").await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let answer = send(gateway.inbound, "HEAD", "/", &[]).await;
    assert_eq!((answer.header("content-length"), answer.text.as_str()), ("5", ""));
    assert_eq!(send(gateway.inbound, "HEAD", "/", &[]).await.status, 200);
}

#[tokio::test]
async fn a_large_body_streams_both_ways_and_comes_back_whole() {
    let echo = Version::new(|request: Request<Incoming>| async move {
        let body = request.into_body().collect().await.ok()?.to_bytes();
        Some(Response::new(http_body_util::Full::new(body).boxed()))
    })
    .await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&echo], None)).await;
    let body: String = (0..2_000_000_u32).map(|n| char::from(b'a' + (n % 23) as u8)).collect();
    let answer = send_body(gateway.inbound, "POST", "/", &[], body.clone()).await;
    assert!(answer.text == body, "{} bytes came back", answer.text.len());
}

#[tokio::test]
async fn pieces_are_passed_on_as_they_come() {
    let (pieces, body) = Streamed::new();
    let body = std::sync::Mutex::new(Some(body));
    let stable = Version::new(move |request: Request<Incoming>| {
        let body = body.lock().unwrap().take();
        async move {
            let mut upload = request.into_body();
            let first = upload.frame().await.unwrap().unwrap().into_data().unwrap();
            assert_eq!(first, "first piece up");
            body.map(|body| Response::new(body.boxed()))
        }
    })
    .await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\ne\r\nfirst piece up\r\n").await;
    // Neither body is complete: headers and pieces come all the same.
    pieces.send(Bytes::from_static(b"first piece down")).await.unwrap();
    wire.read_until("first piece down").await;
    pieces.send(Bytes::from_static(b"second piece down")).await.unwrap();
    wire.read_until("second piece down").await;
    wire.write("0\r\n\r\n").await;
    drop(pieces);
    wire.read_until("0\r\n\r\n").await;
}

#[tokio::test]
async fn a_websocket_goes_through() {
    let stable = websocket_echo().await;
    let mut with = config(1, &[], None);
    with.services[0] = service("checkout", &[], Some(canary(stable, 100)));
    let (gateway, plane) = Gateway::with(&with).await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write(
        "GET /ws HTTP/1.1\r\nhost: a\r\ncookie: sw_session=s\r\nconnection: Upgrade\r\nupgrade: WebSocket\r\n\r\n",
    )
    .await;
    let head = wire.read_until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101") && head.contains("sec-websocket-accept: x"), "{head}");
    assert!(!head.to_ascii_lowercase().contains("set-cookie"), "{head}");
    // Not HTTP, and it looks like an attack: nobody reads along any more.
    let text = "x\r\n y\r\ncontent-length: z\r\n\r\n";
    wire.write(text).await;
    assert_eq!(wire.read_until("z\r\n\r\n").await, text);
    plane.until("it is in flight", |plane| plane.reports().last().is_some_and(|r| !r.in_flight.is_empty())).await;
    drop(wire);
    plane.until("it is over", |plane| plane.reports().last().is_some_and(|r| r.in_flight.is_empty())).await;
}

/// A server that accepts one upgrade and echoes.
async fn websocket_echo() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut wire = Wire(stream);
        let head = wire.read_until("\r\n\r\n").await.to_ascii_lowercase();
        assert!(head.contains("upgrade: websocket") && head.contains("connection: upgrade"), "{head}");
        assert!(!head.contains("cookie"), "{head}");
        wire.write(
            "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: x\r\n\
             set-cookie: sw_session=x\r\n\r\n",
        )
        .await;
        let mut bytes = [0; 1024];
        while let Ok(n @ 1..) = wire.0.read(&mut bytes).await {
            wire.0.write_all(&bytes[..n]).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn calls_between_services_lose_their_first_two_segments() {
    let payments = Version::answering(200, "paid").await;
    let mut with = config(1, &[], None);
    with.services.push(service("payments", &[&payments], None));
    let (gateway, plane) = Gateway::with(&with).await;
    for (path, want) in [
        ("/checkout/payments/pay/7?x=y", "/pay/7?x=y"),
        ("/checkout/payments", "/"),
        ("/checkout/payments?x", "/?x"),
        ("/stranger/payments/a", "/a"),
    ] {
        assert_eq!(get(gateway.outbound, path).await.text, "paid", "{path}");
        let got = stable_target(&payments);
        assert_eq!(got, want);
    }
    assert!(!payments.got()[0].headers.contains_key("x-forwarded-for"), "the caller is no user");
    plane.until("four calls are counted", |plane| plane.starts().values().sum::<u64>() == 4).await;
    let routes: Vec<_> = plane.starts().into_iter().map(|((route, _), n)| (route, n)).collect();
    assert_eq!(routes, [("from/checkout".to_owned(), 3), ("from/unknown".to_owned(), 1)]);
}

fn stable_target(version: &Version) -> String {
    version.got().last().unwrap().target.clone()
}

#[tokio::test]
async fn what_has_no_version_is_answered_here() {
    let stable = Version::answering(200, "ok").await;
    let mut with = config(1, &[&stable], None);
    with.routes[0].hosts = vec!["shop.example".to_owned()];
    with.routes.push(seaworthy_contract::gateway::RouteConfig {
        name: "*/later".to_owned(),
        path: "/later".to_owned(),
        service: "later".parse().unwrap(),
        ..route()
    });
    let (gateway, _plane) = Gateway::with(&with).await;
    for (to, method, path, host, status, code) in [
        (gateway.inbound, "GET", "/", "other.example", 404, "no-route"),
        (gateway.inbound, "GET", "/later/x", "a", 503, "no-healthy-version"),
        (gateway.inbound, "TRACE", "/", "shop.example", 501, "method-not-supported"),
        (gateway.inbound, "GET", "/", "a b", 400, "bad-request"),
        (gateway.outbound, "GET", "/x/nobody/", "a", 503, "no-healthy-version"),
        (gateway.outbound, "GET", "/x", "a", 400, "bad-request"),
    ] {
        let answer = send(to, method, path, &[("host", host)]).await;
        assert_eq!((answer.status, answer.header("x-seaworthy-error")), (status, code), "{method} {host}{path}");
    }
    assert!(get_host(&gateway, "other.example").await.text.contains("other.example"));
    assert!(stable.got().is_empty());
}

async fn get_host(gateway: &Gateway, host: &str) -> Answer {
    send(gateway.inbound, "GET", "/", &[("host", host)]).await
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let stable = Version::answering(200, "ok").await;
    let (gateway, _plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let mut many = Wire::open(gateway.inbound).await;
    let fields: String = (0..150).map(|n| format!("x-{n}: y\r\n")).collect();
    many.write(&format!("GET / HTTP/1.1\r\nhost: a\r\n{fields}\r\n")).await;
    assert!(many.read_all().await.starts_with("HTTP/1.1 431"));
    // The answer may be lost with the rest of the head, which nobody reads.
    let mut large = Wire::open(gateway.inbound).await;
    large.write(&format!("GET / HTTP/1.1\r\nhost: a\r\nx-large: {}", "x".repeat(70_000))).await;
    assert!(!large.read_all().await.contains(" 200 "));
    assert!(stable.got().is_empty());
}

#[tokio::test]
async fn a_stop_finishes_what_is_in_flight() {
    let (release, released) = tokio::sync::watch::channel(false);
    let stable = Version::new(move |_| {
        let mut released = released.clone();
        async move {
            released.wait_for(|is| *is).await.unwrap();
            Some(reply(200, "finished"))
        }
    })
    .await;
    let (mut gateway, plane) = Gateway::with(&config(1, &[&stable], None)).await;
    let mut idle = Wire::open(gateway.inbound).await;
    let inbound = gateway.inbound;
    let in_flight = tokio::spawn(async move { get(inbound, "/").await });
    until("the version has it", async || stable.got().len() == 1).await;
    let stopping = tokio::spawn(async move {
        gateway.stop().await;
        gateway
    });
    assert_eq!(idle.read_all().await, "", "an idle connection is closed");
    tokio::time::timeout(Duration::from_millis(50), async {
        while !stopping.is_finished() {
            tokio::task::yield_now().await
        }
    })
    .await
    .expect_err("it waits for the request");
    release.send_replace(true);
    assert_eq!(in_flight.await.unwrap().text, "finished");
    stopping.await.unwrap();
    let counted = plane.sums(seaworthy_model::Arm::Stable);
    assert_eq!((counted.starts, counted.ended.ok), (1, 1), "the last report was sent");
}
