//! Objectives that are watched: counts in, alerts out.
//!
//! ```text
//! gateways' reports, probes, pushed counts ─► counts (signals) ─┐
//! what another system measured ─────────────► readings ─────────┴► look ─► engine (slo) ─► what the ledger does not say yet
//! ```
//!
//! Nothing here is truth: the ledger says which alerts are open, the store what was counted. So an alert is not told when
//! it changes but while the ledger says otherwise, and an append that failed is tried again by itself.

mod again;
mod arms;
mod convert;
mod counts;
mod failing;
mod measure;
mod since;
mod speak;
mod store;
mod watched;

use std::collections::BTreeMap;
use std::ops::Bound;

use jiff::{SignedDuration, Timestamp};
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::catalogue::Indicator;
use seaworthy_contract::gateway::Report;
use seaworthy_model::{Position, ServiceId, Tally};
use seaworthy_signals::{Arms, Bucket, FUTURE_MAX, PAST_DAYS_MAX, Refused};
use seaworthy_slo::{self as slo, Reach};

use super::gateways::Gateways;
use super::told;
use crate::State;

pub(crate) use again::is_since;
pub use arms::ARM;
pub use counts::Past;
pub use since::Piece;
pub use store::{Missing, Upkeep, Written};
pub use watched::{Readings, Seen, Watched};

pub(crate) use measure::counted_at_ms;
pub(crate) use speak::{at_present, clock, lasting, share};

/// Shortest time between two looks: reports of several gateways come together, and windows do not change between them.
const LOOK_EVERY: SignedDuration = SignedDuration::from_millis(200);

/// How long what gateways saw of a service's connections says something. Shorter than the silence that is called down:
/// what a gateway saw before it fell silent says nothing about the service.
const REACH_FRESH: SignedDuration = SignedDuration::from_secs(10);

/// What the names of rules of objectives begin with.
const RULE: &str = "objective/";

/// Every objective of the catalogue, by name.
#[derive(Debug, Clone, Default)]
pub struct Objectives {
    /// Boxed: a map's node is half empty where names come in order, and one objective has two kilobytes of its own.
    all: BTreeMap<String, Box<Watched>>,
    /// Latencies of each arm.
    pub arms: Arms,
    /// Whether services can be reached, by what was seen last.
    reach: BTreeMap<ServiceId, (Reach, Timestamp)>,
    /// The last seconds of every service.
    recent: BTreeMap<ServiceId, failing::Recent>,
    /// The catalogue that they are of.
    synced: Position,
    /// Since when nothing that happened was lost.
    watching_since: Timestamp,
    looked_at: Option<Timestamp>,
    /// Buckets of what made room for another and that are not stored yet.
    left: Vec<(String, Bucket)>,
    left_older: Vec<(String, Bucket)>,
    /// Since when each is counted.
    since: since::Since,
    upkept: Option<Upkeep>,
    arms_taken_at: Option<Timestamp>,
}

impl Objectives {
    /// Returns every objective that is watched, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Watched> {
        self.all.values().map(Box::as_ref)
    }

    /// Returns those whose names come after one, by name.
    pub fn after(&self, name: &str) -> impl Iterator<Item = &Watched> {
        self.all.range::<str, _>((Bound::Excluded(name), Bound::Unbounded)).map(|(_, watched)| watched.as_ref())
    }

    /// Returns an objective.
    pub fn get(&self, name: &str) -> Option<&Watched> {
        self.all.get(name).map(Box::as_ref)
    }

    /// Returns what of a service is watched, by name.
    pub fn of<'a>(&'a self, service: &'a ServiceId) -> impl Iterator<Item = &'a Watched> {
        self.iter().filter(move |watched| watched.declared.service == *service)
    }

    /// Notes that nothing that happened before was sure to be counted: a start, or the end of trouble with the disk.
    pub fn watching_from(&mut self, now: Timestamp) {
        self.watching_since = now;
    }

    /// Takes a gateway's report in, which was not taken before.
    pub(super) fn ingest(&mut self, report: &Report, at: Timestamp, now: Timestamp) {
        arms::take(&mut self.arms, report, at, now);
        self.note_reach(report, at);
        let mut by_service: BTreeMap<&ServiceId, Vec<_>> = BTreeMap::new();
        report.counts.iter().for_each(|count| by_service.entry(&count.service).or_default().push(count));
        for (service, counts) in &by_service {
            let mut sum = Tally::default();
            counts.iter().for_each(|count| sum.add(measure::availability(count)));
            if sum.total > 0 {
                self.recent.entry((*service).clone()).or_default().add(at, sum);
            }
        }
        for watched in self.all.values_mut() {
            let (Some(measure), Some(counts)) = (&watched.measure, by_service.get(&watched.declared.service)) else {
                continue;
            };
            let mut sum = Tally::default();
            counts.iter().for_each(|count| sum.add(measure.read(count)));
            if sum.total > 0 {
                // An age that is out of range was cut by whoever took the report.
                watched.add(at, sum, now).unwrap_or_default();
            }
        }
    }

    /// Returns since when most of what is asked of a service fails, where that is sure and goes on at this moment. It shows
    /// within two seconds, and nobody is woken by it: that is for budgets and probes.
    pub fn failing_since(&self, service: &ServiceId, now: Timestamp) -> Option<Timestamp> {
        self.recent.get(service)?.failing_since(now)
    }

    /// A service that answers anybody, whatever it answers, can be reached.
    fn note_reach(&mut self, report: &Report, at: Timestamp) {
        let mut tried: BTreeMap<&ServiceId, (bool, bool)> = BTreeMap::new();
        for count in &report.counts {
            let ended = &count.ended;
            let entry = tried.entry(&count.service).or_default();
            entry.0 |= ended.ok > 0 || ended.client_error > 0 || ended.server_error > 0;
            entry.1 |= ended.connect_error > 0;
        }
        for (service, (answers, _)) in tried.into_iter().filter(|(_, (answers, refuses))| *answers || *refuses) {
            let reach = if answers { Reach::Answers } else { Reach::Refuses };
            self.reach.insert(service.clone(), (reach, at));
        }
    }

    /// Says whether counts of an instant would be taken.
    ///
    /// # Errors
    /// When it is too far ahead or too old.
    pub fn check(at: Timestamp, now: Timestamp) -> Result<(), Refused> {
        match at.duration_since(now) {
            ahead if ahead > FUTURE_MAX => Err(Refused::Future),
            ahead if ahead < -SignedDuration::from_hours(24 * PAST_DAYS_MAX) => Err(Refused::TooOld),
            _ => Ok(()),
        }
    }

    /// Adds counts that a service sent itself, to every objective of that service and series; says how many there are.
    ///
    /// # Errors
    /// When the instant is too far ahead or too old; then nothing was added.
    pub fn push(
        &mut self,
        service: &ServiceId,
        series: &str,
        at: Timestamp,
        tally: Tally,
        now: Timestamp,
    ) -> Result<usize, Refused> {
        let is_it = |watched: &Watched| match &watched.declared.indicator {
            Indicator::Pushed { series: wanted } => wanted == series && watched.declared.service == *service,
            _ => false,
        };
        self.add(is_it, at, tally, now)
    }

    /// Adds a run of a probe to every objective that it is the measure of; says how many there are.
    ///
    /// # Errors
    /// When the instant is too far ahead or too old; then nothing was added.
    pub fn probed(&mut self, probe: &str, at: Timestamp, passed: bool, now: Timestamp) -> Result<usize, Refused> {
        let is_it = |watched: &Watched| match &watched.declared.indicator {
            Indicator::Probe { probe: wanted } => wanted == probe,
            _ => false,
        };
        self.add(is_it, at, Tally::new(1, u64::from(!passed)), now)
    }

    fn add(
        &mut self,
        is_it: impl Fn(&Watched) -> bool,
        at: Timestamp,
        tally: Tally,
        now: Timestamp,
    ) -> Result<usize, Refused> {
        let mut added = 0;
        for watched in self.all.values_mut().filter(|watched| is_it(watched)) {
            watched.add(at, tally, now)?;
            added += 1;
        }
        Ok(added)
    }

    /// Takes what another system measured for an objective; `false` where there is none of that name that asks one.
    pub fn read(&mut self, objective: &str, readings: Readings) -> bool {
        let asks = |watched: &&mut Box<Watched>| matches!(watched.declared.indicator, Indicator::Query(_));
        self.all.get_mut(objective).filter(asks).map(|watched| watched.read(readings)).is_some()
    }

    /// Takes a look at every objective and returns what the ledger does not say yet.
    pub fn evaluate(&mut self, state: &State, gateways: &Gateways, now: Timestamp) -> Vec<Signal> {
        let since = self.looked_at.map(|at| now.duration_since(at));
        if since.is_some_and(|since| (SignedDuration::ZERO..LOOK_EVERY).contains(&since)) {
            return Vec::new();
        }
        self.looked_at = Some(now);
        let gateways_heard = gateways.0.values().map(|seen| seen.reported_at).max();
        for watched in self.all.values_mut() {
            let reach = self.reach.get(&watched.declared.service);
            let reach = reach.filter(|(_, at)| now.duration_since(*at) < REACH_FRESH).map(|(reach, _)| *reach);
            watched.look(&watched::Around {
                now,
                watching_since: self.watching_since,
                gateways_heard,
                reach: reach.unwrap_or_default(),
                probed_every: probed_every(state, &watched.declared.indicator),
            });
        }
        let mut signals = self.ended(state, now);
        for watched in self.all.values_mut() {
            signals.extend(firing(watched, state, now).or_else(|| again::again(watched, state, now)));
        }
        signals
    }

    /// What the ledger has open for a rule that says nothing any more, or that is gone.
    fn ended(&self, state: &State, now: Timestamp) -> Vec<Signal> {
        told::ended(state, RULE, now, |name, alert| {
            let is_same = |w: &&Watched| w.declared.service == alert.service && w.symptom() == alert.symptom;
            self.get(name).filter(is_same).is_some_and(|watched| match watched.engine() {
                Some(engine) => !watched.is_ready || engine.alert().is_some(),
                None => false,
            })
        })
    }
}

fn probed_every(state: &State, indicator: &Indicator) -> Option<SignedDuration> {
    let Indicator::Probe { probe } = indicator else { return None };
    let every_ms = state.catalogue.probe(probe)?.every_ms;
    i64::try_from(every_ms).ok().map(SignedDuration::from_millis)
}

/// What the engine asks for, where the ledger does not have it yet.
fn firing(watched: &mut Watched, state: &State, now: Timestamp) -> Option<Signal> {
    let alert = *watched.engine()?.alert()?;
    let (rule, symptom) = (watched.rule(), watched.symptom());
    let is_news = told::is_news(state, &rule, &watched.declared.service, &symptom, asked(alert.urgency));
    if !is_news || !told::is_time(&mut watched.told_at, now) {
        return None;
    }
    Some(says(watched, &alert, now))
}

/// An alert of the engine as a signal.
fn says(watched: &Watched, alert: &slo::Alert, now: Timestamp) -> Signal {
    let (began_at, sentence) = speak::speak(watched, alert, now);
    Signal {
        rule: watched.rule(),
        service: watched.declared.service.clone(),
        symptom: watched.symptom(),
        nature: Nature::Symptom,
        urgency: asked(alert.urgency),
        phase: Phase::Firing,
        purpose: Purpose::Real,
        began_at,
        sentence,
    }
}

fn asked(urgency: slo::Urgency) -> Urgency {
    match urgency {
        slo::Urgency::Page => Urgency::Page,
        slo::Urgency::Ticket => Urgency::Ticket,
    }
}
