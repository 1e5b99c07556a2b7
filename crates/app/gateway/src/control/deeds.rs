//! What people did on the gateway's own socket: on disk before it acts, in force until it is over, kept until the control
//! plane has it in the ledger. A restart of the gateway changes none of this.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::control::journal::Journal;

/// One deed, as a line of its journal: a struct with a tag `what` of its own.
pub(crate) trait Deed: Clone + Serialize + DeserializeOwned {
    fn id(&self) -> Uuid;
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Line<D> {
    Noted(Noted),
    Done(Box<D>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
enum Noted {
    /// The ledger has it.
    Acknowledged { id: Uuid },
    /// It is no longer in force.
    Over { id: Uuid },
}

#[derive(Debug)]
struct Entry<D> {
    deed: D,
    is_acknowledged: bool,
    is_over: bool,
}

#[derive(Debug)]
pub(crate) struct Deeds<D> {
    pub(crate) journal: Journal,
    entries: Vec<Entry<D>>,
}

impl<D: Deed> Deeds<D> {
    /// Opens a journal. What is both over and acknowledged is dropped from it.
    ///
    /// # Errors
    /// When the journal cannot be opened or read. A full disk is no reason not to start.
    pub(crate) fn open(path: PathBuf) -> io::Result<Self> {
        let name = path.display().to_string();
        let (journal, lines) = Journal::open(path)?;
        let mut deeds = Self { journal, entries: Vec::new() };
        let count = lines.len();
        lines.into_iter().for_each(|line| deeds.take(line));
        deeds.forget();
        let lines = deeds.lines();
        if lines.len() < count
            && let Err(error) = deeds.journal.rewrite(&lines)
        {
            tracing::warn!(%error, journal = name, "could not shorten a journal; it is tried again at the next start");
        }
        Ok(deeds)
    }

    /// Journals a deed.
    ///
    /// # Errors
    /// When it is not on disk; then it must not act.
    pub(crate) fn add(&mut self, deed: D) -> io::Result<()> {
        let line = Line::Done(Box::new(deed));
        self.journal.append(std::slice::from_ref(&line))?;
        self.take(line);
        Ok(())
    }

    /// Notes what the ledger has.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn acknowledge(&mut self, told: &[Uuid]) -> io::Result<()> {
        let new = |e: &&Entry<D>| !e.is_acknowledged && told.contains(&e.deed.id());
        self.note(self.entries.iter().filter(new).map(|e| Noted::Acknowledged { id: e.deed.id() }).collect())
    }

    /// Ends what is over, told the deed and whether the ledger has it.
    ///
    /// # Errors
    /// When it cannot be written; it holds in memory all the same.
    pub(crate) fn end(&mut self, is_over: impl Fn(&D, bool) -> bool) -> io::Result<()> {
        let new = |e: &&Entry<D>| !e.is_over && is_over(&e.deed, e.is_acknowledged);
        self.note(self.entries.iter().filter(new).map(|e| Noted::Over { id: e.deed.id() }).collect())
    }

    /// Returns what is in force, oldest first.
    pub(crate) fn in_force(&self) -> impl Iterator<Item = &D> {
        self.entries.iter().filter(|entry| !entry.is_over).map(|entry| &entry.deed)
    }

    /// Returns what the control plane has yet to acknowledge, oldest first.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &D> {
        self.entries.iter().filter(|entry| !entry.is_acknowledged).map(|entry| &entry.deed)
    }

    /// Returns how many are kept: in force, or not yet acknowledged.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn note(&mut self, noted: Vec<Noted>) -> io::Result<()> {
        let lines: Vec<Line<D>> = noted.into_iter().map(Line::Noted).collect();
        let written = self.journal.append(&lines);
        lines.into_iter().for_each(|line| self.take(line));
        self.forget();
        written
    }

    fn take(&mut self, line: Line<D>) {
        match line {
            Line::Done(deed) => self.entries.push(Entry { deed: *deed, is_acknowledged: false, is_over: false }),
            Line::Noted(Noted::Acknowledged { id }) => self.each(id, |entry| entry.is_acknowledged = true),
            Line::Noted(Noted::Over { id }) => self.each(id, |entry| entry.is_over = true),
        }
    }

    fn each(&mut self, id: Uuid, change: impl Fn(&mut Entry<D>)) {
        self.entries.iter_mut().filter(|entry| entry.deed.id() == id).for_each(change);
    }

    fn forget(&mut self) {
        self.entries.retain(|entry| !(entry.is_acknowledged && entry.is_over));
    }

    /// The shortest journal that says the same.
    fn lines(&self) -> Vec<Line<D>> {
        let one = |entry: &Entry<D>| {
            let id = entry.deed.id();
            let acknowledged = entry.is_acknowledged.then_some(Line::Noted(Noted::Acknowledged { id }));
            let over = entry.is_over.then_some(Line::Noted(Noted::Over { id }));
            [Some(Line::Done(Box::new(entry.deed.clone()))), acknowledged, over]
        };
        self.entries.iter().flat_map(one).flatten().collect()
    }
}

/// Returns how long ago something was, in ms; 0 for what is ahead of a clock that went back.
pub(crate) fn age_ms(at: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.as_millisecond() - at.as_millisecond()).unwrap_or(0)
}
