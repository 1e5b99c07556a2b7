//! Break-glass reverts: on disk before they act, in force until another rollout (or none) begins, told to the control
//! plane until it has them in the ledger. A restart of the gateway changes none of this.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use seaworthy_contract::gateway::BreakGlass;
use seaworthy_model::{RolloutId, ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::control::journal::Journal;

/// One revert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Revert {
    pub(crate) id: Uuid,
    pub(crate) service: ServiceId,
    pub(crate) version: VersionId,
    pub(crate) rollout: RolloutId,
    /// Who did it, as the operating system knows them.
    pub(crate) by: String,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum Line {
    Reverted(Revert),
    /// The ledger has it.
    Acknowledged {
        id: Uuid,
    },
    /// Its rollout is over.
    Over {
        id: Uuid,
    },
}

#[derive(Debug)]
struct Entry {
    revert: Revert,
    is_acknowledged: bool,
    is_over: bool,
}

#[derive(Debug)]
pub(crate) struct Glass {
    journal: Journal,
    entries: Vec<Entry>,
}

impl Glass {
    /// Opens the journal in a directory. What is both over and acknowledged is dropped from it.
    ///
    /// # Errors
    /// When the journal cannot be opened or read. A full disk is no reason not to start.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        let (journal, lines) = Journal::open(dir.join("break-glass.jsonl"))?;
        let mut glass = Self { journal, entries: Vec::new() };
        let count = lines.len();
        lines.into_iter().for_each(|line| glass.take(line));
        glass.forget();
        if glass.lines().len() < count {
            let lines = glass.lines();
            if let Err(error) = glass.journal.rewrite(&lines) {
                tracing::warn!(%error, "could not shorten the break-glass journal; it is tried again at the next start");
            }
        }
        Ok(glass)
    }

    /// Journals a revert; one that is in force for the same rollout is returned instead.
    ///
    /// # Errors
    /// When it is not on disk; then it must not act.
    pub(crate) fn revert(&mut self, revert: Revert) -> io::Result<Revert> {
        let same = |e: &&Entry| !e.is_over && e.revert.service == revert.service && e.revert.rollout == revert.rollout;
        if let Some(entry) = self.entries.iter().find(same) {
            return Ok(entry.revert.clone());
        }
        self.journal.append(&[Line::Reverted(revert.clone())])?;
        self.take(Line::Reverted(revert.clone()));
        Ok(revert)
    }

    /// Notes what the ledger has.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn acknowledge(&mut self, told: &[Uuid]) -> io::Result<()> {
        let new = |e: &&Entry| !e.is_acknowledged && told.contains(&e.revert.id);
        let lines = self.entries.iter().filter(new).map(|e| Line::Acknowledged { id: e.revert.id }).collect();
        self.note(lines)
    }

    /// Ends what is about a rollout that is not the service's present one.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn settle(&mut self, rollout: impl Fn(&str) -> Option<RolloutId>) -> io::Result<()> {
        let is_over = |e: &&Entry| !e.is_over && rollout(e.revert.service.as_str()) != Some(e.revert.rollout);
        let lines = self.entries.iter().filter(is_over).map(|e| Line::Over { id: e.revert.id }).collect();
        self.note(lines)
    }

    /// Returns the rollouts that are reverted.
    pub(crate) fn in_force(&self) -> HashMap<ServiceId, RolloutId> {
        let in_force = self.entries.iter().filter(|e| !e.is_over);
        in_force.map(|e| (e.revert.service.clone(), e.revert.rollout)).collect()
    }

    /// Returns what the control plane has yet to acknowledge.
    pub(crate) fn waiting(&self, now: Timestamp) -> Vec<BreakGlass> {
        let waiting = self.entries.iter().filter(|e| !e.is_acknowledged).map(|e| &e.revert);
        let age_ms = |at: Timestamp| u64::try_from(now.as_millisecond() - at.as_millisecond()).unwrap_or(0);
        waiting
            .map(|revert| BreakGlass {
                id: revert.id,
                service: revert.service.clone(),
                version: revert.version.clone(),
                rollout: revert.rollout,
                by: revert.by.clone(),
                age_ms: age_ms(revert.at),
            })
            .collect()
    }

    fn note(&mut self, lines: Vec<Line>) -> io::Result<()> {
        let written = self.journal.append(&lines);
        lines.into_iter().for_each(|line| self.take(line));
        self.forget();
        written
    }

    fn take(&mut self, line: Line) {
        match line {
            Line::Reverted(revert) => self.entries.push(Entry { revert, is_acknowledged: false, is_over: false }),
            Line::Acknowledged { id } => self.each(id, |entry| entry.is_acknowledged = true),
            Line::Over { id } => self.each(id, |entry| entry.is_over = true),
        }
    }

    fn each(&mut self, id: Uuid, change: impl Fn(&mut Entry)) {
        self.entries.iter_mut().filter(|entry| entry.revert.id == id).for_each(change);
    }

    fn forget(&mut self) {
        self.entries.retain(|entry| !(entry.is_acknowledged && entry.is_over));
    }

    /// The shortest journal that says the same.
    fn lines(&self) -> Vec<Line> {
        let one = |entry: &Entry| {
            let id = entry.revert.id;
            let acknowledged = entry.is_acknowledged.then_some(Line::Acknowledged { id });
            let over = entry.is_over.then_some(Line::Over { id });
            [Some(Line::Reverted(entry.revert.clone())), acknowledged, over]
        };
        self.entries.iter().flat_map(one).flatten().collect()
    }
}

#[cfg(test)]
mod tests;
