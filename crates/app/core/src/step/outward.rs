//! Outlets: what another system took, what it did not, and what a tracker says of a ticket.

use seaworthy_contract::catalogue::{OutletWay, Tracker, TrackerState};
use seaworthy_contract::events::outward::{OutwardDeliveredV1, OutwardMadeV1, OutwardUndeliverableV1};
use seaworthy_model::{OutletId, Position, TicketId};

use super::fit::one_line;
use super::ticket::placed;
use crate::input::{OutwardDone, TicketDone};
use crate::state::thread_of;
use crate::{NewFact, State};
use seaworthy_contract::events::ticket::TicketPlaceV1;

/// Longest name of what another system made, and longest address of its page, in characters.
const NAME_CHARS_MAX: usize = 100;
const URL_CHARS_MAX: usize = 500;

/// Longest word of a tracker for how a ticket stands, in characters.
const WORD_CHARS_MAX: usize = 60;

/// Takes what became of a message, or what a tracker says.
pub(super) fn done(state: &State, done: &OutwardDone) -> Vec<NewFact> {
    match done {
        OutwardDone::Delivered { outlet, thread, about, attempt, made } => {
            if !waits(state, outlet, thread, *about) {
                return Vec::new();
            }
            let made = made.as_ref().map(harmless);
            let (outlet, thread) = (outlet.clone(), thread.clone());
            vec![fact(&outlet.clone(), OutwardDeliveredV1 { outlet, thread, about: *about, attempt: *attempt, made })]
        }
        OutwardDone::Undeliverable { outlet, thread, about, attempts, reason } => {
            if !waits(state, outlet, thread, *about) {
                return Vec::new();
            }
            let reason = one_line(reason);
            let (to, thread) = (outlet.clone(), thread.clone());
            let event = OutwardUndeliverableV1 { outlet: to, thread, about: *about, attempts: *attempts, reason };
            vec![fact(outlet, event)]
        }
        OutwardDone::Stands { outlet, key, word } => stands(state, outlet, key, word),
    }
}

fn waits(state: &State, outlet: &OutletId, thread: &str, about: Position) -> bool {
    let items = state.outward.get(outlet).and_then(|waiting| waiting.threads.get(thread));
    items.is_some_and(|items| items.iter().any(|item| item.about == about))
}

fn harmless(made: &OutwardMadeV1) -> OutwardMadeV1 {
    let short = |text: &str| one_line(text).chars().take(NAME_CHARS_MAX).collect();
    let is_web = |url: &&String| {
        let begins = url.starts_with("https://") || url.starts_with("http://");
        begins && url.len() <= URL_CHARS_MAX && url.chars().all(|c| c.is_ascii_graphic())
    };
    OutwardMadeV1 { id: short(&made.id), key: short(&made.key), url: made.url.clone().filter(|url| is_web(&url)) }
}

/// A tracker's word counts where it is known, and where it has heard everything that we said of the ticket.
fn stands(state: &State, outlet: &OutletId, key: &str, word: &str) -> Vec<NewFact> {
    let Some(words) = tracker(state, outlet).and_then(|tracker| tracker.state.as_ref()) else { return Vec::new() };
    let Some(ticket) = ticket_of(state, outlet, key) else { return Vec::new() };
    let Some(done) = meant(words, word) else { return Vec::new() };
    let Some(record) = state.tickets.get(ticket) else { return Vec::new() };
    if state.outward.get(outlet).is_some_and(|waiting| waiting.threads.contains_key(&thread_of(ticket))) {
        return Vec::new();
    }
    let status = one_line(word).chars().take(WORD_CHARS_MAX).collect();
    placed(ticket, record, done, TicketPlaceV1::Tracker { status }).into_iter().collect()
}

/// Says what a tracker's word means; words that it was not told of mean nothing.
fn meant(words: &TrackerState, word: &str) -> Option<TicketDone> {
    let is_it = |known: &String| known.eq_ignore_ascii_case(word.trim());
    match (words.closed.iter().any(is_it), words.open.iter().any(is_it)) {
        (true, _) => Some(TicketDone::Closed),
        (false, true) => Some(TicketDone::Reopened),
        (false, false) => None,
    }
}

fn tracker<'a>(state: &'a State, outlet: &OutletId) -> Option<&'a Tracker> {
    match &state.catalogue.outlet(outlet)?.way {
        OutletWay::Tracker(tracker) => Some(tracker),
        OutletWay::Webhook { .. } | OutletWay::Rooms { .. } => None,
    }
}

/// Returns the ticket that a tracker calls so.
fn ticket_of(state: &State, outlet: &OutletId, key: &str) -> Option<TicketId> {
    let made = &state.outward.get(outlet)?.made;
    let (thread, _) = made.iter().find(|(_, made)| made.key == key || made.id == key)?;
    thread.strip_prefix("ticket/")?.parse().ok()
}

fn fact(outlet: &OutletId, event: impl Into<seaworthy_contract::events::Event>) -> NewFact {
    NewFact::new(format!("outlet/{outlet}"), event)
}
