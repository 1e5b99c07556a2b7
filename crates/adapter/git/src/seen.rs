//! Figures of a repository that name nobody: for whoever keeps them beside the service, and not for a person to read.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::catalogue;
use crate::codeowners::{Assignment, Codeowners, Owner, OwnerKind, Tree};
use crate::error::LookError;
use crate::history::People;
use crate::look::choose;
use crate::read;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(110);
/// How long the history may take of it.
const HISTORY: Duration = Duration::from_secs(60);
/// Seconds of a day.
const DAY: i64 = 86_400;

/// What was seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The repository's root on this machine.
    pub root: PathBuf,
    /// Whether all commits of the year could be read: not in a shallow clone, nor where time was up.
    pub complete: bool,
    /// Commits of people in 90 days, without merges.
    pub commits_90d: u64,
    /// Commits of programs in 90 days.
    pub bot_commits_90d: u64,
    /// People who made commits in 90 days.
    pub authors_90d: usize,
    /// People who made commits in 365 days.
    pub authors_365d: usize,
    /// Commits in 90 days of the members who were named; none where nobody was named or found.
    pub commits_by_members_90d: Option<u64>,
    /// When the newest commit was made, in seconds since 1970.
    pub last_commit_at: i64,
    /// The newest release.
    pub release: Option<ReleaseSeen>,
    /// When the newest commit of each unmerged branch was made; none when listing took too long.
    pub branches: Option<Vec<i64>>,
    /// What CODEOWNERS says.
    pub codeowners: Option<OwnersSeen>,
    /// Mistakes in ownership files.
    pub ownership_problems: usize,
}

/// The newest release.
#[derive(Debug, Clone)]
pub struct ReleaseSeen {
    /// The tag.
    pub tag: String,
    /// When it was made, in seconds since 1970.
    pub at: i64,
    /// Commits on the branch that it does not have.
    pub waiting: usize,
    /// When the oldest of them was made.
    pub oldest_waiting: Option<i64>,
}

/// What CODEOWNERS says.
#[derive(Debug, Clone, Default)]
pub struct OwnersSeen {
    /// Teams, as written.
    pub teams: BTreeSet<String>,
    /// Owners that are one person.
    pub people: usize,
    /// Files that it gives nobody.
    pub files_unowned: usize,
}

/// Looks at the repository that holds `path`; `members` are handles whose commits are counted apart.
///
/// # Errors
///
/// When there is nothing to look at or git cannot be asked; [`LookError::remedy`] says what to do.
pub fn seen(path: &Path, members: &[String], now: Timestamp) -> Result<Seen, LookError> {
    let place = read::open(path, None, PATIENCE)?;
    let files = read::read_tree(&place)?;
    let tree = Tree::new(files.files.iter().map(String::as_str));
    let (codeowners, _) = choose(&files, place.dialect);
    let mut problems = codeowners.as_ref().map_or(0, |file| file.findings.len());
    for (blob, format) in &files.catalogues {
        problems += catalogue::read(&blob.path, &blob.bytes, *format).findings.len();
    }
    let mut counted = Counted::of(now);
    let whole = read::authors_since(&place, now.as_second() - 365 * DAY, HISTORY, &mut |commit| counted.note(&commit))?;
    let releases = read::releases(&place, HISTORY).ok().and_then(|releases| releases.newest);
    let (authors_90d, commits_90d, bot_commits_90d) = counted.recent();
    Ok(Seen {
        root: place.root.clone(),
        complete: whole && place.shallow.is_empty(),
        commits_90d,
        bot_commits_90d,
        authors_90d,
        authors_365d: counted.authors(),
        commits_by_members_90d: counted.of_members(members),
        last_commit_at: place.committed_at,
        release: releases.map(|release| ReleaseSeen {
            oldest_waiting: release.waiting.iter().map(|commit| commit.at).min(),
            tag: release.tag,
            at: release.at,
            waiting: release.waiting.len(),
        }),
        branches: read::branches(&place).map(|all| all.into_iter().map(|branch| branch.at).collect()),
        codeowners: codeowners.as_ref().map(|file| owners(file, &tree)),
        ownership_problems: problems,
    })
}

/// Commits by author.
struct Counted {
    people: People,
    recent_from: i64,
    /// By author's number: commits in 90 days, and in all that was read.
    commits: HashMap<usize, (u64, u64)>,
}

impl Counted {
    fn of(now: Timestamp) -> Self {
        Self { people: People::default(), recent_from: now.as_second() - 90 * DAY, commits: HashMap::new() }
    }

    fn note(&mut self, commit: &crate::history::Commit) {
        let entry = self.commits.entry(self.people.note_author(commit)).or_default();
        entry.0 += u64::from(commit.at >= self.recent_from);
        entry.1 += 1;
    }

    fn authors(&self) -> usize {
        self.distinct(|_| true)
    }

    fn distinct(&self, wanted: impl Fn(&(u64, u64)) -> bool) -> usize {
        let same = self.people.same();
        let people = self.commits.iter().filter(|(id, counts)| !self.people.all()[**id].bot && wanted(counts));
        people.map(|(id, _)| same[*id]).collect::<BTreeSet<_>>().len()
    }

    /// People, their commits and those of programs in 90 days.
    fn recent(&self) -> (usize, u64, u64) {
        let sum = |bot: bool| {
            self.commits.iter().filter(|(id, _)| self.people.all()[**id].bot == bot).map(|(_, n)| n.0).sum()
        };
        (self.distinct(|counts| counts.0 > 0), sum(false), sum(true))
    }

    fn of_members(&self, members: &[String]) -> Option<u64> {
        let same = self.people.same();
        let found = members.iter().filter_map(|member| Owner::parse(&format!("@{member}")));
        let found: BTreeSet<usize> = found.flat_map(|owner| self.people.find(&owner).0).map(|id| same[id]).collect();
        let own = self.commits.iter().filter(|(id, _)| found.contains(&same[**id])).map(|(_, counts)| counts.0).sum();
        (!found.is_empty()).then_some(own)
    }
}

fn owners(file: &Codeowners, tree: &Tree<'_>) -> OwnersSeen {
    let assignment = Assignment::new(file, tree);
    let mut seen = OwnersSeen::default();
    let mut people = BTreeSet::new();
    for (owner, _) in file.entries.iter().flat_map(|entry| &entry.owners) {
        match owner.kind {
            OwnerKind::Team => drop(seen.teams.insert(owner.text.clone())),
            OwnerKind::User | OwnerKind::Email => drop(people.insert(owner.slug())),
            OwnerKind::Role | OwnerKind::Name => {}
        }
    }
    let unowned = |index: &usize| assignment.entries(file, *index).all(|entry| entry.owners.is_empty());
    seen.people = people.len();
    seen.files_unowned = (0..tree.files().len()).filter(unowned).count();
    seen
}
