//! What became of a page, for the contacts that called by it: taken by somebody, or over.
//!
//! Like every message it is folded from the ledger, as what is known minus what was told. It has an end: an hour later it helps
//! nobody, and a ledger from before this was told would otherwise tell of every page there ever was.

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::page::{PageNewsV1, PageRequestedV1};
use seaworthy_model::{PageId, PersonId};

use crate::State;
use crate::state::PageRecord;

/// How long news are told.
pub const NEWS_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// News for one contact.
#[derive(Debug, Clone, PartialEq)]
pub struct News<'a> {
    /// The page.
    pub page: PageId,
    /// The channel of the call.
    pub channel: &'a str,
    /// Who was called.
    pub person: &'a PersonId,
    /// By which of their contacts, from 1.
    pub contact: u16,
    /// What became of it.
    pub what: PageNewsV1,
    /// When.
    pub at: Timestamp,
    /// Who took it; nobody for what is over.
    pub by: Option<&'a str>,
    /// What was said at the call.
    pub request: &'a PageRequestedV1,
}

impl News<'_> {
    /// Returns the idempotency key, the same for every try.
    pub fn key(&self) -> String {
        key(self.page, self.channel, self.contact, self.what)
    }

    /// Returns the key that the call had.
    pub fn call(&self) -> String {
        super::key_of(self.page, self.channel, self.contact)
    }
}

pub(crate) fn key(page: PageId, channel: &str, contact: u16, what: PageNewsV1) -> String {
    let what = match what {
        PageNewsV1::Taken => "taken",
        PageNewsV1::Resolved => "resolved",
    };
    format!("page/{page}/{channel}/{contact}/{what}")
}

/// Returns all news that were not told yet and still may be.
pub fn news(state: &State, now: Timestamp) -> Vec<News<'_>> {
    // Ids of pages grow with time, and a page that is old may be taken late: all are looked at, and few have news.
    state.pages.values().flat_map(|record| of_page(state, record, now)).collect()
}

fn of_page<'a>(state: &'a State, record: &'a PageRecord, now: Timestamp) -> Vec<News<'a>> {
    let is_fresh = |at: &Timestamp| now.duration_since(*at).abs() < NEWS_WITHIN;
    let taken = record.acknowledged.as_ref().filter(|(at, _)| is_fresh(at));
    let taken = taken.map(|(at, by)| (PageNewsV1::Taken, *at, Some(by.as_str())));
    let alert = state.alerts.of_page(record.request.page).map(|(_, alert)| alert.resolved_at);
    let over = alert.unwrap_or_else(|| rollout_over(state, record)).filter(is_fresh);
    let over = over.map(|at| (PageNewsV1::Resolved, at, None));
    let mut all = Vec::new();
    for (what, at, by) in taken.into_iter().chain(over) {
        for (channel, contacts) in &record.climb.taken_by {
            let Some(person) = record.person(channel) else { continue };
            // Whoever was called to help by who has it knows that somebody has.
            let called = record.climb.calls.iter().find(|call| call.channel(&record.request, person) == *channel);
            if what == PageNewsV1::Taken && called.is_some_and(|call| call.at > at) {
                continue;
            }
            let untold = |contact: &&u16| !record.climb.told.contains(&(channel.clone(), **contact, what));
            all.extend(contacts.keys().filter(untold).map(|contact| News {
                page: record.request.page,
                channel,
                person,
                contact: *contact,
                what,
                at,
                by,
                request: &record.request,
            }));
        }
    }
    all
}

/// When the rollout that a page is about was off its users, or had all of them for good; none while it goes on.
fn rollout_over(state: &State, record: &PageRecord) -> Option<Timestamp> {
    let rollout = state.rollouts.get(&record.request.rollout?)?;
    let reverted = rollout.reverted.as_ref().map(|reverted| reverted.at);
    match reverted {
        Some(_) if rollout.is_reverting() => None,
        Some(at) => Some(rollout.confirmed.as_ref().map_or(at, |confirmed| confirmed.at)),
        None => rollout.promoted.filter(|_| rollout.is_over()).map(|(at, _)| at),
    }
}
