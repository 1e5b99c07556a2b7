//! The ledger: every act, newest first, each with the hash that chains it to the one before.

use askama::Template;
use seaworthy_contract::api::{LedgerPage, LedgerRow, Verification};
use seaworthy_model::Position;

use super::words::actor;
use crate::chrome::{Nav, PageView};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// Most characters of a payload that are shown: enough for any decision, too few to make a page heavy.
const PAYLOAD_CHARS_MAX: usize = 4_000;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Its place, also its anchor.
    pub link: LedgerLink,
    /// When it was recorded.
    pub at: When,
    /// What happened.
    pub sentence: String,
    /// Its type.
    pub kind: String,
    /// What it is about.
    pub stream: String,
    /// Where that is shown.
    pub href: Option<String>,
    /// Who did it.
    pub by: String,
    /// First and last letters of its hash.
    pub hash: String,
    /// The whole hash.
    pub full_hash: String,
    /// Its payload, for the one that was asked for.
    pub payload: Option<String>,
}

/// A page of the ledger.
#[derive(Debug, Template)]
#[template(path = "ledger.html")]
pub struct LedgerView {
    /// The answer.
    pub headline: String,
    /// More of it.
    pub say: String,
    /// What a check of the whole chain found.
    pub chain: Chip,
    /// The same in words.
    pub chain_says: String,
    /// Hash of the newest event, when it is known.
    pub head_hash: Option<String>,
    /// The events, newest first.
    pub rows: Vec<EventRow>,
    /// Which events these are.
    pub caption: String,
    /// Where newer ones are.
    pub newer: Option<Position>,
    /// Where older ones are.
    pub older: Option<Position>,
}

impl LedgerView {
    /// Makes the page. `asked` is the event whose payload is shown; `limit` is how many a page has; `checked` is there
    /// when the reader asked to check the chain.
    pub fn new(page: &LedgerPage, asked: Option<Position>, limit: u64, checked: Option<&Verification>) -> Self {
        let first = page.rows.first().map_or(0, |row| row.position);
        let last = page.rows.last().map_or(0, |row| row.position);
        let (headline, chain, chain_says) = verdict(page, checked);
        Self {
            headline,
            say: "Each event's hash covers the one before it, so nothing can be changed, left out or put in between \
                  without it being seen."
                .to_owned(),
            chain,
            chain_says,
            head_hash: checked.map(|checked| checked.head_hash.clone()),
            rows: page.rows.iter().rev().map(|row| event(row, asked)).collect(),
            caption: format!("Events {} to {} of {}", text::count(first), text::count(last), text::count(page.head)),
            newer: (last < page.head).then_some(last + 1),
            older: (first > 1).then(|| first.saturating_sub(limit).max(1)),
        }
    }
}

fn verdict(page: &LedgerPage, checked: Option<&Verification>) -> (String, Chip, String) {
    let events = text::counted(page.head, "event", "events");
    match checked {
        None => (
            match page.head {
                0 => "Nothing has happened yet.".to_owned(),
                _ => format!("Every act is here: {events}."),
            },
            Chip::unknown("Not checked"),
            "The chain was not read from the start for this page.".to_owned(),
        ),
        Some(found) if found.verified => (
            "Every act is here, and the chain is whole.".to_owned(),
            Chip::ok("Whole"),
            format!("{} of {} read and recomputed just now", text::count(found.events), text::count(page.head)),
        ),
        Some(found) => (
            "The chain is broken: something was changed.".to_owned(),
            Chip::bad("Broken"),
            found.broken.clone().unwrap_or_else(|| "the hashes do not follow from each other".to_owned()),
        ),
    }
}

pub(super) fn event(row: &LedgerRow, asked: Option<Position>) -> EventRow {
    let pretty = || serde_json::to_string_pretty(&row.payload).unwrap_or_default();
    EventRow {
        link: LedgerLink::new(row.position),
        at: When::day(row.recorded_at),
        sentence: match row.sentence.is_empty() {
            true => row.kind.clone(),
            false => row.sentence.clone(),
        },
        kind: row.kind.clone(),
        stream: short(&row.stream),
        href: href(&row.stream),
        by: actor(if row.by.is_empty() { &row.actor } else { &row.by }),
        hash: match row.hash.get(..6).zip(row.hash.get(row.hash.len().saturating_sub(4)..)) {
            Some((head, tail)) => format!("{head}…{tail}"),
            None => row.hash.clone(),
        },
        full_hash: row.hash.clone(),
        payload: (asked == Some(row.position)).then(|| text::cut(&pretty(), PAYLOAD_CHARS_MAX)),
    }
}

/// A stream whose name is an id is told by the id's first letters: the rest is behind the link.
fn short(stream: &str) -> String {
    const ID_CHARS: usize = 36;
    match stream.split_once('/') {
        Some((kind, id)) if id.len() == ID_CHARS => format!("{kind} {}", text::cut(id, 8)),
        _ => text::cut(stream, 100),
    }
}

/// Where a stream is shown. Names of services and ids come from the ledger and hold nothing that a path would not.
fn href(stream: &str) -> Option<String> {
    let (kind, name) = stream.split_once('/')?;
    let safe = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let place = match kind {
        "service" => "services",
        "rollout" => "rollouts",
        "page" => "pages",
        _ => return None,
    };
    safe.then(|| format!("/{place}/{name}"))
}

impl PageView for LedgerView {
    fn title(&self) -> String {
        "Ledger".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Ledger
    }
}
