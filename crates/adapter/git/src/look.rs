//! One look at one repository: read, then judge.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::catalogue;
use crate::codeowners::{self, Codeowners, Dialect, GITHUB_PLACES, GITLAB_PLACES, Tree};
use crate::error::LookError;
use crate::folders::Folders;
use crate::read::{self, Blob, TreeFacts};
use crate::report::{Emails, Facts, Report, build};

/// Seconds of a day.
const DAY: i64 = 86_400;
/// The pass over the window gets this share of the time, so that something is left for the rest.
const HISTORY_TIME_RATIO: f64 = 0.6;
/// Ownership files whose age is asked for; each costs a run of git.
const AGES_MAX: usize = 100;

/// What to look at, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The window in days, at least 1.
    pub window_days: u32,
    /// The recent part of it in days.
    pub recent_days: u32,
    /// The branch that counts as merged; the remote's default when absent.
    pub branch: Option<String>,
    /// Whether addresses are shown.
    pub emails: Emails,
    /// How long the whole look may take.
    pub time: Duration,
}

/// What is being done, for a person who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Listing files and reading ownership files.
    Files,
    /// Reading the history, so many commits so far.
    History(u64),
    /// Counting what waits for a release.
    Releases,
    /// Putting it together.
    Judging,
}

/// Looks at the repository that holds `path`: reads git only, changes nothing, sends nothing.
///
/// # Errors
///
/// When there is nothing to look at or git cannot be asked; [`LookError::remedy`] says what to do.
pub fn look(
    path: &Path,
    options: &Options,
    now: Timestamp,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, LookError> {
    progress(Progress::Files);
    let place = read::open(path, options.branch.as_deref(), options.time)?;
    let files = read::read_tree(&place)?;
    let tree = Tree::new(files.files.iter().map(String::as_str));
    let (codeowners, codeowners_not_read) = choose(&files, place.dialect);
    let catalogues: Vec<_> = files.catalogues.iter().map(claims).collect();
    let folders = Folders::plan(&tree, named_folders(codeowners.as_ref(), &files));

    progress(Progress::History(0));
    let from = |days: u32| now.as_second() - i64::from(days) * DAY;
    let (window, recent) = (from(options.window_days), from(options.recent_days));
    let limit = options.time.mul_f64(HISTORY_TIME_RATIO);
    let history = read::read_history(&place, &folders, window, recent, limit, &mut |n| progress(Progress::History(n)))?;

    progress(Progress::Releases);
    let owned = codeowners.iter().map(|file| file.path.as_str()).chain(codeowners_not_read.iter().map(String::as_str));
    let owned = owned.chain(catalogues.iter().map(|(path, ..)| path.as_str())).take(AGES_MAX);
    let changed_at: BTreeMap<String, i64> =
        owned.filter_map(|path| Some((path.to_owned(), read::changed_at(&place, path)?))).collect();
    let releases = read::releases(&place, limit).map_err(|error| format!("cannot tell: {error}"));
    let branches = read::branches(&place);

    progress(Progress::Judging);
    let facts = Facts {
        root: place.root.display().to_string(),
        branch: place.branch.clone(),
        commit: place.commit.clone(),
        committed_at: place.committed_at,
        fetched_at: place.fetched_at,
        shallow: !place.shallow.is_empty(),
        partial: place.partial,
        window_days: options.window_days,
        recent_days: options.recent_days,
        history,
        releases,
        branches,
        codeowners,
        dialect_because: place.dialect_because,
        codeowners_not_read,
        catalogues,
        changed_at,
        ownership_unread: files.unread,
    };
    Ok(build(&facts, &tree, &folders, now, options.emails))
}

/// Returns the CODEOWNERS file that counts, read, and the paths of those that do not.
pub(crate) fn choose(files: &TreeFacts, dialect: Dialect) -> (Option<Codeowners>, Vec<String>) {
    let places = if dialect == Dialect::GitHub { GITHUB_PLACES } else { GITLAB_PLACES };
    let first = places.iter().find_map(|place| files.codeowners.iter().find(|blob| blob.path == *place));
    let rest = files.codeowners.iter().filter(|blob| Some(*blob) != first).map(|blob| blob.path.clone()).collect();
    (first.map(|blob| codeowners::parse(&blob.path, &blob.bytes, dialect)), rest)
}

fn claims((blob, format): &(Blob, catalogue::Format)) -> (String, String, catalogue::Catalogue) {
    let named = format!("{format:?}").to_lowercase();
    (blob.path.clone(), named, catalogue::read(&blob.path, &blob.bytes, *format))
}

/// Folders that an ownership file speaks of: those of CODEOWNERS entries and those that hold catalogue files.
fn named_folders(codeowners: Option<&Codeowners>, files: &TreeFacts) -> Vec<String> {
    let entries = codeowners.iter().flat_map(|file| &file.entries);
    let mut named: Vec<String> = entries.filter_map(|entry| entry.pattern.directory()).collect();
    named.extend(files.catalogues.iter().filter_map(|(blob, _)| Some(blob.path.rsplit_once('/')?.0.to_owned())));
    named
}
