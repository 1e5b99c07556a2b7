//! Tickets: opened for what wakes nobody, joined by what comes again, closed by people.

use seaworthy_alert::Alert;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::ticket::{
    TicketClosedV1, TicketEndedV1, TicketJoinedV1, TicketMatterV1, TicketOpenedV1, TicketPlaceV1, TicketReopenedV1,
};
use seaworthy_model::{AlertId, ServiceId, TeamId, TicketId, Timestamp};

use crate::input::TicketDone;
use crate::state::{Announced, TicketRecord};
use crate::{Cx, NewFact, Refusal, State};

/// Tickets that are open at once: far more than a company looks through. What comes beyond them waits until some are closed.
const OPEN_MAX: usize = 1_000;

/// Tickets that one tick opens: what one fault of a whole platform makes comes in a few portions.
const TICK_MAX: usize = 100;

/// Opens and joins what is due, and says what is over.
pub(super) fn tick(state: &State, cx: &mut Cx) -> Vec<NewFact> {
    let mut facts = alerts(state, cx);
    facts.extend(state.tickets.ending().map(|ticket| fact(ticket, TicketEndedV1 { ticket })));
    facts
}

fn alerts(state: &State, cx: &mut Cx) -> Vec<NewFact> {
    if state.tickets.waiting().len() == 0 {
        return Vec::new();
    }
    let announced = Announced::at(state, cx.now);
    let is_due = |alert: &Alert| {
        let silenced = alert.rules.iter().all(|rule| state.alerts.silence(&alert.service, rule, cx.now).is_some());
        alert.is_open() && alert.folded_into.is_none() && !silenced && announced.until(alert).is_none()
    };
    let waiting = state.tickets.waiting().filter_map(|id| Some((id, state.alerts.alerts.get(&id)?)));
    let due: Vec<_> = waiting.filter(|(_, alert)| is_due(alert)).take(TICK_MAX).collect();
    let mut room = OPEN_MAX.saturating_sub(state.tickets.open().len());
    let mut facts: Vec<NewFact> = Vec::new();
    for (id, alert) in due {
        let matter = TicketMatterV1::Alert { alert: id, symptom: alert.symptom.clone() };
        if let Some(ticket) = state.tickets.of_symptom(&alert.service, &alert.symptom) {
            facts.push(fact(ticket, TicketJoinedV1 { ticket, matter }));
        } else if let Some(left) = room.checked_sub(1) {
            room = left;
            facts.extend(open(state, id, alert, matter, cx));
        }
    }
    facts
}

fn open(state: &State, id: AlertId, alert: &Alert, matter: TicketMatterV1, cx: &mut Cx) -> Option<NewFact> {
    let about = (alert.sentence.clone(), alert.began_at);
    let opened = opened(state, &alert.service, matter, about, cx)?;
    Some(opened.once(format!("ticket-for-alert/{id}")))
}

fn opened(
    state: &State,
    service: &ServiceId,
    matter: TicketMatterV1,
    (sentence, began_at): (String, Timestamp),
    cx: &mut Cx,
) -> Option<NewFact> {
    let team: TeamId = state.catalogue.service(service)?.owner.clone();
    let ticket = TicketId::new(cx.now, &mut cx.entropy);
    let service = service.clone();
    Some(fact(ticket, TicketOpenedV1 { ticket, service, team, matter, sentence, began_at, tracker: None }))
}

/// What a person does with a ticket.
pub(super) fn done(state: &State, ticket: TicketId, done: &TicketDone) -> Result<Vec<NewFact>, Refusal> {
    let record = state.tickets.get(ticket).ok_or_else(|| Refusal::Unknown("ticket", ticket.to_string()))?;
    Ok(placed(ticket, record, done, TicketPlaceV1::Here).into_iter().collect())
}

/// What follows from a ticket being closed or opened somewhere; nothing where it is so already.
fn placed(ticket: TicketId, record: &TicketRecord, done: &TicketDone, place: TicketPlaceV1) -> Option<NewFact> {
    match (done, record.closed.is_some()) {
        (TicketDone::Closed, false) => Some(fact(ticket, TicketClosedV1 { ticket, place })),
        (TicketDone::Reopened, true) => Some(fact(ticket, TicketReopenedV1 { ticket, place })),
        _ => None,
    }
}

fn fact(ticket: TicketId, event: impl Into<Event>) -> NewFact {
    NewFact::new(format!("ticket/{ticket}"), event)
}
