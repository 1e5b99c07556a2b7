//! Opening: an engine on the stores, and the one task that it runs in.

use std::sync::Arc;

use seaworthy_kernel::{Engine, Outside};
use seaworthy_store::{Clock, Ledger, SeriesStore, Side};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Kernel, OpenError, QUEUE_MAX, run};

/// Opens the kernel on its stores. Its task runs until every handle is dropped; when it ends before that, the ledger
/// must be opened again, by another process.
pub(crate) async fn open(
    ledger: Arc<dyn Ledger>,
    side: Arc<dyn Side>,
    series: Arc<dyn SeriesStore>,
    clock: Clock,
) -> Result<(Kernel, JoinHandle<()>), OpenError> {
    let outside = Outside {
        ledger: ledger.clone(),
        side: side.clone(),
        series: series.clone(),
        clock: clock.clone(),
        random: Arc::new(random),
    };
    let engine = Engine::open(outside).await?;
    let (jobs, queue) = mpsc::channel(QUEUE_MAX);
    let (shared, writable, changed) = (engine.shared(), engine.writable(), engine.changes());
    let kernel = Kernel { jobs, shared, writable, changed, clock, ledger, side, series };
    let task = tokio::spawn(run::run(engine, queue));
    Ok((kernel, task))
}

/// Randomness for ids, from the operating system.
fn random() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    u128::from_le_bytes(bytes)
}
