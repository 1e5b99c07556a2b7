//! Runs a set of probes, slot after slot, until nobody wants results any more.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use seaworthy_contract::catalogue::Probe;
use seaworthy_contract::prober::{PROBES_MAX, ProbeResult, ProbeSet};
use seaworthy_probe::schedule::next_run;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};

use crate::Prober;

/// A probe that is in the set.
struct Scheduled {
    probe: Arc<Probe>,
    /// Its next slot; none at the end of time.
    next: Option<Timestamp>,
    /// The run that is under way: a slot that comes before it has ended is missed, and so unknown.
    running: Option<AbortHandle>,
}

/// Runs what the set says from a place and sends each result; ends when either side of it is gone. The probes of a place
/// beyond [`PROBES_MAX`] are left out.
pub async fn keep_running(
    prober: Prober,
    place: String,
    mut sets: watch::Receiver<ProbeSet>,
    results: mpsc::Sender<ProbeResult>,
) {
    let mut scheduled: BTreeMap<String, Scheduled> = BTreeMap::new();
    let mut runs = JoinSet::new();
    sets.mark_changed();
    loop {
        let next = scheduled.values().filter_map(|one| one.next).min();
        let pause = next.map(|next| std::time::Duration::try_from(next.duration_since(prober.now())));
        tokio::select! {
            changed = sets.changed() => match changed {
                Ok(()) => follow(&mut scheduled, &sets.borrow_and_update().probes, &place, prober.now()),
                Err(_) => return,
            },
            // A slot that has passed is due now.
            () = tokio::time::sleep(pause.unwrap_or(Ok(<_>::default())).unwrap_or_default()), if next.is_some() => {
                let checks = sets.borrow().checks.clone();
                start(&mut scheduled, &prober, &place, &checks, &mut runs, &results);
            }
            Some(ended) = runs.join_next() => {
                if ended.is_err_and(|error| error.is_panic()) {
                    tracing::error!("a run of a probe panicked: its slot is unknown");
                }
            }
            () = results.closed() => return,
        }
    }
}

/// Takes a set over. What is unchanged keeps its slots.
fn follow(scheduled: &mut BTreeMap<String, Scheduled>, probes: &[Probe], place: &str, now: Timestamp) {
    let mut before = std::mem::take(scheduled);
    for probe in probes.iter().take(PROBES_MAX) {
        let same = before.remove(&probe.name).filter(|known| *known.probe == *probe);
        let fresh = || Scheduled {
            probe: Arc::new(probe.clone()),
            next: next_run(&probe.name, place, probe.every_ms, now),
            running: None,
        };
        scheduled.insert(probe.name.clone(), same.unwrap_or_else(fresh));
    }
    // What nobody asks for any more is not finished.
    before.into_values().filter_map(|gone| gone.running).for_each(|running| running.abort());
}

fn start(
    scheduled: &mut BTreeMap<String, Scheduled>,
    prober: &Prober,
    place: &str,
    checks: &[String],
    runs: &mut JoinSet<()>,
    results: &mpsc::Sender<ProbeResult>,
) {
    let now = prober.now();
    for one in scheduled.values_mut() {
        let Some(slot) = one.next.filter(|next| *next <= now) else { continue };
        // From now on, not from the slot: after a sleep of the machine one late run is told, not a day of them.
        one.next = next_run(&one.probe.name, place, one.probe.every_ms, now);
        if one.running.as_ref().is_some_and(|running| !running.is_finished()) {
            continue;
        }
        let (prober, probe) = (prober.clone(), one.probe.clone());
        let (checks, results) = (checks.to_vec(), results.clone());
        one.running = Some(runs.spawn(async move {
            let result = prober.run(&probe, slot, &checks).await;
            drop(results.send(result).await); // Whoever does not want it any more has ended.
        }));
    }
}
