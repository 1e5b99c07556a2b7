//! What must hold of every request of a user.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_contract::events::Event;
use seaworthy_contract::gateway::Config;
use seaworthy_core::Fact;
use seaworthy_model::{Arm, GatewayName, RolloutId, ServiceId, Share, VersionId};

use super::Violations;
use crate::gateway::Assigned;
use crate::machine::Machine;

/// What users met.
#[derive(Debug, Default)]
pub(crate) struct UsersCheck {
    /// Versions that a gateway was said to have let go of.
    released: BTreeSet<(GatewayName, ServiceId, VersionId)>,
    versions: BTreeMap<RolloutId, (ServiceId, VersionId)>,
    shares: BTreeMap<(GatewayName, RolloutId), Share>,
    /// Requests that met the canary, by rollout.
    pub(crate) canary: BTreeMap<RolloutId, u64>,
    /// Requests that met any version.
    pub(crate) carried: u64,
}

impl UsersCheck {
    /// Follows the ledger.
    pub(crate) fn follow(&mut self, fact: &Fact) {
        match &fact.event {
            Event::RolloutStarted(e) => {
                self.versions.insert(e.rollout, (e.service.clone(), e.version.clone()));
                self.released.retain(|(_, service, version)| *service != e.service || *version != e.version);
            }
            Event::RevertConfirmed(e) => {
                let Some((service, version)) = self.versions.get(&e.rollout).cloned() else { return };
                let released = e.gateways.iter().filter_map(|gateway| gateway.parse().ok());
                self.released.extend(released.map(|gateway| (gateway, service.clone(), version.clone())));
            }
            _ => {}
        }
    }

    /// Follows a gateway's config: a canary's share grows or ends, and does not come back.
    pub(crate) fn applied(&mut self, gateway: &GatewayName, config: &Config, violations: &mut Violations) {
        let shares: BTreeMap<RolloutId, Share> =
            config.services.iter().filter_map(|s| s.canary.as_ref().map(|c| (c.rollout, c.share))).collect();
        for ((_, rollout), before) in self.shares.iter_mut().filter(|((name, _), _)| name == gateway) {
            let now = shares.get(rollout).copied().unwrap_or(Share::ZERO);
            violations.unless(now == Share::ZERO || now >= *before, || format!("{gateway}: a share shrinks to {now}"));
            violations
                .unless(now == Share::ZERO || *before != Share::ZERO, || format!("{gateway}: a canary comes back"));
            *before = now;
        }
        for (rollout, share) in shares {
            self.shares.entry((gateway.clone(), rollout)).or_insert(share);
        }
    }

    /// Checks one request.
    pub(crate) fn assigned(
        &mut self,
        gateway: &GatewayName,
        met: Assigned,
        machine: &Machine,
        violations: &mut Violations,
    ) {
        self.carried += 1;
        if let Some(rollout) = met.rollout.filter(|_| met.arm == Arm::Canary) {
            *self.canary.entry(rollout).or_default() += 1;
        }
        violations.unless(machine.was_healthy(met.port), || {
            format!("{gateway}: a user meets {} {}, which was never healthy", met.service, met.version)
        });
        if self.released.is_empty() {
            return;
        }
        let key = (gateway.clone(), met.service, met.version);
        violations.unless(!self.released.contains(&key), || {
            format!("{gateway}: a user meets {} {} after its revert was confirmed", key.1, key.2)
        });
    }
}
