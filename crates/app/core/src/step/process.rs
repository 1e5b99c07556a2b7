//! What supervisors see: changes become events, and the rollout that waits for them goes on.
//!
//! A picture shows each version once; of one that is there twice, only the first counts. Otherwise two instances would
//! take turns in becoming healthy, an event each, for ever.

use std::collections::BTreeSet;

use seaworthy_contract::events::version::{VersionBecameHealthyV1, VersionExitedV1, VersionFailedToStartV1};
use seaworthy_contract::process::{InstanceState, Observed, ObservedInstance};

use super::fit::{is_address, one_line};
use super::rollout;
use crate::state::{Health, VersionRecord};
use crate::{Cx, NewFact, State};

pub(super) fn observed(state: &State, observed: &Observed, cx: &mut Cx) -> Vec<NewFact> {
    let (mut facts, mut known) = (Vec::new(), BTreeSet::new());
    for instance in &observed.instances {
        if !known.insert((&instance.service, &instance.version)) {
            continue;
        }
        let Some(instance) = &harmless(instance) else { continue };
        let Some(record) = state.version(&instance.service, &instance.version) else { continue };
        if is_of_an_earlier_life(state, observed, instance) {
            continue;
        }
        let Some(fact) = change(record, instance) else { continue };
        facts.push(fact);
        match &instance.state {
            InstanceState::Healthy { .. } => facts.extend(rollout::became_healthy(state, instance, cx)),
            InstanceState::Failed { reason } => facts.extend(rollout::failed_to_start(state, instance, reason, cx)),
            InstanceState::Starting | InstanceState::Failing { .. } | InstanceState::Exited { .. } => {}
        }
    }
    facts
}

/// Returns an instance with one line for each text; none where users could not be sent to its address.
fn harmless(seen: &ObservedInstance) -> Option<ObservedInstance> {
    let state = match &seen.state {
        InstanceState::Healthy { address, .. } if !is_address(address) => return None,
        InstanceState::Failed { reason } => InstanceState::Failed { reason: one_line(reason) },
        InstanceState::Exited { how } => InstanceState::Exited { how: one_line(how) },
        other => other.clone(),
    };
    Some(ObservedInstance { instance: one_line(&seen.instance), state, ..seen.clone() })
}

/// Says whether the version was shipped after the set that the supervisor works by: it does not know of it yet.
fn is_of_an_earlier_life(state: &State, observed: &Observed, instance: &ObservedInstance) -> bool {
    let shipped = rollout::live_rollout_of(state, &instance.service, &instance.version).map(|record| record.position);
    observed.desired.zip(shipped).is_some_and(|(desired, shipped)| desired < shipped)
}

/// The event that an observation is, if it says something new.
fn change(record: &VersionRecord, seen: &ObservedInstance) -> Option<NewFact> {
    let (service, version) = (seen.service.clone(), seen.version.clone());
    let (instance, stream) = (seen.instance.clone(), format!("service/{service}"));
    match &seen.state {
        InstanceState::Starting | InstanceState::Failing { .. } => None,
        InstanceState::Healthy { address, took_ms } => {
            let known = matches!(&record.health, Health::Healthy { instance: known, .. } if *known == instance);
            let (address, took_ms) = (address.clone(), *took_ms);
            (!known)
                .then(|| NewFact::new(stream, VersionBecameHealthyV1 { service, version, instance, address, took_ms }))
        }
        InstanceState::Failed { reason } => {
            let known = matches!(record.health, Health::Failed { .. });
            let reason = reason.clone();
            (!known).then(|| NewFact::new(stream, VersionFailedToStartV1 { service, version, reason }))
        }
        InstanceState::Exited { how } => {
            let known = matches!(&record.health, Health::Exited { instance: known, .. } if *known == instance);
            let how = how.clone();
            (!known).then(|| NewFact::new(stream, VersionExitedV1 { service, version, instance, how }))
        }
    }
}
