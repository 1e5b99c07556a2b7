//! One worker: a thread with its own runtime, connections, counters and view of the config. Workers share the
//! listening sockets and meet nowhere on the way of a request.

pub(crate) mod attempt;
pub(crate) mod body;
pub(crate) mod connection;
pub(crate) mod forward;
pub(crate) mod hold;
pub(crate) mod patience;
pub(crate) mod pool;
pub(crate) mod proxy;
pub(crate) mod reply;
pub(crate) mod serve;
pub(crate) mod ticket;
pub(crate) mod tunnel;
pub(crate) mod view;
pub(crate) mod wire;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::net::TcpListener as StdListener;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::spawn_local;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout_at};

use crate::shared::Shared;
use crate::worker::connection::{Connection, Side};
use crate::worker::patience::Order;
use crate::worker::view::View;

/// Largest head of a request or response, in bytes; larger ones are answered 431. It also bounds what is buffered of
/// a body in each direction.
pub(crate) const HEAD_MAX: usize = 64 * 1024;

/// Most connections of users a worker holds; the rest wait in the listening socket's queue.
const CONNECTIONS_MAX: usize = 10_000;

/// How often connections are looked at: idle, slow and stuck ones are found within this much of their limit.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// Pause after a failed accept (no file descriptors left), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How often a worker that drains looks whether it is done.
const DRAIN_LOOK: Duration = Duration::from_millis(20);

/// What a worker is started with.
pub(crate) struct WorkerOptions {
    pub(crate) shared: Arc<Shared>,
    pub(crate) workers: usize,
    pub(crate) inbound: StdListener,
    pub(crate) outbound: StdListener,
    /// Random bits, for requests without user key.
    pub(crate) seed: u64,
    pub(crate) drain: Duration,
    /// Becomes true when the gateway stops.
    pub(crate) stop: watch::Receiver<bool>,
}

pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    workers: usize,
    view: RefCell<Rc<View>>,
    generation: Cell<u64>,
    random: Cell<u64>,
    connections: RefCell<HashMap<u64, Rc<Connection>>>,
    accepted: Cell<u64>,
}

/// Runs a worker until the gateway stops and its requests are finished, or the deadline has passed.
///
/// # Errors
/// When the runtime cannot be made or a listening socket cannot be used.
pub(crate) fn run(options: WorkerOptions) -> io::Result<()> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build_local(tokio::runtime::LocalOptions::default())?;
    runtime.block_on(work(options))
}

async fn work(options: WorkerOptions) -> io::Result<()> {
    let WorkerOptions { shared, workers, inbound, outbound, seed, drain, mut stop } = options;
    let worker = Rc::new(Worker::new(shared, workers, seed));
    let accepting = [
        spawn_local(accept(worker.clone(), TcpListener::from_std(inbound)?, Side::Inbound)),
        spawn_local(accept(worker.clone(), TcpListener::from_std(outbound)?, Side::Outbound)),
    ];
    let sweeping = spawn_local(sweep(worker.clone()));
    // An error means that the sender is gone, which is a stop as well.
    drop(stop.wait_for(|is_stopping| *is_stopping).await);
    accepting.iter().for_each(tokio::task::JoinHandle::abort);
    worker.drain(Instant::now() + drain).await;
    sweeping.abort();
    Ok(())
}

impl Worker {
    fn new(shared: Arc<Shared>, workers: usize, seed: u64) -> Self {
        let generation = shared.generation();
        let view = View::new(shared.current(), shared.clone(), None, workers);
        Self {
            shared,
            workers,
            view: RefCell::new(Rc::new(view)),
            generation: Cell::new(generation),
            // The generator stands still at zero.
            random: Cell::new(seed | 1),
            connections: RefCell::default(),
            accepted: Cell::new(0),
        }
    }

    /// Returns the view of the config in force. A request asks once and keeps it.
    pub(crate) fn view(&self) -> Rc<View> {
        let generation = self.shared.generation();
        if generation != self.generation.get() {
            let before = self.view.borrow().clone();
            let next = View::new(self.shared.current(), self.shared.clone(), Some(&before), self.workers);
            self.view.replace(Rc::new(next));
            self.generation.set(generation);
        }
        self.view.borrow().clone()
    }

    /// Returns 64 random bits (xorshift64*, Vigna 2016): to spread requests, not to keep secrets.
    pub(crate) fn random(&self) -> u64 {
        let mut x = self.random.get();
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.random.set(x);
        x.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Keeps a connection until the returned guard is dropped.
    pub(crate) fn register(self: &Rc<Self>, connection: Rc<Connection>) -> Registered {
        let id = self.accepted.get();
        self.accepted.set(id + 1);
        self.connections.borrow_mut().insert(id, connection);
        self.shared.connections.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Registered { worker: self.clone(), id }
    }

    fn order(&self, decide: impl Fn(&Connection) -> Option<Order>) {
        for connection in self.connections.borrow().values() {
            if let Some(order) = decide(connection) {
                connection.give(order);
            }
        }
    }

    async fn drain(&self, deadline: Instant) {
        self.order(|_| Some(Order::Finish));
        let all_gone = async {
            while !self.connections.borrow().is_empty() {
                sleep(DRAIN_LOOK).await;
            }
        };
        if timeout_at(deadline.into(), all_gone).await.is_err() {
            tracing::warn!(left = self.connections.borrow().len(), "connections were cut at the end of the drain");
        }
    }
}

/// Takes a connection out of the worker's list when it is dropped.
pub(crate) struct Registered {
    worker: Rc<Worker>,
    id: u64,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.worker.connections.borrow_mut().remove(&self.id);
        self.worker.shared.connections.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    }
}

async fn accept(worker: Rc<Worker>, listener: TcpListener, side: Side) {
    loop {
        if worker.connections.borrow().len() >= CONNECTIONS_MAX {
            sleep(ACCEPT_PAUSE).await;
            continue;
        }
        match listener.accept().await {
            Ok((stream, peer)) => drop(spawn_local(connection::serve(worker.clone(), stream, peer, side))),
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn sweep(worker: Rc<Worker>) {
    let mut ticks = interval(SWEEP_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        worker.order(Connection::look);
        // Also takes over a new config where no request asks for it, so that nothing of the old one is kept.
        worker.view().close_idle();
    }
}
