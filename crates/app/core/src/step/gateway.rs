//! What gateways did by themselves: guards that tripped, break-glass that was used.

use seaworthy_contract::events::gateway::{BreakGlassUsedV2, GatewayJoinedV1, GuardTrippedV1};
use seaworthy_contract::gateway::{BreakGlass, Trip};
use seaworthy_model::{GatewayName, RolloutId};
use uuid::Uuid;

use super::fit::one_line;
use super::rollout;
use crate::age::ago;
use crate::state::RolloutRecord;
use crate::{Cx, NewFact, State};

pub(super) fn joined(state: &State, gateway: &GatewayName, boot: Uuid) -> Vec<NewFact> {
    if state.gateways.get(gateway) == Some(&boot) {
        return Vec::new();
    }
    let event = GatewayJoinedV1 { gateway: gateway.clone(), boot };
    vec![NewFact::new(format!("gateway/{gateway}"), event).once(format!("joined/{gateway}/{boot}"))]
}

pub(super) fn guard_tripped(state: &State, gateway: &GatewayName, trip: &Trip, cx: &mut Cx) -> Vec<NewFact> {
    let Some(record) = latest(state, trip.rollout) else { return Vec::new() };
    let why = one_line(&trip.why);
    let event = GuardTrippedV1 {
        gateway: gateway.clone(),
        service: trip.service.clone(),
        version: trip.version.clone(),
        rollout: record.id(),
        why: why.clone(),
    };
    // A guard trips once; a report that is sent again tells it again.
    let key = format!("guard/{}/{gateway}", record.id());
    let mut facts = vec![NewFact::new(format!("gateway/{gateway}"), event).once(key)];
    facts.extend(rollout::guard_tripped(state, record, &why, ago(cx.now, trip.age_ms), cx));
    facts
}

pub(super) fn break_glass_used(state: &State, gateway: &GatewayName, entry: &BreakGlass, cx: &mut Cx) -> Vec<NewFact> {
    if state.break_glass.contains(&entry.id) {
        return Vec::new();
    }
    let by = one_line(&entry.by);
    let event = BreakGlassUsedV2 {
        gateway: gateway.clone(),
        journal: entry.id,
        service: entry.service.clone(),
        version: entry.version.clone(),
        rollout: Some(entry.rollout),
        by: by.clone(),
    };
    let fact = NewFact::new(format!("gateway/{gateway}"), event)
        .once(format!("break-glass/{}", entry.id))
        .at(ago(cx.now, entry.age_ms));
    let mut facts = vec![fact];
    if let Some(record) = latest(state, entry.rollout) {
        facts.extend(rollout::break_glass(state, record, gateway, &by, cx));
    }
    facts
}

/// Returns a rollout, if it is its service's last one: a signal may arrive long after the rollout that it is about.
fn latest(state: &State, rollout: RolloutId) -> Option<&RolloutRecord> {
    state.rollouts.get(&rollout).filter(|_| state.is_latest(rollout))
}
