//! The loop of the kernel.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use seaworthy_contract::gateway::{Report, ReportAck};
use seaworthy_core::watch::Saved;
use seaworthy_core::{Cx, Fact, Input, State, step};
use seaworthy_model::{Entropy, GatewayName};
use seaworthy_store::{AppendError, Appended, Clock, Expect, Ledger, Side, Table, Write};
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;

use super::{Changed, CommandError, Done, Job, Shared, decode, encode};

/// How often timers are looked at: start timeouts, bake times. Verdicts come with reports, four times as often.
const TICK: Duration = Duration::from_secs(1);

pub(super) struct Loop {
    pub(super) shared: Arc<RwLock<Shared>>,
    pub(super) writable: Arc<AtomicBool>,
    pub(super) stopped: AtomicBool,
    pub(super) tell: watch::Sender<Changed>,
    pub(super) clock: Clock,
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) side: Arc<dyn Side>,
}

/// Returns what readers wait for.
pub(super) fn changed(state: &State) -> Changed {
    Changed { position: state.position, config: state.config_version, desired: state.desired_version }
}

impl Loop {
    /// Runs until every handle is dropped, or the ledger takes nothing more until it is opened again.
    pub(super) async fn run(self, mut jobs: mpsc::Receiver<Job>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !self.stopped.load(Ordering::Relaxed) {
            tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => self.carry_out(job).await,
                    None => return,
                },
                _ = tick.tick() => self.look().await,
            }
        }
    }

    async fn carry_out(&self, job: Job) {
        match job {
            Job::Command { input, actor, reply } => {
                let done = self.decide(&input, actor).await;
                drop(reply.send(done)); // Whoever asked may have gone away; it is in the ledger all the same.
            }
            Job::Report { report, reply } => {
                let ack = self.take_report(&report).await;
                drop(reply.send(ack)); // The gateway sends again what it did not see acknowledged.
            }
        }
    }

    /// Steps, appends, folds. Nothing is seen by anybody before it is durable.
    async fn decide(&self, input: &Input, actor: String) -> Result<Done, CommandError> {
        let now = (self.clock)();
        let mut cx = Cx { now, actor: actor.clone(), entropy: Entropy::new(random()) };
        let (facts, head) = self.read(|shared| (step(&shared.state, input, &mut cx), shared.state.position));
        let facts = facts?;
        if facts.is_empty() {
            return Ok(Done { position: head, facts: Vec::new() });
        }
        let batch = facts.iter().map(|fact| encode(fact, &actor, now, &mut cx.entropy)).collect();
        let appended = self.ledger.append(batch, Expect::Head(head)).await;
        self.writable.store(appended.is_ok(), Ordering::Relaxed);
        let records = match appended {
            Ok(Appended::Now(records)) => records,
            // A key that is known: this was decided before a restart and is folded in already.
            Ok(Appended::Before(_)) => return Ok(Done { position: head, facts: Vec::new() }),
            Err(error) => {
                tracing::error!(error = %chain(&error), "append failed");
                self.stopped.store(matches!(error, AppendError::Stopped { .. }), Ordering::Relaxed);
                return Err(CommandError::Store(Arc::new(error)));
            }
        };
        let facts: Vec<Fact> = records.iter().map(decode).collect();
        let after = self.write(|shared| {
            facts.iter().for_each(|fact| shared.state.apply(fact));
            changed(&shared.state)
        });
        self.tell.send_replace(after);
        Ok(Done { position: after.position, facts })
    }

    async fn take_report(&self, report: &Report) -> Result<ReportAck, CommandError> {
        let now = (self.clock)();
        let actor = || format!("gateway/{}", report.gateway);
        let joined = Input::GatewayJoined { gateway: report.gateway.clone(), boot: report.boot };
        self.decide(&joined, actor()).await?;
        let fresh = self.write(|shared| shared.watch.ingest(&shared.state, report, now));
        if fresh {
            for trip in &report.trips {
                let input = Input::GuardTripped { gateway: report.gateway.clone(), trip: trip.clone() };
                self.decide(&input, actor()).await?;
            }
            self.look().await;
        }
        // Also for a report that was taken before: it comes again because persisting it failed.
        self.persist(&report.gateway).await?;
        // Break-glass is repeated by the gateway until it is acknowledged; the ledger takes each entry once.
        for entry in &report.break_glass {
            let input = Input::BreakGlassUsed { gateway: report.gateway.clone(), entry: entry.clone() };
            self.decide(&input, actor()).await?;
        }
        Ok(ReportAck { boot: report.boot, seq: report.seq })
    }

    /// Looks at everything that time or counts may have settled.
    async fn look(&self) {
        let now = (self.clock)();
        let (judged, drained) = self.write(|shared| {
            let judged = shared.watch.verdicts(&shared.state, now);
            (judged, shared.watch.drained(&shared.state, now))
        });
        let judged = judged.into_iter().map(|judged| (Input::Judged(Box::new(judged)), "judge"));
        let drained = drained.into_iter().map(|drained| (Input::Drained(Box::new(drained)), "judge"));
        for (input, actor) in judged.chain(drained).chain([(Input::Tick, "clock")]) {
            if let Err(error) = self.decide(&input, actor.to_owned()).await {
                // Nothing is lost: the same verdict comes again with the next look.
                tracing::warn!(error = %chain(&error), "could not act on a signal");
            }
        }
    }

    async fn persist(&self, gateway: &GatewayName) -> Result<(), CommandError> {
        let saved = self.read(|shared| shared.watch.save(&shared.state, gateway));
        let writes = saved.into_iter().map(|saved| match saved {
            Saved::Rollout(id, value) => Write::Put { table: Table::Checkpoints, key: id.to_string(), value },
            Saved::Gateway(name, value) => Write::Put { table: Table::Signals, key: name.to_string(), value },
        });
        self.side.write(writes.collect()).await.map_err(CommandError::Side)
    }

    fn read<R>(&self, view: impl FnOnce(&Shared) -> R) -> R {
        view(&self.shared.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<R>(&self, change: impl FnOnce(&mut Shared) -> R) -> R {
        change(&mut self.shared.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Randomness for ids, from the operating system.
fn random() -> u128 {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    u128::from_le_bytes(bytes)
}

/// The error with everything it comes from, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        line.push_str(": ");
        line.push_str(&inner.to_string());
        source = inner.source();
    }
    line
}
