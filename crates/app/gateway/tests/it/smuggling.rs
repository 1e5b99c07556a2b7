//! Requests that two readers could take apart differently, over a raw socket: refused, and the connection closed.

use crate::kit::*;

async fn one_gateway() -> (Gateway, Version, Plane) {
    let stable = Version::answering(200, "reached").await;
    let (gateway, plane) = Gateway::with(&config(1, &[&stable], None)).await;
    (gateway, stable, plane)
}

/// What an attacker wants to hide behind the first request.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nhost: a\r\n\r\n";

#[tokio::test]
async fn ambiguous_requests_are_refused_and_reach_nobody() {
    let (gateway, stable, _plane) = one_gateway().await;
    for fields in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n",
        "content-length: 5\r\ncontent-length: 6\r\n",
        "content-length: 5\r\ncontent-length: 5\r\n",
        "content-length: 5, 6\r\n",
        "content-length: +5\r\n",
        "content-length: -1\r\n",
        "content-length: 0x5\r\n",
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: chunked, identity\r\n",
        "transfer-encoding: identity\r\n",
        "transfer-encoding: xchunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        "transfer-encoding : chunked\r\n",
        "transfer-encoding:\x0bchunked\r\n",
        " transfer-encoding: chunked\r\n",
        "x-a: b\r\n transfer-encoding: chunked\r\n",
        "x-a: b\r\n\tcontent-length: 5\r\n",
    ] {
        let mut wire = Wire::open(gateway.inbound).await;
        wire.write(&format!("POST / HTTP/1.1\r\nhost: a\r\n{fields}\r\n0\r\n\r\n{HIDDEN}")).await;
        let text = wire.read_all().await;
        assert!(text.starts_with("HTTP/1.1 400"), "{fields:?}: {text}");
        assert_eq!(text.matches("HTTP/1.1").count(), 1, "{fields:?}: one answer, then closed");
    }
    assert!(stable.got().is_empty(), "{:?}", stable.got());
}

#[tokio::test]
async fn a_host_must_be_said_once() {
    let (gateway, stable, _plane) = one_gateway().await;
    for fields in ["", "host: a\r\nhost: b\r\n", "host: a\r\nhost: a\r\n", "host: a/b\r\n", "host:\r\n"] {
        let mut wire = Wire::open(gateway.inbound).await;
        wire.write(&format!("GET / HTTP/1.1\r\n{fields}\r\n")).await;
        let text = wire.read_all().await;
        assert!(text.starts_with("HTTP/1.1 400"), "{fields:?}: {text}");
    }
    assert!(stable.got().is_empty());
}

#[tokio::test]
async fn http_1_0_with_chunks_is_refused() {
    let (gateway, stable, _plane) = one_gateway().await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("POST / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n").await;
    assert!(wire.read_all().await.contains(" 400"));
    assert!(stable.got().is_empty());
}

#[tokio::test]
async fn what_stands_before_an_attack_is_answered() {
    let (gateway, stable, _plane) = one_gateway().await;
    let mut wire = Wire::open(gateway.inbound).await;
    let fine = "POST /fine HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let attack = "POST /bad HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    wire.write(&format!("{fine}{attack}{HIDDEN}")).await;
    let text = wire.read_all().await;
    assert!(text.starts_with("HTTP/1.1 200") && text.matches("HTTP/1.1 400").count() == 1, "{text}");
    let targets: Vec<_> = stable.got().into_iter().map(|got| got.target).collect();
    assert_eq!(targets, ["/fine"]);
}

#[tokio::test]
async fn a_body_that_looks_like_a_head_is_a_body() {
    let (gateway, stable, _plane) = one_gateway().await;
    let body = "POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write(&format!("POST /1 HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{body}", body.len())).await;
    wire.read_until("reached").await;
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    wire.write(&format!("POST /2 HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n{chunk}")).await;
    wire.read_until("reached").await;
    assert_eq!((stable.got().len(), stable.connections()), (2, 1));
}

#[tokio::test]
async fn an_absolute_target_is_stronger_than_the_host() {
    let (gateway, stable, _plane) = one_gateway().await;
    let mut wire = Wire::open(gateway.inbound).await;
    wire.write("GET http://true.example/x?y HTTP/1.1\r\nhost: false.example\r\n\r\n").await;
    wire.read_until("reached").await;
    let got = &stable.got()[0];
    assert_eq!((got.target.as_str(), got.headers["host"].to_str().unwrap()), ("/x?y", "true.example"));
}
