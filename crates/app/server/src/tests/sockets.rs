//! Connections that want to stay for ever, or never come to the point.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use http_body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::http::{Limits, serve};

const SHORT: Duration = Duration::from_millis(200);
/// Longer than any test: what ends before ends for another reason.
const LONG: Duration = Duration::from_secs(600);

const WHOLE: &[u8] = b"GET / HTTP/1.1\r\nhost: a\r\n\r\n";

/// A server with three places, and a stream that never ends at `/ever`.
async fn server(head_time: Duration) -> (std::net::SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let ever = || async { Body::new(Ever { said: false }) };
    let router = Router::new().route("/", get(|| async { "here" })).route("/ever", get(ever));
    let (stop, told) = watch::channel(false);
    let limits = Limits { connections: 3, head_time };
    (address, stop, tokio::spawn(serve(listener, router, limits, told)))
}

/// A body that says one thing and then nothing.
struct Ever {
    said: bool,
}

impl http_body::Body for Ever {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match std::mem::replace(&mut self.said, true) {
            false => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"one thing"))))),
            true => Poll::Pending,
        }
    }
}

async fn connect(address: std::net::SocketAddr, sent: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("connected");
    stream.write_all(sent).await.expect("sent");
    stream
}

/// Everything until the other side hangs up.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    // A connection that is cut says no more either.
    drop(stream.read_to_end(&mut bytes).await);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn whoever_is_slow_makes_room_for_others() {
    let (address, _stop, _serving) = server(SHORT).await;
    let half = [&b""[..], b"G", b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: "];
    let mut slow = Vec::new();
    for sent in half {
        slow.push(connect(address, sent).await);
    }
    let answer = rest(connect(address, WHOLE).await).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "the fourth waits in the socket, then it is served: {answer}");
    assert!(answer.ends_with("here"), "and an idle connection ends: {answer}");
    for stream in slow {
        assert!(!rest(stream).await.contains("200"), "half a head is no request");
    }
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let (address, _stop, _serving) = server(SHORT).await;
    let endless = [&b"GET / HTTP/1.1\r\nx: "[..], &vec![b'x'; 200_000]].concat();
    let mut stream = TcpStream::connect(address).await.expect("connected");
    drop(stream.write_all(&endless).await);
    let answer = rest(stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer:.80}");
    assert!(rest(connect(address, WHOLE).await).await.ends_with("here"), "others notice nothing");
}

#[tokio::test]
async fn it_stops_when_it_is_told_and_ends_idle_connections() {
    let (address, stop, serving) = server(SHORT).await;
    let mut idle = connect(address, WHOLE).await;
    let mut first = [0; 8];
    idle.read_exact(&mut first).await.expect("an answer");
    stop.send_replace(true);
    serving.await.expect("ends");
    assert!(rest(idle).await.ends_with("here"));
}

#[tokio::test]
async fn a_crowd_that_says_nothing_keeps_nobody_out() {
    let (address, _stop, _serving) = server(LONG).await;
    let mut following = connect(address, b"GET /ever HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let mut first = [0; 8];
    following.read_exact(&mut first).await.expect("it is being served");
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(connect(address, b"GET / HTTP/1.1\r\nx: ").await);
        let mut asking = connect(address, WHOLE).await;
        let mut answer = [0; 12];
        asking.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
    assert!(rest(crowd.remove(0)).await.is_empty(), "who waited longest was sent away");
    let mut more = [0; 1];
    let left_alone = tokio::time::timeout(Duration::from_millis(50), async {
        while following.read(&mut more).await.expect("it is open") > 0 {}
    });
    assert!(left_alone.await.is_err(), "whoever is being served is not");
}
