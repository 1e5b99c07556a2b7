//! One life of a process: from its start to its end, with its health in between.

use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::process::InstanceState;
use seaworthy_process::health::{self, CHECK_TIMEOUT, Unwell};
use tokio::time::{Instant, sleep, timeout_at};

use crate::pulse::{LATE, Misses, Round};

/// How often a version that starts is looked at: each look costs a connection, each wait costs a rollout.
const STARTING_EVERY: Duration = Duration::from_millis(50);

/// How often a healthy one is looked at.
const HEALTHY_EVERY: Duration = Duration::from_secs(1);

/// Failed checks in a row before it is called failing: one may be a full accept queue.
const FAILURES: u32 = 3;

/// Checks in a row without any answer after which it hangs: about 15 s, twice what server and gateway are given. Those
/// answer from memory; a version may collect garbage or wait for a lock, and what it was doing is lost when it is ended.
const SILENCES: u32 = 5;

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
                Ok(Err(unwell)) => seen = unwell.into_reason(),
                Err(_) => return Err(seen),
            }
            if Instant::now() + STARTING_EVERY >= deadline {
                return Err(seen);
            }
            sleep(STARTING_EVERY).await;
        }
    }

    /// Watches it and tells each state it is in. Comes back with why when it hangs and may be ended.
    ///
    /// Only silence is a hang. One that answers "not well" does something, and a restart brings back no database that it
    /// misses.
    pub(super) async fn watch(
        &self,
        healthy_at: Timestamp,
        may_end: impl Fn() -> bool,
        mut tell: impl FnMut(InstanceState),
    ) -> String {
        let took = healthy_at.duration_since(self.started_at).as_millis();
        let took_ms = u64::try_from(took).unwrap_or(0);
        let healthy = InstanceState::Healthy { address: self.address.clone(), took_ms };
        tell(healthy.clone());
        let (mut failures, mut misses, mut unwell_since) = (0, Misses::default(), None);
        loop {
            let begun = Instant::now();
            sleep(HEALTHY_EVERY).await;
            let checked = self.check().await;
            let silences = misses.after(round(&checked, begun.elapsed()));
            match checked {
                Ok(()) => {
                    (failures, unwell_since) = (0, None);
                    tell(healthy.clone());
                }
                Err(unwell) => {
                    failures += 1;
                    let since = *unwell_since.get_or_insert_with(Timestamp::now);
                    let reason = unwell.into_reason();
                    if silences >= SILENCES && may_end() {
                        return format!("it hung: {silences} health checks in a row had no answer, the last: {reason}");
                    }
                    if failures >= FAILURES {
                        tell(InstanceState::Failing { reason, since: Some(since) });
                    }
                }
            }
        }
    }

    async fn check(&self) -> Result<(), Unwell> {
        health::check(&self.address, self.path.as_deref()).await
    }
}

/// What a check that took this long, with the wait before it, says about silence.
fn round(checked: &Result<(), Unwell>, took: Duration) -> Round {
    match checked {
        Err(Unwell::Silent(_)) if took > HEALTHY_EVERY + CHECK_TIMEOUT + LATE => Round::Late,
        Err(Unwell::Silent(_)) => Round::Silent,
        Ok(()) | Err(Unwell::Bad(_)) => Round::Answered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_silence_in_time_is_a_hang() {
        let whole = HEALTHY_EVERY + CHECK_TIMEOUT;
        for (checked, took, want) in [
            (Ok(()), whole, Round::Answered),
            (Err(Unwell::Bad("/healthz answered 500".to_owned())), whole, Round::Answered),
            (Err(Unwell::Silent("no answer".to_owned())), whole, Round::Silent),
            // We were stopped ourselves, or starved.
            (Err(Unwell::Silent("no answer".to_owned())), whole + LATE * 2, Round::Late),
        ] {
            assert_eq!(round(&checked, took), want, "{checked:?} after {took:?}");
        }
    }

    #[test]
    fn a_hang_is_told_before_it_is_ended_and_ended_later_than_a_busy_machine_answers() {
        const { assert!(FAILURES < SILENCES) };
        assert!(CHECK_TIMEOUT * SILENCES >= Duration::from_secs(10));
    }
}
