//! What collectors saw: the newest of each, by service, collector and source.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::events::observation::ObservationTakenV1;
use seaworthy_model::{Position, ServiceId};

use crate::Fact;

/// The newest that a collector saw of a service at a source.
#[derive(Debug, Clone, PartialEq)]
pub struct ObservationRecord {
    /// Ledger position.
    pub position: Position,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who sent it in.
    pub actor: String,
    /// What it says.
    pub taken: ObservationTakenV1,
}

/// What looked, and at what.
type Looker = (String, String);

/// Everything that collectors saw last.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Observations(BTreeMap<ServiceId, BTreeMap<Looker, ObservationRecord>>);

impl Observations {
    /// Returns what is known of a service, by collector and source.
    pub fn of(&self, service: &ServiceId) -> impl Iterator<Item = &ObservationRecord> {
        self.0.get(service).into_iter().flat_map(BTreeMap::values)
    }

    /// Returns what a collector saw of a service at a source last.
    pub fn get(&self, service: &ServiceId, collector: &str, source: &str) -> Option<&ObservationRecord> {
        self.0.get(service)?.get(&(collector.to_owned(), source.to_owned()))
    }

    /// Returns everything, by service.
    pub fn all(&self) -> impl Iterator<Item = &ObservationRecord> {
        self.0.values().flat_map(BTreeMap::values)
    }

    /// Folds one in; one that was seen earlier than what is known changes nothing.
    pub(super) fn take(&mut self, taken: &ObservationTakenV1, fact: &Fact) {
        let of_service = self.0.entry(taken.service.clone()).or_default();
        let looker = (taken.collector.clone(), taken.source.clone());
        if of_service.get(&looker).is_some_and(|known| known.taken.seen_at > taken.seen_at) {
            return;
        }
        let (position, at, actor) = (fact.position, fact.at, fact.actor.clone());
        of_service.insert(looker, ObservationRecord { position, at, actor, taken: taken.clone() });
    }

    /// Forgets a service that left the catalogue.
    pub(super) fn forget(&mut self, service: &str) {
        self.0.retain(|known, _| known.as_str() != service);
    }
}
