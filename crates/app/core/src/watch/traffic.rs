//! How much comes by which way, in the last minute: for whoever wants to know whom a control would concern.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::events::control::{ControlSetV1, ControlV1};
use seaworthy_contract::gateway::Report;
use seaworthy_model::ServiceId;

use crate::State;

/// Length of a slot, in seconds.
const SLOT_S: i64 = 10;

/// Slots that are kept: the one that fills, and a minute before it.
const SLOTS: usize = 7;

/// Ways that are counted; further ones are not: a thousand services with ten routes and callers each.
const WAYS_MAX: usize = 10_000;

/// What the way of requests begins with that a control refuses: its kind follows.
pub const REFUSED: &str = "refused by ";

/// Requests by service and way.
#[derive(Debug, Clone, Default)]
pub struct Traffic(BTreeMap<(ServiceId, String), [(i64, u64); SLOTS]>);

impl Traffic {
    /// Counts a report that was not taken before; its interval had ended at `ended_at`. What a control refuses came as well.
    pub(super) fn take(&mut self, state: &State, report: &Report, ended_at: Timestamp) {
        let slot = ended_at.as_second().div_euclid(SLOT_S);
        let let_in = report.counts.iter().map(|count| ((count.service.clone(), count.route.clone()), count.starts));
        let refused = report.controls.iter().filter_map(|seen| {
            let set = &state.controls.get(&seen.control)?.set;
            Some(((called(set).clone(), format!("{REFUSED}{}", set.what.kind())), seen.refused))
        });
        for (key, requests) in let_in.chain(refused).filter(|(_, requests)| *requests > 0) {
            if self.0.len() >= WAYS_MAX && !self.0.contains_key(&key) {
                self.0.retain(|_, slots| slots.iter().any(|(at, _)| *at + SLOTS as i64 > slot));
                continue;
            }
            let slots = self.0.entry(key).or_insert([(i64::MIN, 0); SLOTS]);
            let mine = &mut slots[slot.rem_euclid(SLOTS as i64) as usize];
            if mine.0 != slot {
                *mine = (slot, 0);
            }
            mine.1 = mine.1.saturating_add(requests);
        }
    }

    /// Returns the ways into a service with the requests a second of the last whole minute; those of nothing are left out.
    pub fn ways(&self, service: &ServiceId, now: Timestamp) -> Vec<(&str, f64)> {
        let slot = now.as_second().div_euclid(SLOT_S);
        let lately = |slots: &[(i64, u64); SLOTS]| {
            let whole = slots.iter().filter(|(at, _)| (slot - (SLOTS as i64 - 1)..slot).contains(at));
            whole.map(|(_, count)| *count).sum::<u64>()
        };
        let mine = self.0.iter().filter(|((of, _), _)| of == service);
        let seconds = (SLOT_S * (SLOTS as i64 - 1)) as f64;
        mine.map(|((_, way), slots)| (way.as_str(), lately(slots) as f64 / seconds))
            .filter(|(_, rate)| *rate > 0.0)
            .collect()
    }
}

/// Returns the service that is asked where a control refuses.
fn called(set: &ControlSetV1) -> &ServiceId {
    match &set.what {
        ControlV1::Isolate { dependency, .. } => dependency,
        _ => &set.service,
    }
}
