//! Asks git for the facts of one look, within one deadline. Nothing here judges them.

mod history;
mod releases;
mod tree;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::codeowners::Dialect;
use crate::command::Git;
use crate::error::LookError;

pub(crate) use history::{HistoryFacts, authors_since, read as read_history};
pub(crate) use releases::{BranchFacts, Releases, branches, releases};
pub(crate) use tree::{Blob, TreeFacts, changed_at, read as read_tree};

/// Default branches, in the order in which they are tried when the remote does not say.
const DEFAULT_BRANCHES: [&str; 8] = [
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/remotes/upstream/main",
    "refs/remotes/upstream/master",
    "refs/heads/main",
    "refs/heads/master",
    "refs/heads/trunk",
    "HEAD",
];

/// A place in the history that is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) git: Git,
    pub(crate) root: PathBuf,
    /// The branch as a person names it: `origin/main`.
    pub(crate) branch: String,
    pub(crate) commit: String,
    pub(crate) committed_at: i64,
    /// When the remote was last asked, in seconds since 1970; unknown in a fresh clone.
    pub(crate) fetched_at: Option<i64>,
    /// Commits whose parents were not cloned: what they changed cannot be known.
    pub(crate) shallow: Vec<String>,
    /// Whether contents are fetched on demand, so that lines cannot be counted without the network.
    pub(crate) partial: bool,
    pub(crate) dialect: Dialect,
    /// Why that dialect.
    pub(crate) dialect_because: &'static str,
}

/// Finds the repository, its default branch and what limits what can be said.
///
/// # Errors
///
/// When `path` is no directory, not in a repository, not readable by git's own rules, or has no commit.
pub(crate) fn open(path: &Path, branch: Option<&str>, budget: Duration) -> Result<Place, LookError> {
    if !path.is_dir() {
        return Err(LookError::NoSuchDirectory(path.to_owned()));
    }
    let deadline = Instant::now() + budget;
    let git = Git::new(path, deadline);
    // A bare repository has no top level; there the git directory itself is the root.
    let directory = git.read(&["rev-parse", "--absolute-git-dir"])?;
    let directory = PathBuf::from(String::from_utf8_lossy(&directory).trim_end());
    let root = git.line(&["rev-parse", "--show-toplevel"]).map_or(directory, PathBuf::from);
    // From the root, so that no path is relative to where the person stands.
    let git = Git::new(&root, deadline);
    let (branch, reference) = match branch {
        // Git would take it for an option; no branch has such a name.
        Some(name) if name.starts_with('-') => return Err(LookError::NoCommit(name.to_owned())),
        Some(name) => (name.to_owned(), name.to_owned()),
        None => default_branch(&git),
    };
    let committed = format!("{reference}^{{commit}}");
    let tip = git
        .line(&["log", "-1", "--format=%H %ct", &committed, "--"])
        .ok_or_else(|| LookError::NoCommit(branch.clone()))?;
    let (commit, at) = tip.split_once(' ').unwrap_or((&tip, "0"));
    let remotes = git.line(&["config", "--get-regexp", r"^remote\..*\.(url|promisor)$"]).unwrap_or_default();
    let (dialect, dialect_because) = dialect(&git, commit, &remotes);
    Ok(Place {
        branch,
        commit: commit.to_owned(),
        committed_at: at.parse().unwrap_or(0),
        fetched_at: fetched_at(&git, &root),
        shallow: shallow(&git, &root),
        partial: remotes.lines().any(|line| line.contains(".promisor ") && line.ends_with("true")),
        dialect,
        dialect_because,
        git,
        root,
    })
}

/// Returns the default branch as people name it and as git does.
fn default_branch(git: &Git) -> (String, String) {
    let said = git.line(&["symbolic-ref", "-q", "refs/remotes/origin/HEAD"]);
    let known = |name: &str| git.line(&["rev-parse", "-q", "--verify", name]).is_some();
    let reference = said
        .filter(|name| known(name))
        .or_else(|| DEFAULT_BRANCHES.iter().find(|name| known(name)).map(ToString::to_string))
        .unwrap_or_else(|| "HEAD".to_owned());
    let named = if reference == "HEAD" { git.line(&["symbolic-ref", "-q", "--short", "HEAD"]) } else { None };
    let short = reference.trim_start_matches("refs/remotes/").trim_start_matches("refs/heads/");
    (named.unwrap_or_else(|| short.to_owned()), reference)
}

/// GitLab's own traces come first: a repository on GitLab may well have a leftover `.github` folder and the reverse.
fn dialect(git: &Git, commit: &str, remotes: &str) -> (Dialect, &'static str) {
    let exists = |path: &str| git.read(&["cat-file", "-e", &format!("{commit}:{path}")]).is_ok();
    if remotes.contains("github.com") {
        (Dialect::GitHub, "a remote is on github.com")
    } else if remotes.to_lowercase().contains("gitlab") {
        (Dialect::GitLab, "a remote is on a GitLab")
    } else if exists(".github") {
        (Dialect::GitHub, "there is a .github folder")
    } else if exists(".gitlab-ci.yml") || exists(".gitlab") {
        (Dialect::GitLab, "there is a .gitlab-ci.yml or a .gitlab folder")
    } else {
        (Dialect::GitHub, "nothing says otherwise")
    }
}

fn git_path(git: &Git, from: &Path, name: &str) -> Option<PathBuf> {
    git.line(&["rev-parse", "--git-path", name]).map(|path| from.join(path))
}

fn fetched_at(git: &Git, from: &Path) -> Option<i64> {
    let modified = std::fs::metadata(git_path(git, from, "FETCH_HEAD")?).ok()?.modified().ok()?;
    let since = modified.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

fn shallow(git: &Git, from: &Path) -> Vec<String> {
    let read = git_path(git, from, "shallow").and_then(|path| std::fs::read_to_string(path).ok());
    read.unwrap_or_default().lines().map(|line| line.trim().to_owned()).collect()
}
