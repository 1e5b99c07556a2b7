//! Holds the messages of one page against whom the ledger called: none lost, none to somebody else, one key each.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_model::{PageId, PersonId};

use super::carry::Taken;
use super::check::{Called, LATE, Paged};
use super::stage::Stage;
use super::story::moment;

impl Paged<'_> {
    /// Returns the channel by which a call reaches somebody.
    pub(super) fn channel(&self, call: &Called, person: &PersonId) -> String {
        match call.rung == 0 && self.request.to.as_ref() == Some(person) {
            true => "contacts".to_owned(),
            false => format!("rung-{}/{person}", call.rung),
        }
    }
}

impl Stage {
    pub(super) fn sent(
        &self,
        id: PageId,
        page: &Paged<'_>,
        messages: &[&Taken],
        given_up: &BTreeSet<(PageId, &str)>,
    ) -> Result<(), String> {
        let mut keys: BTreeMap<(&str, u16), &str> = BTreeMap::new();
        let mut meant: BTreeSet<&str> = BTreeSet::new();
        for taken in messages {
            let Taken { at, channel, person, contact, key, .. } = taken;
            let called = page.calls.iter().find(|call| page.channel(call, person) == *channel);
            if called.is_none_or(|call| call.at > moment(*at)) {
                return Err(format!("{person} got {key}, and was not called"));
            }
            let first = keys.get(&(channel.as_str(), *contact)).copied();
            if first.is_some_and(|first| first != key) || (first.is_none() && !meant.insert(key)) {
                return Err(format!("{person} got one message with two keys, or two with one: {key}"));
            }
            keys.insert((channel, *contact), key);
        }
        for call in &page.calls {
            for person in &call.people {
                let channel = page.channel(call, person);
                let got = messages.iter().any(|taken| taken.channel == channel);
                let soon = page.ended().is_some_and(|ended| ended <= self.late(call.at));
                let is_down = page.ended().is_some() && self.is_down_for(person, call.at);
                if !(got || soon || is_down || given_up.contains(&(id, &*channel))) {
                    return Err(format!("{person} was called by {channel} of page {id} and got nothing"));
                }
            }
        }
        Ok(())
    }

    /// Whether a line of somebody was down then.
    fn is_down_for(&self, person: &PersonId, at: Timestamp) -> bool {
        let lines = self.organisation.lines.iter().filter(|((of, _), _)| of == person);
        let mut outages = lines.filter_map(|(_, line)| self.plan.outages.get(line)).flatten();
        outages.any(|(from, until)| moment(*from) <= at + LATE && at <= moment(*until))
    }
}
