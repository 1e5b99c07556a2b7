//! Tickets as outsiders see them.

use seaworthy_contract::api::{TICKETS_SHOWN_MAX, Ticket, TicketState, TicketTracked};
use seaworthy_contract::events::ticket::TicketPlaceV1;
use seaworthy_model::{OutletId, ServiceId, TeamId, TicketId};

use super::Look;
use super::incident::called;
use crate::state::TicketRecord;
use crate::state::thread_of;

/// Which tickets are wanted.
#[derive(Debug, Clone, Default)]
pub struct TicketFilter {
    /// Closed ones as well.
    pub all: bool,
    /// Only those of one service.
    pub service: Option<ServiceId>,
    /// Only those of one team.
    pub team: Option<TeamId>,
}

/// Returns tickets, those that are open first, each newest first; at most [`TICKETS_SHOWN_MAX`].
pub fn tickets(look: &Look<'_>, filter: &TicketFilter) -> Vec<Ticket> {
    let wanted = |record: &TicketRecord| {
        (filter.all || record.closed.is_none())
            && filter.service.as_ref().is_none_or(|service| record.opened.service == *service)
            && filter.team.as_ref().is_none_or(|team| record.opened.team == *team)
    };
    let found = look.state.tickets.iter().rev().filter(|(_, record)| wanted(record));
    let mut found: Vec<_> = found.map(|(id, record)| of(look, *id, record)).collect();
    found.sort_by_key(|ticket| ticket.state == TicketState::Closed);
    found.truncate(TICKETS_SHOWN_MAX);
    found
}

/// Returns a ticket.
pub fn ticket(look: &Look<'_>, id: TicketId) -> Option<Ticket> {
    look.state.tickets.get(id).map(|record| of(look, id, record))
}

fn of(look: &Look<'_>, id: TicketId, record: &TicketRecord) -> Ticket {
    let opened = &record.opened;
    let closed_by = |(_, actor, place): &(_, String, TicketPlaceV1)| match place {
        TicketPlaceV1::Here => called(look, actor),
        TicketPlaceV1::Tracker { status } => format!("the tracker: {status}"),
    };
    Ticket {
        id,
        service: opened.service.clone(),
        team: opened.team.clone(),
        state: match (&record.closed, record.ended_at) {
            (Some(_), _) => TicketState::Closed,
            (None, Some(_)) => TicketState::Over,
            (None, None) => TicketState::Open,
        },
        sentence: opened.sentence.clone(),
        began_at: opened.began_at,
        opened_at: record.opened_at,
        times: record.times,
        over_since: record.ended_at,
        closed_at: record.closed.as_ref().map(|(at, ..)| *at),
        closed_by: record.closed.as_ref().map(closed_by),
        alert: record.alert,
        incident: record.incident,
        tracker: tracked(look, id, record),
        position: record.position,
    }
}

/// Says where a ticket is in its team's tracker, and what it waits for there.
fn tracked(look: &Look<'_>, id: TicketId, record: &TicketRecord) -> Option<TicketTracked> {
    let name: OutletId = record.opened.tracker.as_ref()?.parse().ok()?;
    let thread = thread_of(id);
    let waiting = look.state.outward.get(&name);
    let made = waiting.and_then(|waiting| waiting.made.get(&thread));
    Some(TicketTracked {
        key: made.map(|made| made.key.clone()),
        url: made.and_then(|made| made.url.clone()),
        waits_since: waiting.and_then(|waiting| waiting.next(&thread)).map(|item| item.at),
        outlet: name,
    })
}
