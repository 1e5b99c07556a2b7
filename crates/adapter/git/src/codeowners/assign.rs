//! Gives every file its owners, and every entry the files it matched and those it kept.

use std::collections::BTreeSet;

use super::{Codeowners, Entry};

/// Lines that took files from an entry are listed up to this many; the first says enough.
const TAKERS_MAX: usize = 4;

/// The files of a repository, sorted so that everything below one directory is one range.
#[derive(Debug, Clone)]
pub struct Tree<'a> {
    files: Vec<Vec<&'a str>>,
}

impl<'a> Tree<'a> {
    /// Splits and sorts paths.
    pub fn new(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut files: Vec<Vec<&str>> = paths.into_iter().map(|path| path.split('/').collect()).collect();
        files.sort_unstable();
        Self { files }
    }

    /// Returns the files, each split at its slashes, in order.
    pub fn files(&self) -> &[Vec<&'a str>] {
        &self.files
    }

    /// Returns the indices of all files below a directory given by its segments.
    pub fn below(&self, prefix: &[&str]) -> std::ops::Range<usize> {
        let head = |file: &Vec<&str>| -> std::cmp::Ordering {
            let length = prefix.len().min(file.len());
            file[..length].cmp(prefix)
        };
        let start = self.files.partition_point(|file| head(file).is_lt());
        let count = self.files[start..].partition_point(|file| head(file).is_eq());
        start..start + count
    }
}

/// What became of one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fate {
    /// Files the pattern matches.
    pub matched: usize,
    /// Files of which it has the last word in its section.
    pub kept: usize,
    /// Lines of the entries that took files from it, a few of them.
    pub taken_by: BTreeSet<usize>,
}

impl Fate {
    fn lost_to(&mut self, line: usize) {
        if self.taken_by.len() < TAKERS_MAX {
            self.taken_by.insert(line);
        }
    }
}

/// Whom a CODEOWNERS file gives each file.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// By section, then by file: the entry with the last word.
    last: Vec<Vec<Option<u32>>>,
    /// By entry.
    pub fates: Vec<Fate>,
}

impl Assignment {
    /// Applies all entries to all files.
    pub fn new(codeowners: &Codeowners, tree: &Tree<'_>) -> Self {
        let mut fates = vec![Fate::default(); codeowners.entries.len()];
        let mut last = vec![vec![None; tree.files.len()]; codeowners.sections.len()];
        for (index, entry) in codeowners.entries.iter().enumerate() {
            for file in matches(entry, tree) {
                fates[index].matched += 1;
                take(&mut fates, &mut last[entry.section][file], index, codeowners);
            }
        }
        Self { last, fates }
    }

    /// Returns the entries that give one file its owners: at most one of each section.
    pub fn entries<'c>(&self, codeowners: &'c Codeowners, file: usize) -> impl Iterator<Item = &'c Entry> {
        let of_section = |section: &Vec<Option<u32>>| section.get(file).copied().flatten();
        let indices: Vec<u32> = self.last.iter().filter_map(of_section).collect();
        indices.into_iter().map(|index| &codeowners.entries[index as usize]).filter(|entry| !entry.exclusion)
    }
}

fn matches(entry: &Entry, tree: &Tree<'_>) -> impl Iterator<Item = usize> {
    let range = tree.below(&entry.pattern.prefix());
    range.filter(|&file| entry.pattern.matches(&tree.files[file]))
}

fn take(fates: &mut [Fate], slot: &mut Option<u32>, index: usize, codeowners: &Codeowners) {
    if let Some(before) = *slot {
        let before = before as usize;
        // An exclusion on GitLab is final within its section.
        if codeowners.entries[before].exclusion {
            return fates[index].lost_to(codeowners.entries[before].line);
        }
        fates[before].kept -= 1;
        fates[before].lost_to(codeowners.entries[index].line);
    }
    fates[index].kept += 1;
    *slot = Some(u32::try_from(index).expect("fewer entries than lines are read"));
}
