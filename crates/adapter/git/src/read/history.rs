//! One pass over the window with what each commit changed, and one over all of history with authors only.

use std::collections::HashSet;
use std::time::Duration;

use super::Place;
use crate::command::End;
use crate::error::LookError;
use crate::folders::Folders;
use crate::history::{Activity, Commit, FORMAT, LogParser, People};

/// Commits read with their files, newest first.
pub(crate) const COMMITS_MAX: usize = 50_000;
/// Commits read for their authors only, newest first.
const AUTHORS_MAX: usize = 200_000;

/// What the history says.
#[derive(Debug, Clone)]
pub(crate) struct HistoryFacts {
    pub(crate) people: People,
    pub(crate) activity: Activity,
    /// Whether the pass over the window ended early, by count or by time.
    pub(crate) cut: bool,
    /// Whether a commit in the window has parents that were not cloned.
    pub(crate) shallow: bool,
    /// Whether not all authors of the history were seen.
    pub(crate) authors_cut: bool,
    /// Whether lines were counted.
    pub(crate) lines_known: bool,
}

/// Reads the history of the window, in seconds since 1970.
///
/// # Errors
///
/// When git fails; when time is up, what was read until then is returned as cut.
pub(crate) fn read(
    place: &Place,
    folders: &Folders,
    window_from: i64,
    recent_from: i64,
    limit: Duration,
    progress: &mut dyn FnMut(u64),
) -> Result<HistoryFacts, LookError> {
    let shallow: HashSet<&str> = place.shallow.iter().map(String::as_str).collect();
    let mut facts = HistoryFacts {
        people: People::default(),
        activity: Activity::new(folders.paths().len(), recent_from),
        cut: false,
        shallow: false,
        authors_cut: false,
        lines_known: !place.partial,
    };
    let mut on_commit = |commit: Commit| {
        if shallow.contains(commit.hash.as_str()) {
            facts.shallow = true;
            return;
        }
        let author = facts.people.note_author(&commit);
        facts.activity.note(author, &commit, folders);
        progress(facts.activity.commits);
    };
    let since = format!("--since={window_from}");
    let count = format!("--max-count={COMMITS_MAX}");
    let files = if place.partial { "--name-only" } else { "--numstat" };
    // Only exact moves are told from changes: guessing at the others would cost most of the time.
    let moves = if place.partial { "--no-renames" } else { "--find-renames=100%" };
    let mut args = vec!["log", "-z", "--no-merges", "--no-color", "--no-textconv", "--no-ext-diff"];
    args.extend([moves, files, FORMAT, &since, &count, &place.commit, "--"]);
    let end = log(place, &args, limit, &mut on_commit)?;
    facts.cut = end == End::Cut || facts.activity.commits >= COMMITS_MAX as u64;
    facts.authors_cut = authors(place, &mut facts.people, limit)?;
    Ok(facts)
}

/// Notes when each author was last seen at all; returns whether that ended early.
fn authors(place: &Place, people: &mut People, limit: Duration) -> Result<bool, LookError> {
    let count = format!("--max-count={AUTHORS_MAX}");
    let mut seen = 0;
    let args = ["log", "-z", "--no-color", FORMAT, &count, &place.commit, "--"];
    let end = log(place, &args, limit, &mut |commit| {
        seen += 1;
        people.note_author(&commit);
    })?;
    Ok(end == End::Cut || seen >= AUTHORS_MAX)
}

/// Hands over every commit since a time, in seconds since 1970, without merges and without what it changed; returns
/// whether these were all.
///
/// # Errors
///
/// When git fails.
pub(crate) fn authors_since(
    place: &Place,
    from: i64,
    limit: Duration,
    on_commit: &mut dyn FnMut(Commit),
) -> Result<bool, LookError> {
    let (since, count) = (format!("--since={from}"), format!("--max-count={AUTHORS_MAX}"));
    let mut seen = 0;
    let args = ["log", "-z", "--no-merges", "--no-color", FORMAT, &since, &count, &place.commit, "--"];
    let end = log(place, &args, limit, &mut |commit| {
        seen += 1;
        on_commit(commit);
    })?;
    Ok(end == End::Whole && seen < AUTHORS_MAX)
}

/// Runs `git log` and hands over its commits.
pub(super) fn log(
    place: &Place,
    args: &[&str],
    limit: Duration,
    on_commit: &mut dyn FnMut(Commit),
) -> Result<End, LookError> {
    let mut parser = LogParser::default();
    let end = place.git.stream(args, limit, &mut |chunk| parser.push(chunk, on_commit))?;
    if end == End::Whole {
        parser.finish(on_commit);
    }
    Ok(end)
}
