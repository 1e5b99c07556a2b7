//! Commits that wait for a release, and branches that wait to be merged.

use std::collections::HashMap;

use jiff::Timestamp;

use super::build::Context;
use super::{Branches, OldBranch, PersonWaiting, Releases, Waiting};
use crate::history::{Commit, People};

/// Days after which an unmerged branch counts as old.
pub(super) const BRANCH_OLD_DAYS: u32 = 30;

/// Says what waits since the newest release, or that this cannot be told.
pub(super) fn releases(context: &Context<'_>) -> Releases {
    let found = match &context.facts.releases {
        Ok(found) => found,
        Err(because) => {
            let source = context.source("git for-each-ref refs/tags", None);
            return Releases::Unknown { because: because.clone(), tags: 0, source };
        }
    };
    let Some(newest) = &found.newest else {
        let source = context.source("git for-each-ref refs/tags", None);
        return Releases::Unknown { because: no_release(context, found.tags), tags: found.tags, source };
    };
    let (bots, people): (Vec<_>, Vec<_>) = newest.waiting.iter().partition(|commit| is_bot(commit));
    let oldest = people.iter().min_by_key(|commit| commit.at).or(bots.iter().min_by_key(|commit| commit.at));
    Releases::Since {
        tag: newest.tag.clone(),
        source: context.source(&format!("git tag {}", newest.tag), Some(newest.at)),
        commits: newest.waiting.len(),
        cut: newest.cut,
        bot_commits: bots.len(),
        oldest: oldest.map(|commit| waiting(context, commit)),
        people: people_waiting(context, &people),
        families: found.families,
    }
}

fn no_release(context: &Context<'_>, tags: usize) -> String {
    match tags {
        0 if context.facts.shallow => {
            "no release tag found: cannot tell (this clone is shallow, tags may be missing)".into()
        }
        0 => "no release tag found: cannot tell".into(),
        n => format!("no release tag found: cannot tell (none of {n} tags names a version or a date)"),
    }
}

fn is_bot(commit: &Commit) -> bool {
    let mut one = People::default();
    let id = one.note(&commit.name, &commit.email, 0);
    one.all()[id].bot
}

fn waiting(context: &Context<'_>, commit: &Commit) -> Waiting {
    Waiting {
        commit: commit.hash.clone(),
        subject: commit.subject.clone(),
        by: context.name_of(commit),
        at: Timestamp::from_second(commit.at).unwrap_or(Timestamp::UNIX_EPOCH),
        age_seconds: context.age(commit.at),
    }
}

fn people_waiting(context: &Context<'_>, commits: &[&Commit]) -> Vec<PersonWaiting> {
    let mut people = HashMap::<(String, Option<String>), (usize, i64)>::new();
    for commit in commits {
        let entry = people.entry((context.name_of(commit), context.email_of(commit))).or_insert((0, i64::MAX));
        *entry = (entry.0 + 1, entry.1.min(commit.at));
    }
    let person = |((name, email), (commits, at)): ((String, Option<String>), (usize, i64))| PersonWaiting {
        name,
        email,
        commits,
        oldest_age_seconds: context.age(at),
    };
    let mut people: Vec<PersonWaiting> = people.into_iter().map(person).collect();
    people.sort_by(|a, b| b.commits.cmp(&a.commits).then_with(|| a.name.cmp(&b.name)));
    people
}

/// Lists old branches, the oldest first.
pub(super) fn branches(context: &Context<'_>) -> Branches {
    let all = context.facts.branches.as_deref();
    let mut old: Vec<OldBranch> = all
        .unwrap_or_default()
        .iter()
        .map(|branch| OldBranch {
            name: branch.name.clone(),
            by: branch.author.clone(),
            at: Timestamp::from_second(branch.at).unwrap_or(Timestamp::UNIX_EPOCH),
            age_seconds: context.age(branch.at),
        })
        .filter(|branch| branch.age_seconds > i64::from(BRANCH_OLD_DAYS) * 86_400)
        .collect();
    old.sort_by(|a, b| b.age_seconds.cmp(&a.age_seconds).then_with(|| a.name.cmp(&b.name)));
    Branches {
        unmerged: all.map(<[_]>::len),
        old_after_days: BRANCH_OLD_DAYS,
        old,
        source: context.source("git for-each-ref --no-merged", context.facts.fetched_at),
    }
}
