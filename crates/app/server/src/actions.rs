//! Runs of command hooks: begun once they are in the ledger, and once only.
//!
//! A run is asked for, begins and ends as three events. A server that is killed in between begins nothing again: the next one
//! says of each what it knows (`action.ended`, never begun or unknown). The end of what a run printed is kept in memory alone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use seaworthy_contract::catalogue::{CommandHook, HookRun};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::action::ActionOutcomeV1;
use seaworthy_core::{ActionDone, Input};
use seaworthy_integrations::{Channels, Ran, run_program};
use seaworthy_model::ActionRunId;
use serde_json::json;

use crate::http::Failure;
use crate::kernel::Kernel;

/// Runs whose output is remembered; the oldest makes room.
const TAILS_MAX: usize = 200;

/// Pause before the end of a run is noted again where the store takes no writes.
const PAUSE: Duration = Duration::from_secs(2);

/// Runs hooks.
pub(crate) struct Actions {
    channels: Arc<Channels>,
    tails: Mutex<BTreeMap<ActionRunId, String>>,
}

impl Actions {
    pub(crate) fn new(channels: Arc<Channels>) -> Self {
        Self { channels, tails: Mutex::default() }
    }

    /// Takes a run into the ledger, begins it, and returns at once.
    ///
    /// # Errors
    /// When the core refuses, or the store takes no writes: then nothing is begun.
    pub(crate) async fn begin(
        self: &Arc<Self>,
        kernel: &Kernel,
        wanted: ActionDone,
        actor: String,
    ) -> Result<ActionRunId, Failure> {
        let done = kernel.command(Input::Action(Box::new(wanted)), actor.clone()).await?;
        let asked = done.facts.iter().find_map(|fact| match &fact.event {
            Event::ActionAsked(asked) => Some(asked.clone()),
            _ => None,
        });
        let asked = asked.ok_or_else(|| Failure::unavailable("the run was not appended"))?;
        let hook = kernel.look(|look| look.state.catalogue.hook(&asked.action).cloned());
        let (actions, kernel, run) = (self.clone(), kernel.clone(), asked.run);
        tokio::spawn(async move {
            let work = Work { run, values: asked.parameters, dry_run: asked.dry_run };
            let ran = actions.carry(&kernel, hook, &work, &actor).await;
            actions.keep(run, ran.tail);
            note(&kernel, ActionDone::Ended { run, outcome: ran.outcome, took_s: ran.took_s }, actor).await;
        });
        Ok(run)
    }

    /// Waits until a run has ended, or so long.
    pub(crate) async fn ended(&self, kernel: &Kernel, run: ActionRunId, within: Duration) {
        let mut changes = kernel.changes();
        let is_open = || kernel.look(|look| look.state.runs.get(&run).is_some_and(|record| record.is_open()));
        let wait = async { while is_open() && changes.changed().await.is_ok() {} };
        // It goes on; who asked looks again.
        tokio::time::timeout(within, wait).await.ok();
    }

    /// Returns the end of what a run printed, while it is remembered.
    pub(crate) fn tail(&self, run: ActionRunId) -> Option<String> {
        self.tails.lock().unwrap_or_else(PoisonError::into_inner).get(&run).cloned()
    }

    fn keep(&self, run: ActionRunId, tail: String) {
        let mut tails = self.tails.lock().unwrap_or_else(PoisonError::into_inner);
        tails.insert(run, tail);
        while tails.len() > TAILS_MAX {
            tails.pop_first();
        }
    }

    async fn carry(&self, kernel: &Kernel, hook: Option<CommandHook>, work: &Work, actor: &str) -> Ran {
        let never = |why: &str| Ran {
            outcome: ActionOutcomeV1::NotStarted { why: why.to_owned() },
            took_s: None,
            tail: String::new(),
        };
        let Some(hook) = hook else { return never("it left the catalogue just now") };
        let started = Input::Action(Box::new(ActionDone::Started(work.run)));
        if let Err(error) = kernel.command(started, actor).await {
            tracing::error!(action = hook.name, run = %work.run, %error, "a hook is not begun");
            return never("the store took no note of its begin");
        }
        match &hook.run {
            HookRun::Command { command, dry_run } => {
                let arguments = dry_run.as_ref().filter(|_| work.dry_run).unwrap_or(command);
                let variables = [
                    ("SEAWORTHY_ACTION", hook.name.clone()),
                    ("SEAWORTHY_SERVICE", hook.service.to_string()),
                    ("SEAWORTHY_RUN", work.run.to_string()),
                    ("SEAWORTHY_DRY_RUN", work.dry_run.to_string()),
                ];
                let within = Duration::from_millis(hook.timeout_ms);
                run_program(&CommandHook::filled(arguments, &work.values), &variables, within).await
            }
            HookRun::Call { url, secret, .. } => {
                let body = json!({
                    "action": hook.name, "service": hook.service, "run": work.run,
                    "parameters": work.values, "dry_run": work.dry_run,
                });
                let key = format!("action/{}", work.run);
                let within = Duration::from_millis(hook.timeout_ms);
                let body = body.to_string().into_bytes();
                self.channels.call_hook(url, secret.as_ref(), (&key, body), within).await
            }
        }
    }
}

/// What is run.
struct Work {
    run: ActionRunId,
    values: BTreeMap<String, String>,
    dry_run: bool,
}

/// Notes how it ended, however long the store takes no writes: until then it counts as running.
async fn note(kernel: &Kernel, ended: ActionDone, actor: String) {
    while let Err(error) = kernel.command(Input::Action(Box::new(ended.clone())), actor.clone()).await {
        tracing::error!(%error, "could not note how a hook ended");
        tokio::time::sleep(PAUSE).await;
    }
}
