//! Watching probes: runs of all places in, alerts and words for the account of downtime out.
//!
//! ```text
//! probers' reports ─► runs (kept, and replayed at a start) ─► watcher (probe): consensus of places ─┬► what the ledger does not say yet
//!                                                                                                  └► the account's word
//! ```
//!
//! As with objectives nothing here is truth: an alert is told while the ledger says otherwise. What nobody can see opens
//! no alert and ends none. A run counts once: its place and slot are its identity, and are stored before it is
//! acknowledged.

mod places;
mod probed;
mod store;
mod wire;
mod word;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_alert::{Nature, Phase, Purpose, Signal, Urgency};
use seaworthy_contract::prober::ProbeReport;
use seaworthy_downtime::Observation;
use seaworthy_model::Position;
use seaworthy_probe::{History, Run, State as Seen};

use super::told;
use crate::State;
use crate::state::FunctionKey;

pub use places::{PLACE_GONE, PLACES_MAX, PlaceSeen, Places};
pub use probed::{Probed, RUNS_KEPT};

/// What the names of rules of probes begin with.
const RULE: &str = "probe/";

/// What customers cannot do when a probe is down: the same as when an objective of availability burns, so that both are
/// one alert.
const DOWN: &str = "availability";

/// What is wrong when it works worse than it should.
const DEGRADED: &str = "degradation";

/// Every probe of the catalogue, and the places that run them.
#[derive(Debug, Clone, Default)]
pub struct Probes {
    all: BTreeMap<String, Probed>,
    /// The places.
    pub places: Places,
    /// The catalogue that they are of.
    synced: Option<Position>,
    /// What the account was told last of each function.
    words: BTreeMap<FunctionKey, word::Told>,
    /// Probes whose runs are not stored.
    unsaved: BTreeSet<String>,
    /// Probes that left and whose runs are still stored.
    forgotten: BTreeSet<String>,
}

impl Probes {
    /// Returns every probe that is watched, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Probed> {
        self.all.values()
    }

    /// Returns a probe.
    pub fn get(&self, name: &str) -> Option<&Probed> {
        self.all.get(name)
    }

    /// Says whether a place may send results.
    pub fn has_room_for(&self, place: &str) -> bool {
        self.places.has_room_for(place)
    }

    /// Takes a report in; returns the runs that were not taken before, by probe. A run of a probe that the place should
    /// not try, or of a slot that was heard of, is left out.
    pub(super) fn take(&mut self, state: &State, report: &ProbeReport, now: Timestamp) -> Vec<(String, Run)> {
        self.places.heard(&report.place, report.applied, now);
        self.sync(state, now);
        let mut taken = Vec::new();
        for result in &report.results {
            let Some(probed) = self.all.get_mut(&result.probe) else { continue };
            let run = wire::run(&report.place, result);
            if probed.take(&run, now) {
                self.unsaved.insert(result.probe.clone());
                taken.push((result.probe.clone(), run));
            }
        }
        taken
    }

    /// Follows the catalogue and the places that come and go.
    fn sync(&mut self, state: &State, now: Timestamp) {
        let moved = self.places.settle(now);
        if moved || self.synced != Some(state.config_version) {
            self.synced = Some(state.config_version);
            let mut before = std::mem::take(&mut self.all);
            for declared in state.catalogue.probes() {
                let places = self.places.of(declared);
                let probed = match before.remove(&declared.name) {
                    Some(known) => known.redeclared(declared, places, now),
                    None => Probed::new(declared, places, History::NeverUp),
                };
                self.all.insert(declared.name.clone(), probed);
            }
            self.unsaved.retain(|name| self.all.contains_key(name));
            self.forgotten.extend(before.into_keys());
            self.forgotten.retain(|name| !self.all.contains_key(name));
        }
    }

    /// Takes a look at every probe; returns what the ledger does not say yet, and what the account must hear.
    pub(super) fn look(&mut self, state: &State, now: Timestamp) -> (Vec<Signal>, Vec<(FunctionKey, Observation)>) {
        self.sync(state, now);
        self.all.values_mut().for_each(|probed| probed.tick(now));
        let mut signals = self.ended(state, now);
        signals.extend(self.all.values_mut().filter_map(|probed| firing(probed, state, now)));
        (signals, self.account(now))
    }

    /// What the account must hear.
    fn account(&mut self, now: Timestamp) -> Vec<(FunctionKey, Observation)> {
        let mut by_function: BTreeMap<FunctionKey, Vec<&Probed>> = BTreeMap::new();
        for probed in self.all.values() {
            let key = (probed.declared.service.clone(), probed.declared.function.clone());
            by_function.entry(key).or_default().push(probed);
        }
        self.words.retain(|key, _| by_function.contains_key(key));
        let words = by_function.into_iter().filter_map(|(key, probes)| {
            let seen = self.words.entry(key.clone()).or_default().say(&probes, now)?;
            Some((key, seen))
        });
        words.collect()
    }

    /// What the ledger has open for a rule that says nothing any more, or that is gone.
    fn ended(&self, state: &State, now: Timestamp) -> Vec<Signal> {
        told::ended(state, RULE, now, |name, alert| {
            let probed = self.all.get(name).filter(|probed| probed.declared.service == alert.service);
            probed.is_some_and(|probed| probed.may_still(alert.symptom == DOWN))
        })
    }
}

/// Returns what the rule of a probe is called.
pub(crate) fn rule(name: &str) -> String {
    format!("{RULE}{name}")
}

/// What a probe asks for, where the ledger does not have it yet: somebody is woken by what is down, and reads in the
/// morning of what is slow or ends soon.
fn firing(probed: &mut Probed, state: &State, now: Timestamp) -> Option<Signal> {
    let (symptom, urgency) = match probed.state() {
        Seen::Down => (DOWN, Urgency::Page),
        Seen::Degraded => (DEGRADED, Urgency::Ticket),
        Seen::Up | Seen::Unknown(_) => return None,
    };
    let service = &probed.declared.service;
    state.catalogue.service(service)?;
    let rule = rule(&probed.declared.name);
    let is_news = told::is_news(state, &rule, service, symptom, urgency);
    if !is_news || !told::is_time(&mut probed.told_at, now) {
        return None;
    }
    Some(Signal {
        rule,
        service: probed.declared.service.clone(),
        symptom: symptom.to_owned(),
        nature: Nature::Symptom,
        urgency,
        phase: Phase::Firing,
        purpose: Purpose::Real,
        began_at: probed.since,
        sentence: probed.sentence(),
    })
}
