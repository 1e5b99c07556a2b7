//! When things happened to versions that were canaries: their first failure, last assignment, last response.

use std::collections::HashMap;

use seaworthy_contract::gateway::Moment;
use seaworthy_model::{Arm, RolloutId, ServiceId, VersionId};

use crate::compiled::Compiled;
use crate::row::{Row, When};

/// How long a version's moments are told after it left the config: the server has asked all it wants by then.
const KEPT_MS: u64 = 60_000;

/// Times in milliseconds since the gateway's start.
#[derive(Debug, Clone, Default)]
struct Times {
    rollout: Option<RolloutId>,
    first_failure: Option<u64>,
    last_assigned: Option<u64>,
    last_response: Option<u64>,
    left_at: Option<u64>,
}

#[derive(Debug, Default)]
pub(crate) struct Moments {
    versions: HashMap<ServiceId, HashMap<VersionId, Times>>,
}

impl Moments {
    /// Follows the config: new canaries are added, versions that left long ago are forgotten.
    pub(crate) fn follow(&mut self, compiled: &Compiled, now_ms: u64) {
        for (service, canary) in compiled.services.iter().filter_map(|s| s.canary.as_ref().map(|c| (s, c))) {
            let versions = self.versions.entry(service.id.clone()).or_default();
            let times = versions.entry(canary.arm.version.clone()).or_default();
            if times.rollout != Some(canary.trial.key.rollout) {
                *times = Times { rollout: Some(canary.trial.key.rollout), ..Times::default() };
            }
        }
        for (service, versions) in &mut self.versions {
            let now = compiled.service(service.as_str());
            versions.retain(|version, times| {
                let is_there = now.is_some_and(|s| {
                    [Arm::Stable, Arm::Canary].iter().any(|arm| s.arm(*arm).is_some_and(|a| a.version == *version))
                });
                times.left_at = if is_there { None } else { times.left_at.or(Some(now_ms)) };
                times.left_at.is_none_or(|left| now_ms - left < KEPT_MS)
            });
        }
        self.versions.retain(|_, versions| !versions.is_empty());
    }

    /// Takes the times of one worker's row.
    pub(crate) fn note(&mut self, row: &Row) {
        let versions = self.versions.get_mut(&row.key.service);
        let Some(times) = versions.and_then(|versions| versions.get_mut(&row.key.version)) else { return };
        times.last_assigned = times.last_assigned.max(row.when(When::LastAssigned));
        times.last_response = times.last_response.max(row.when(When::LastResponse));
        if row.key.arm == Arm::Canary && row.key.rollout == times.rollout {
            let both = [times.first_failure, row.when(When::FirstFailure)];
            times.first_failure = both.into_iter().flatten().min();
        }
    }

    /// Returns the moments as ages.
    pub(crate) fn ages(&self, now_ms: u64) -> Vec<Moment> {
        let age = |at: Option<u64>| at.map(|at| now_ms.saturating_sub(at));
        let all = self.versions.iter().flat_map(|(service, versions)| versions.iter().map(move |v| (service, v)));
        let moment = |(service, (version, times)): (&ServiceId, (&VersionId, &Times))| {
            Some(Moment {
                service: service.clone(),
                version: version.clone(),
                rollout: times.rollout?,
                first_failure_age_ms: age(times.first_failure),
                last_assigned_age_ms: age(times.last_assigned),
                last_response_age_ms: age(times.last_response),
            })
        };
        all.filter_map(moment).collect()
    }
}
