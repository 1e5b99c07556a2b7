//! The engine: decides on inputs, takes reports, looks at what time and counts have settled.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use seaworthy_contract::gateway::{BreakGlass, ControlHand, Report, ReportAck, Trip};
use seaworthy_contract::prober::{ProbeAck, ProbeReport};
use seaworthy_core::watch::objectives::Piece;
use seaworthy_core::watch::probes::PLACES_MAX;
use seaworthy_core::watch::{GATEWAYS_MAX, Saved};
use seaworthy_core::{ControlDone, Cx, Fact, Input, NewFact, Refusal, step};
use seaworthy_model::Entropy;
use seaworthy_store::limits::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX, SIDE_WRITES_MAX};
use seaworthy_store::{AppendError, Appended, Expect, NewEvent, SeriesStore, Table, Write};
use tokio::sync::watch;

use crate::open::{PLACES_KEY, PROBE_KEY, SINCE_KEY, load};
use crate::{Changed, CommandError, Done, OpenError, Outside, Shared, chain, decode, encode, once};

/// The engine. Its methods are called by one caller, one after the other; everybody may read what is shared.
pub struct Engine {
    shared: Arc<RwLock<Shared>>,
    writable: Arc<AtomicBool>,
    stopped: AtomicBool,
    tell: watch::Sender<Changed>,
    outside: Outside,
}

impl Engine {
    /// Replays the ledger and restores what stands beside it.
    ///
    /// # Errors
    /// When a store cannot be read.
    pub async fn open(outside: Outside) -> Result<Self, OpenError> {
        let shared = load(&outside).await?;
        let tell = watch::Sender::new(Changed::of(&shared.state));
        let shared = Arc::new(RwLock::new(shared));
        let (writable, stopped) = (Arc::new(AtomicBool::new(true)), AtomicBool::new(false));
        let engine = Self { shared, writable, stopped, tell, outside };
        engine.begin_watching().await;
        Ok(engine)
    }

    /// Returns what readers look at; a view must be short, deciding waits for it.
    pub fn shared(&self) -> Arc<RwLock<Shared>> {
        self.shared.clone()
    }

    /// Returns whether the store takes writes: reads go on when it does not.
    pub fn writable(&self) -> Arc<AtomicBool> {
        self.writable.clone()
    }

    /// Says whether the ledger takes nothing more until it is opened again, by another engine.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Follows changes.
    pub fn changes(&self) -> watch::Receiver<Changed> {
        self.tell.subscribe()
    }

    /// Steps, appends, folds. Nothing is seen by anybody before it is durable. A fact whose key the ledger has is left out,
    /// with what is nothing without it; the others are appended in their order, and those are what is answered.
    ///
    /// # Errors
    /// When the domain refuses or the store does not take it. A decision that needs several batches (an apply of very
    /// many entities) may be durable in part; deciding again does the rest.
    pub async fn decide(&self, input: &Input, actor: &str) -> Result<Done, CommandError> {
        let now = (self.outside.clock)();
        let mut cx = Cx { now, actor: actor.to_owned(), entropy: Entropy::new((self.outside.random)()) };
        let (facts, position) = self.read(|shared| (step(&shared.state, input, &mut cx), shared.state.position));
        let facts = self.only_new(facts?).await;
        let events: Vec<_> = facts.iter().map(|fact| encode(fact, actor, now, &mut cx.entropy)).collect();
        let mut done = Done { position, facts: Vec::new() };
        for batch in batches(events) {
            self.append(batch, &mut done).await?;
        }
        match input {
            Input::Apply(..) => self.follow_applied().await,
            // After what follows from it is folded in: a version that it shows first is known by now.
            Input::Observed(seen) => self.write(|shared| shared.watch.failed_checks.take(&shared.state, seen, now)),
            _ => {}
        }
        Ok(done)
    }

    /// Leaves out what the ledger has. Nobody else appends, and the append expects the head that was decided on, so what is
    /// found here is so then. Where the ledger cannot say, it refuses a repeat itself.
    async fn only_new(&self, facts: Vec<NewFact>) -> Vec<NewFact> {
        let mut known = BTreeSet::new();
        for key in facts.iter().filter_map(|fact| fact.key.as_deref()) {
            match self.outside.ledger.find(key).await {
                Ok(Some(_)) => drop(known.insert(key.to_owned())),
                Ok(None) => {}
                Err(error) => tracing::warn!(key, error = %chain(&error), "could not ask the ledger for a key"),
            }
        }
        once::only_new(facts, known)
    }

    async fn append(&self, batch: Vec<NewEvent>, done: &mut Done) -> Result<(), CommandError> {
        let appended = self.outside.ledger.append(batch, Expect::Head(done.position)).await;
        let failed = matches!(appended, Err(AppendError::Full { .. } | AppendError::Stopped { .. }));
        self.writable.store(!failed, Ordering::Relaxed);
        let records = match appended {
            Ok(Appended::Now(records)) => records,
            // Keys that could not be looked up and are known: this was decided before and is folded in already.
            Ok(Appended::Before(_)) => return Ok(()),
            Err(error) => {
                tracing::error!(error = %chain(&error), "append failed");
                self.stopped.store(matches!(error, AppendError::Stopped { .. }), Ordering::Relaxed);
                return Err(CommandError::Store(Arc::new(error)));
            }
        };
        let facts: Vec<Fact> = records.iter().map(decode).collect();
        let after = self.write(|shared| {
            facts.iter().for_each(|fact| shared.state.apply(fact));
            Changed::of(&shared.state)
        });
        done.position = after.position;
        done.facts.extend(facts);
        self.tell.send_replace(after);
        Ok(())
    }

    /// Takes a gateway's report and returns once what follows from it is durable.
    ///
    /// # Errors
    /// When something could not be persisted; the gateway sends the report again, and nothing is counted twice.
    pub async fn take_report(&self, report: &Report) -> Result<ReportAck, CommandError> {
        self.follow_catalogue().await?;
        let now = (self.outside.clock)();
        let actor = format!("gateway/{}", report.gateway);
        let gateway = || report.gateway.clone();
        if !self.read(|shared| shared.watch.gateways.has_room_for(&report.gateway)) {
            let why = format!("{GATEWAYS_MAX} gateways are known, \"{}\" is not one of them", report.gateway);
            return Err(Refusal::State(why, "give it the name of one that is gone").into());
        }
        self.decide(&Input::GatewayJoined { gateway: gateway(), boot: report.boot }, &actor).await?;
        // Before the report counts as taken: were this to fail after that, nobody would tell of the trip again.
        for trip in &report.trips {
            let trip = Trip { age_ms: trip.age_ms.saturating_add(report.age_ms), ..trip.clone() };
            self.decide(&Input::GuardTripped { gateway: gateway(), trip }, &actor).await?;
        }
        // Before its counts: what was refused by hand is of a control that the ledger knows.
        for hand in &report.control_hands {
            let seen = self.read(|shared| shared.watch.controls.totals());
            let done = ControlDone::Hand { gateway: gateway(), hand: late(hand, report.age_ms), seen };
            self.decide(&Input::Control(Box::new(done)), &actor).await?;
        }
        if self.write(|shared| shared.watch.ingest(&shared.state, report, now)) {
            self.look().await;
        }
        // Also for a report that was taken before: it comes again because persisting it failed. How far the gateway was taken
        // comes first: a crash between the two costs objectives a quarter of a second, and counts nothing twice.
        self.persist().await?;
        self.store_signals().await?;
        // Break-glass is repeated by the gateway until it is acknowledged; the ledger takes each entry once.
        for entry in &report.break_glass {
            let entry = BreakGlass { age_ms: entry.age_ms.saturating_add(report.age_ms), ..entry.clone() };
            self.decide(&Input::BreakGlassUsed { gateway: gateway(), entry }, &actor).await?;
        }
        Ok(ReportAck { boot: report.boot, seq: report.seq })
    }

    /// Takes the results of a prober and returns once what follows from them is durable.
    ///
    /// # Errors
    /// When something could not be persisted; the prober sends the report again, and no run counts twice.
    pub async fn take_probes(&self, report: &ProbeReport) -> Result<ProbeAck, CommandError> {
        self.follow_catalogue().await?;
        let now = (self.outside.clock)();
        if !self.read(|shared| shared.watch.probes.has_room_for(&report.place)) {
            let why = format!("{PLACES_MAX} places run probes, \"{}\" is not one of them", report.place);
            return Err(Refusal::State(why, "stop a prober that is not needed").into());
        }
        self.write(|shared| shared.watch.take_probes(&shared.state, report, now));
        if !report.results.is_empty() {
            self.look().await;
        }
        // Which runs were taken comes first: a crash between the two costs objectives a run, and counts none twice.
        self.persist().await?;
        self.store_signals().await?;
        Ok(ProbeAck { boot: report.boot, seq: report.seq })
    }

    /// Looks at everything that time or counts may have settled.
    pub async fn look(&self) {
        let now = (self.outside.clock)();
        self.keep_signals(now).await;
        let (judged, drained, signals, probed, changes) = self.write(|shared| {
            let judged = shared.watch.verdicts(&shared.state, now);
            let signals = shared.watch.objectives.evaluate(&shared.state, &shared.watch.gateways, now);
            let signals = shared.watch.without_waiting(&shared.state, signals, now);
            let probed = shared.watch.probe_signals(&shared.state, now);
            let probed = shared.watch.without_waiting(&shared.state, probed, now);
            let changes = shared.watch.downtime_changes(&shared.state, now);
            (judged, shared.watch.drained(&shared.state, now), signals, probed, changes)
        });
        let judged = judged.into_iter().map(|judged| (Input::Judged(Box::new(judged)), "judge"));
        let drained = drained.into_iter().map(|drained| (Input::Drained(Box::new(drained)), "judge"));
        let signals = signals.into_iter().map(|signal| (Input::Signal(Box::new(signal)), "objectives"));
        let probed = probed.into_iter().map(|signal| (Input::Signal(Box::new(signal)), "probes"));
        let signals = signals.chain(probed);
        let changes = changes.into_iter().map(|change| (Input::Downtime(Box::new(change)), "downtime"));
        let controls = self.read(|shared| shared.watch.controls_done(&shared.state, now));
        let controls = controls.into_iter().map(|done| (Input::Control(Box::new(done)), "controls"));
        let drained = drained.chain(controls);
        for (input, actor) in judged.chain(drained).chain(signals).chain(changes).chain([(Input::Tick, "clock")]) {
            if let Err(error) = self.decide(&input, actor).await {
                // Nothing is lost: the same verdict comes again with the next look.
                tracing::warn!(error = %chain(&error), "could not act on a signal");
            }
        }
    }

    async fn persist(&self) -> Result<(), CommandError> {
        let saved = self.read(|shared| shared.watch.save(&shared.state));
        if saved.is_empty() {
            return Ok(());
        }
        let mut writes = saved.into_iter().map(|saved| match saved {
            Saved::Rollout(id, value) => Write::Put { table: Table::Checkpoints, key: id.to_string(), value },
            Saved::Gateway(name, value) => Write::Put { table: Table::Signals, key: name.to_string(), value },
            Saved::Forgotten(id) => Write::Delete { table: Table::Checkpoints, key: id.to_string() },
            Saved::Probe(name, value) => Write::Put { table: Table::Signals, key: format!("{PROBE_KEY}{name}"), value },
            Saved::ForgottenProbe(name) => Write::Delete { table: Table::Signals, key: format!("{PROBE_KEY}{name}") },
            Saved::Places(value) => Write::Put { table: Table::Signals, key: PLACES_KEY.to_owned(), value },
        });
        // One atomic write, but with more rollouts than one takes; a write that fails leaves all of it unsaved.
        loop {
            let batch: Vec<_> = writes.by_ref().take(SIDE_WRITES_MAX).collect();
            if batch.is_empty() {
                break;
            }
            self.outside.side.write(batch).await.map_err(CommandError::Side)?;
        }
        self.write(|shared| shared.watch.saved());
        Ok(())
    }

    pub(crate) async fn store_since(&self, pieces: &[Piece]) -> Result<(), CommandError> {
        if pieces.is_empty() {
            return Ok(());
        }
        let put = |piece: &Piece| Write::Put {
            table: Table::Signals,
            key: format!("{SINCE_KEY}{:x}", piece.number),
            value: piece.bytes.clone(),
        };
        self.outside.side.write(pieces.iter().map(put).collect()).await.map_err(CommandError::Side)
    }

    pub(crate) fn series(&self) -> &dyn SeriesStore {
        self.outside.series.as_ref()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.outside.clock)()
    }

    pub(crate) fn read<R>(&self, view: impl FnOnce(&Shared) -> R) -> R {
        view(&self.shared.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn write<R>(&self, change: impl FnOnce(&mut Shared) -> R) -> R {
        change(&mut self.shared.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Returns what was done by hand, with the age of the report that tells it.
fn late(hand: &ControlHand, age: u64) -> ControlHand {
    let mut hand = hand.clone();
    match &mut hand {
        ControlHand::Set { age_ms, .. } | ControlHand::Cleared { age_ms, .. } => *age_ms = age_ms.saturating_add(age),
    }
    hand
}

/// Cuts events into batches that a ledger takes. Only an apply of very many entities needs more than one.
fn batches(events: Vec<NewEvent>) -> Vec<Vec<NewEvent>> {
    let mut batches: Vec<Vec<NewEvent>> = Vec::new();
    let mut bytes = 0;
    for event in events {
        let size = event.payload.as_str().len();
        let fits = |batch: &Vec<NewEvent>| batch.len() < BATCH_EVENTS_MAX && bytes + size <= BATCH_BYTES_MAX;
        match batches.last_mut().filter(|batch| fits(batch)) {
            Some(batch) => batch.push(event),
            None => {
                batches.push(vec![event]);
                bytes = 0;
            }
        }
        bytes += size;
    }
    batches
}
