//! Starting and stopping: what the supervisor handed over, the stores, the sockets, and a drain with a deadline.

use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use seaworthy_contract::events::server::ScopeV4;
use seaworthy_contract::process::{Ready, Secret, ServerBoot};
use seaworthy_core::Input;
use seaworthy_prober::{Prober, Secrets};
use seaworthy_process::handover;
use seaworthy_store::{AppendError, Clock, Table};
use seaworthy_store_sqlite::{SqliteLedger, SqliteSeries, SqliteSide};
use seaworthy_tls::Connector;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::access::{Access, Digest, issue};
use crate::http::{App, Limits, router};
use crate::kernel::{self, CommandError, Kernel};
use crate::task;

/// Longest time that open requests have when the server is told to stop; streams are cut, their readers come back.
const DRAIN: Duration = Duration::from_millis(300);

/// The supervisor of this machine, as it appears in the ledger.
const SUPERVISOR: &str = "supervisor/local";

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
    /// The series store could not be opened.
    #[error("could not open the series store")]
    Series(#[source] seaworthy_store_sqlite::OpenError),
    /// The ledger could not be replayed.
    #[error(transparent)]
    Replay(#[from] kernel::OpenError),
    /// The ledger takes nothing more until it is opened again.
    #[error("the ledger has stopped: see the log above for the cause; starting again opens it again")]
    LedgerStopped,
    /// The first events could not be appended.
    #[error("could not write the first events")]
    First(#[from] CommandError),
    /// One of the tasks that must never end did, by a bug; the others would go on without it and help nobody. Whoever
    /// started this process starts it again.
    #[error("{0} ended by a bug: see the log above; starting again goes on from the ledger")]
    Bug(&'static str),
    /// A socket or signal could not be used.
    #[error("could not listen")]
    Listen(#[from] io::Error),
}

impl ServerError {
    /// Says whether starting again is no use: what was given is wrong, not the moment.
    pub fn is_config(&self) -> bool {
        matches!(self, Self::Ledger(_) | Self::Side(_) | Self::Series(_) | Self::Replay(_))
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
    let series = SqliteSeries::open(&boot.data).map_err(ServerError::Series)?;
    let (kernel, mut deciding) = kernel::open(Arc::new(ledger), Arc::new(side), Arc::new(series), clock).await?;
    let id = new_boot(&kernel);
    let started = Input::Started { boot: id, program: env!("CARGO_PKG_VERSION").to_owned() };
    note_start(&kernel, started).await?;
    let admin_token = match boot.bootstrap_admin && never_issued(&kernel).await {
        true => Some(Secret::new(issue(&kernel, ScopeV4::Admin, "bootstrap admin", None).await?)),
        false => None,
    };
    let base: Arc<str> = format!("http://{}", boot.portal).into();
    let access = Access::new(
        kernel.clone(),
        vec![
            (Digest::of(boot.gateway_token.expose()), ScopeV4::Gateway, format!("gateway/{}", boot.gateway)),
            (Digest::of(boot.supervisor_token.expose()), ScopeV4::Supervisor, SUPERVISOR.to_owned()),
        ],
    );
    let secrets = secrets(boot);
    let channels = Arc::new(crate::channels::channels(secrets.clone(), |name| std::env::var(name).ok()));
    let outbox = task::outbox::run(kernel.clone(), base.clone(), channels.clone(), task::outbox::Pace::REAL);
    if let Err(error) = crate::contacts::refresh(&kernel).await {
        // Contacts are shown as not confirmed until the next catalogue is applied; pages go there all the same.
        tracing::error!(%error, "could not read which contacts are confirmed");
    }
    let mut sending = tokio::spawn(outbox);
    let news = task::news::run(kernel.clone(), base.clone(), channels.clone(), task::outbox::Pace::REAL);
    let mut telling = tokio::spawn(news);
    let outward = task::outward::run(kernel.clone(), base.clone(), channels.clone(), task::outbox::Pace::REAL);
    let mut outgoing = tokio::spawn(outward);
    let mut polling = tokio::spawn(task::outward::poll(kernel.clone(), channels.clone()));
    let heartbeat = task::heartbeat::Heartbeat::from_settings(|name| std::env::var(name).ok());
    let mut beating = tokio::spawn(task::heartbeat::run(kernel.clone(), channels.clone(), heartbeat));
    let sources = task::queries::Sources::new(std::env::var("SEAWORTHY_PROMETHEUS").ok(), secrets.clone());
    let mut asking = tokio::spawn(task::queries::run(kernel.clone(), sources));
    let mut probing = tokio::spawn(task::prober::run(kernel.clone(), own_prober(secrets.clone()), own_checks(), id));
    let app = App::new(kernel, access, id, base, channels.clone()).keeping(&boot.data);
    app.runbooks.load(app.kernel.side.as_ref()).await.map_err(kernel::OpenError::from)?;
    app.calendars.load(app.kernel.side.as_ref()).await.map_err(kernel::OpenError::from)?;
    let calendars =
        task::calendars::run(app.kernel.clone(), app.calendars.clone(), secrets, task::calendars::Pace::REAL);
    let mut following = tokio::spawn(calendars);
    let notices = task::notices::run(app.kernel.clone(), app.base.clone(), channels, app.invited.clone());
    let mut noticing = tokio::spawn(notices);
    let listener = tokio::net::TcpListener::from_std(listener)?;
    tracing::info!(address = %boot.portal, position = app.kernel.changes().borrow().position, "serving");
    ready(&Ready { admin_token });
    let mut stop = signal(SignalKind::terminate())?;
    let (drain, told) = watch::channel(false);
    let mut serving = tokio::spawn(crate::http::serve(listener, router(app), Limits::REAL, told));
    let ended = tokio::select! {
        _ = stop.recv() => Ok(()),
        why = first_end(&mut deciding, &mut sending, &mut asking) => Err(why),
        _ = &mut probing => Err(ServerError::Bug("probing")),
        _ = &mut noticing => Err(ServerError::Bug("asking people for rotas")),
        _ = &mut following => Err(ServerError::Bug("following calendars")),
        _ = &mut beating => Err(ServerError::Bug("sending heartbeats")),
        _ = &mut outgoing => Err(ServerError::Bug("telling other systems")),
        _ = &mut polling => Err(ServerError::Bug("asking trackers")),
        _ = &mut telling => Err(ServerError::Bug("telling what became of pages")),
        _ = &mut serving => return Err(ServerError::Bug("serving")),
    };
    drain.send_replace(true);
    // Streams never end by themselves: past the deadline they are cut, and their readers connect again.
    drop(tokio::time::timeout(DRAIN, serving).await);
    ended
}

/// A full disk is no reason not to start: what is there can be read, gateways and supervisors are told what to do, and
/// writes go on when there is room.
async fn note_start(kernel: &Kernel, started: Input) -> Result<(), CommandError> {
    match kernel.command(started, "server").await {
        Err(CommandError::Store(error)) if matches!(*error, AppendError::Full { .. }) => {
            tracing::error!(%error, "started without a note in the ledger");
            Ok(())
        }
        noted => noted.map(drop),
    }
}

/// Waits for the first of the tasks that must never end; says why the process must.
async fn first_end(
    deciding: &mut JoinHandle<()>,
    sending: &mut JoinHandle<()>,
    asking: &mut JoinHandle<()>,
) -> ServerError {
    tokio::select! {
        decided = deciding => match decided {
            Ok(()) => ServerError::LedgerStopped,
            Err(_) => ServerError::Bug("deciding"),
        },
        _ = sending => ServerError::Bug("sending pages"),
        _ = asking => ServerError::Bug("asking other systems"),
    }
}

/// Secrets that catalogues name: files in the data directory, and variables that are meant for it.
fn secrets(boot: &ServerBoot) -> Secrets {
    let variables =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Secrets::new(Some(boot.data.join("secrets")), variables)
}

/// The server's own place.
fn own_prober(secrets: Secrets) -> Prober {
    Prober::new(Connector::shared().clone(), secrets, Arc::new(jiff::Timestamp::now))
}

/// Addresses by which the server's own place checks itself before it blames a target: `SEAWORTHY_PROBE_CHECKS`.
fn own_checks() -> Vec<String> {
    let named = std::env::var("SEAWORTHY_PROBE_CHECKS").unwrap_or_default();
    named.split(',').map(str::trim).filter(|address| !address.is_empty()).map(str::to_owned).collect()
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

#[cfg(test)]
mod tests {
    use seaworthy_testkit::store::{Disk, Fault};

    use super::*;

    async fn in_memory(disk: &Disk, clock: Clock) -> Result<(Kernel, JoinHandle<()>), kernel::OpenError> {
        kernel::open(Arc::new(disk.ledger()), Arc::new(disk.side()), Arc::new(disk.series()), clock).await
    }

    #[tokio::test]
    async fn a_task_that_ends_by_a_bug_ends_the_process() {
        let forever = || tokio::spawn(std::future::pending::<()>());
        let bug = || tokio::spawn(async { panic!("on purpose") });
        let told = |error: ServerError| (error.to_string(), error.is_config());
        for (mut deciding, mut sending, mut asking, want) in [
            (bug(), forever(), forever(), "deciding ended by a bug"),
            (forever(), bug(), forever(), "sending pages ended by a bug"),
            (forever(), tokio::spawn(async {}), forever(), "sending pages ended by a bug"),
            (forever(), forever(), bug(), "asking other systems ended by a bug"),
            (tokio::spawn(async {}), forever(), forever(), "the ledger has stopped"),
        ] {
            let (text, is_config) = told(first_end(&mut deciding, &mut sending, &mut asking).await);
            assert!(text.starts_with(want) && !is_config, "{text}: the supervisor starts it again");
        }
    }

    #[tokio::test]
    async fn a_full_disk_is_no_reason_not_to_start() {
        let clock: Clock = Arc::new(jiff::Timestamp::now);
        for (fault, starts) in [(Fault::Full, true), (Fault::AfterCommit, false)] {
            let disk = Disk::new(clock.clone());
            let opened = in_memory(&disk, clock.clone()).await;
            let (kernel, _deciding) = opened.expect("opens");
            disk.fail_next(fault);
            let started = Input::Started { boot: Uuid::nil(), program: "test".to_owned() };
            assert_eq!(note_start(&kernel, started).await.is_ok(), starts, "{fault:?}");
            assert!(!kernel.writable(), "and it is said that nothing can be written");
        }
    }

    #[tokio::test]
    async fn a_token_that_was_half_issued_keeps_nobody_out() {
        let clock: Clock = Arc::new(jiff::Timestamp::now);
        let disk = Disk::new(clock.clone());
        let opened = in_memory(&disk, clock).await;
        let (kernel, _deciding) = opened.expect("opens");
        disk.fail_next(Fault::Full);
        assert!(issue(&kernel, ScopeV4::Admin, "bootstrap admin", None).await.is_err());
        assert!(never_issued(&kernel).await, "the next start issues another");
    }
}
