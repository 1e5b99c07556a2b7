//! The loop of the kernel: one job after the other, and a look at the clock in between.

use std::time::Duration;

use seaworthy_kernel::Engine;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

use super::{Counted, Job};

/// How often timers are looked at: start timeouts, bake times. Verdicts come with reports, four times as often.
const TICK: Duration = Duration::from_secs(1);

/// Runs until every handle is dropped, or the ledger takes nothing more until it is opened again.
pub(super) async fn run(engine: Engine, mut jobs: mpsc::Receiver<Job>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !engine.is_stopped() {
        tokio::select! {
            job = jobs.recv() => match job {
                Some(job) => carry_out(&engine, job).await,
                None => return,
            },
            _ = tick.tick() => engine.look().await,
        }
    }
}

async fn carry_out(engine: &Engine, job: Job) {
    match job {
        Job::Command { input, actor, reply } => {
            let done = engine.decide(&input, &actor).await;
            drop(reply.send(done)); // Whoever asked may have gone away; it is in the ledger all the same.
        }
        Job::Report { report, reply } => {
            let ack = engine.take_report(&report).await;
            drop(reply.send(ack)); // The gateway sends again what it did not see acknowledged.
        }
        Job::Probes { report, reply } => {
            let ack = engine.take_probes(&report).await;
            drop(reply.send(ack)); // The prober sends again what it did not see acknowledged.
        }
        Job::Count { counted, reply } => {
            let taken = match counted {
                Counted::Pushed(pushed) => engine.push(&pushed).await,
                Counted::Read { objective, readings } => {
                    engine.take_readings(&objective, readings).await.map(usize::from)
                }
                Counted::Unread { objective, why } => Ok(usize::from(engine.not_read(&objective, why))),
            };
            drop(reply.send(taken)); // Whoever sent it may have gone away; it is stored all the same.
        }
    }
}
