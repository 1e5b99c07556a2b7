//! Who else: on call here, next, and on call for what fails; how the page left; what was like it.

use jiff::Timestamp;
use seaworthy_contract::api::{Incident, OnCall, Page, PageCallee, PageChannel, SeenBefore};

use super::PageFacts;
use crate::part::{Chip, When};
use crate::text;
use crate::view::words::OnCallWords;

/// The channel that is this page.
const PORTAL: &str = "portal";

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// What people call them.
    pub name: String,
    /// What they are to this, with until when.
    pub what: String,
    /// Until when; none where that is not theirs to say.
    pub until: Option<When>,
    /// Whether they work on it.
    pub chip: Option<Chip>,
    /// The service about which they are paged by a tap.
    pub call: Option<String>,
}

/// How it left by one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRow {
    /// Its state.
    pub chip: Chip,
    /// The channel.
    pub name: String,
    /// When that was last known.
    pub at: Option<When>,
}

/// An incident that was like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenLine {
    /// Where it is shown.
    pub href: String,
    /// When.
    pub at: When,
    /// What customers could not do.
    pub what: String,
    /// What restored it, and how fast.
    pub restored: String,
}

pub(super) fn people(facts: &PageFacts<'_>) -> Vec<PersonRow> {
    let here = facts.service.and_then(|service| service.on_call.as_ref());
    let mut rows = vec![primary(here, facts.page.team.as_str())];
    rows.extend(here.map(OnCallWords::of).and_then(|words| words.next).map(|next| PersonRow {
        name: next,
        what: "takes over next".to_owned(),
        until: None,
        chip: None,
        call: None,
    }));
    rows.extend(facts.failing.iter().map(|(service, on_call)| match on_call {
        Some(on_call) => {
            let call = facts.incident.map(|_| service.to_string());
            PersonRow { call, ..duty(on_call, &format!("on call for {service}, which fails")) }
        }
        None => nobody(format!("for {service}, which fails")),
    }));
    let joined = facts.incident.map(|incident| incident.people.as_slice()).unwrap_or_default();
    for person in joined {
        match rows.iter_mut().find(|row| row.name == person.name) {
            Some(row) => row.chip = Some(Chip::ok("joined")),
            None => rows.push(PersonRow {
                name: person.name.clone(),
                what: "works on it".to_owned(),
                until: None,
                chip: Some(Chip::ok("joined")),
                call: None,
            }),
        }
    }
    rows
}

/// What people call those whom a call for help calls.
pub(super) fn names(people: &[PageCallee]) -> String {
    let name = |person: &PageCallee| person.name.clone().unwrap_or_else(|| person.person.to_string());
    people.iter().map(name).collect::<Vec<_>>().join(", ")
}

fn primary(on_call: Option<&OnCall>, team: &str) -> PersonRow {
    match on_call {
        Some(on_call) => duty(on_call, &format!("on call for team {team}")),
        None => nobody(format!("no rotation of team {team} names anybody")),
    }
}

fn duty(on_call: &OnCall, what: &str) -> PersonRow {
    let words = OnCallWords::of(on_call);
    PersonRow {
        name: words.name,
        what: format!("{what}, by rotation {}, read now", words.rotation),
        until: Some(words.until),
        chip: None,
        call: None,
    }
}

fn nobody(what: String) -> PersonRow {
    PersonRow { name: "Nobody is on call now".to_owned(), what, until: None, chip: None, call: None }
}

/// How it left; by whom it was called is with the calls, where there are any.
pub(super) fn channels(page: &Page, now: Timestamp) -> Vec<ChannelRow> {
    let is_shown = |channel: &&PageChannel| page.ladder.calls.is_empty() || channel.channel == PORTAL;
    page.channels.iter().filter(is_shown).map(|shown| channel(shown, now)).collect()
}

fn channel(channel: &PageChannel, now: Timestamp) -> ChannelRow {
    ChannelRow {
        chip: match channel.state.as_str() {
            "delivered" => Chip::ok("delivered"),
            "waiting" => Chip::waits("waiting"),
            _ => Chip::bad(channel.state.clone()),
        },
        name: channel.channel.clone(),
        at: channel.at.map(|at| When::age(at, now)),
    }
}

pub(in crate::view) fn seen(incident: &Incident) -> Vec<SeenLine> {
    incident.seen_before.iter().map(seen_line).collect()
}

fn seen_line(seen: &SeenBefore) -> SeenLine {
    let took = seen.took_s.map_or_else(String::new, |s| format!(", {} after it began", text::seconds(s)));
    SeenLine {
        href: format!("/incidents/{}", seen.incident),
        at: When::day(seen.opened_at),
        what: seen.sentence.clone(),
        restored: match &seen.restored_by {
            Some(by) => format!("Restored: {by}{took}."),
            None => "What restored it was never seen.".to_owned(),
        },
    }
}
