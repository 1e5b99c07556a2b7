//! How far a page climbed: whom it has called, when and why, and which of their contacts took it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_contract::events::page::{
    EscalatedBecauseV2, PageCalledV1, PageExhaustedV1, PageNewsV1, PageRequestedV1, PageToldV1,
};
use seaworthy_model::PersonId;

use super::ChannelState;

/// The channel behind which the directory's contacts of the person who is called first stand.
const CONTACTS: &str = "contacts";

/// How far a page climbed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Climb {
    /// Everybody who was called, rung by rung, oldest first; empty while nobody was there to be called.
    pub calls: Vec<Call>,
    /// The last time that it came to the end of its ladder.
    pub exhausted: Option<Exhausted>,
    /// When which contact took it, by channel and by the contact's index from 1.
    pub taken_by: BTreeMap<String, BTreeMap<u16, Timestamp>>,
    /// Contacts that were told what became of it, by channel and index.
    pub told: BTreeSet<(String, u16, PageNewsV1)>,
}

/// One rung that was called.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Its place on the ladder, from 0.
    pub rung: usize,
    /// When.
    pub at: Timestamp,
    /// Whom, as they were on call at that instant.
    pub people: Vec<PersonId>,
    /// Why it was called after another; none where it was called with the page.
    pub why: Option<EscalatedBecauseV2>,
}

/// The end of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    /// When.
    pub at: Timestamp,
    /// How many times it was climbed.
    pub round: u16,
    /// Whether it begins again.
    pub again: bool,
}

impl Climb {
    pub(super) fn new(request: &PageRequestedV1, at: Timestamp) -> Self {
        let others = request.channels.iter().filter_map(|channel| channel.strip_prefix("rung-0/")?.parse().ok());
        let people: Vec<PersonId> = request.to.iter().cloned().chain(others).collect();
        let first = (!people.is_empty()).then_some(Call { rung: 0, at, people, why: None });
        Self { calls: first.into_iter().collect(), ..Self::default() }
    }

    pub(in crate::state) fn exhaust(&mut self, event: &PageExhaustedV1, at: Timestamp) {
        self.exhausted = Some(Exhausted { at, round: event.round, again: event.again });
    }

    pub(in crate::state) fn call(&mut self, event: &PageCalledV1, at: Timestamp) {
        self.taken_by.entry(event.channel.clone()).or_default().entry(event.contact).or_insert(at);
    }

    pub(in crate::state) fn tell(&mut self, event: &PageToldV1) {
        self.told.insert((event.channel.clone(), event.contact, event.news));
    }

    /// Says whether nobody else is called.
    pub fn is_over(&self) -> bool {
        self.exhausted.is_some_and(|end| !end.again)
    }
}

impl Call {
    /// Returns the channel of the page by which somebody is called: the first of the first call keeps the one that every
    /// page has had.
    pub fn channel(&self, request: &PageRequestedV1, person: &PersonId) -> String {
        match self.why {
            None if request.to.as_ref() == Some(person) => CONTACTS.to_owned(),
            _ => format!("rung-{}/{person}", self.rung),
        }
    }

    /// Says whether every contact of everybody whom it called was given up.
    pub fn reached_nobody(&self, request: &PageRequestedV1, channels: &BTreeMap<String, ChannelState>) -> bool {
        let state = |person| channels.get(&self.channel(request, person));
        self.people.iter().all(|person| matches!(state(person), Some(ChannelState::Undeliverable(..))))
    }
}
