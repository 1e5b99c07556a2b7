//! A user: requests over a connection of their own, or bytes as they please.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::kit::WAIT;

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

pub(crate) async fn get(to: SocketAddr, path: &str) -> Answer {
    send(to, "GET", path, &[]).await
}

pub(crate) async fn send(to: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    send_body(to, method, path, headers, "").await
}

pub(crate) async fn send_body(
    to: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Answer {
    let stream = TcpStream::connect(to).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "shop.example");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body.into())).unwrap();
    let sent = tokio::time::timeout(WAIT, sender.send_request(request)).await.expect("an answer in time");
    let (parts, body) = sent.unwrap().into_parts();
    let text = body.collect().await.map(|body| String::from_utf8_lossy(&body.to_bytes()).into_owned());
    connection.abort();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        text: text.unwrap_or_else(|error| format!("(cut: {error})")),
    }
}

/// A connection on which a user writes what they please.
pub(crate) struct Wire(pub(crate) TcpStream);

impl Wire {
    pub(crate) async fn open(to: SocketAddr) -> Self {
        Self(TcpStream::connect(to).await.unwrap())
    }

    pub(crate) async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads until the text has come, or the other side closes.
    pub(crate) async fn read_until(&mut self, text: &str) -> String {
        let mut read = Vec::new();
        let reading = async {
            let mut piece = [0; 4096];
            while !String::from_utf8_lossy(&read).contains(text) {
                match self.0.read(&mut piece).await {
                    Ok(0) | Err(_) => return,
                    Ok(n) => read.extend_from_slice(&piece[..n]),
                }
            }
        };
        tokio::time::timeout(WAIT, reading).await.unwrap_or_else(|_| panic!("{text:?} did not come in time"));
        String::from_utf8_lossy(&read).into_owned()
    }

    /// Reads until the other side closes.
    pub(crate) async fn read_all(&mut self) -> String {
        self.read_until("\u{0}never sent\u{0}").await
    }
}
