//! The listening socket: connections are bounded, and none may be slow for ever.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// What strangers may take up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Most connections at once; more wait in the socket.
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
    let places = Arc::new(Semaphore::new(limits.connections));
    let mut connections = JoinSet::new();
    loop {
        // What has ended is forgotten here: a task that panicked took nobody with it.
        while connections.try_join_next().is_some() {}
        let place = places.clone().acquire_owned().await.expect("nobody closes it");
        tokio::select! {
            stream = accept(&listener) => {
                let (router, stop) = (router.clone(), stop.clone());
                connections.spawn(async move {
                    carry(stream, router, limits, stop).await;
                    drop(place);
                });
            }
            () = told(&mut stop) => break,
        }
    }
    while connections.join_next().await.is_some() {}
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

/// Answers one connection's requests. How it ends is the other side's affair.
async fn carry(stream: TcpStream, router: Router, limits: Limits, mut stop: watch::Receiver<bool>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head_time).max_buf_size(HEAD_BYTES_MAX);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => drop(ended),
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            drop(connection.await);
        }
    }
}
