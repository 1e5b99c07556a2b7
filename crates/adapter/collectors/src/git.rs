//! A git repository: how it changes, who changes it by number, what waits for a release, which branches grow old.

use seaworthy_git::Seen;

use crate::files::source_name;
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector =
    Collector { name: "git", reads: "a git repository, by git alone: history, tags, branches, CODEOWNERS", collect };

/// Days after which a branch is old (DEP-34).
const OLD_DAYS: i64 = 7;
/// Seconds of a day.
const DAY: i64 = 86_400;

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let seen = seaworthy_git::seen(asked.path, asked.members, asked.now)?;
    let now = asked.now.as_second();
    let days = |at: i64| f64::from(i32::try_from((now - at).max(0) / DAY).unwrap_or(i32::MAX));
    let mut facts = Facts::of(source_name(&seen.root));
    history(&mut facts, &seen, days);
    if let Some(release) = &seen.release {
        facts.text("git.release", &release.tag);
        facts.number("git.release_days", days(release.at));
        facts.count("git.unreleased_commits", release.waiting);
        facts.number("git.oldest_unreleased_days", release.oldest_waiting.map_or(0.0, days));
    }
    if let Some(branches) = &seen.branches {
        facts.count("git.branches_unmerged", branches.len());
        let old = branches.iter().filter(|at| now - **at > OLD_DAYS * DAY);
        facts.count("git.branches_older_than_7_days", old.count());
        facts.number("git.oldest_branch_days", branches.iter().min().map_or(0.0, |at| days(*at)));
    }
    if let Some(owners) = &seen.codeowners {
        facts.list("git.codeowners_teams", owners.teams.iter().cloned());
        facts.count("git.codeowners_people", owners.people);
        facts.count("git.files_unowned", owners.files_unowned);
    }
    facts.count("git.ownership_problems", seen.ownership_problems);
    Ok(facts)
}

/// A history that is not all there counts nothing that could be too small.
fn history(facts: &mut Facts, seen: &Seen, days: impl Fn(i64) -> f64) {
    facts.number("git.last_commit_days", days(seen.last_commit_at));
    if !seen.complete {
        return;
    }
    let number = |count: u64| u32::try_from(count).map_or(f64::from(u32::MAX), f64::from);
    facts.number("git.commits_90d", number(seen.commits_90d));
    facts.number("git.bot_commits_90d", number(seen.bot_commits_90d));
    facts.count("git.authors_90d", seen.authors_90d);
    facts.count("git.authors_365d", seen.authors_365d);
    if let Some(own) = seen.commits_by_members_90d {
        facts.number("git.commits_by_owner_90d", number(own));
        facts.number("git.commits_by_others_90d", number(seen.commits_90d - own));
    }
}
