//! The listening socket: connections are bounded, and none may be slow for ever.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::room::{Busy, Room, Seat};

/// What strangers may take up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Most connections at once; for one more, the one that has waited longest for a request is closed.
    pub(crate) connections: usize,
    /// Longest time from one request to the whole head of the next: whoever has no more to ask may come again.
    pub(crate) head_time: Duration,
}

impl Limits {
    /// A process may usually have 1,024 files open, and stores, sockets and programs that pages leave by need some of
    /// them; a head comes within a round trip or two, and an idle connection costs little to open again.
    pub(crate) const REAL: Self = Self { connections: 800, head_time: Duration::from_secs(15) };
}

/// Largest head of a request, in bytes: a browser's cookies of several programs on one host fit.
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// Pause after a connection that could not be accepted: files may be closed meanwhile.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until told to stop, then until every connection has ended; whoever cannot wait drops it.
pub(crate) async fn serve(listener: TcpListener, router: Router, limits: Limits, mut stop: watch::Receiver<bool>) {
    let (places, room) = (Arc::new(Semaphore::new(limits.connections)), Arc::new(Room::default()));
    let mut connections = JoinSet::new();
    loop {
        // What has ended is forgotten here: a task that panicked took nobody with it.
        while connections.try_join_next().is_some() {}
        tokio::select! {
            (stream, place) = admit(&listener, &places, &room) => {
                let (router, stop, seat) = (router.clone(), stop.clone(), room.sit());
                connections.spawn(async move {
                    carry(stream, router, limits, seat, stop).await;
                    drop(place);
                });
            }
            () = told(&mut stop) => break,
        }
    }
    while connections.join_next().await.is_some() {}
}

/// Accepts a connection and finds a place for it. Where all are taken, it is somebody's who waits, if anybody does.
async fn admit(listener: &TcpListener, places: &Arc<Semaphore>, room: &Room) -> (TcpStream, OwnedSemaphorePermit) {
    let stream = accept(listener).await;
    if places.available_permits() == 0 {
        room.dismiss_longest();
    }
    (stream, places.clone().acquire_owned().await.expect("nobody closes it"))
}

/// Waits until told to stop.
async fn told(stop: &mut watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are small: waiting to fill a packet would only make them late.
                drop(stream.set_nodelay(true));
                return stream;
            }
            Err(error) if is_of_the_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "could not accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn is_of_the_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Where a connection comes from: a proxy in front is all that it shows of those behind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Answers one connection's requests. How it ends is the other side's affair.
async fn carry(stream: TcpStream, router: Router, limits: Limits, seat: Arc<Seat>, mut stop: watch::Receiver<bool>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head_time).max_buf_size(HEAD_BYTES_MAX);
    let peer = stream.peer_addr().ok().map(|address| Peer(address.ip()));
    let service = service_fn(|mut request: Request<Incoming>| {
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        let (answering, busy) = (TowerToHyperService::new(router.clone()).call(request), seat.busy());
        async move {
            let answer: Result<Response, Infallible> = answering.await;
            answer.map(|answer| answer.map(|body| Answer { body, _busy: busy }))
        }
    });
    let connection = http.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => drop(ended),
        () = seat.dismissed() => {}
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}

/// The body of an answer; its connection is busy until it is sent.
struct Answer {
    body: Body,
    _busy: Busy,
}

impl http_body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
