//! Probes against real sockets that answer, hang, cut, lie and redirect.

mod journeys;
mod names;
mod running;
mod sockets;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Probe, Step, Target};
use seaworthy_probe::Outcome;
use seaworthy_tls::Connector;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::{Prober, Secrets};

/// Files of `seaworthy-tls`: `ca.pem` signs `leaf.pem` for `localhost`, from 2026-01-01 to 2026-07-01.
pub(crate) fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tls/src/tests").join(name)
}

pub(crate) fn prober_at(at: &str) -> Prober {
    let at: Timestamp = at.parse().unwrap();
    let connector = Connector::new(Some(&file("ca.pem")), Arc::new(move || at)).unwrap();
    let secrets = Secrets::new(None, [("SEAWORTHY_SECRET_KEY".to_owned(), "s3cret".to_owned())]);
    Prober::new(connector, secrets, Arc::new(move || at))
}

pub(crate) fn prober() -> Prober {
    prober_at("2026-05-31T12:00:00Z")
}

/// A probe with the time of one try in milliseconds: far more than a good server needs, or little where one hangs.
pub(crate) fn probe(target: Target, timeout_ms: u64) -> Probe {
    Probe {
        name: "buy".to_owned(),
        service: "shop".parse().unwrap(),
        function: None,
        every_ms: 10_000,
        timeout_ms,
        slow_ms: None,
        places: Vec::new(),
        target,
    }
}

pub(crate) fn step(url: impl Into<String>) -> Step {
    serde_json::from_value(serde_json::json!({ "url": url.into() })).unwrap()
}

/// Listens, and lets `answer` speak on each connection.
pub(crate) async fn listen<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    address
}

/// Reads a request, its body included where it says how long it is.
pub(crate) async fn request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    loop {
        let seen = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = seen.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return seen;
            }
        }
        let mut more = [0; 4_096];
        match stream.read(&mut more).await {
            Ok(length) if length > 0 => text.extend_from_slice(&more[..length]),
            _ => return seen,
        }
    }
}

/// Answers each request with what `answer` makes of it.
pub(crate) async fn http(answer: impl Fn(&str) -> String + Clone + Send + 'static) -> SocketAddr {
    listen(move |mut stream| {
        let answer = answer.clone();
        async move {
            let asked = request(&mut stream).await;
            // Whoever asked may have gone away.
            drop(stream.write_all(answer(&asked).as_bytes()).await);
        }
    })
    .await
}

pub(crate) fn ok(headers: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// `fail status-503: the answer is 503`.
pub(crate) fn said(outcome: &Outcome) -> String {
    let word = match outcome {
        Outcome::Pass => return "pass".to_owned(),
        Outcome::Degraded(_) => "degraded",
        Outcome::Fail(_) => "fail",
        Outcome::CannotSee(_) => "cannot see",
    };
    let reason = outcome.reason().unwrap();
    format!("{word} {}: {}", reason.code.text(), reason.text)
}

pub(crate) async fn tried(target: Target, timeout_ms: u64) -> String {
    said(&prober().try_once(&probe(target, timeout_ms)).await.outcome)
}
