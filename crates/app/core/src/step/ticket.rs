//! Tickets: opened for what wakes nobody, joined by what comes again, closed by people.

use seaworthy_alert::Alert;
use seaworthy_contract::catalogue::OutletWay;
use seaworthy_contract::events::Event;
use seaworthy_contract::events::ticket::{
    TicketClosedV1, TicketEndedV1, TicketJoinedV1, TicketMatterV1, TicketOpenedV1, TicketPlaceV1, TicketReopenedV1,
};
use seaworthy_incident::{Moment, Source};
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
    facts.extend(incidents(state, cx));
    facts.extend(state.tickets.ending().flat_map(|ticket| over(state, ticket)));
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

/// Every incident has a ticket where the team has a tracker: where it has none, the list of incidents is that list.
fn incidents(state: &State, cx: &mut Cx) -> Vec<NewFact> {
    let mut facts = Vec::new();
    for (incident, record) in state.incidents.open() {
        let known = &record.incident;
        let team = state.catalogue.service(&known.service).map(|service| &service.owner);
        let has_tracker = team.is_some_and(|team| state.catalogue.tracker_of(team).is_some());
        if !has_tracker || known.source == Source::Drill || state.tickets.of_incident(incident).is_some() {
            continue;
        }
        let matter = TicketMatterV1::Incident { incident };
        let of_alert = record.alerts.iter().find_map(|alert| state.tickets.of_alert(*alert));
        if let Some(ticket) = of_alert.filter(|id| state.tickets.is_open(*id)) {
            facts.push(fact(ticket, TicketJoinedV1 { ticket, matter }));
        } else if state.tickets.open().len() < OPEN_MAX {
            let began_at = known.known(Moment::Started).map_or(known.opened_at, |mark| mark.at);
            let opened = opened(state, &known.service, matter, (known.sentence.clone(), began_at), cx);
            facts.extend(opened.map(|fact| fact.once(format!("ticket-for-incident/{incident}"))));
        }
    }
    facts
}

/// Says that nothing of a ticket goes on; a tracker may be one that closes it then.
fn over(state: &State, ticket: TicketId) -> Vec<NewFact> {
    let mut facts = vec![fact(ticket, TicketEndedV1 { ticket })];
    let tracker = state.tickets.get(ticket).and_then(|record| record.opened.tracker.as_ref()?.parse().ok());
    let way = tracker.and_then(|name| state.catalogue.outlet(&name)).map(|outlet| &outlet.way);
    if matches!(way, Some(OutletWay::Tracker(tracker)) if tracker.close_when_over) {
        facts.push(fact(ticket, TicketClosedV1 { ticket, place: TicketPlaceV1::Here }));
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
    let tracker = state.catalogue.tracker_of(&team).map(|outlet| outlet.name.to_string());
    Some(fact(ticket, TicketOpenedV1 { ticket, service, team, matter, sentence, began_at, tracker }))
}

/// What a person does with a ticket.
pub(super) fn done(state: &State, ticket: TicketId, done: &TicketDone) -> Result<Vec<NewFact>, Refusal> {
    let record = state.tickets.get(ticket).ok_or_else(|| Refusal::Unknown("ticket", ticket.to_string()))?;
    Ok(placed(ticket, record, *done, TicketPlaceV1::Here).into_iter().collect())
}

/// What follows from a ticket being closed or opened somewhere; nothing where it is so already.
pub(super) fn placed(
    ticket: TicketId,
    record: &TicketRecord,
    done: TicketDone,
    place: TicketPlaceV1,
) -> Option<NewFact> {
    match (done, record.closed.is_some()) {
        (TicketDone::Closed, false) => Some(fact(ticket, TicketClosedV1 { ticket, place })),
        (TicketDone::Reopened, true) => Some(fact(ticket, TicketReopenedV1 { ticket, place })),
        _ => None,
    }
}

fn fact(ticket: TicketId, event: impl Into<Event>) -> NewFact {
    NewFact::new(format!("ticket/{ticket}"), event)
}
