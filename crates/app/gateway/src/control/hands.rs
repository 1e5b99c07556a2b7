//! Controls set and cleared on the gateway's own socket: on disk before they act, in force until their end or until the
//! control plane has them, told to it until it has. A restart of the gateway changes none of this.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use seaworthy_contract::gateway::{Config, ControlConfig, ControlHand};
use seaworthy_model::ControlId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::control::journal::Journal;

/// Most that is in force by hand at once: services times kinds of a large site on its worst day.
pub(crate) const HANDS_MAX: usize = 100;

/// What somebody did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub(crate) enum Did {
    Set {
        control: ControlConfig,
        reason: String,
    },
    Cleared {
        control: ControlId,
        /// When it would have ended: longer nobody needs to know that it was cleared.
        until: Timestamp,
    },
}

/// One deed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Hand {
    pub(crate) id: Uuid,
    pub(crate) did: Did,
    /// Who did it, as the operating system knows them.
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

impl Hand {
    fn until(&self) -> Timestamp {
        match &self.did {
            Did::Set { control, .. } => control.until,
            Did::Cleared { until, .. } => *until,
        }
    }

    fn control(&self) -> ControlId {
        match &self.did {
            Did::Set { control, .. } => control.control,
            Did::Cleared { control, .. } => *control,
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum Line {
    Hand(Box<Hand>),
    /// The ledger has it.
    Acknowledged {
        id: Uuid,
    },
    /// The config says the same, or its time is over.
    Over {
        id: Uuid,
    },
}

#[derive(Debug)]
struct Entry {
    hand: Hand,
    is_acknowledged: bool,
    is_over: bool,
}

#[derive(Debug)]
pub(crate) struct Hands {
    journal: Journal,
    entries: Vec<Entry>,
}

impl Hands {
    /// Opens the journal in a directory. What is both over and acknowledged is dropped from it.
    ///
    /// # Errors
    /// When the journal cannot be opened or read. A full disk is no reason not to start.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let (journal, lines) = Journal::open(dir.join("controls.jsonl"))?;
        let mut hands = Self { journal, entries: Vec::new() };
        let count = lines.len();
        lines.into_iter().for_each(|line| hands.take(line));
        hands.forget();
        if hands.lines().len() < count {
            let lines = hands.lines();
            if let Err(error) = hands.journal.rewrite(&lines) {
                tracing::warn!(%error, "could not shorten the journal of controls; it is tried again at the next start");
            }
        }
        Ok(hands)
    }

    /// Journals a deed.
    ///
    /// # Errors
    /// When it is not on disk; then it must not act.
    pub(crate) fn add(&mut self, hand: Hand) -> io::Result<()> {
        if self.entries.len() >= HANDS_MAX {
            return Err(io::Error::other(format!("{HANDS_MAX} controls were set or cleared here and are not over")));
        }
        self.journal.append(&[Line::Hand(Box::new(hand.clone()))])?;
        self.take(Line::Hand(Box::new(hand)));
        Ok(())
    }

    /// Notes what the ledger has.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn acknowledge(&mut self, told: &[Uuid]) -> io::Result<()> {
        let new = |e: &&Entry| !e.is_acknowledged && told.contains(&e.hand.id);
        self.note(self.entries.iter().filter(new).map(|e| Line::Acknowledged { id: e.hand.id }).collect())
    }

    /// Ends what a new config says by itself, or what the ledger has and the config no longer says: the control plane has
    /// decided since. And whatever is past its end.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn settle(&mut self, config: &Config, now: Timestamp) -> io::Result<()> {
        let named = |entry: &Entry| config.controls.iter().any(|known| known.control == entry.hand.control());
        let is_over = |e: &&Entry| {
            let is_settled = match e.hand.did {
                Did::Set { .. } => e.is_acknowledged || named(e),
                Did::Cleared { .. } => e.is_acknowledged && !named(e),
            };
            !e.is_over && (is_settled || e.hand.until() <= now)
        };
        self.note(self.entries.iter().filter(is_over).map(|e| Line::Over { id: e.hand.id }).collect())
    }

    /// Returns what is in force by hand: controls, and those that the control plane still names and somebody cleared here.
    pub(crate) fn in_force(&self) -> (Vec<ControlConfig>, HashSet<ControlId>) {
        let (mut set, mut cleared) = (Vec::new(), HashSet::new());
        for entry in self.entries.iter().filter(|entry| !entry.is_over) {
            match &entry.hand.did {
                Did::Set { control, .. } => set.push(control.clone()),
                Did::Cleared { control, .. } => drop(cleared.insert(*control)),
            }
        }
        (set, cleared)
    }

    /// Returns what the control plane has yet to acknowledge.
    pub(crate) fn waiting(&self, now: Timestamp) -> Vec<ControlHand> {
        self.entries.iter().filter(|e| !e.is_acknowledged).map(|e| told(&e.hand, now)).collect()
    }

    fn note(&mut self, lines: Vec<Line>) -> io::Result<()> {
        let written = self.journal.append(&lines);
        lines.into_iter().for_each(|line| self.take(line));
        self.forget();
        written
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Hand(hand) => self.entries.push(Entry { hand: *hand, is_acknowledged: false, is_over: false }),
            Line::Acknowledged { id } => self.each(id, |entry| entry.is_acknowledged = true),
            Line::Over { id } => self.each(id, |entry| entry.is_over = true),
        }
    }

    fn each(&mut self, id: Uuid, change: impl Fn(&mut Entry)) {
        self.entries.iter_mut().filter(|entry| entry.hand.id == id).for_each(change);
    }

    fn forget(&mut self) {
        self.entries.retain(|entry| !(entry.is_acknowledged && entry.is_over));
    }

    /// The shortest journal that says the same.
    fn lines(&self) -> Vec<Line> {
        let one = |entry: &Entry| {
            let id = entry.hand.id;
            let acknowledged = entry.is_acknowledged.then_some(Line::Acknowledged { id });
            let over = entry.is_over.then_some(Line::Over { id });
            [Some(Line::Hand(Box::new(entry.hand.clone()))), acknowledged, over]
        };
        self.entries.iter().flat_map(one).flatten().collect()
    }
}

fn told(hand: &Hand, now: Timestamp) -> ControlHand {
    let (id, by) = (hand.id, hand.by.clone());
    let age_ms = u64::try_from(now.as_millisecond() - hand.at.as_millisecond()).unwrap_or(0);
    match &hand.did {
        Did::Set { control, reason } => {
            ControlHand::Set { id, control: Box::new(control.clone()), reason: reason.clone(), by, age_ms }
        }
        Did::Cleared { control, .. } => ControlHand::Cleared { id, control: *control, by, age_ms },
    }
}

#[cfg(test)]
mod tests;
