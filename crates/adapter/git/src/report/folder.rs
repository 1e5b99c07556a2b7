//! One folder: owners by file beside people by history, and whether the two agree.

use std::collections::HashMap;

use jiff::Timestamp;

use super::build::Context;
use super::owners::Claims;
use super::{Folder, OwnerByFile, PersonByHistory, Verdict};
use crate::codeowners::OwnerKind;
use crate::history::{Known, Tally};

/// Puts a folder together.
pub(super) fn folder(context: &Context<'_>, index: usize, claims: &Claims) -> Folder {
    let tallies = context.facts.history.activity.folder(index, context.same);
    let people = &context.facts.history.people;
    let (bots, humans): (HashMap<_, _>, HashMap<_, _>) = tallies.into_iter().partition(|(id, _)| people.all()[*id].bot);
    let commits: u64 = humans.values().map(|tally| tally.commits).sum();
    let by_file = by_file(context, claims, &humans);
    let last = humans.values().map(|tally| tally.last).max();
    Folder {
        path: context.folders.paths()[index].clone(),
        files: claims.files,
        files_unowned: claims.unowned,
        verdict: verdict(context, &by_file, commits, &humans, claims),
        by_history: by_history(context, &humans, commits),
        commits,
        commits_recent: humans.values().map(|tally| tally.commits_recent).sum(),
        bot_commits: bots.values().map(|tally| tally.commits).sum(),
        last_commit: context.source(&format!("git log {}", context.facts.branch), last),
        by_file,
    }
}

fn by_file(context: &Context<'_>, claims: &Claims, humans: &HashMap<usize, Tally>) -> Vec<OwnerByFile> {
    let mut owners: Vec<OwnerByFile> = claims
        .by
        .iter()
        .map(|((owner, place), &files)| {
            let who = context.directory.who(owner);
            let commits = who.people.iter().filter_map(|id| humans.get(id)).map(|tally| tally.commits).sum();
            OwnerByFile {
                owner: context.shown(owner, &who),
                kind: owner.kind,
                place: place.clone(),
                files,
                known: who.known,
                people: context.names(&who.people),
                commits: (who.known != Known::No).then_some(commits),
                last_seen: context.last_seen(&who.people),
                source: context.file_source(&place.path),
            }
        })
        .collect();
    owners.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.place.cmp(&b.place)));
    owners
}

fn by_history(context: &Context<'_>, humans: &HashMap<usize, Tally>, commits: u64) -> Vec<PersonByHistory> {
    let mut people: Vec<PersonByHistory> = humans
        .iter()
        .map(|(&id, tally)| PersonByHistory {
            name: context.name(id),
            email: context.email(id),
            commits: tally.commits,
            commits_recent: tally.commits_recent,
            lines: context.facts.history.lines_known.then_some(tally.lines),
            share_ratio: ratio(tally.commits, commits),
            last_at: Timestamp::from_second(tally.last).ok(),
        })
        .collect();
    people.sort_by(|a, b| {
        let rank = |person: &PersonByHistory| (person.commits, person.lines, person.last_at);
        rank(b).cmp(&rank(a)).then_with(|| a.name.cmp(&b.name))
    });
    people
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn verdict(
    context: &Context<'_>,
    owners: &[OwnerByFile],
    commits: u64,
    humans: &HashMap<usize, Tally>,
    claims: &Claims,
) -> Verdict {
    if owners.is_empty() {
        return Verdict::Unowned;
    }
    let whos: Vec<_> = claims.by.keys().map(|(owner, _)| context.directory.who(owner)).collect();
    let people: std::collections::BTreeSet<usize> = whos.iter().flat_map(|who| who.people.iter().copied()).collect();
    let of_owners: u64 = people.iter().filter_map(|id| humans.get(id)).map(|tally| tally.commits).sum();
    let all_known = whos.iter().all(|who| who.all);
    match () {
        () if of_owners > 0 => Verdict::Agrees { share_ratio: ratio(of_owners, commits) },
        () if !context.complete => Verdict::Unknown { because: context.cut_because.clone().unwrap_or_default() },
        () if commits == 0 => Verdict::Quiet,
        () if all_known => Verdict::Absent { commits_of_others: commits },
        () => Verdict::Unknown { because: unknown(context, claims) },
    }
}

/// Names the first owner who may be somebody that git does not know.
fn unknown(context: &Context<'_>, claims: &Claims) -> String {
    let whos = claims.by.keys().map(|(owner, _)| (owner, context.directory.who(owner)));
    let Some((owner, who)) = whos.into_iter().find(|(_, who)| !who.all) else { return String::new() };
    let shown = context.shown(owner, &who);
    match owner.kind {
        _ if !who.people.is_empty() => format!("not all of {shown} are known here"),
        OwnerKind::User | OwnerKind::Email => format!("no commit is by {shown} under that name"),
        _ => format!("git does not know who is in {shown}"),
    }
}
