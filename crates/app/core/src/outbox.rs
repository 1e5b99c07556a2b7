//! The outbox: messages to people and other systems, folded from the ledger as requested minus completed.
//!
//! Nothing is kept beside the ledger: a message exists as long as its page has a channel that neither took it nor
//! was given up, so a control plane that dies between sending and noting sends again, with the same key.

use seaworthy_contract::events::page::PageRequestedV1;
use seaworthy_model::PageId;

use crate::State;
use crate::state::ChannelState;

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message<'a> {
    /// The page.
    pub page: PageId,
    /// The channel.
    pub channel: &'a str,
    /// What to say.
    pub request: &'a PageRequestedV1,
}

impl Message<'_> {
    /// Returns the idempotency key, the same for every try.
    pub fn key(&self) -> String {
        format!("page/{}/{}", self.page, self.channel)
    }
}

/// Returns every message that waits, oldest page first (page ids grow with time).
pub fn waiting(state: &State) -> impl Iterator<Item = Message<'_>> {
    state.pages.iter().flat_map(|(page, record)| {
        record.channels.iter().filter(|(_, channel)| **channel == ChannelState::Waiting).map(|(channel, _)| Message {
            page: *page,
            channel,
            request: &record.request,
        })
    })
}
