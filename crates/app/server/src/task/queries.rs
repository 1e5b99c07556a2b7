//! Keeps true: what other systems measure for objectives is asked of them, and when they do not say, why not is known.
//!
//! Who does not answer is no outage: the objective is not seen, and says so. One source that hangs holds up its own
//! objectives alone. Sources see at most a few questions at a time.

mod plan;
mod sources;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Indicator, QueryIndicator};
use seaworthy_core::watch::objectives::Watched;
use seaworthy_metrics::promql::Source;
use seaworthy_model::Position;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::kernel::{CommandError, Counted, Kernel};
use plan::{Outcome, Plan, Told, Window};

pub(crate) use sources::Sources;

/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Most objectives that are asked about; further ones say so. Four questions a second each quarter of a minute.
const OBJECTIVES_MAX: usize = 1_000;

/// Most rounds at once, over all sources: a socket each.
const ROUNDS_MAX: usize = 64;

/// A round that has not ended by now ended by a bug: twice what eight windows of two queries may take.
const ROUND_WITHIN: SignedDuration = SignedDuration::from_secs(400);

/// The last hour, in seconds: how fast a budget burns now.
const HOUR_SECONDS: u32 = 3_600;

/// Shortest period that is asked for, in seconds: a calendar period that has just begun holds nothing.
const PERIOD_SECONDS_MIN: u32 = 60;

/// One objective that another system measures.
struct Entry {
    /// Position of its declaration: another one is another objective.
    position: Position,
    plan: Plan,
    asked_until: Option<Timestamp>,
}

/// What a round of questions needs.
struct Round {
    objective: String,
    position: Position,
    indicator: QueryIndicator,
    source: Source,
    windows: Vec<(Window, u32)>,
    now: Timestamp,
    /// Its place at the source.
    _turn: OwnedSemaphorePermit,
}

/// What a round came to.
struct Done {
    objective: String,
    position: Position,
    round: Vec<Outcome>,
}

/// Runs for ever.
pub(crate) async fn run(kernel: Kernel, sources: Sources) {
    let mut queries = Queries { kernel, sources, entries: BTreeMap::new() };
    let mut asking = JoinSet::new();
    let mut tick = tokio::time::interval(LOOK_EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = tick.tick() => {
                queries.follow();
                for round in queries.due(ROUNDS_MAX.saturating_sub(asking.len())).await {
                    asking.spawn(round.ask());
                }
            }
            Some(done) = asking.join_next() => match done {
                Ok(done) => queries.take(done).await,
                Err(_) => tracing::error!("asking for an objective panicked"),
            },
        }
    }
}

struct Queries {
    kernel: Kernel,
    sources: Sources,
    entries: BTreeMap<String, Entry>,
}

impl Queries {
    /// Follows the catalogue.
    fn follow(&mut self) {
        let Self { kernel, entries, .. } = self;
        kernel.look(|look| {
            let asked = |watched: &&Watched| query(watched).is_some() && watched.engine().is_some();
            let all: BTreeMap<&str, &Watched> =
                look.watch.objectives.iter().filter(asked).map(|w| (w.declared.name.as_str(), w)).collect();
            entries.retain(|name, entry| all.get(name.as_str()).is_some_and(|w| w.position == entry.position));
            for (name, watched) in all {
                entries.entry(name.to_owned()).or_insert_with(|| entry(watched, look.now));
            }
        });
    }

    /// Returns what is to be asked now, what waited longest first, as far as sources have a turn.
    async fn due(&mut self, rounds_max: usize) -> Vec<Round> {
        let now = self.kernel.now();
        let is_free = |entry: &Entry| entry.asked_until.is_none_or(|until| until <= now);
        let mut due: Vec<(Timestamp, String)> = Vec::new();
        for (index, (name, entry)) in self.entries.iter().enumerate().filter(|(_, (_, entry))| is_free(entry)) {
            if let Some(since) = entry.plan.due_since(now) {
                due.push((if index < OBJECTIVES_MAX { since } else { Timestamp::MAX }, name.clone()));
            }
        }
        due.sort_unstable();
        let mut rounds = Vec::new();
        for (since, name) in due {
            if rounds.len() == rounds_max {
                break;
            }
            match if since == Timestamp::MAX { Err(too_many()) } else { self.round(&name, now) } {
                Ok(round) => rounds.extend(round),
                Err(why) => self.refuse(&name, why, now).await,
            }
        }
        rounds
    }

    /// Returns the questions about one objective; none where its source has no turn now.
    fn round(&mut self, name: &str, now: Timestamp) -> Result<Option<Round>, String> {
        let found = self.kernel.look(|look| {
            let watched = look.watch.objectives.get(name)?;
            Some((query(watched)?.clone(), period_seconds(watched, now)))
        });
        let (Some((indicator, period_seconds)), Some(entry)) = (found, self.entries.get_mut(name)) else {
            return Ok(None);
        };
        let (source, turns) = self.sources.get(indicator.source.as_deref())?;
        let Ok(turn) = turns.try_acquire_owned() else { return Ok(None) };
        entry.asked_until = Some(now + ROUND_WITHIN);
        let seconds = |window| match window {
            Window::Last(seconds) => (window, seconds),
            Window::Period => (window, period_seconds),
        };
        let windows = entry.plan.due(now).into_iter().map(seconds).collect();
        let (objective, position) = (name.to_owned(), entry.position);
        Ok(Some(Round { objective, position, indicator, source, windows, now, _turn: turn }))
    }

    /// Nobody can be asked.
    async fn refuse(&mut self, name: &str, why: String, now: Timestamp) {
        let Some(entry) = self.entries.get(name) else { return };
        let round = entry.plan.due(now).into_iter().map(|window| (window, Err(why.clone()))).collect();
        let done = Done { objective: name.to_owned(), position: entry.position, round };
        self.take(done).await;
    }

    /// Takes what a round came to; one about an earlier declaration is dropped.
    async fn take(&mut self, done: Done) {
        let now = self.kernel.now();
        let entry = self.entries.get_mut(&done.objective).filter(|entry| entry.position == done.position);
        let Some(entry) = entry else { return };
        entry.asked_until = None;
        let objective = done.objective;
        let counted = match entry.plan.take(done.round, now) {
            Told::Read(readings) => Counted::Read { objective, readings },
            Told::Unread(why) => {
                tracing::debug!(objective, why, "not measured");
                Counted::Unread { objective, why }
            }
        };
        match self.kernel.count(counted).await {
            Ok(_) => {}
            // It is asked again anyway.
            Err(error @ CommandError::Busy) => tracing::debug!(%error, "an answer was dropped"),
            Err(error) => tracing::warn!(%error, "an answer was dropped"),
        }
    }
}

impl Round {
    /// Asks until something is not answered: then the rest would not be either.
    async fn ask(self) -> Done {
        let mut round = Vec::new();
        for (window, seconds) in &self.windows {
            let asked = self.source.ask(&self.indicator, *seconds, self.now).await;
            let outcome = asked.map_err(|error| sources::in_words(&error));
            let is_over = outcome.is_err();
            round.push((*window, outcome));
            if is_over {
                break;
            }
        }
        Done { objective: self.objective, position: self.position, round }
    }
}

fn query(watched: &Watched) -> Option<&QueryIndicator> {
    match &watched.declared.indicator {
        Indicator::Query(query) => Some(query),
        _ => None,
    }
}

fn entry(watched: &Watched, now: Timestamp) -> Entry {
    let tiers = watched.engine().map(|engine| engine.objective().tiers()).unwrap_or_default();
    let mut windows: Vec<u32> = tiers.iter().flat_map(|tier| [tier.short_seconds, tier.long_seconds]).collect();
    windows.push(HOUR_SECONDS);
    windows.sort_unstable();
    windows.dedup();
    let plan = Plan::new(&windows, period_seconds(watched, now), phase(&watched.declared.name), now);
    Entry { position: watched.position, plan, asked_until: None }
}

/// How long its period has lasted, in whole minutes: more digits would make each question another one to the source.
fn period_seconds(watched: &Watched, now: Timestamp) -> u32 {
    let (begin, _) = watched.period();
    let seconds = u32::try_from(now.duration_since(begin).as_secs()).unwrap_or(0);
    (seconds / PERIOD_SECONDS_MIN * PERIOD_SECONDS_MIN).max(PERIOD_SECONDS_MIN)
}

/// When in the interval an objective is asked: the same after each start, and another for each name.
pub(crate) fn phase(name: &str) -> SignedDuration {
    let sum = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    SignedDuration::from_millis(i64::from(sum) % i64::try_from(plan::EVERY_MIN.as_millis()).unwrap_or(1))
}

fn too_many() -> String {
    format!("more than {OBJECTIVES_MAX} objectives ask other systems; record what they measure, or send it")
}
