//! The newest release on the branch, the commits that wait for the next one, and branches that were never merged.

use std::time::Duration;

use super::Place;
use super::history::log;
use crate::command::End;
use crate::error::LookError;
use crate::history::{Commit, FORMAT};
use crate::release::{Version, version};

/// Waiting commits read at most.
const WAITING_MAX: usize = 20_000;
/// How long listing branches may take: it is worth less than the rest.
const BRANCHES_SECONDS: u64 = 10;

/// One release tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReleaseFacts {
    pub(crate) tag: String,
    pub(crate) at: i64,
    pub(crate) version: Version,
    /// Commits on the branch that the release does not have, newest first, no merges.
    pub(crate) waiting: Vec<Commit>,
    /// Whether there are more.
    pub(crate) cut: bool,
}

/// What the tags say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Releases {
    pub(crate) tags: usize,
    pub(crate) release_tags: usize,
    /// Different kinds of version tags, as a repository with several packages has.
    pub(crate) families: usize,
    pub(crate) newest: Option<ReleaseFacts>,
}

struct Tag {
    name: String,
    at: i64,
    version: Version,
}

/// Finds the newest release and what waits since.
///
/// # Errors
///
/// When git fails or is too slow.
pub(crate) fn releases(place: &Place, limit: Duration) -> Result<Releases, LookError> {
    let all = tags(place, &[])?;
    let merged = format!("--merged={}", place.commit);
    let reachable = tags(place, &[&merged])?;
    let version_tags: Vec<Tag> = all.iter().filter_map(read).collect();
    let families: std::collections::BTreeSet<_> = version_tags.iter().map(|tag| &tag.version.family).collect();
    let mut out =
        Releases { tags: all.len(), release_tags: version_tags.len(), families: families.len(), newest: None };
    let on_branch = newest(reachable.iter().filter_map(read).collect());
    // A release is often tagged on a branch of its own, which the default branch never reaches.
    let elsewhere = newest(version_tags);
    let mut best: Option<(u64, Tag)> = None;
    for tag in on_branch.into_iter().chain(elsewhere) {
        let range = format!("refs/tags/{}..{}", tag.name, place.commit);
        let count = place.git.line(&["rev-list", "--count", &range, "--"]).and_then(|n| n.parse().ok());
        let count: u64 = count.unwrap_or(u64::MAX);
        if best.as_ref().is_none_or(|(least, _)| count < *least) {
            best = Some((count, tag));
        }
    }
    if let Some((_, tag)) = best {
        out.newest = Some(waiting(place, tag, limit)?);
    }
    Ok(out)
}

fn tags(place: &Place, only: &[&str]) -> Result<Vec<(String, i64)>, LookError> {
    let mut args = vec!["for-each-ref", "--format=%(creatordate:unix) %(refname:strip=2)"];
    args.extend(only);
    args.push("refs/tags");
    let listed = place.git.read(&args)?;
    let text = String::from_utf8_lossy(&listed);
    let tag = |line: &str| line.split_once(' ').map(|(at, name)| (name.to_owned(), at.parse().unwrap_or(0)));
    Ok(text.lines().filter_map(tag).collect())
}

fn read(tag: &(String, i64)) -> Option<Tag> {
    version(&tag.0).map(|version| Tag { name: tag.0.clone(), at: tag.1, version })
}

/// Returns the release made last; a version that says it is not one yet counts only when there is no other.
fn newest(tags: Vec<Tag>) -> Option<Tag> {
    tags.into_iter().max_by(|a, b| {
        let rank = |tag: &Tag| (!tag.version.prerelease, tag.at);
        rank(a).cmp(&rank(b)).then_with(|| a.version.numbers.cmp(&b.version.numbers))
    })
}

fn waiting(place: &Place, tag: Tag, limit: Duration) -> Result<ReleaseFacts, LookError> {
    let range = format!("refs/tags/{}..{}", tag.name, place.commit);
    let count = format!("--max-count={WAITING_MAX}");
    let mut waiting = Vec::new();
    let args = ["log", "-z", "--no-merges", "--no-color", FORMAT, &count, &range, "--"];
    let end = log(place, &args, limit, &mut |commit| waiting.push(commit))?;
    let cut = end == End::Cut || waiting.len() >= WAITING_MAX;
    Ok(ReleaseFacts { tag: tag.name, at: tag.at, version: tag.version, waiting, cut })
}

/// A branch that is not part of the default branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BranchFacts {
    pub(crate) name: String,
    pub(crate) at: i64,
    pub(crate) author: String,
    pub(crate) email: String,
}

/// Lists the branches that are not part of the default branch, or `None` when that takes too long.
pub(crate) fn branches(place: &Place) -> Option<Vec<BranchFacts>> {
    let unmerged = format!("--no-merged={}", place.commit);
    let format = "--format=%(committerdate:unix)%09%(refname)%09%(authorname)%09%(authoremail)";
    let args = ["for-each-ref", format, &unmerged, "refs/heads", "refs/remotes"];
    let mut out = Vec::new();
    let end = place
        .git
        .stream(&args, Duration::from_secs(BRANCHES_SECONDS), &mut |chunk| out.extend_from_slice(chunk))
        .ok()?;
    if end == End::Cut {
        return None;
    }
    let text = String::from_utf8_lossy(&out);
    let mut branches: Vec<BranchFacts> = text.lines().filter_map(branch).collect();
    // The same branch here and on the remote is one: the newer says how old it is.
    branches.sort_by(|a, b| a.name.cmp(&b.name).then(b.at.cmp(&a.at)));
    branches.dedup_by(|later, first| later.name == first.name);
    Some(branches)
}

fn branch(line: &str) -> Option<BranchFacts> {
    let mut parts = line.splitn(4, '\t');
    let at = parts.next()?.parse().ok()?;
    let reference = parts.next()?;
    let name = match reference.strip_prefix("refs/remotes/") {
        Some(remote) => remote.split_once('/')?.1,
        None => reference.strip_prefix("refs/heads/")?,
    };
    let (author, email) = (parts.next()?.to_owned(), parts.next()?.trim_matches(['<', '>']).to_lowercase());
    (name != "HEAD").then(|| BranchFacts { name: name.to_owned(), at, author, email })
}
