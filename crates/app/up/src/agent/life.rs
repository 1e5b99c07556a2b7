//! One life of a process: from its start to its end, with its health in between.

use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::process::InstanceState;
use seaworthy_process::health;
use tokio::time::{Instant, sleep, timeout_at};

/// How often a version that starts is looked at: each look costs a connection, each wait costs a rollout.
const STARTING_EVERY: Duration = Duration::from_millis(50);

/// How often a healthy one is looked at.
const HEALTHY_EVERY: Duration = Duration::from_secs(1);

/// Failed checks in a row before it is called failing: one may be a full accept queue.
const FAILURES: u32 = 3;

/// What is checked.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    /// `host:port`.
    pub(super) address: String,
    /// The health path.
    pub(super) path: Option<String>,
    /// When it was started.
    pub(super) started_at: Timestamp,
    /// When it first was healthy, in an earlier life of the supervisor.
    pub(super) healthy_at: Option<Timestamp>,
}

impl Checked {
    /// Waits until it is healthy for the first time; the error says what was seen last.
    pub(super) async fn first_health(&self, limit: Duration) -> Result<(), String> {
        let deadline = Instant::now() + limit;
        let mut seen = "it was not asked yet".to_owned();
        loop {
            match timeout_at(deadline, self.check()).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(reason)) => seen = reason,
                Err(_) => return Err(seen),
            }
            if Instant::now() + STARTING_EVERY >= deadline {
                return Err(seen);
            }
            sleep(STARTING_EVERY).await;
        }
    }

    /// Watches it for ever and tells each state it is in.
    pub(super) async fn watch(&self, healthy_at: Timestamp, mut tell: impl FnMut(InstanceState)) {
        let took = healthy_at.duration_since(self.started_at).as_millis();
        let took_ms = u64::try_from(took).unwrap_or(0);
        let healthy = InstanceState::Healthy { address: self.address.clone(), took_ms };
        tell(healthy.clone());
        let mut failures = 0;
        loop {
            sleep(HEALTHY_EVERY).await;
            match self.check().await {
                Ok(()) => {
                    failures = 0;
                    tell(healthy.clone());
                }
                Err(reason) => {
                    failures += 1;
                    if failures >= FAILURES {
                        tell(InstanceState::Failing { reason });
                    }
                }
            }
        }
    }

    async fn check(&self) -> Result<(), String> {
        health::check(&self.address, self.path.as_deref()).await
    }
}
