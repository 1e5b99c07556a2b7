//! Pages and how each channel fared; the outbox is what is still waiting here.

mod climb;

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::events::alert::VerdictV1;
use seaworthy_contract::events::page::{PageEscalatedV2, PageRequestedV1};
use seaworthy_model::{PersonId, Position};

use crate::Fact;

pub use climb::{Call, Climb, Exhausted};

/// A page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRecord {
    /// What was requested.
    pub request: PageRequestedV1,
    /// When.
    pub requested_at: Timestamp,
    /// Its place.
    pub position: Position,
    /// How each channel fared.
    pub channels: BTreeMap<String, ChannelState>,
    /// When it was acknowledged and by whom.
    pub acknowledged: Option<(Timestamp, String)>,
    /// The place of that, where a person did it: by the link that they were sent, which says who they are. Another
    /// system's word, and a credential that anybody may hold, prove nothing of our way to them.
    pub reached: Option<Position>,
    /// What somebody said it was worth.
    pub verdict: Option<VerdictV1>,
    /// Whom it has called so far.
    pub climb: Climb,
}

/// Who took a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// A person, who is known to be that person.
    Person,
    /// A credential, or another system: nobody knows whose hand it was.
    Somebody,
}

/// How a channel fared with a page.
#[derive(Debug, Clone, PartialEq)]
pub enum ChannelState {
    /// In the outbox.
    Waiting,
    /// The channel accepted it.
    Delivered(Timestamp),
    /// The channel is not tried again, and why.
    Undeliverable(Timestamp, String),
}

impl PageRecord {
    pub(super) fn new(request: &PageRequestedV1, fact: &Fact) -> Self {
        let channels = request.channels.iter().map(|c| (c.clone(), ChannelState::Waiting)).collect();
        Self {
            request: request.clone(),
            requested_at: fact.at,
            position: fact.position,
            channels,
            acknowledged: None,
            reached: None,
            verdict: None,
            climb: Climb::new(request, fact.at),
        }
    }

    /// Returns whom a channel calls; nobody where it is the portal.
    pub fn person(&self, channel: &str) -> Option<&PersonId> {
        let mut called = self.climb.calls.iter().flat_map(|call| call.people.iter().map(move |person| (call, person)));
        Some(called.find(|(call, person)| call.channel(&self.request, person) == channel)?.1)
    }

    pub(super) fn delivered(&mut self, channel: &str, at: Timestamp) {
        self.channels.insert(channel.to_owned(), ChannelState::Delivered(at));
    }

    pub(super) fn undeliverable(&mut self, channel: &str, reason: &str, at: Timestamp) {
        self.channels.insert(channel.to_owned(), ChannelState::Undeliverable(at, reason.to_owned()));
    }

    /// Calls others as well: each is a channel of the page.
    pub(super) fn escalate(&mut self, event: &PageEscalatedV2, at: Timestamp) {
        let call = Call { rung: event.rung.into(), at, people: event.people.clone(), why: Some(event.why) };
        for person in &call.people {
            self.channels.entry(call.channel(&self.request, person)).or_insert(ChannelState::Waiting);
        }
        self.climb.calls.push(call);
    }

    pub(super) fn acknowledge(&mut self, fact: &Fact, taken: Taken) {
        // The first person who takes it has it.
        if self.acknowledged.is_none() {
            self.acknowledged = Some((fact.at, fact.actor.clone()));
            self.reached = (taken == Taken::Person).then_some(fact.position);
        }
    }

    /// Says whether a contact of anybody who was called took it.
    pub fn reached_somebody(&self) -> bool {
        let reached = |(channel, state): (&String, &ChannelState)| {
            matches!(state, ChannelState::Delivered(_)) && self.person(channel).is_some()
        };
        self.channels.iter().any(reached)
    }

    /// Returns when this channel accepted it.
    pub fn delivered_at(&self, channel: &str) -> Option<Timestamp> {
        match self.channels.get(channel)? {
            ChannelState::Delivered(at) => Some(*at),
            _ => None,
        }
    }

    /// Returns when the first channel accepted it.
    pub fn first_delivered_at(&self) -> Option<Timestamp> {
        self.channels
            .values()
            .filter_map(|c| match c {
                ChannelState::Delivered(at) => Some(*at),
                _ => None,
            })
            .min()
    }
}
