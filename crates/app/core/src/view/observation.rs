//! What collectors saw, as it was sent in.

use seaworthy_contract::api::Observation;
use seaworthy_model::ServiceId;

use super::Look;
use crate::state::ObservationRecord;

/// Returns the newest of each collector and source of a service.
pub fn observations(look: &Look<'_>, service: &ServiceId) -> Vec<Observation> {
    let view = |record: &ObservationRecord| Observation {
        collector: record.taken.collector.clone(),
        source: record.taken.source.clone(),
        service: record.taken.service.clone(),
        seen_at: record.taken.seen_at,
        at: record.at,
        position: record.position,
        sent_by: look.called(&record.actor),
        facts: record.taken.facts.clone(),
    };
    look.state.observations.of(service).map(view).collect()
}
