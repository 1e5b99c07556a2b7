//! When things happened to versions that were canaries, told as ages.

use std::collections::BTreeMap;

use seaworthy_contract::gateway::{Config, Moment};
use seaworthy_model::{Arm, RolloutId, ServiceId, VersionId};

use crate::Ms;

#[derive(Debug)]
struct Times {
    rollout: RolloutId,
    first_failure: Option<Ms>,
    last_assigned: Option<Ms>,
    last_response: Option<Ms>,
}

/// Moments by service and version.
#[derive(Debug, Default)]
pub(super) struct Moments(BTreeMap<ServiceId, BTreeMap<VersionId, Times>>);

impl Moments {
    /// Follows the config: a canary of another rollout begins anew.
    pub(super) fn follow(&mut self, config: &Config) {
        for (service, canary) in config.services.iter().filter_map(|s| s.canary.as_ref().map(|c| (s, c))) {
            let versions = self.0.entry(service.service.clone()).or_default();
            if versions.get(&canary.arm.version).is_none_or(|times| times.rollout != canary.rollout) {
                let rollout = canary.rollout;
                let times = Times { rollout, first_failure: None, last_assigned: None, last_response: None };
                versions.insert(canary.arm.version.clone(), times);
            }
        }
    }

    fn of(&mut self, service: &ServiceId, version: &VersionId) -> Option<&mut Times> {
        self.0.get_mut(service)?.get_mut(version)
    }

    pub(super) fn assigned(&mut self, service: &ServiceId, version: &VersionId, now: Ms) {
        if let Some(times) = self.of(service, version) {
            times.last_assigned = Some(now);
        }
    }

    pub(super) fn answered(&mut self, service: &ServiceId, version: &VersionId, now: Ms) {
        if let Some(times) = self.of(service, version) {
            times.last_response = Some(now);
        }
    }

    pub(super) fn failed(&mut self, service: &ServiceId, version: &VersionId, arm: Arm, now: Ms) {
        if let Some(times) = self.of(service, version).filter(|_| arm == Arm::Canary) {
            times.first_failure = times.first_failure.or(Some(now));
        }
    }

    pub(super) fn ages(&self, now: Ms) -> Vec<Moment> {
        let age = |at: Option<Ms>| at.map(|at| now - at);
        let all = self.0.iter().flat_map(|(service, versions)| versions.iter().map(move |v| (service, v)));
        all.map(|(service, (version, times))| Moment {
            service: service.clone(),
            version: version.clone(),
            rollout: times.rollout,
            first_failure_age_ms: age(times.first_failure),
            last_assigned_age_ms: age(times.last_assigned),
            last_response_age_ms: age(times.last_response),
        })
        .collect()
    }
}
