//! One connection of a user: served by hyper, watched by the sweep, ended in an orderly way.

use std::cell::Cell;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use http::HeaderValue;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Notify;

use crate::worker::patience::{Order, Patience, Sight};
use crate::worker::serve;
use crate::worker::wire::{Watched, Wire};
use crate::worker::{HEAD_MAX, Worker};

/// Which listening socket a connection came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Users.
    Inbound,
    /// Services that call their dependencies.
    Outbound,
}

pub(crate) struct Connection {
    pub(crate) worker: Rc<Worker>,
    pub(crate) side: Side,
    /// The user's address, ready for `X-Forwarded-For`.
    pub(crate) peer: HeaderValue,
    pub(crate) wire: Arc<Wire>,
    /// Requests that came over it.
    requests: Cell<u64>,
    /// Requests that wait for a response.
    waiting: Cell<u32>,
    is_tunnel: Cell<bool>,
    order: Cell<Option<Order>>,
    told: Notify,
    patience: Cell<Patience>,
}

impl Connection {
    fn new(worker: Rc<Worker>, side: Side, peer: SocketAddr, wire: Arc<Wire>) -> Self {
        let peer = HeaderValue::from_str(&peer.ip().to_canonical().to_string());
        Self {
            worker,
            side,
            peer: peer.expect("an address has no character that a header cannot carry"),
            wire,
            requests: Cell::new(0),
            waiting: Cell::new(0),
            is_tunnel: Cell::new(false),
            order: Cell::new(None),
            told: Notify::new(),
            patience: Cell::default(),
        }
    }

    /// Notes a request; returns its number, from 1, and a guard to hold until its response.
    pub(crate) fn begin(self: &Rc<Self>) -> (u64, Waiting) {
        self.requests.set(self.requests.get() + 1);
        self.waiting.set(self.waiting.get() + 1);
        (self.requests.get(), Waiting(self.clone()))
    }

    /// From here on it carries something else than HTTP.
    pub(crate) fn becomes_tunnel(&self) {
        self.is_tunnel.set(true);
    }

    pub(crate) fn give(&self, order: Order) {
        self.order.set(Some(order));
        self.told.notify_one();
    }

    /// Waits for an order. Dropping the future loses nothing.
    pub(crate) async fn ordered(&self) -> Order {
        loop {
            if let Some(order) = self.order.take() {
                return order;
            }
            self.told.notified().await;
        }
    }

    /// Decides, once a sweep, whether it is idle, slow or stuck for too long.
    pub(crate) fn look(&self) -> Option<Order> {
        let mut patience = self.patience.get();
        let order = patience.look(Sight {
            moved: self.wire.moved(),
            requests: self.requests.get(),
            waiting: self.waiting.get(),
            is_inside_head: self.wire.is_inside_head(),
            is_stuck: self.wire.is_stuck(),
            is_tunnel: self.is_tunnel.get(),
        });
        self.patience.set(patience);
        order
    }
}

/// Held while a request waits for its response.
pub(crate) struct Waiting(Rc<Connection>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.set(self.0.waiting.get() - 1);
    }
}

/// Serves one connection to its end.
pub(crate) async fn serve(worker: Rc<Worker>, stream: TcpStream, peer: SocketAddr, side: Side) {
    if let Err(error) = stream.set_nodelay(true) {
        // The user is gone already.
        tracing::debug!(%error, "could not set up a connection");
        return;
    }
    let (watched, wire) = Watched::new(stream);
    let connection = Rc::new(Connection::new(worker.clone(), side, peer, wire));
    let _registered = worker.register(connection.clone());
    let service = service_fn(|request| {
        let connection = connection.clone();
        async move { Ok::<_, Infallible>(serve::answer(connection, request).await) }
    });
    let http = Builder::new().max_buf_size(HEAD_MAX).serve_connection(TokioIo::new(watched), service);
    let mut http = pin!(http.with_upgrades());
    loop {
        tokio::select! {
            biased;
            // What went wrong was answered or was the user's own; there is nobody else to tell.
            _ = &mut http => return,
            order = connection.ordered() => match order {
                Order::Finish => http.as_mut().graceful_shutdown(),
                Order::Cut => return,
            },
        }
    }
}
