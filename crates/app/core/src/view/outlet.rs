//! Outlets as outsiders see them.

use seaworthy_contract::api::OutletState;
use seaworthy_contract::catalogue::{Outlet, OutletWay};

use super::Look;
use crate::state::Waiting;

/// Returns every outlet that is declared, by name.
pub fn outlets(look: &Look<'_>) -> Vec<OutletState> {
    look.state.catalogue.outlets().map(|outlet| state(outlet, look.state.outward.get(&outlet.name))).collect()
}

fn state(outlet: &Outlet, waiting: Option<&Waiting>) -> OutletState {
    let items = || waiting.into_iter().flat_map(|waiting| waiting.threads.values().flatten());
    let lost = waiting.and_then(|waiting| waiting.last_lost.as_ref());
    OutletState {
        name: outlet.name.clone(),
        is: match outlet.way {
            OutletWay::Tracker(_) => "tracker",
            OutletWay::Webhook { .. } => "webhook",
            OutletWay::Rooms { .. } => "rooms",
        }
        .to_owned(),
        team: outlet.team.clone(),
        waits: items().count(),
        waits_since: items().map(|item| item.at).min(),
        delivered: waiting.map_or(0, |waiting| waiting.delivered),
        delivered_at: waiting.and_then(|waiting| waiting.delivered_at),
        lost: waiting.map_or(0, |waiting| waiting.lost),
        last_lost: lost.map(|(_, why)| why.clone()),
        last_lost_at: lost.map(|(at, _)| *at),
    }
}
