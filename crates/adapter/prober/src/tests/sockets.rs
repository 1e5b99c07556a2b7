//! TCP, TLS, and one request to servers that are not well.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use seaworthy_contract::catalogue::Target;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::{file, http, listen, ok, probe, prober, prober_at, request, said, step, tried};

/// Far more than loopback needs.
const LONG_MS: u64 = 20_000;

/// Long enough that a hanging server is not mistaken for a slow test.
const SHORT_MS: u64 = 150;

fn get(url: impl Into<String>) -> Target {
    Target::Http { steps: vec![step(url)] }
}

/// A port where nobody listens.
async fn nobody() -> std::net::SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn a_status_says_how_it_is() {
    for (status, want) in [
        ("200 OK", "pass"),
        ("204 No Content", "pass"),
        ("304 Not Modified", "pass"),
        ("401 Unauthorized", "fail status-401: the answer is 401"),
        ("503 Service Unavailable", "fail status-503: the answer is 503"),
    ] {
        let address = http(move |_| format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n")).await;
        assert_eq!(tried(get(format!("http://{address}/health")), LONG_MS).await, want);
    }
}

#[tokio::test]
async fn a_name_under_localhost_is_this_machine() {
    let address = http(move |_| "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned()).await;
    for name in ["hello.localhost", "HELLO.Localhost", "localhost"] {
        assert_eq!(tried(get(format!("http://{name}:{}/", address.port())), LONG_MS).await, "pass", "{name}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_well_is_told_apart() {
    let cut = listen(|mut stream| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await.unwrap();
    });
    let silent = listen(|mut stream| async move { drop(request(&mut stream).await) });
    let garbage = listen(|mut stream| async move {
        request(&mut stream).await;
        drop(stream.write_all(b"220 mail.example ESMTP\r\n").await);
    });
    let for_ever = listen(|mut stream| async move {
        request(&mut stream).await;
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await);
        let block = format!("10000\r\n{}\r\n", "x".repeat(65_536));
        while stream.write_all(block.as_bytes()).await.is_ok() {}
    });
    let long_head = http(|_| format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(1_000_000)));
    for (address, want) in [
        (nobody().await, "fail connection: no connection (connection refused)"),
        (cut.await, "fail connection: the connection broke off before the answer was whole"),
        (silent.await, "fail connection: the connection broke off before the answer was whole"),
        (garbage.await, "fail protocol: what answers does not speak HTTP"),
        (for_ever.await, "fail protocol: the answer is longer than 4 MiB"),
        (long_head.await, "fail protocol: what answers does not speak HTTP"),
    ] {
        assert_eq!(tried(get(format!("http://{address}/")), LONG_MS).await, want);
    }
}

#[tokio::test]
async fn a_server_that_hangs_costs_one_time_limit() {
    let never = listen(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    });
    let half = listen(|mut stream| async move {
        request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf").await.unwrap();
        std::future::pending::<()>().await;
    });
    for address in [never.await, half.await] {
        assert_eq!(tried(get(format!("http://{address}/")), SHORT_MS).await, "fail timeout: no whole answer in time");
        let tls = Target::Tls { address: address.to_string(), server_name: None, days_min: 1 };
        assert_eq!(tried(tls, SHORT_MS).await, "fail timeout: no answer in time");
    }
}

#[tokio::test]
async fn redirects_are_followed_and_not_for_ever() {
    let address = http(|asked| match asked.split(' ').nth(1).unwrap_or_default() {
        "/ever" => "HTTP/1.1 302 Found\r\nlocation: /ever\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "/there" => "HTTP/1.1 301 Moved\r\nlocation: here\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "/nowhere" => "HTTP/1.1 301 Moved\r\nlocation: gopher://x\r\ncontent-length: 0\r\n\r\n".to_owned(),
        "/here" if asked.starts_with("GET") => ok("", "here"),
        _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_owned(),
    })
    .await;
    for (path, want) in [
        ("/there", "pass"),
        ("/ever", "fail protocol: it redirects more than 5 times"),
        ("/nowhere", "fail protocol: it redirects to what is no address"),
        ("/gone", "fail status-404: the answer is 404"),
    ] {
        assert_eq!(tried(get(format!("http://{address}{path}")), LONG_MS).await, want);
    }
    let mut kept = step(format!("http://{address}/there"));
    kept.expect = vec![serde_json::from_str(r#"{"status":[301]}"#).unwrap()];
    assert_eq!(tried(Target::Http { steps: vec![kept] }, LONG_MS).await, "pass");
    let mut posted = step(format!("http://{address}/there"));
    posted.method = "POST".to_owned();
    assert_eq!(tried(Target::Http { steps: vec![posted] }, LONG_MS).await, "pass", "a redirect is its answer");
}

#[tokio::test]
async fn what_cannot_be_asked_says_nothing_of_the_target() {
    for (url, want) in [
        ("ftp://127.0.0.1/", "cannot see unable: the address is not http://host/path or https://host/path"),
        ("http://user:pw@127.0.0.1/", "cannot see unable: the address is not http://host/path or https://host/path"),
        ("nonsense", "cannot see unable: the address is not http://host/path or https://host/path"),
        ("http://no-such-host.invalid/", "fail name: the name does not resolve"),
    ] {
        assert_eq!(tried(get(url), LONG_MS).await, want, "{url}");
    }
    let tcp = Target::Tcp { address: "127.0.0.1".to_owned() };
    assert_eq!(tried(tcp, LONG_MS).await, "cannot see unable: the address is not host:port");
}

#[tokio::test]
async fn a_port_accepts_or_it_does_not() {
    let open = listen(|stream| async move { drop(stream) }).await;
    for (address, want) in [(open, "pass"), (nobody().await, "fail connection: no connection (connection refused)")] {
        assert_eq!(tried(Target::Tcp { address: address.to_string() }, LONG_MS).await, want);
    }
}

async fn secure() -> std::net::SocketAddr {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let leaf = CertificateDer::from_pem_file(file("leaf.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("leaf.key")).unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![leaf], key).unwrap());
    listen(move |stream| {
        let config = config.clone();
        async move {
            // A prober that refuses the certificate, or has seen enough, breaks off.
            if let Ok(mut stream) = tokio_rustls::TlsAcceptor::from(config).accept(stream).await {
                drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await);
                drop(stream.shutdown().await);
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_certificate_is_looked_at() {
    let plain = listen(|mut stream| async move {
        drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await);
        request(&mut stream).await;
    });
    let (address, plain) = (secure().await, plain.await);
    let tls =
        |days_min| Target::Tls { address: address.to_string(), server_name: Some("localhost".to_owned()), days_min };
    let other = Target::Tls { address: address.to_string(), server_name: Some("shop.example".to_owned()), days_min: 1 };
    let cleartext = Target::Tls { address: plain.to_string(), server_name: None, days_min: 1 };
    let soon = "degraded expiring: the certificate ends in 30 days, on 2026-07-01T00:00:00Z";
    for (at, target, want) in [
        ("2026-05-31T12:00:00Z", tls(30), "pass"),
        ("2026-05-31T12:00:00Z", tls(31), soon),
        ("2026-07-02T00:00:00Z", tls(14), "fail certificate: the certificate has ended at 2026-07-01T00:00:00Z"),
        ("2026-05-31T12:00:00Z", other, "fail certificate: the certificate is not for \"shop.example\" but for "),
        ("2026-05-31T12:00:00Z", cleartext, "fail tls: no TLS ("),
        ("2026-05-31T12:00:00Z", get(format!("https://localhost:{}/", address.port())), "pass"),
        ("2026-08-01T12:00:00Z", get(format!("https://localhost:{}/", address.port())), "fail certificate: the cert"),
    ] {
        let tried = prober_at(at).try_once(&probe(target, LONG_MS)).await;
        assert!(said(&tried.outcome).starts_with(want), "{}", said(&tried.outcome));
    }
}

#[tokio::test]
async fn slow_is_degraded_and_timed_from_the_slot() {
    let address = http(|_| ok("", "")).await;
    let probe = seaworthy_contract::catalogue::Probe {
        slow_ms: Some(400),
        ..probe(get(format!("http://{address}/")), LONG_MS)
    };
    let now = prober().now();
    for (late_ms, want) in [(0, "Pass"), (500, "Degraded"), (1_500, "CannotSee")] {
        let slot = now - jiff::SignedDuration::from_millis(late_ms);
        let result = prober().run(&probe, slot, &[]).await;
        assert!(format!("{:?}", result.outcome).starts_with(want), "{late_ms}: {:?}", result.outcome);
        assert_eq!((result.intended_at, result.started_at), (slot, now));
    }
}
