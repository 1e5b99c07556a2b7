//! The loop of the kernel: one job after the other, and a look at the clock in between.

use std::time::Duration;

use seaworthy_contract::events::Event;
use seaworthy_core::{Fact, Input};
use seaworthy_kernel::Engine;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, sleep_until};

use super::{Counted, Job, chain};

/// How often timers are looked at: start timeouts, bake times. Verdicts come with reports, four times as often.
const TICK: Duration = Duration::from_secs(1);

/// How long after an alert it is looked whom it calls: long enough that what one fault sets off together is folded into one
/// page and a storm costs few looks, short enough that nobody who is woken would notice.
const CALL_AFTER: Duration = Duration::from_millis(50);

/// Runs until every handle is dropped, or the ledger takes nothing more until it is opened again.
pub(super) async fn run(engine: Engine, mut jobs: mpsc::Receiver<Job>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut calls_at: Option<Instant> = None;
    while !engine.is_stopped() {
        tokio::select! {
            job = jobs.recv() => match job {
                Some(job) => {
                    let may_call = carry_out(&engine, job).await;
                    let at = may_call.then(|| Instant::now() + CALL_AFTER);
                    calls_at = calls_at.or(at);
                }
                None => return,
            },
            () = sleep_until(calls_at.unwrap_or_else(Instant::now)), if calls_at.is_some() => {
                calls_at = None;
                if let Err(error) = engine.decide(&Input::Tick, "clock").await {
                    // Nothing is lost: it is due at the next tick as well.
                    tracing::warn!(error = %chain(&error), "could not look whom an alert calls");
                }
            }
            _ = tick.tick() => engine.look().await,
        }
    }
}

/// Says whether somebody may have to be called for what happened, now and not with the next tick.
fn may_call(fact: &Fact) -> bool {
    matches!(fact.event, Event::AlertFired(_) | Event::AlertJoined(_) | Event::PageUndeliverable(_))
}

/// Carries it out; says whether somebody may have to be called for it.
async fn carry_out(engine: &Engine, job: Job) -> bool {
    match job {
        Job::Command { input, actor, reply } => {
            let done = engine.decide(&input, &actor).await;
            let calls = done.as_ref().is_ok_and(|done| done.facts.iter().any(may_call));
            drop(reply.send(done)); // Whoever asked may have gone away; it is in the ledger all the same.
            return calls;
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
    // What reports and counts set off was looked at with them.
    false
}
