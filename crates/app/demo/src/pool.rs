//! Kept-alive connections to one address, as a browser keeps them.
//!
//! A request is sent a second time only when the first time not a byte of it went out: a kept connection that the
//! other side had just closed. Everything else that goes wrong is reported, never hidden by another try, because
//! the load counts what users see.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// Longest time a connection is kept without use: below the keep-alive of servers, so that we close first.
const IDLE_MAX: Duration = Duration::from_secs(5);
/// Most connections kept without use: above what 200 requests a second of 100 ms need at once.
const IDLE_CONNECTIONS_MAX: usize = 128;
/// Longest time to get a connection on one machine.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Most bytes of an answer that are read: the samples answer in hundreds.
const BODY_MAX: usize = 1024 * 1024;

/// What came in place of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection: refused, or not in time.
    Connect,
    /// The connection broke before the answer was complete.
    Reset,
}

/// An address that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("could not read the address \"{0}\": it is not http://host:port")]
pub(crate) struct BadAddress(String);

/// Connections to one `http://host:port[/prefix]`.
pub(crate) struct Pool {
    authority: String,
    host: HeaderValue,
    prefix: String,
    idle: Mutex<Vec<Idle>>,
}

type Sender = SendRequest<Full<Bytes>>;

struct Idle {
    sender: Sender,
    since: Instant,
}

impl Pool {
    /// Makes a pool without connections.
    ///
    /// # Errors
    /// When `base` is not `http://host:port` with an optional path prefix.
    pub(crate) fn new(base: &str) -> Result<Self, BadAddress> {
        let bad = || BadAddress(base.to_owned());
        let rest = base.strip_prefix("http://").ok_or_else(bad)?;
        let (authority, prefix) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
        let (host, port) = authority.rsplit_once(':').unwrap_or((authority, "80"));
        if host.is_empty() || port.parse::<u16>().is_err() {
            return Err(bad());
        }
        let prefix = prefix.trim_matches('/');
        Ok(Self {
            authority: format!("{host}:{port}"),
            host: HeaderValue::from_str(authority).map_err(|_| bad())?,
            prefix: if prefix.is_empty() { String::new() } else { format!("/{prefix}") },
            idle: Mutex::default(),
        })
    }

    /// Returns `path` below the prefix of the address.
    pub(crate) fn path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Makes one exchange and reads the answer to its end. The caller sets the longest time.
    pub(crate) async fn send(&self, mut request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Failure> {
        request.headers_mut().insert(HOST, self.host.clone());
        loop {
            let (mut sender, kept) = match self.take() {
                Some(sender) => (sender, true),
                None => (self.connect().await?, false),
            };
            match sender.try_send_request(request).await {
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    let body = Limited::new(body, BODY_MAX).collect().await.map_err(|_| Failure::Reset)?.to_bytes();
                    self.keep(sender);
                    return Ok(Response::from_parts(parts, body));
                }
                // Each turn takes a kept connection away, so this ends at a new one at the latest.
                Err(mut error) => match error.take_message() {
                    Some(unsent) if kept => request = unsent,
                    _ => return Err(Failure::Reset),
                },
            }
        }
    }

    async fn connect(&self) -> Result<Sender, Failure> {
        let stream = timeout(CONNECT_TIMEOUT, TcpStream::connect(&self.authority)).await;
        let stream = stream.map_err(|_| Failure::Connect)?.map_err(|_| Failure::Connect)?;
        stream.set_nodelay(true).map_err(|_| Failure::Connect)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| Failure::Connect)?;
        // Its failure reaches the caller through the sender or the body; there is nobody else to tell.
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }

    /// Takes the connection used last, and closes those that were idle for too long.
    fn take(&self) -> Option<Sender> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|kept| kept.since.elapsed() < IDLE_MAX && !kept.sender.is_closed());
        let last = idle.iter().rposition(|kept| kept.sender.is_ready())?;
        Some(idle.remove(last).sender)
    }

    fn keep(&self, sender: Sender) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if !sender.is_closed() && idle.len() < IDLE_CONNECTIONS_MAX {
            idle.push(Idle { sender, since: Instant::now() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    #[test]
    fn addresses_are_read() {
        for (base, want) in [
            ("http://127.0.0.1:7480", Some(("127.0.0.1:7480", "/quote"))),
            ("http://127.0.0.1:7480/", Some(("127.0.0.1:7480", "/quote"))),
            ("http://payments/v1/", Some(("payments:80", "/v1/quote"))),
            ("https://127.0.0.1:7480", None),
            ("127.0.0.1:7480", None),
            ("http://:80", None),
            ("http://a:b", None),
        ] {
            let pool = Pool::new(base).ok();
            let got = pool.as_ref().map(|pool| (pool.authority.clone(), pool.path("/quote")));
            assert_eq!(got, want.map(|(authority, path)| (authority.to_owned(), path.to_owned())), "{base}");
        }
    }

    async fn answer_once(listener: &TcpListener) -> TcpStream {
        let (mut stream, _) = listener.accept().await.expect("accepts");
        read_head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await.expect("writes");
        stream
    }

    async fn read_head(stream: &mut TcpStream) {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("a request comes"));
        }
    }

    fn post() -> Request<Full<Bytes>> {
        Request::post("/").body(Full::default()).expect("a valid request")
    }

    #[tokio::test]
    async fn a_kept_connection_that_was_closed_loses_no_request() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let pool = Pool::new(&format!("http://{}", listener.local_addr().expect("bound"))).expect("valid");
        for _ in 0..20 {
            let (answer, stream) = tokio::join!(pool.send(post()), answer_once(&listener));
            assert_eq!(answer.expect("answered").status(), 200);
            drop(stream);
            // The news of the close travels through the kernel; a request that overtakes it is a failure, as it should be.
            while pool.idle.lock().expect("not poisoned").iter().any(|kept| !kept.sender.is_closed()) {
                tokio::task::yield_now().await;
            }
        }
    }

    #[tokio::test]
    async fn a_connection_is_used_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let pool = Pool::new(&format!("http://{}", listener.local_addr().expect("bound"))).expect("valid");
        let (first, mut stream) = tokio::join!(pool.send(post()), answer_once(&listener));
        first.expect("answered");
        // hyper takes the connection back when its task runs next.
        while !pool.idle.lock().expect("not poisoned").iter().all(|kept| kept.sender.is_ready()) {
            tokio::task::yield_now().await;
        }
        let again = async {
            read_head(&mut stream).await;
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.expect("writes");
        };
        let (second, ()) = tokio::join!(pool.send(post()), again);
        assert_eq!(second.expect("answered").status(), 204);
    }

    #[tokio::test]
    async fn what_was_sent_is_never_sent_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let pool = Pool::new(&format!("http://{}", listener.local_addr().expect("bound"))).expect("valid");
        let swallow = async {
            let (mut stream, _) = listener.accept().await.expect("accepts");
            read_head(&mut stream).await;
        };
        let (answer, ()) = tokio::join!(pool.send(post()), swallow);
        assert_eq!(answer.map(drop), Err(Failure::Reset));
        drop(listener);
        assert_eq!(pool.send(post()).await.map(drop), Err(Failure::Connect));
    }
}
