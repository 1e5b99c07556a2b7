//! Counts per folder and author, folded commit by commit.

use std::collections::{BTreeSet, HashMap};

use super::Commit;
use crate::folders::Folders;

/// What one author did in one folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Commits in the window.
    pub commits: u64,
    /// Commits in the recent part of the window.
    pub commits_recent: u64,
    /// Lines added and removed in the window.
    pub lines: u64,
    /// The newest commit, in seconds since 1970.
    pub last: i64,
}

impl Tally {
    /// Adds what the same person did under another name.
    pub fn add(&mut self, other: &Self) {
        self.commits += other.commits;
        self.commits_recent += other.commits_recent;
        self.lines = self.lines.saturating_add(other.lines);
        self.last = self.last.max(other.last);
    }

    fn note(&mut self, at: i64, recent: bool, lines: u64) {
        self.add(&Self { commits: 1, commits_recent: u64::from(recent), lines, last: at });
    }
}

/// What all authors did in all folders, and in the repository as a whole.
#[derive(Debug, Clone, Default)]
pub struct Activity {
    folders: Vec<HashMap<usize, Tally>>,
    whole: HashMap<usize, Tally>,
    recent_from: i64,
    /// Commits read.
    pub commits: u64,
    /// The oldest of them, in seconds since 1970.
    pub oldest: Option<i64>,
}

impl Activity {
    /// Starts with nothing; commits at or after `recent_from` count as recent.
    pub fn new(folders: usize, recent_from: i64) -> Self {
        Self { folders: vec![HashMap::new(); folders], recent_from, ..Self::default() }
    }

    /// Adds one commit by an author; it counts once in each folder it touches.
    pub fn note(&mut self, author: usize, commit: &Commit, folders: &Folders) {
        let recent = commit.at >= self.recent_from;
        self.commits += 1;
        self.oldest = Some(self.oldest.map_or(commit.at, |oldest| oldest.min(commit.at)));
        let mut touched = BTreeSet::new();
        let mut lines_all = 0_u64;
        for change in &commit.changes {
            lines_all = lines_all.saturating_add(change.lines);
            let Some(folder) = folders.of(&change.path) else { continue };
            let tally = self.folders[folder].entry(author).or_default();
            if touched.insert(folder) {
                tally.note(commit.at, recent, 0);
            }
            tally.lines = tally.lines.saturating_add(change.lines);
        }
        self.whole.entry(author).or_default().note(commit.at, recent, lines_all);
    }

    /// Returns what each person did in a folder; `same` merges authors who are one person.
    pub fn folder(&self, folder: usize, same: &[usize]) -> HashMap<usize, Tally> {
        merged(&self.folders[folder], same)
    }

    /// Returns what each person did in the repository.
    pub fn whole(&self, same: &[usize]) -> HashMap<usize, Tally> {
        merged(&self.whole, same)
    }
}

fn merged(tallies: &HashMap<usize, Tally>, same: &[usize]) -> HashMap<usize, Tally> {
    let mut out = HashMap::<usize, Tally>::new();
    for (author, tally) in tallies {
        out.entry(same[*author]).or_default().add(tally);
    }
    out
}
