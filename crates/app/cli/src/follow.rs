//! Waiting for a rollout: until it is over, through restarts of the server, and until Ctrl-C.

use std::time::Duration;

use jiff::Timestamp;
use seaworthy_client::{Error, Kind};
use seaworthy_contract::api::{Rollout, RolloutState};
use seaworthy_model::RolloutId;
use tokio::time::{Instant, sleep};

use crate::Failure;
use crate::context::Context;
use crate::progress::Progress;

/// How often is asked: a person sees no difference to less, and the server answers from memory.
const PERIOD: Duration = Duration::from_millis(300);
/// Longest time without the server: it is back within a second after a crash, within a minute after an upgrade.
const OUTAGE_MAX: Duration = Duration::from_secs(60);
/// Longest time from the decision to revert to the word of all gateways; a reached gateway says so within a second.
pub(crate) const CONFIRM_MAX: Duration = Duration::from_secs(30);

/// Waits until a rollout is over.
///
/// # Errors
/// When the server stays away, the gateways do not confirm a revert in time, or Ctrl-C says to wait no longer.
pub(crate) async fn follow(cx: &mut Context<'_>, id: RolloutId) -> Result<Rollout, Failure> {
    let api = cx.api.clone();
    let fetch = async || api.get_json::<Rollout>(&format!("/v1/rollouts/{id}")).await;
    let mut progress = Progress::new(cx.err, cx.view.progress, cx.view.json);
    let mut wait = Wait { seen: Instant::now(), deciding: None };
    let waiting = async {
        loop {
            let looked = fetch().await;
            if let Some(over) = wait.take(looked, &mut progress)? {
                return Ok(over);
            }
            sleep(PERIOD).await;
        }
    };
    let ended = tokio::select! {
        ended = waiting => ended,
        Ok(()) = tokio::signal::ctrl_c() => Err(Failure::Interrupted(format!(
            "the rollout goes on; `seaworthy rollouts --id {id}` shows it, `seaworthy revert` ends it"
        ))),
    };
    progress.clear();
    ended
}

struct Wait {
    /// When the server last answered.
    seen: Instant,
    /// Since when the rollout is being reverted.
    deciding: Option<Instant>,
}

impl Wait {
    /// Takes one look; returns the rollout when it is over.
    fn take(
        &mut self,
        looked: Result<Rollout, Error>,
        progress: &mut Progress<'_>,
    ) -> Result<Option<Rollout>, Failure> {
        let rollout = match looked {
            Ok(rollout) => rollout,
            Err(error) if is_passing(&error) && self.seen.elapsed() < OUTAGE_MAX => {
                progress.away();
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        self.seen = Instant::now();
        progress.show(&rollout, Timestamp::now().duration_since(rollout.started_at).as_secs_f64());
        match rollout.state {
            RolloutState::Promoted | RolloutState::Reverted => return Ok(Some(rollout)),
            RolloutState::Reverting => self.check_confirmation(&rollout)?,
            RolloutState::Starting | RolloutState::Stepping | RolloutState::Held => self.deciding = None,
        }
        Ok(None)
    }

    fn check_confirmation(&mut self, rollout: &Rollout) -> Result<(), Failure> {
        if self.deciding.get_or_insert_with(Instant::now).elapsed() < CONFIRM_MAX {
            return Ok(());
        }
        let Rollout { service, version, .. } = rollout;
        Err(Failure::Unconfirmed(format!(
            "{service} {version} is reverted, but within {} s not every gateway has said that it let go",
            CONFIRM_MAX.as_secs()
        )))
    }
}

/// Tells whether the server may be on its way back.
pub(crate) fn is_passing(error: &Error) -> bool {
    matches!(error.kind, Kind::Connect(_) | Kind::Timeout(_) | Kind::Broken(_))
        || error.status().is_some_and(|status| status.is_server_error())
}
