//! A prober that joins a server: probes come down a stream, results go up in batches and wait while it is away.

use std::collections::VecDeque;
use std::time::Duration;

use seaworthy_client::{Client, Error};
use seaworthy_contract::prober::{HEARTBEAT_MS, ProbeAck, ProbeReport, ProbeResult, ProbeSet, RESULTS_MAX};
use seaworthy_model::Position;
use tokio::sync::{mpsc, watch};
use uuid::Uuid;

/// Results that wait while the server is away: 400 probes each 10 s for four minutes, or ten of them for almost three
/// hours. Then the oldest go; their slots are unknown, which is what they are by then.
pub const BUFFER_MAX: usize = 10_000;

/// Silence of the stream that is taken for a dead server: three heartbeats.
const SILENCE: Duration = Duration::from_millis(3 * HEARTBEAT_MS);

/// Pause before a server that did not answer is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// Longest time of one report: the server stores it before it answers.
const REPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// The two ways between a place and its server.
#[derive(Debug, Clone)]
pub struct Link {
    client: Client,
    place: String,
    /// This start of the place.
    boot: Uuid,
    /// Addresses that the place surely reaches, its server among them: one that reaches neither these nor the target says
    /// nothing of the target.
    own: Vec<String>,
}

impl Link {
    /// Makes a link for a place. `own` are addresses by which the place checks itself, beside those that the server names.
    pub fn new(client: Client, place: String, own: Vec<String>) -> Self {
        let mut random = [0; 16];
        getrandom::fill(&mut random).expect("the operating system gives randomness");
        let boot = uuid::Builder::from_random_bytes(random).into_uuid();
        Self { client: client.with_timeout(REPORT_TIMEOUT), place, boot, own }
    }

    /// Follows the probes of this place until nobody looks at them; what was told last stands while the server is away.
    /// `told` hears of each change between here and away.
    pub async fn follow(&self, sets: watch::Sender<ProbeSet>, mut told: impl FnMut(Result<usize, &Error>)) {
        let path = format!("/v1/probers/{}/probes", self.place);
        let mut was_there = None;
        loop {
            let error = match self.client.get_lines(&path, SILENCE).await {
                Ok(mut lines) => loop {
                    match lines.next().await {
                        Some(Ok(line)) => {
                            let Ok(set) = serde_json::from_str::<ProbeSet>(&line) else { continue };
                            let count = set.probes.len();
                            self.take(&sets, set);
                            if was_there != Some(count) {
                                was_there = Some(count);
                                told(Ok(count));
                            }
                        }
                        Some(Err(error)) => break Some(error),
                        None => break None,
                    }
                },
                Err(error) => Some(error),
            };
            if let Some(error) = error.filter(|_| was_there.take().is_some() || sets.borrow().version == 0) {
                told(Err(&error));
            }
            tokio::select! {
                () = sets.closed() => return,
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    fn take(&self, sets: &watch::Sender<ProbeSet>, mut set: ProbeSet) {
        set.checks.extend(self.own.iter().cloned());
        sets.send_if_modified(|known| {
            let is_new = *known != set;
            *known = set;
            is_new
        });
    }

    /// Sends results as they come, at most [`RESULTS_MAX`] at once, and a heartbeat where none come. One report is under
    /// way at a time and is sent until it is acknowledged. Ends when nobody runs probes any more.
    pub async fn report(&self, mut results: mpsc::Receiver<ProbeResult>, applied: impl Fn() -> Position) {
        let (mut waiting, mut seq) = (VecDeque::new(), 0);
        loop {
            let heartbeat = tokio::time::sleep(Duration::from_millis(HEARTBEAT_MS));
            if waiting.is_empty() {
                tokio::select! {
                    () = heartbeat => {}
                    result = results.recv() => match result {
                        Some(result) => keep(&mut waiting, result),
                        None => return,
                    },
                }
            }
            while let Ok(result) = results.try_recv() {
                keep(&mut waiting, result);
            }
            seq += 1;
            let batch: Vec<ProbeResult> = waiting.drain(..waiting.len().min(RESULTS_MAX)).collect();
            let report =
                ProbeReport { place: self.place.clone(), boot: self.boot, seq, applied: applied(), results: batch };
            if !self.deliver(&report, &mut results, &mut waiting).await {
                return;
            }
        }
    }

    /// Sends a report until it is taken; what comes meanwhile is kept. `false` when nobody runs probes any more.
    async fn deliver(
        &self,
        report: &ProbeReport,
        results: &mut mpsc::Receiver<ProbeResult>,
        waiting: &mut VecDeque<ProbeResult>,
    ) -> bool {
        loop {
            let path = format!("/v1/probers/{}/results", self.place);
            let sent = self.client.post_json::<_, ProbeAck>(&path, report);
            tokio::pin!(sent);
            let taken = loop {
                tokio::select! {
                    answer = &mut sent => break answer,
                    result = results.recv() => match result {
                        Some(result) => keep(waiting, result),
                        None => return false,
                    },
                }
            };
            match taken {
                Ok(ack) if ack.boot == report.boot && ack.seq >= report.seq => return true,
                Ok(_) => {}
                // What it does not understand it will not understand later: its slots stay unknown.
                Err(error) if error.status().is_some_and(|status| status.as_u16() == 400) => {
                    tracing::error!(%error, "the server refuses a report of this place");
                    return true;
                }
                Err(error) => tracing::debug!(%error, "a report waits"),
            }
            let again = tokio::time::sleep(AGAIN);
            tokio::pin!(again);
            loop {
                tokio::select! {
                    () = &mut again => break,
                    result = results.recv() => match result {
                        Some(result) => keep(waiting, result),
                        None => return false,
                    },
                }
            }
        }
    }
}

fn keep(waiting: &mut VecDeque<ProbeResult>, result: ProbeResult) {
    if waiting.len() == BUFFER_MAX {
        waiting.pop_front();
    }
    waiting.push_back(result);
}
