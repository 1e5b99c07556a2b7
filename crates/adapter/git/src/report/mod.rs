//! What a look found, ready to be shown: every figure with where it comes from and how old that is.
//!
//! Addresses appear only where the person asked for them. What is not known is said, never counted as none.

mod build;
mod folder;
mod headline;
mod owners;
mod problems;
mod waiting;

use jiff::Timestamp;
use serde::Serialize;

use crate::codeowners::{Dialect, OwnerKind};
use crate::finding::{Finding, Place};
use crate::history::Known;

pub(crate) use build::{Facts, build};

/// Whether e-mail addresses are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emails {
    /// Names only.
    Hidden,
    /// Names and addresses.
    Shown,
}

/// Where a figure comes from and how old that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Source {
    /// A file of the repository or a git command.
    pub from: String,
    /// When it last changed.
    pub at: Option<Timestamp>,
    /// How long ago, in seconds.
    pub age_seconds: Option<i64>,
}

/// All that a look found.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// When the look was taken.
    pub looked_at: Timestamp,
    /// The one sentence to take away.
    pub headline: String,
    /// The repository and the commit that was looked at.
    pub repository: Repository,
    /// What the history covers.
    pub history: History,
    /// The folders, those that need somebody first.
    pub folders: Vec<Folder>,
    /// What waits for a release.
    pub releases: Releases,
    /// Branches that were never merged.
    pub branches: Branches,
    /// The files that name owners.
    pub ownership_files: Vec<OwnershipFile>,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
}

/// The repository and the commit that was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Repository {
    /// Its root on this machine.
    pub root: String,
    /// The branch that counts as merged.
    pub branch: String,
    /// The commit at its end.
    pub commit: String,
    /// Files in it, without submodules.
    pub files: usize,
    /// The commit's own age.
    pub source: Source,
    /// When the remote was last asked; unknown in a fresh clone.
    pub fetched_at: Option<Timestamp>,
    /// Whether older commits were not cloned.
    pub shallow: bool,
    /// Whether contents were not cloned, so that lines cannot be counted.
    pub partial: bool,
    /// Ownership files that were not read: too many, too large, or not in this clone.
    pub ownership_files_unread: usize,
}

/// What the history covers.
#[derive(Debug, Clone, Serialize)]
pub struct History {
    /// Days asked for.
    pub window_days: u32,
    /// Days of the recent part.
    pub recent_days: u32,
    /// Whether all of the window was read.
    pub complete: bool,
    /// Why not.
    pub cut_because: Option<String>,
    /// The oldest commit read.
    pub reaches_back_to: Option<Timestamp>,
    /// Commits by people, without merges.
    pub commits: u64,
    /// People who made them.
    pub people: usize,
    /// Commits by programs, which count nowhere else.
    pub bot_commits: u64,
    /// Programs that made them.
    pub bots: Vec<String>,
    /// Whether lines were counted.
    pub lines_known: bool,
    /// Where this comes from.
    pub source: Source,
}

/// One folder: who owns it by file, and who really changed it.
#[derive(Debug, Clone, Serialize)]
pub struct Folder {
    /// From the root, without a slash at the end; empty for the files at the top.
    pub path: String,
    /// Files in it that no deeper folder of this list holds.
    pub files: usize,
    /// Files of it that no file gives an owner.
    pub files_unowned: usize,
    /// Owners by file, those of the most files first.
    pub by_file: Vec<OwnerByFile>,
    /// People who changed it in the window, those with the most commits first.
    pub by_history: Vec<PersonByHistory>,
    /// Commits of people in the window.
    pub commits: u64,
    /// Of these, in the recent part.
    pub commits_recent: u64,
    /// Commits of programs in the window.
    pub bot_commits: u64,
    /// The newest commit of a person in the window.
    pub last_commit: Source,
    /// Whether file and history agree.
    pub verdict: Verdict,
}

/// An owner as a file names it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnerByFile {
    /// The owner as written; an address only when addresses are shown.
    pub owner: String,
    /// What the text stands for.
    pub kind: OwnerKind,
    /// Where it stands.
    pub place: Place,
    /// Files of the folder it is given.
    pub files: usize,
    /// How surely it is somebody in the history.
    pub known: Known,
    /// Who that is, or who of the team.
    pub people: Vec<String>,
    /// Their commits in the folder and the window; unknown when nobody knows who they are.
    pub commits: Option<u64>,
    /// Their newest commit anywhere in the repository.
    pub last_seen: Option<Timestamp>,
    /// The file that says so.
    pub source: Source,
}

/// A person who changed a folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonByHistory {
    /// The name by mailmap.
    pub name: String,
    /// The address, when addresses are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Commits in the window.
    pub commits: u64,
    /// Of these, in the recent part.
    pub commits_recent: u64,
    /// Lines added and removed; unknown in a partial clone.
    pub lines: Option<u64>,
    /// Share of the folder's commits by people, 0 to 1.
    pub share_ratio: f64,
    /// Their newest commit in the folder.
    pub last_at: Option<Timestamp>,
}

/// Whether file and history agree on a folder.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Verdict {
    /// Its owners, all known in the history, changed nothing in it while others did.
    Absent {
        /// How many commits of others.
        commits_of_others: u64,
    },
    /// Nobody changed it in the window, its owners neither.
    Quiet,
    /// No file gives it an owner.
    Unowned,
    /// It cannot be told.
    Unknown {
        /// What is missing.
        because: String,
    },
    /// Its owners are among those who changed it.
    Agrees {
        /// Their share of the commits, 0 to 1.
        share_ratio: f64,
    },
}

/// What waits for a release.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Releases {
    /// No tag names a version.
    Unknown {
        /// What is missing.
        because: String,
        /// Tags of any kind.
        tags: usize,
        /// Where this comes from.
        source: Source,
    },
    /// There is a release to count from.
    Since {
        /// The tag.
        tag: String,
        /// The tag's own age.
        source: Source,
        /// Commits on the branch that it does not have, without merges, by people and programs.
        commits: usize,
        /// Whether there are more.
        cut: bool,
        /// Of these, by programs.
        bot_commits: usize,
        /// The commit that waits longest, by a person if there is one.
        oldest: Option<Waiting>,
        /// Who waits, most commits first.
        people: Vec<PersonWaiting>,
        /// Different kinds of version tags; more than one means that packages are released apart and the count
        /// is since the newest of any.
        families: usize,
    },
}

/// A commit that waits for a release.
#[derive(Debug, Clone, Serialize)]
pub struct Waiting {
    /// The hash.
    pub commit: String,
    /// The first line of its message.
    pub subject: String,
    /// Who wrote it.
    pub by: String,
    /// When it was committed.
    pub at: Timestamp,
    /// How long it waits, in seconds.
    pub age_seconds: i64,
}

/// Somebody whose commits wait for a release.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PersonWaiting {
    /// The name.
    pub name: String,
    /// The address, when addresses are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Commits that wait.
    pub commits: usize,
    /// The oldest of them, in seconds.
    pub oldest_age_seconds: i64,
}

/// Branches that were never merged.
#[derive(Debug, Clone, Serialize)]
pub struct Branches {
    /// All of them; unknown when listing took too long.
    pub unmerged: Option<usize>,
    /// Days after which a branch counts as old.
    pub old_after_days: u32,
    /// Those whose newest commit is older, the oldest first.
    pub old: Vec<OldBranch>,
    /// Where this comes from.
    pub source: Source,
}

/// A branch whose newest commit is old.
#[derive(Debug, Clone, Serialize)]
pub struct OldBranch {
    /// The name, without the remote.
    pub name: String,
    /// Who wrote its newest commit.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// How long ago, in seconds.
    pub age_seconds: i64,
}

/// A file that names owners.
#[derive(Debug, Clone, Serialize)]
pub struct OwnershipFile {
    /// From the root.
    pub path: String,
    /// `codeowners` or the catalogue's name.
    pub format: String,
    /// Whose rules a CODEOWNERS file is read by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect: Option<Dialect>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dialect_because: Option<String>,
    /// Whether its forge reads it: only the first CODEOWNERS file counts.
    pub counts: bool,
    /// Entries or entities in it.
    pub entries: usize,
    /// When it last changed.
    pub source: Source,
}
