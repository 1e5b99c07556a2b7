//! From options to running threads, and back.

use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use seaworthy_client::Client;
use tokio::net::UnixListener;
use tokio::runtime::{Builder, LocalOptions};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, watch};
use tokio::task::spawn_local;
use uuid::Uuid;

use crate::control::{Control, pages, random_bits, socket, stream};
use crate::shared::Shared;
use crate::telemetry::send;
use crate::worker::{self, WorkerOptions};
use crate::{GatewayError, GatewayOptions};

/// How long the last reports may take to be sent after the last request.
const LAST_REPORT_MAX: Duration = Duration::from_secs(2);

/// How often the control thread looks whether a worker has ended by itself.
const WORKER_LOOK: Duration = Duration::from_millis(500);

/// A gateway at work. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct RunningGateway {
    stop: Arc<watch::Sender<bool>>,
    thread: Option<JoinHandle<Result<(), GatewayError>>>,
}

/// Starts a gateway; it carries requests as soon as it has a config, from its disk or the control plane.
///
/// # Errors
/// When the address, the directory, a socket or a thread cannot be used.
pub fn start(options: GatewayOptions) -> Result<RunningGateway, GatewayError> {
    let (stop, stopping) = watch::channel(false);
    let stop = Arc::new(stop);
    let (ready, started) = std::sync::mpsc::channel();
    let thread = thread::Builder::new()
        .name("gateway-control".to_owned())
        .spawn({
            let stop = stop.clone();
            move || {
                let runtime = Builder::new_current_thread().enable_all().build_local(LocalOptions::default());
                runtime.map_err(GatewayError::Thread)?.block_on(control(options, stop, stopping, ready))
            }
        })
        .map_err(GatewayError::Thread)?;
    match started.recv() {
        Ok(()) => Ok(RunningGateway { stop, thread: Some(thread) }),
        Err(_) => Err(thread.join().unwrap_or(Err(GatewayError::Worker)).err().unwrap_or(GatewayError::Worker)),
    }
}

/// Runs a gateway until it gets SIGTERM or SIGINT and its requests are finished.
///
/// # Errors
/// As [`start`], and when a worker ends by itself.
pub fn run(options: GatewayOptions) -> Result<(), GatewayError> {
    start(options)?.until_told()
}

impl RunningGateway {
    /// Waits for SIGTERM or SIGINT, then for the requests in flight.
    ///
    /// # Errors
    /// When a worker ends by itself, or signals cannot be received.
    pub fn until_told(self) -> Result<(), GatewayError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(GatewayError::Thread)?;
        runtime.block_on(async {
            let mut terminate = signal(SignalKind::terminate()).map_err(GatewayError::Thread)?;
            let mut interrupt = signal(SignalKind::interrupt()).map_err(GatewayError::Thread)?;
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                () = self.stop.closed() => {}
            }
            Ok(())
        })?;
        self.stop()
    }

    /// Stops taking connections, finishes the requests in flight, sends the last report.
    ///
    /// # Errors
    /// When a worker had ended by itself.
    pub fn stop(mut self) -> Result<(), GatewayError> {
        self.stop.send_replace(true);
        self.thread.take().map_or(Ok(()), |thread| thread.join().unwrap_or(Err(GatewayError::Worker)))
    }
}

impl Drop for RunningGateway {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

async fn control(
    options: GatewayOptions,
    stop: Arc<watch::Sender<bool>>,
    mut stopping: watch::Receiver<bool>,
    ready: std::sync::mpsc::Sender<()>,
) -> Result<(), GatewayError> {
    let client = Client::new(&options.server, Some(options.token.clone()))
        .map_err(|source| GatewayError::Server { address: options.server.clone(), source: source.into() })?;
    let socket = open_socket(&options)?;
    let (questions, asked) = mpsc::channel(pages::QUESTIONS_MAX);
    let shared = Arc::new(Shared::new(questions));
    let boot = uuid::Builder::from_random_bytes(random_bits().to_le_bytes()).into_uuid();
    let control = open(&options, shared.clone(), boot)?;
    let mut workers = start_workers(&options, &shared, &stopping)?;
    spawn_local(stream::follow(control.clone(), client.clone()));
    spawn_local(pages::answer(control.clone(), asked));
    spawn_local(socket::serve(control.clone(), socket));
    let collecting = spawn_local(send::collect(control.clone()));
    let sending = spawn_local(send::send(control.clone(), client.clone()));
    tracing::info!(gateway = %control.name, %boot, workers = workers.len(), "gateway started");
    // Whoever started it waits for this; if they are gone the gateway still serves.
    let _ = ready.send(());
    let ended_well = until_stopped(&mut stopping, &workers).await;
    stop.send_replace(true);
    while workers.iter().any(|worker| !worker.is_finished()) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    collecting.abort();
    sending.abort();
    send::make(&control);
    if tokio::time::timeout(LAST_REPORT_MAX, send::send_rest(&control, &client)).await.is_err() {
        tracing::warn!(waiting = control.queue.borrow().len(), "the last reports could not be sent");
    }
    // An error here is the socket's file being gone already.
    drop(std::fs::remove_file(&options.control_socket));
    let all_well = workers.drain(..).all(|worker| matches!(worker.join(), Ok(Ok(()))));
    if ended_well && all_well { Ok(()) } else { Err(GatewayError::Worker) }
}

fn open_socket(options: &GatewayOptions) -> Result<UnixListener, GatewayError> {
    let path = &options.control_socket;
    socket::bind(path).map_err(|source| GatewayError::Socket { path: path.clone(), source })
}

fn open(options: &GatewayOptions, shared: Arc<Shared>, boot: Uuid) -> Result<Rc<Control>, GatewayError> {
    let dir = options.data_dir.clone();
    std::fs::create_dir_all(&dir).map_err(|source| GatewayError::Journal { dir: dir.clone(), source })?;
    Control::open(options.name.clone(), options.token.clone(), dir, shared, boot).map(Rc::new)
}

/// Returns whether it was a stop, not a worker that ended by itself.
async fn until_stopped(stopping: &mut watch::Receiver<bool>, workers: &[JoinHandle<std::io::Result<()>>]) -> bool {
    loop {
        let wait = tokio::time::timeout(WORKER_LOOK, stopping.wait_for(|is_stopping| *is_stopping));
        if wait.await.is_ok() {
            return true;
        }
        if workers.iter().any(JoinHandle::is_finished) {
            tracing::error!("a worker ended by itself; the gateway stops so that it is started again");
            return false;
        }
    }
}

fn start_workers(
    options: &GatewayOptions,
    shared: &Arc<Shared>,
    stopping: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<std::io::Result<()>>>, GatewayError> {
    let workers = options.worker_count();
    let copy = |which, listener: &std::net::TcpListener| {
        let copied = listener.set_nonblocking(true).and_then(|()| listener.try_clone());
        copied.map_err(|source| GatewayError::Listener { which, source })
    };
    let start = |index: usize| {
        let options = WorkerOptions {
            shared: shared.clone(),
            workers,
            inbound: copy("inbound", &options.inbound)?,
            outbound: copy("outbound", &options.outbound)?,
            seed: random_bits() as u64,
            drain: options.drain,
            stop: stopping.clone(),
        };
        let builder = thread::Builder::new().name(format!("gateway-{index}"));
        builder.spawn(move || worker::run(options)).map_err(GatewayError::Thread)
    };
    (0..workers).map(start).collect()
}
