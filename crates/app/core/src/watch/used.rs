//! Who has users: what was asked for a short while ago, and what nobody has watched for long enough to tell.
//!
//! Kept in memory alone. After a restart it is not known who came before, and what is not known counts as used.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::gateway::Report;
use seaworthy_model::ServiceId;

use super::Watch;
use crate::State;

/// A service that was asked for something within this time has users. Somebody who comes once an hour is one; longer,
/// and what was tried out in the morning could not be tidied away in the afternoon without a second word.
pub const USERS_WITHIN: Duration = Duration::from_secs(60 * 60);

/// Services that may have users.
pub type Used = BTreeMap<ServiceId, InUse>;

/// Why a service counts as used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InUse {
    /// Its last request came this long ago.
    Asked(Duration),
    /// It serves a version, and nobody has watched for [`USERS_WITHIN`], or no gateway tells what it carries now.
    NotKnown,
}

impl Watch {
    /// Returns the services of the catalogue that have users or may have.
    pub fn used(&self, state: &State, now: Timestamp) -> Used {
        let lately = |at: Timestamp| Some(now.duration_since(at).unsigned_abs()).filter(|ago| *ago < USERS_WITHIN);
        let watched = state.started_at.is_some_and(|at| lately(at).is_none()) && self.gateways.are_fresh(now);
        let in_use = |service: &ServiceId| match self.asked.get(service).copied().and_then(lately) {
            Some(ago) => Some(InUse::Asked(ago)),
            None => (!watched && serves(state, service)).then_some(InUse::NotKnown),
        };
        let services = state.catalogue.services().map(|(service, _)| &service.name);
        services.filter_map(|name| Some((name.clone(), in_use(name)?))).collect()
    }

    /// Notes who was asked; bounded, because only what the catalogue has is.
    pub(super) fn note_asked(&mut self, state: &State, report: &Report, at: Timestamp) {
        for count in report.counts.iter().filter(|count| count.starts > 0) {
            if state.catalogue.service(&count.service).is_some() {
                let last = self.asked.entry(count.service.clone()).or_insert(at);
                *last = at.max(*last);
            }
        }
        if self.asked.len() > state.catalogue.len() {
            self.asked.retain(|service, _| state.catalogue.service(service).is_some());
        }
    }
}

fn serves(state: &State, service: &ServiceId) -> bool {
    state.serving.get(service).is_some_and(|serving| serving.stable.is_some())
}
