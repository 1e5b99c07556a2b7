//! Starting and stopping: what the supervisor handed over, the stores, the sockets, and a drain with a deadline.

use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use seaworthy_contract::events::server::ScopeV1;
use seaworthy_contract::process::{Ready, Secret, ServerBoot};
use seaworthy_core::Input;
use seaworthy_process::handover;
use seaworthy_store::{Clock, Table};
use seaworthy_store_sqlite::{SqliteLedger, SqliteSide};
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use crate::access::{Access, Digest, issue};
use crate::http::{App, router};
use crate::kernel::{self, CommandError, Kernel};
use crate::task;

/// Longest time that open requests have when the server is told to stop; streams are cut, their readers come back.
const DRAIN: Duration = Duration::from_millis(300);

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// What the supervisor handed over could not be read.
    #[error("could not take over the sockets: `seaworthy server` is started by `seaworthy up`, not by hand")]
    Handover(#[source] io::Error),
    /// The ledger could not be opened.
    #[error("could not open the ledger")]
    Ledger(#[source] seaworthy_store_sqlite::OpenError),
    /// The side store could not be opened.
    #[error("could not open the side store")]
    Side(#[source] seaworthy_store_sqlite::OpenError),
    /// The ledger could not be replayed.
    #[error(transparent)]
    Replay(#[from] kernel::OpenError),
    /// The ledger takes nothing more until it is opened again.
    #[error("the ledger has stopped: see the log above for the cause; starting again opens it again")]
    LedgerStopped,
    /// The first events could not be appended.
    #[error("could not write the first events")]
    First(#[from] CommandError),
    /// A socket or signal could not be used.
    #[error("could not listen")]
    Listen(#[from] io::Error),
}

impl ServerError {
    /// Says whether starting again is no use: what was given is wrong, not the moment.
    pub fn is_config(&self) -> bool {
        matches!(self, Self::Ledger(_) | Self::Side(_) | Self::Replay(_))
    }
}

/// Runs until told to stop. One thread serves: what is decided is decided in one place, and pages are quick.
///
/// # Errors
/// When it cannot start, with what stands in the way.
pub fn run() -> Result<(), ServerError> {
    let from = handover::from_parent::<ServerBoot>().map_err(ServerError::Handover)?;
    let fds: Vec<OwnedFd> = from.fds.iter().map(OwnedFd::try_clone).collect::<Result<_, _>>()?;
    handover::serve(&from.boot.handover, &from.boot, fds)?;
    let socket = from.fds.into_iter().next().ok_or_else(|| ServerError::Handover(io::ErrorKind::NotFound.into()))?;
    let listener = TcpListener::from(socket);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let served = runtime.block_on(serve(&from.boot, listener, |ready| from.parent.ready(ready)));
    runtime.shutdown_timeout(Duration::from_millis(100));
    served
}

async fn serve(boot: &ServerBoot, listener: TcpListener, ready: impl FnOnce(&Ready)) -> Result<(), ServerError> {
    let clock: Clock = Arc::new(jiff::Timestamp::now);
    let ledger = SqliteLedger::open(&boot.data, clock.clone()).map_err(ServerError::Ledger)?;
    let side = SqliteSide::open(&boot.data).map_err(ServerError::Side)?;
    let (kernel, deciding) = kernel::open(Arc::new(ledger), Arc::new(side), clock).await?;
    let id = new_boot(&kernel);
    let started = Input::Started { boot: id, program: env!("CARGO_PKG_VERSION").to_owned() };
    kernel.command(started, "server").await?;
    let admin_token = match boot.bootstrap_admin && never_issued(&kernel).await {
        true => Some(Secret::new(issue(&kernel, ScopeV1::Admin, "bootstrap admin", None).await?)),
        false => None,
    };
    let base: Arc<str> = format!("http://{}", boot.portal).into();
    let access = Access::new(
        kernel.clone(),
        vec![
            (Digest::of(boot.gateway_token.expose()), ScopeV1::Gateway, "gateway/local"),
            (Digest::of(boot.supervisor_token.expose()), ScopeV1::Supervisor, "supervisor/local"),
        ],
    );
    tokio::spawn(task::outbox::run(kernel.clone(), base.clone()));
    let app = App { kernel, access, boot: id, base, metrics: Arc::default() };
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tracing::info!(address = %boot.portal, position = app.kernel.changes().borrow().position, "serving");
    ready(&Ready { admin_token });
    let mut stop = signal(SignalKind::terminate())?;
    let (told, drain) = tokio::sync::oneshot::channel::<()>();
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(async {
        drain.await.ok();
    });
    let server = tokio::spawn(server.into_future());
    let stopped = tokio::select! {
        _ = stop.recv() => Ok(()),
        // Whoever started this process starts it again, and that opens the ledger again.
        _ = deciding => Err(ServerError::LedgerStopped),
    };
    drop(told);
    // Streams never end by themselves: past the deadline they are cut, and their readers connect again.
    drop(tokio::time::timeout(DRAIN, server).await);
    stopped
}

async fn never_issued(kernel: &Kernel) -> bool {
    kernel.side.list(Table::Tokens).await.is_ok_and(|tokens| tokens.is_empty())
}

fn new_boot(kernel: &Kernel) -> Uuid {
    let mut random = [0; 10];
    getrandom::fill(&mut random).expect("the operating system gives randomness");
    let millis = u64::try_from(kernel.now().as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}
