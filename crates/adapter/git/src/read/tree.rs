//! The files of a commit, and the contents of those that speak of ownership.

use super::Place;
use crate::catalogue::Format;
use crate::codeowners::{GITHUB_PLACES, GITLAB_PLACES};
use crate::error::LookError;

/// Catalogue files read at most; the rest is counted.
const CATALOGUES_MAX: usize = 1_000;
/// A larger catalogue file is not read.
const CATALOGUE_BYTES: usize = 1024 * 1024;

/// A file's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blob {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// What the tree of a commit holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct TreeFacts {
    pub(crate) files: Vec<String>,
    /// All CODEOWNERS files in places where any forge looks.
    pub(crate) codeowners: Vec<Blob>,
    pub(crate) catalogues: Vec<(Blob, Format)>,
    /// Ownership files that could not be read, because they are too many, too large or not in this clone.
    pub(crate) unread: usize,
}

/// Lists the files of the commit and reads those that speak of ownership.
///
/// # Errors
///
/// When git cannot list the files.
pub(crate) fn read(place: &Place) -> Result<TreeFacts, LookError> {
    let listed = place.git.read(&["ls-tree", "-r", "-z", "--full-tree", &place.commit])?;
    let mut facts = TreeFacts::default();
    for entry in listed.split(|&byte| byte == 0) {
        let entry = String::from_utf8_lossy(entry);
        let Some((meta, path)) = entry.split_once('\t') else { continue };
        // A submodule is another repository with owners of its own; a link says nothing of its own.
        if meta.starts_with("160000") {
            continue;
        }
        facts.files.push(path.to_owned());
        if !meta.starts_with("120000") {
            facts.ownership(place, meta, path);
        }
    }
    Ok(facts)
}

impl TreeFacts {
    fn ownership(&mut self, place: &Place, meta: &str, path: &str) {
        let codeowners = GITHUB_PLACES.contains(&path) || GITLAB_PLACES.contains(&path);
        let format = Format::of(path);
        if !codeowners && format.is_none() {
            return;
        }
        let object = meta.rsplit(' ').next().unwrap_or_default();
        let room = codeowners || self.catalogues.len() < CATALOGUES_MAX;
        let bytes = if room { place.git.read(&["cat-file", "blob", object]).ok() } else { None };
        match (bytes, format) {
            (Some(bytes), _) if codeowners => self.codeowners.push(Blob { path: path.to_owned(), bytes }),
            (Some(bytes), Some(format)) if bytes.len() <= CATALOGUE_BYTES => {
                self.catalogues.push((Blob { path: path.to_owned(), bytes }, format));
            }
            _ => self.unread += 1,
        }
    }
}

/// Returns when a file was last changed on the branch, in seconds since 1970; unknown when that was not cloned.
pub(crate) fn changed_at(place: &Place, path: &str) -> Option<i64> {
    let line = place.git.line(&["log", "-1", "--format=%H %ct", &place.commit, "--", path])?;
    let (commit, at) = line.split_once(' ')?;
    if place.shallow.iter().any(|cut| cut == commit) {
        return None;
    }
    at.parse().ok()
}
