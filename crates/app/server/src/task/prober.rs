//! The server's own place: what is declared is probed also where no other prober has joined.

use std::collections::VecDeque;
use std::time::Duration;

use seaworthy_contract::prober::{HEARTBEAT_MS, ProbeReport, ProbeResult, ProbeSet, RESULTS_MAX, SERVER_PLACE};
use seaworthy_core::desired::probe_set;
use seaworthy_prober::{BUFFER_MAX, Prober, keep_running};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use crate::kernel::{Kernel, chain};

/// Pause after results that could not be stored.
const AGAIN: Duration = Duration::from_secs(1);

/// Runs probes for ever. `checks` are addresses by which this place checks itself before it blames a target.
pub(crate) async fn run(kernel: Kernel, prober: Prober, checks: Vec<String>, boot: Uuid) {
    let mut changes = kernel.changes();
    let wanted = || ProbeSet { checks: checks.clone(), ..kernel.look(|look| probe_set(look.state, SERVER_PLACE)) };
    let (sets, following) = watch::channel(wanted());
    let (sender, mut results) = mpsc::channel(RESULTS_MAX);
    let running = tokio::spawn(keep_running(prober, SERVER_PLACE.to_owned(), following, sender));
    let (mut waiting, mut seq, mut due) = (VecDeque::new(), 0, Instant::now());
    loop {
        tokio::select! {
            changed = changes.changed() => {
                // The kernel has ended, and whoever waits for it says why.
                let Ok(()) = changed else { std::future::pending().await };
                let config = changes.borrow_and_update().config;
                if config != sets.borrow().version {
                    sets.send_replace(wanted());
                }
                continue;
            }
            result = results.recv() => match result {
                Some(result) => keep(&mut waiting, result),
                None => break,
            },
            () = sleep_until(due) => {}
        }
        while let Ok(result) = results.try_recv() {
            keep(&mut waiting, result);
        }
        seq += 1;
        let batch: Vec<ProbeResult> = waiting.iter().take(RESULTS_MAX).cloned().collect();
        let (place, applied, sent) = (SERVER_PLACE.to_owned(), sets.borrow().version, batch.len());
        let pause = match kernel.probes(ProbeReport { place, boot, seq, applied, results: batch }).await {
            Ok(_) => {
                waiting.drain(..sent);
                Duration::from_millis(HEARTBEAT_MS)
            }
            Err(error) => {
                tracing::warn!(error = %chain(&error), "results of probes wait");
                AGAIN
            }
        };
        due = Instant::now() + pause;
    }
    running.abort();
}

fn keep(waiting: &mut VecDeque<ProbeResult>, result: ProbeResult) {
    if waiting.len() == BUFFER_MAX {
        waiting.pop_front();
    }
    waiting.push_back(result);
}
