//! The outbox: messages to people and other systems, folded from the ledger as requested minus completed.
//!
//! Nothing is kept beside the ledger: a message exists as long as its page has a channel that neither took it nor
//! was given up, so a control plane that dies between sending and noting sends again, with the same key. Nobody is called
//! about a page that somebody has taken, nor by a later rung about what is over.

mod contact;
mod news;
mod outward;

use jiff::Timestamp;
use seaworthy_contract::events::page::{EscalatedBecauseV2, PageRequestedV1};
use seaworthy_model::{PageId, PersonId};

use crate::State;
use crate::state::{ChannelState, PageRecord};
use crate::step::{CONTACTS, PORTAL, escalation};

pub use contact::{Way, first_ways, later_ways};
pub(crate) use news::key as news_key;
pub use news::{NEWS_WITHIN, News, news};
pub use outward::{OutwardMessage, outward};

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message<'a> {
    /// The page.
    pub page: PageId,
    /// The channel.
    pub channel: &'a str,
    /// Who is called by it; nobody where it is the portal.
    pub person: Option<&'a PersonId>,
    /// When they were called.
    pub called_at: Timestamp,
    /// Whether somebody who has the page asked for them.
    pub helps: bool,
    /// What to say.
    pub request: &'a PageRequestedV1,
}

impl Message<'_> {
    /// Returns the idempotency key, the same for every try.
    pub fn key(&self) -> String {
        format!("page/{}/{}", self.page, self.channel)
    }

    /// Returns the key of the message to a contact, by its index from 1.
    pub fn key_of(&self, contact: u16) -> String {
        key_of(self.page, self.channel, contact)
    }
}

/// Returns the key of the message to a contact, by its index from 1: the same whenever and as often as it is sent there.
pub fn key_of(page: PageId, channel: &str, contact: u16) -> String {
    match contact {
        0 | 1 => format!("page/{page}/{channel}"),
        contact => format!("page/{page}/{channel}/{contact}"),
    }
}

/// Returns every message that waits, oldest page first (page ids grow with time).
pub fn waiting(state: &State) -> impl Iterator<Item = Message<'_>> {
    state.pages.values().flat_map(move |record| {
        let waits = record.channels.iter().filter(|(_, channel)| **channel == ChannelState::Waiting);
        waits
            .map(move |(name, _)| message(record, name))
            .filter(move |message| is_wanted(state, record, message.channel))
    })
}

/// Returns every message that somebody was sent about a page that nobody has taken: their other contacts may be due.
pub fn unanswered(state: &State) -> impl Iterator<Item = (Message<'_>, Vec<u16>)> {
    let open = state.pages.values().filter(|record| escalation::is_open(state, record));
    open.flat_map(|record| {
        let sent = record.channels.iter().filter(|(_, channel)| matches!(channel, ChannelState::Delivered(_)));
        let messages = sent.map(move |(name, _)| message(record, name)).filter(|message| message.person.is_some());
        messages.map(move |message| {
            let taken = record.climb.taken_by.get(message.channel);
            let contacts = taken.into_iter().flat_map(|contacts| contacts.keys().copied()).collect();
            (message, contacts)
        })
    })
}

/// Says whether a message is still to be sent: it may have waited while somebody took the page.
pub fn is_still_wanted(state: &State, page: PageId, channel: &str) -> bool {
    state.pages.get(&page).is_some_and(|record| is_wanted(state, record, channel))
}

fn is_wanted(state: &State, record: &PageRecord, channel: &str) -> bool {
    match channel {
        PORTAL => true,
        CONTACTS => record.acknowledged.is_none(),
        // Who has the page asked for them.
        _ if is_help(record, channel) => escalation::goes_on(state, record),
        _ => record.acknowledged.is_none() && (channel.starts_with("rung-0/") || escalation::is_open(state, record)),
    }
}

fn is_help(record: &PageRecord, channel: &str) -> bool {
    let mut helps = record.climb.calls.iter().filter(|call| call.why == Some(EscalatedBecauseV2::Help));
    helps.any(|call| call.people.iter().any(|person| call.channel(&record.request, person) == channel))
}

fn message<'a>(record: &'a PageRecord, channel: &'a str) -> Message<'a> {
    let call = record.climb.calls.iter().find_map(|call| {
        let person = call.people.iter().find(|person| call.channel(&record.request, person) == channel)?;
        Some((call.at, person))
    });
    let (called_at, person) = call.map_or((record.requested_at, None), |(at, person)| (at, Some(person)));
    let helps = is_help(record, channel);
    Message { page: record.request.page, channel, person, called_at, helps, request: &record.request }
}
