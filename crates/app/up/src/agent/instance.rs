//! Keeps one version as it is wanted: starts or adopts it, watches it, starts it again, stops it.

use std::future::pending;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::process::{Duty, Instance, InstanceState, LaunchFrom};
use seaworthy_process::{Environment, Launch, Process, Record, kernel_boot, last_words};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::Context;
use super::environment::environment;
use super::life::Checked;
use super::picture::{Key, in_words};
use crate::UpEvent;
use crate::backoff::{Backoff, FirstDeath};
use crate::stop::{Haste, until};

/// How often a version that ended before it ever was healthy is tried: somebody may have taken its port meanwhile. One
/// that must serve is tried for ever, with growing waits: what its start lacks, a disk or a database, may come back.
const FIRST_TRIES: u32 = 3;

/// How long one that hangs has to end when told to: what still moves in it may close its files.
const HUNG_PATIENCE: Duration = Duration::from_secs(2);

/// Between those tries.
const FIRST_AGAIN: Duration = Duration::from_millis(200);

/// The task of one version.
pub(super) struct Keeper {
    context: Arc<Context>,
    key: Key,
    wanted: watch::Receiver<Option<Instance>>,
    backoff: Backoff,
    /// Lives that ended before the first health.
    tries: u32,
    /// Whether any life of it was ever healthy.
    proven: Proven,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Proven {
    No,
    Yes,
}

/// How a life ended.
enum End {
    /// It should end.
    Unwanted,
    /// It ended by itself.
    Exited(String),
    /// It was not healthy in time.
    Late(String),
    /// It answers nobody any more.
    Hung(String),
}

/// What comes after a life.
enum Next {
    /// Another one, after this long.
    Again(Duration),
    /// None, until the server wants it launched in another way, for another duty, or not at all.
    Never(Box<Instance>),
}

impl Keeper {
    pub(super) fn new(context: Arc<Context>, key: Key, wanted: watch::Receiver<Option<Instance>>) -> Self {
        Self { context, key, wanted, backoff: Backoff::of_version(), tries: 0, proven: Proven::No }
    }

    /// Runs until it is not wanted any more and is stopped.
    pub(super) async fn keep(mut self, found: Option<Record>) {
        let mut life = found.and_then(|record| Some((Process::adopt(record.process)?, record)));
        if life.is_some() {
            self.context.reporter.starting(format!("{} (it runs already: adopted)", self.key));
        }
        while life.is_some() || self.wanted.borrow().is_some() {
            let next = match life.take() {
                Some((process, record)) => self.live(process, record).await,
                None => self.begin().await,
            };
            let Some(next) = next else { break };
            self.pause(next).await;
        }
        self.forget();
    }

    /// Begins a life and lives it. `None` when it is not wanted any more.
    async fn begin(&mut self) -> Option<Next> {
        let instance = self.wanted.borrow().clone()?;
        let command = match &instance.launch.from {
            LaunchFrom::Address(address) => return self.watch_address(&instance, address).await,
            LaunchFrom::Command { .. } => self.start(&instance),
        };
        match command {
            Ok((process, record)) => self.live(process, record).await,
            Err(reason) if self.proven == Proven::No => Some(self.fail("none", &instance, Duration::ZERO, reason)),
            Err(reason) => Some(self.after_death("none", &instance, Duration::ZERO, reason)),
        }
    }

    fn start(&self, instance: &Instance) -> Result<(Process, Record), String> {
        let LaunchFrom::Command { command, env, directory } = &instance.launch.from else {
            return Err("it has no command".to_owned());
        };
        let port = self.context.ports.lock().unwrap_or_else(PoisonError::into_inner).free();
        let port = port.map_err(|error| format!("could not find a free port: {error}"))?;
        let files = &self.context.directory;
        let launch = Launch {
            command: command.clone(),
            env: environment(env, instance, port, &self.context.outbound),
            environment: Environment::Minimal,
            directory: Some(directory.as_ref().map_or_else(|| files.clone(), |below| files.join(below))),
            log: self.log(),
            stdin: None,
        };
        let started_at = Timestamp::now();
        let process = launch.start().map_err(|error| error.to_string())?;
        let record = Record {
            instance: instance.clone(),
            process: process.identity(),
            kernel_boot: kernel_boot(),
            address: format!("127.0.0.1:{port}"),
            started_at,
            healthy_at: None,
        };
        self.save(&record);
        Ok((process, record))
    }

    /// Lives one life of a process of ours.
    async fn live(&mut self, mut process: Process, mut record: Record) -> Option<Next> {
        let begun = Instant::now();
        let id = process.identity().to_string();
        let mut wanted = self.wanted.clone();
        let end = tokio::select! {
            biased;
            () = not_wanted(&mut wanted) => End::Unwanted,
            exit = process.exited() => End::Exited(exit.to_string()),
            end = self.watch(&id, &mut record) => end,
        };
        let patience = Duration::from_millis(record.instance.launch.stop_timeout_ms);
        match end {
            End::Unwanted => {
                self.stop(process, patience).await;
                None
            }
            End::Exited(how) => Some(self.after_death(&id, &record.instance, begun.elapsed(), how)),
            End::Late(reason) => {
                process.kill().await;
                Some(self.after_lateness(&id, &record.instance, begun.elapsed(), reason))
            }
            End::Hung(reason) => {
                self.stop(process, HUNG_PATIENCE.min(patience)).await;
                Some(self.after_death(&id, &record.instance, begun.elapsed(), reason))
            }
        }
    }

    /// Watches a process; comes back only when it is not healthy in time, or hangs while users depend on it. One on trial
    /// is left to the judge and the guards: ended and started again, it would hide from them what it does to users.
    async fn watch(&mut self, id: &str, record: &mut Record) -> End {
        let launch = &record.instance.launch;
        let limit = Duration::from_millis(launch.start_timeout_ms);
        let checked = Checked {
            address: record.address.clone(),
            path: launch.health.clone(),
            started_at: record.started_at,
            healthy_at: record.healthy_at,
        };
        if checked.healthy_at.is_none() {
            self.tell(id, InstanceState::Starting);
            if let Err(seen) = checked.first_health(limit).await {
                return End::Late(format!("not healthy within {} ms: {seen}", limit.as_millis()));
            }
            record.healthy_at = Some(Timestamp::now());
            self.save(record);
        }
        self.proven = Proven::Yes;
        let healthy_at = record.healthy_at.unwrap_or(record.started_at);
        let serves = || self.wanted.borrow().as_ref().is_some_and(|now| now.duty == Duty::Serve);
        End::Hung(checked.watch(healthy_at, serves, |state| self.tell(id, state)).await)
    }

    /// Watches a server of somebody else's: it is never started and never stopped.
    async fn watch_address(&mut self, instance: &Instance, address: &str) -> Option<Next> {
        let id = format!("at-{address}");
        let limit = Duration::from_millis(instance.launch.start_timeout_ms);
        let started_at = Timestamp::now();
        let checked =
            Checked { address: address.to_owned(), path: instance.launch.health.clone(), started_at, healthy_at: None };
        let mut wanted = self.wanted.clone();
        let watch = async {
            if self.proven == Proven::No {
                self.tell(&id, InstanceState::Starting);
            }
            match checked.first_health(limit).await {
                Ok(()) => {
                    self.proven = Proven::Yes;
                    checked.watch(Timestamp::now(), || false, |state| self.tell(&id, state)).await
                }
                Err(seen) => format!("not healthy within {} ms: {seen}", limit.as_millis()),
            }
        };
        let reason = tokio::select! {
            biased;
            () = until_not(&mut wanted, |now| now.launch == instance.launch) => return Some(Next::Again(Duration::ZERO)),
            reason = watch => reason,
        };
        Some(self.fail(&id, instance, limit, reason))
    }

    fn after_death(&mut self, id: &str, instance: &Instance, life: Duration, how: String) -> Next {
        if self.proven == Proven::Yes {
            self.tell(id, InstanceState::Exited { how });
            return Next::Again(self.backoff.after(life, FirstDeath::Counts));
        }
        self.tries += 1;
        if self.tries < FIRST_TRIES {
            return Next::Again(FIRST_AGAIN);
        }
        // Without the path above it, which may hold a person's name: this goes into the ledger.
        let log = self.context.layout.shown_log(&self.key.service, &self.key.version);
        let (tries, log) = (self.tries, log.display());
        let reason = format!(
            "it ended {tries} times before it was healthy, the last time with {how}; what it said is in \"{log}\""
        );
        self.fail(id, instance, life, reason)
    }

    fn after_lateness(&mut self, id: &str, instance: &Instance, life: Duration, reason: String) -> Next {
        match self.proven {
            Proven::Yes => self.after_death(id, instance, life, format!("killed: {reason}")),
            Proven::No => {
                let log = self.context.layout.shown_log(&self.key.service, &self.key.version);
                self.fail(id, instance, life, format!("{reason}; what it said is in \"{}\"", log.display()))
            }
        }
    }

    fn fail(&mut self, id: &str, instance: &Instance, life: Duration, reason: String) -> Next {
        self.tell(id, InstanceState::Failed { reason });
        // As it is wanted now: it may have been promoted since it was launched.
        let duty = self.wanted.borrow().as_ref().map_or(instance.duty, |now| now.duty);
        match duty {
            Duty::Serve => Next::Again(self.backoff.after(life, FirstDeath::Counts)),
            Duty::Trial => Next::Never(Box::new(Instance { duty, ..instance.clone() })),
        }
    }

    /// Waits for what comes next, or until it should end.
    async fn pause(&mut self, next: Next) {
        let mut wanted = self.wanted.clone();
        match next {
            Next::Again(wait) => tokio::select! {
                biased;
                () = not_wanted(&mut wanted) => {}
                () = sleep(wait) => {}
            },
            // The same once more would fail once more.
            Next::Never(was) => {
                let same = |now: &Instance| now.launch == was.launch && now.duty == was.duty;
                until_not(&mut wanted, same).await;
                self.tries = 0;
            }
        }
    }

    async fn stop(&self, mut process: Process, patience: Duration) {
        let mut haste = self.context.haste.clone();
        let stopped = tokio::select! {
            biased;
            () = until(&mut haste, Haste::AtOnce) => None,
            stopped = process.stop(patience) => Some(stopped),
        };
        if stopped.is_none() {
            process.kill().await;
        }
    }

    fn forget(&self) {
        self.context.picture.forget(&self.key);
        if let Err(error) = self.context.layout.records().remove(&self.key.service, &self.key.version) {
            self.context.reporter.problem(format!("could not remove the record of {}: {error}", self.key), None);
        }
    }

    fn save(&self, record: &Record) {
        if let Err(error) = self.context.layout.records().save(record) {
            let hint =
                "make room on the disk of the data directory: until then the next `up` cannot adopt it".to_owned();
            self.context.reporter.problem(format!("could not write the record of {}: {error}", self.key), Some(hint));
        }
    }

    fn log(&self) -> PathBuf {
        self.context.layout.records().log(&self.key.service, &self.key.version)
    }

    fn tell(&self, id: &str, state: InstanceState) {
        let words = in_words(&state);
        // For whoever looks at this terminal: a version's own words may hold anything, so they go nowhere else.
        let said = match &state {
            InstanceState::Failed { .. } | InstanceState::Exited { .. } if is_ours(id) => last_words(&self.log()),
            _ => None,
        };
        if self.context.picture.note(&self.key, id, state) {
            let (service, version) = (self.key.service.to_string(), self.key.version.to_string());
            self.context.reporter.report(UpEvent::Version { service, version, state: words, said });
        }
    }
}

/// Tells whether it is a process that we started: it has a log.
fn is_ours(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_digit())
}

/// Waits until it should end. A supervisor that went away without a word stops nothing.
async fn not_wanted(wanted: &mut watch::Receiver<Option<Instance>>) {
    if wanted.wait_for(Option::is_none).await.is_err() {
        pending().await
    }
}

/// Waits until it should end or is not wanted as it was.
async fn until_not(wanted: &mut watch::Receiver<Option<Instance>>, as_it_was: impl Fn(&Instance) -> bool) {
    if wanted.wait_for(|now| !now.as_ref().is_some_and(&as_it_was)).await.is_err() {
        pending().await
    }
}
