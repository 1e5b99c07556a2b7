//! A version of a service: a server whose every answer the test decides.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body::{Body, Frame};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(crate) type Reply = Response<BoxBody<Bytes, Infallible>>;

/// A request as the version got it, without its body.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
}

#[derive(Default)]
struct Seen {
    got: Mutex<Vec<Got>>,
    connections: AtomicUsize,
    open: AtomicUsize,
}

pub(crate) struct Version {
    pub(crate) address: SocketAddr,
    seen: Arc<Seen>,
    accepting: JoinHandle<()>,
}

/// An answer with a status and a text.
pub(crate) fn reply(status: u16, text: &str) -> Reply {
    let body = Full::new(Bytes::copy_from_slice(text.as_bytes())).boxed();
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

impl Version {
    /// Answers every request with a status and a text, after reading it whole.
    pub(crate) async fn answering(status: u16, text: &'static str) -> Self {
        Self::new(move |request: Request<Incoming>| async move {
            drop(request.into_body().collect().await);
            Some(reply(status, text))
        })
        .await
    }

    /// Never answers.
    pub(crate) async fn hanging() -> Self {
        Self::new(|_| std::future::pending()).await
    }

    /// Closes the connection instead of answering.
    pub(crate) async fn closing() -> Self {
        Self::new(|_| async { None }).await
    }

    /// Answers as it is told; `None` closes the connection.
    pub(crate) async fn new<F>(answer: impl Fn(Request<Incoming>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Option<Reply>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Seen::default());
        let accepting = tokio::spawn(accept(listener, seen.clone(), Arc::new(answer)));
        Self { address, seen, accepting }
    }

    /// The requests so far.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.seen.got.lock().unwrap().clone()
    }

    /// The number of connections so far.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(SeqCst)
    }

    /// The number of connections that are open now.
    pub(crate) fn open(&self) -> usize {
        self.seen.open.load(SeqCst)
    }
}

impl Drop for Version {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept<F>(
    listener: TcpListener,
    seen: Arc<Seen>,
    answer: Arc<impl Fn(Request<Incoming>) -> F + Send + Sync + 'static>,
) where
    F: Future<Output = Option<Reply>> + Send + 'static,
{
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        seen.connections.fetch_add(1, SeqCst);
        seen.open.fetch_add(1, SeqCst);
        let (seen, answer) = (seen.clone(), answer.clone());
        tokio::spawn(async move {
            let noted = seen.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                noted.got.lock().unwrap().push(Got {
                    method: request.method().to_string(),
                    target: request.uri().to_string(),
                    headers: request.headers().clone(),
                });
                let answered = answer(request);
                async move { answered.await.ok_or("told to close") }
            });
            drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
            seen.open.fetch_sub(1, SeqCst);
        });
    }
}

/// A body that the test sends piece by piece.
pub(crate) struct Streamed(mpsc::Receiver<Bytes>);

impl Streamed {
    pub(crate) fn new() -> (mpsc::Sender<Bytes>, Self) {
        let (sender, receiver) = mpsc::channel(4);
        (sender, Self(receiver))
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}
