//! Accepts, answers, drains when told to stop, and ends early where a fault says so.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep, timeout};

use super::answer::Service;

/// Most connections at once: a gateway keeps far fewer to one version; the rest wait in the backlog.
const CONNECTIONS_MAX: usize = 1_024;
/// Longest time for open requests to end after SIGTERM, below the supervisor's own limit.
const DRAIN_MAX: Duration = Duration::from_secs(5);
/// Most memory that a leak takes before the process ends, as a container's limit would end it.
const LEAK_MAX_MIB: usize = 256;
/// How often a leak grows.
const LEAK_EVERY: Duration = Duration::from_millis(100);
/// Pause after a failed accept: the usual cause is a lack of file descriptors, which time cures.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How a sample ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It was told to, and its open requests were answered.
    Stopped,
    /// A fault ended it, in words; open requests are cut.
    Crashed(String),
}

/// Serves until `stop` resolves or a fault ends it.
pub(crate) async fn serve(listener: TcpListener, service: Service, stop: impl Future<Output = ()>) -> Ended {
    let service = Arc::new(service);
    let (drain, draining) = watch::channel(());
    let mut connections = JoinSet::new();
    let crash = crash(&service);
    tokio::pin!(stop, crash);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            why = &mut crash => return Ended::Crashed(why),
            Some(_) = connections.join_next() => {}
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(stream, service.clone(), draining.clone()))),
                Err(_) => sleep(ACCEPT_PAUSE).await,
            },
        }
    }
    drop((listener, draining));
    drain.send_replace(());
    let all = async { while connections.join_next().await.is_some() {} };
    tokio::select! {
        _ = timeout(DRAIN_MAX, all) => Ended::Stopped,
        why = &mut crash => Ended::Crashed(why),
    }
}

async fn connection(stream: TcpStream, service: Arc<Service>, mut draining: watch::Receiver<()>) {
    // Without it small answers wait for the peer's delayed acknowledgement; they still arrive.
    drop(stream.set_nodelay(true));
    let answer = service_fn(move |request| {
        let service = service.clone();
        async move { Ok::<_, hyper::Error>(service.answer(request).await) }
    });
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer);
    tokio::pin!(connection);
    tokio::select! {
        // A connection that breaks is the peer's business.
        _ = connection.as_mut() => return,
        _ = draining.changed() => connection.as_mut().graceful_shutdown(),
    }
    drop(connection.await);
}

/// Resolves when a fault ends the process; never where there is none.
async fn crash(service: &Service) -> String {
    tokio::select! {
        why = crash_after(service.faults.crash_after) => why,
        why = leak(service.faults.leak_mib_per_s) => why,
    }
}

async fn crash_after(after: Option<Duration>) -> String {
    match after {
        Some(after) => sleep(after).await,
        None => std::future::pending().await,
    }
    "this version crashes (SAMPLE_CRASH_AFTER_S)".to_owned()
}

/// Takes memory and touches it, so that it is really gone.
async fn leak(mib_per_s: u32) -> String {
    if mib_per_s == 0 {
        std::future::pending::<()>().await;
    }
    let mut taken: Vec<Vec<u8>> = Vec::new();
    let mut bytes = 0;
    let mut tick = interval(LEAK_EVERY);
    while bytes < LEAK_MAX_MIB * 1024 * 1024 {
        tick.tick().await;
        let chunk = mib_per_s as usize * 1024 * 1024 / 10;
        taken.push(vec![1; chunk]);
        bytes += chunk;
    }
    format!("this version leaked {LEAK_MAX_MIB} MiB (SAMPLE_LEAK_MB_PER_S)")
}
