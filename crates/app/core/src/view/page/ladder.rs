//! The ladder of a page as outsiders see it.

use seaworthy_alert::Purpose;
use seaworthy_contract::api::{LadderEnd, PageCall, PageCalled, PageCallee, PageContact, PageLadder};
use seaworthy_escalation::{Ladder, Next};
use seaworthy_model::PersonId;

use crate::state::{Call, ChannelState, PageRecord};
use crate::step::escalation::{Policies, climbs, upcoming};
use crate::view::Look;

pub(super) fn view(look: &Look<'_>, record: &PageRecord) -> PageLadder {
    let found = Policies::of(look.state).ladder(&record.request);
    let end = end(look, record);
    let (next_at, next) = match end {
        Some(_) => (None, Vec::new()),
        None => next(look, record, &found.ladder),
    };
    let last = record.climb.calls.last().map_or(0, |call| call.rung);
    PageLadder {
        policy: found.name,
        problem: found.problem,
        calls: calls(look, record),
        next_at,
        next: next.iter().map(|person| callee(look, person)).collect(),
        end,
        exhausted_at: record.climb.exhausted.map(|end| end.at),
        round: short(found.ladder.round(last)),
        rounds: short(found.ladder.rounds()),
    }
}

fn end(look: &Look<'_>, record: &PageRecord) -> Option<LadderEnd> {
    if record.acknowledged.is_some() {
        return Some(LadderEnd::Taken);
    }
    let alert = look.state.alerts.of_page(record.request.page).map(|(_, alert)| alert);
    match alert {
        Some(alert) if alert.purpose == Purpose::Drill => Some(LadderEnd::Drill),
        _ if record.climb.is_over() => Some(LadderEnd::Exhausted),
        _ => (!climbs(look.state, record)).then_some(LadderEnd::Over),
    }
}

/// When the next are called, and who they would be by the rotations of now.
fn next(look: &Look<'_>, record: &PageRecord, ladder: &Ladder) -> (Option<jiff::Timestamp>, Vec<PersonId>) {
    match upcoming(look.state, record, ladder, look.now) {
        Next::Wait(at) => match upcoming(look.state, record, ladder, at) {
            Next::Call { people, .. } => (Some(at), people),
            Next::Wait(_) | Next::Over => (Some(at), Vec::new()),
        },
        Next::Call { people, .. } => (Some(look.now), people),
        Next::Over => (Some(look.now), Vec::new()),
    }
}

fn calls(look: &Look<'_>, record: &PageRecord) -> Vec<PageCall> {
    let mut expected = 0;
    let mut calls = Vec::new();
    for call in &record.climb.calls {
        calls.push(PageCall {
            rung: short(call.rung),
            at: call.at,
            why: call.why,
            left_out: short(call.rung.saturating_sub(expected)),
            people: call.people.iter().map(|person| called(look, record, call, person)).collect(),
        });
        expected = call.rung + 1;
    }
    calls
}

fn called(look: &Look<'_>, record: &PageRecord, call: &Call, person: &PersonId) -> PageCalled {
    let channel = call.channel(&record.request, person);
    let (state, reason) = match record.channels.get(&channel) {
        Some(ChannelState::Delivered(_)) => ("delivered", None),
        Some(ChannelState::Undeliverable(_, reason)) => ("undeliverable", Some(reason.clone())),
        Some(ChannelState::Waiting) | None => ("waiting", None),
    };
    let taken = record.climb.taken_by.get(&channel).into_iter().flatten();
    let mut contacts: Vec<_> = taken.map(|(contact, at)| PageContact { contact: *contact, at: *at }).collect();
    contacts.sort_by_key(|contact| contact.at);
    PageCalled { who: callee(look, person), state: state.to_owned(), contacts, reason }
}

fn callee(look: &Look<'_>, person: &PersonId) -> PageCallee {
    PageCallee { person: person.clone(), name: look.display_name(person) }
}

fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
