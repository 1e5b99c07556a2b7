//! Messages to other systems that may leave now: the first of each thread, whose outlet is declared.

use jiff::Timestamp;
use seaworthy_contract::catalogue::Outlet;
use seaworthy_contract::events::outward::OutwardMadeV1;

use crate::State;
use crate::state::Item;

/// A message that may leave.
#[derive(Debug, Clone, PartialEq)]
pub struct OutwardMessage<'a> {
    /// Where it goes.
    pub outlet: &'a Outlet,
    /// What it belongs to.
    pub thread: &'a str,
    /// What it is about.
    pub item: Item,
    /// What the other system made for the thread before.
    pub made: Option<&'a OutwardMadeV1>,
}

impl OutwardMessage<'_> {
    /// Returns the idempotency key, the same for every try.
    pub fn key(&self) -> String {
        format!("outward/{}/{}", self.outlet.name, self.item.about)
    }
}

/// Returns every message that may leave at an instant.
pub fn outward(state: &State, now: Timestamp) -> impl Iterator<Item = OutwardMessage<'_>> {
    state.outward.iter().flat_map(move |(name, waiting)| {
        let outlet = state.catalogue.outlet(name);
        let next = waiting.threads.iter().filter_map(|(thread, items)| Some((thread.as_str(), *items.front()?)));
        outlet.into_iter().flat_map(move |outlet| {
            next.clone().filter(move |(_, item)| item.due_at <= now).map(move |(thread, item)| OutwardMessage {
                outlet,
                thread,
                item,
                made: waiting.made.get(thread),
            })
        })
    })
}
