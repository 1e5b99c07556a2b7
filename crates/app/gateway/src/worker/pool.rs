//! Connections to one instance of a version, kept by one worker.
//!
//! The connection used last is taken first, so that a quiet pool shrinks. A connection belongs to one exchange until
//! its response was read to the end; one that is dropped earlier is closed.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::spawn_local;
use tokio::time::timeout;

use crate::compiled::Address;
use crate::worker::HEAD_MAX;
use crate::worker::body::Outgoing;

/// Longest time to get a connection: within a data centre it takes a millisecond; one lost packet costs a second.
const CONNECT_MAX: Duration = Duration::from_millis(1_500);

/// Idle connections kept for an instance, by each worker: enough for 256 requests at a time without a new one.
const IDLE_MAX: usize = 256;

/// An idle connection is not used any more after this: common servers close theirs after 5 s, and a request that
/// meets the close on its way is lost if it may not be repeated.
const IDLE_FOR: Duration = Duration::from_secs(4);

/// How long a connection may take to become free after its response was read (a request body still being sent).
const RELEASE_MAX: Duration = Duration::from_secs(5);

type Sender = SendRequest<Outgoing>;

pub(crate) struct Endpoint {
    pub(crate) address: Address,
    idle: RefCell<Vec<(Sender, Instant)>>,
}

/// A connection in use.
pub(crate) struct Lease {
    pub(crate) sender: Sender,
    /// Whether it carried a request before: the other side may be closing it just now.
    pub(crate) is_reused: bool,
    endpoint: Rc<Endpoint>,
}

impl Endpoint {
    pub(crate) fn new(address: Address) -> Self {
        Self { address, idle: RefCell::default() }
    }

    /// Takes an idle connection that can be used at once.
    pub(crate) fn take_idle(self: &Rc<Self>, now: Instant) -> Option<Lease> {
        let mut idle = self.idle.borrow_mut();
        while let Some((sender, since)) = idle.pop() {
            if now.saturating_duration_since(since) > IDLE_FOR {
                // Those below are older still.
                idle.clear();
                return None;
            }
            if sender.is_ready() {
                return Some(Lease { sender, is_reused: true, endpoint: self.clone() });
            }
        }
        None
    }

    /// Makes a connection.
    pub(crate) async fn connect(self: &Rc<Self>) -> io::Result<Lease> {
        let stream = timeout(CONNECT_MAX, self.open()).await.map_err(|_| io::ErrorKind::TimedOut)??;
        stream.set_nodelay(true)?;
        let handshake = Builder::new().max_buf_size(HEAD_MAX).handshake(TokioIo::new(stream)).await;
        let (sender, connection) = handshake.map_err(io::Error::other)?;
        // What goes wrong reaches whoever waits for the response; an idle connection that ends concerns nobody.
        spawn_local(async move { drop(connection.with_upgrades().await) });
        Ok(Lease { sender, is_reused: false, endpoint: self.clone() })
    }

    async fn open(&self) -> io::Result<TcpStream> {
        match &self.address {
            Address::Ip(address) => TcpStream::connect(address).await,
            Address::Name(host, port) => TcpStream::connect((&**host, *port)).await,
        }
    }

    fn put(&self, sender: Sender) {
        let mut idle = self.idle.borrow_mut();
        if idle.len() < IDLE_MAX {
            idle.push((sender, Instant::now()));
        }
    }

    /// Closes what was idle for too long, or was closed by the other side.
    pub(crate) fn close_idle(&self) {
        self.idle.borrow_mut().retain(|(sender, since)| !sender.is_closed() && since.elapsed() <= IDLE_FOR);
    }
}

impl Lease {
    /// Gives the connection back, once the response was read to its end.
    pub(crate) fn release(mut self) {
        if self.sender.is_ready() {
            self.endpoint.put(self.sender);
        } else if !self.sender.is_closed() {
            spawn_local(async move {
                if let Ok(Ok(())) = timeout(RELEASE_MAX, self.sender.ready()).await {
                    self.endpoint.put(self.sender);
                }
            });
        }
    }
}
