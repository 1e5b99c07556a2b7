//! Facts for readiness checks, gathered from what the ledger holds.

use seaworthy_contract::events::rollout::RevertCauseV1;
use seaworthy_model::ServiceId;
use seaworthy_readiness::{Revert, RevertTrigger};

use crate::State;

/// Returns the reverts of a service that users were part of and every gateway confirmed, oldest first.
pub(crate) fn reverts(state: &State, service: &ServiceId) -> Vec<Revert> {
    let records = state.rollouts.values().filter(|record| record.service() == service);
    let mut reverts: Vec<Revert> = records
        .filter_map(|record| {
            let reverted = record.reverted.as_ref()?;
            let confirmed = record.confirmed.as_ref()?;
            let trigger = match reverted.event.cause {
                RevertCauseV1::Judge | RevertCauseV1::Guard => RevertTrigger::Machine,
                RevertCauseV1::Hand | RevertCauseV1::BreakGlass => RevertTrigger::Person,
                // No user met the version: nothing was reverted.
                RevertCauseV1::StartFailure => return None,
            };
            // Without a request there is no proof that a revert works.
            (confirmed.event.canary_requests > 0).then(|| Revert {
                version: record.version().to_string(),
                trigger,
                decided_at: reverted.at,
                confirmed_at: confirmed.at,
                took_s: confirmed.at.duration_since(reverted.at).as_secs_f64().max(0.0),
                from_first_bad_s: confirmed.event.first_bad_to_last_response_s,
                position: confirmed.position,
                gateways: confirmed.event.gateways.clone(),
            })
        })
        .collect();
    reverts.sort_by_key(|revert| revert.position);
    reverts
}
