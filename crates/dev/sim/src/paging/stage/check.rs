//! Holds what happened against the ledger on disk and against the oracle.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_contract::events::Event;
use seaworthy_core::{Fact, State};
use seaworthy_model::PersonId;

use super::Stage;
use crate::paging::channel::Taken;
use crate::paging::oracle::{people, steps};
use crate::paging::{Edge, Played};
use crate::server::BEGIN;

/// One call, as the ledger has it.
struct Called {
    rung: usize,
    at: Timestamp,
    people: Vec<PersonId>,
}

impl Stage {
    pub(in crate::paging) fn check(mut self) -> Result<Played, String> {
        self.server.look_after(u64::MAX);
        let facts = self.facts();
        let live = self.server.read(|shared| shared.state.clone()).ok_or("the server does not start")?;
        if live != State::fold(&facts) {
            return Err("replaying the ledger does not give the live state".to_owned());
        }
        let Some(calls) = calls(&facts)? else { return Ok(self.played) };
        let ended = ended(&facts);
        self.rungs(&calls, ended)?;
        self.messages(&calls, ended)?;
        self.nothing_lost(&live, &calls, ended)?;
        let keys: BTreeSet<&String> = self.channel.taken.iter().map(|taken| &taken.key).collect();
        self.played.messages = self.channel.taken.len() as u64;
        self.played.again = (self.channel.taken.len() - keys.len()) as u64;
        self.played.calls = calls.len() as u64;
        Ok(self.played)
    }

    fn facts(&self) -> Vec<Fact> {
        let mut facts: Vec<Fact> = Vec::new();
        loop {
            let more = self.server.facts_after(facts.last().map_or(0, |fact| fact.position));
            if more.is_empty() {
                return facts;
            }
            facts.extend(more);
        }
    }

    /// Each rung is in order and calls whom the oracle says, and none comes before its time.
    fn rungs(&self, calls: &[Called], ended: Option<Timestamp>) -> Result<(), String> {
        let steps = steps(&self.policy);
        let mut expected = 0;
        let mut last: Option<&Called> = None;
        for call in calls {
            let oracle = |rung: usize| people(&steps[rung], &self.service, &self.other, call.at);
            let passed_over = (expected..call.rung).find(|rung| !oracle(*rung).is_empty());
            if call.rung < expected || passed_over.is_some() {
                return Err(format!("rung {} came where {expected} was due", call.rung));
            }
            let mut called = call.people.clone();
            called.sort();
            if called != oracle(call.rung) {
                return Err(format!("rung {} called {called:?}, not {:?}", call.rung, oracle(call.rung)));
            }
            if let Some(last) = last {
                let waited = call.at.duration_since(last.at) >= steps[last.rung].wait;
                if !waited && !last.people.iter().all(|person| self.may_be_given_up(person)) {
                    return Err(format!("rung {} came before the wait of rung {} was over", call.rung, last.rung));
                }
            }
            if ended.is_some_and(|ended| ended < call.at) {
                return Err(format!("rung {} was called after the page was taken or over", call.rung));
            }
            (expected, last) = (call.rung + 1, Some(call));
        }
        Ok(())
    }

    /// Somebody without a contact that takes a message within the tries that there are.
    fn may_be_given_up(&self, person: &PersonId) -> bool {
        use crate::paging::channel::Contact;
        let theirs = self.channel.contacts.iter().filter(|((of, _), _)| of == person);
        theirs.clone().all(|(_, contact)| *contact != Contact::Takes)
    }

    /// Each message went to somebody whom the ledger had called by then, and what came twice has one key.
    fn messages(&self, calls: &[Called], ended: Option<Timestamp>) -> Result<(), String> {
        let mut keys: BTreeMap<(&str, &PersonId, u16), &str> = BTreeMap::new();
        let mut meant: BTreeMap<&str, (&str, &PersonId)> = BTreeMap::new();
        for taken in &self.channel.taken {
            let Taken { at, person, contact, channel, key } = taken;
            let at = BEGIN + jiff::SignedDuration::from_millis(at.cast_signed());
            let rung = channel.strip_prefix("rung-").and_then(|rest| rest.split_once('/')?.0.parse().ok()).unwrap_or(0);
            let called = calls.iter().find(|call| call.rung == rung && call.at <= at);
            if !called.is_some_and(|call| call.people.contains(person)) {
                return Err(format!("{person} got {key}, and was not called"));
            }
            if ended.is_some_and(|ended| ended < at) && rung > 0 {
                return Err(format!("{person} got {key} after the page was taken or over"));
            }
            if *keys.entry((channel, person, *contact)).or_insert(key) != key {
                return Err(format!("{person} got one message with two keys, {key} among them"));
            }
            if *meant.entry(key).or_insert((channel, person)) != (channel, person) {
                return Err(format!("key {key} is of two messages"));
            }
        }
        Ok(())
    }

    /// Whoever was called got it, or cannot be reached, or need not any more; and the ladder came to its end.
    fn nothing_lost(&self, live: &State, calls: &[Called], ended: Option<Timestamp>) -> Result<(), String> {
        let (_, record) = live.pages.first_key_value().ok_or("no page, with an alert that fired")?;
        for call in calls {
            for person in &call.people {
                let channel = match (call.rung, record.request.to.as_ref() == Some(person)) {
                    (0, true) => "contacts".to_owned(),
                    (rung, _) => format!("rung-{rung}/{person}"),
                };
                let got = self.channel.taken.iter().any(|taken| taken.channel == channel && taken.person == *person);
                let excused = self.channel.is_gone(person) || self.may_be_given_up(person);
                if !got && !excused && ended.is_none() {
                    return Err(format!("{person} was called by {channel} and got nothing"));
                }
            }
        }
        if ended.is_none() && !record.climb.is_over() {
            return Err(format!("nobody took it, and it calls nobody else: {:?}", record.climb));
        }
        Ok(())
    }
}

/// None where the alert was over before anybody was to be paged.
fn calls(facts: &[Fact]) -> Result<Option<Vec<Called>>, String> {
    let mut calls = Vec::new();
    let mut pages = 0;
    for fact in facts {
        match &fact.event {
            Event::PageRequested(e) => {
                pages += 1;
                let others = e.channels.iter().filter_map(|channel| channel.strip_prefix("rung-0/")?.parse().ok());
                let people: Vec<PersonId> = e.to.iter().cloned().chain(others).collect();
                calls.extend((!people.is_empty()).then_some(Called { rung: 0, at: fact.at, people }));
            }
            Event::PageEscalated(e) => {
                calls.push(Called { rung: e.rung.into(), at: fact.at, people: e.people.clone() });
            }
            _ => {}
        }
    }
    // What was over while the server was away was never heard of.
    let fired = facts.iter().any(|fact| matches!(fact.event, Event::AlertFired(_)));
    let is_over = !fired || ended(facts).is_some();
    match pages {
        0 if is_over => Ok(None),
        1 => Ok(Some(calls)),
        pages => Err(format!("{pages} pages of one alert")),
    }
}

/// When the page was taken, or what it was about was over.
fn ended(facts: &[Fact]) -> Option<Timestamp> {
    let ends = facts.iter().filter(|f| matches!(f.event, Event::PageAcknowledged(_) | Event::AlertResolved(_)));
    ends.map(|fact| fact.at).min()
}

impl Edge {
    /// Every edge with a mistake.
    pub const MISTAKES: [Self; 3] = [Self::NotesFirst, Self::NewKeys, Self::AsksAgain];
}
