//! Health checks that fail of versions that were healthy, as their supervisors see it at this moment.
//!
//! None of it stands in the ledger: a version that is well and unwell by turns would fill it, and a supervisor says
//! everything again each second.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::process::{InstanceState, Observed};
use seaworthy_model::{ServiceId, VersionId};

use crate::State;
use crate::step::one_line;

/// A version whose health check fails.
#[derive(Debug, Clone, PartialEq)]
pub struct FailedCheck {
    /// The instance that is asked.
    pub instance: String,
    /// What the last check saw.
    pub reason: String,
    /// Since when, as its supervisor says; else when this was first heard.
    pub since: Timestamp,
}

/// Every version whose health check fails; at most as many as were registered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FailedChecks(BTreeMap<ServiceId, BTreeMap<VersionId, FailedCheck>>);

impl FailedChecks {
    /// Takes a supervisor's picture in. What it does not show may be another supervisor's and stays as it is.
    pub fn take(&mut self, state: &State, observed: &Observed, now: Timestamp) {
        for seen in observed.instances.iter().filter(|seen| state.version(&seen.service, &seen.version).is_some()) {
            let of_service = self.0.entry(seen.service.clone()).or_default();
            let InstanceState::Failing { reason, since } = &seen.state else {
                of_service.remove(&seen.version);
                continue;
            };
            let (instance, reason) = (one_line(&seen.instance), one_line(reason));
            let known = of_service.get(&seen.version).filter(|known| known.instance == instance);
            // A server that has just started asks nobody since when: the supervisor lived on and says so.
            let told = since.map_or(now, |since| since.min(now));
            let since = known.map_or(told, |known| known.since);
            of_service.insert(seen.version.clone(), FailedCheck { instance, reason, since });
        }
    }

    /// Returns how the check of an instance fails; none where it does not.
    pub fn of(&self, service: &ServiceId, version: &VersionId, instance: &str) -> Option<&FailedCheck> {
        self.0.get(service)?.get(version).filter(|check| check.instance == instance)
    }
}
