//! Answers from files alone: claims of every format beside each other, rotations of ours, a commit's own files.

use std::io::Write;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use seaworthy_claims::Loaded;
use seaworthy_contract::catalogue::{Entity, Rotation};
use seaworthy_core::view::schedule;
use seaworthy_lookup::{Candidate, Finding, Kind, find, host_and_path, slug};

use super::told::{OnCallTold, Told, told};
use crate::view::View;
use crate::{Exit, Failure};

/// How far ahead the end of a shift and the next person are looked for: a turn of a month and its neighbour.
const AHEAD: SignedDuration = SignedDuration::from_hours(62 * 24);
/// Most files of a commit whose owners are looked up.
const COMMIT_FILES_MAX: usize = 200;

/// Answers a question from a directory.
pub(super) fn run(directory: &Path, query: &str, view: &View, out: &mut impl Write) -> Result<Exit, Failure> {
    let unreadable = |source| Failure::Read { path: directory.to_owned(), source };
    let mut loaded = seaworthy_claims::load(directory).map_err(unreadable)?;
    let rotations = rotations(directory, view.now);
    let mut paths: Vec<String> =
        paths_of(query).iter().filter_map(|path| Some(loaded.known.existing(path)?.to_owned())).collect();
    let commit = commit(directory, query);
    paths.extend(commit.iter().flatten().cloned());
    let files = files_of(&loaded, &paths, query, commit.is_some());
    loaded.known.things.extend(files);
    let answer = find(&loaded.known, query);
    let on_call = |candidate: &Candidate| on_call(&rotations, candidate, view.now);
    let told = told(directory, query, &loaded, &answer, view.now, on_call);
    let written = if view.json {
        serde_json::to_string_pretty(&told).map_err(std::io::Error::from)? + "\n"
    } else {
        told.text(view) + "\n"
    };
    out.write_all(written.as_bytes())?;
    out.flush()?;
    Ok(if is_answered(&told) { Exit::Ok } else { Exit::No })
}

/// Something was found and it has an owner.
fn is_answered(told: &Told) -> bool {
    told.candidates.first().is_some_and(|candidate| candidate.team.is_some())
}

/// Paths that a question holds: with a slash, and no host.
fn paths_of(query: &str) -> Vec<String> {
    let words = query.split(|c: char| c.is_whitespace() || "\"'`()[]{}<>,;".contains(c));
    let is_path = |word: &&str| word.contains('/') && !word.contains("://") && !word.starts_with('@');
    // A stack's frame ends in ":LINE:COLUMN".
    let bare = |word: &str| word.split(':').next().unwrap_or(word).trim_start_matches("./").to_owned();
    let paths = words.filter(is_path).map(bare);
    paths.filter(|path| path.contains('/') && !matches!(host_and_path(path), Some((Some(_), _)))).collect()
}

/// Returns the files of the commit that the question names, where the directory is a repository that has it.
fn commit(directory: &Path, query: &str) -> Option<Vec<String>> {
    let hash = query.trim();
    let is_hash = (7..=64).contains(&hash.len()) && hash.chars().all(|c| c.is_ascii_hexdigit());
    let mut files = if is_hash { seaworthy_git::changed_by(directory, hash).ok()? } else { return None };
    files.truncate(COMMIT_FILES_MAX);
    Some(files)
}

/// Whose the files are; of a commit, one answer an owner, called by the commit.
fn files_of(loaded: &Loaded, paths: &[String], query: &str, is_commit: bool) -> Vec<seaworthy_lookup::Thing> {
    let mut things = loaded.files(paths);
    if is_commit {
        let mut seen = std::collections::BTreeSet::new();
        things.retain(|thing| seen.insert(thing.owners.first().map(|owner| slug(&owner.text))));
        for thing in &mut things {
            for term in &mut thing.terms {
                term.text = query.trim().to_lowercase();
            }
        }
    } else {
        // Asked for as it was written, with ":LINE" or "./" about it.
        for thing in &mut things {
            let asked = seaworthy_lookup::Term { text: query.trim().to_lowercase(), ..thing.terms[0].clone() };
            thing.terms.push(asked);
        }
    }
    things
}

/// Rotations that can be resolved; those with mistakes are in what `seaworthy check` shows.
fn rotations(directory: &Path, now: Timestamp) -> Vec<Rotation> {
    let loaded = seaworthy_files::load(directory, now).unwrap_or_default();
    let rotation = |sourced: seaworthy_contract::catalogue::Sourced| match sourced.entity {
        Entity::Rotation(rotation) => Some(rotation),
        _ => None,
    };
    loaded.document.entities.into_iter().filter_map(rotation).collect()
}

fn on_call(rotations: &[Rotation], candidate: &Candidate, now: Timestamp) -> Option<OnCallTold> {
    let team = candidate.team.as_deref()?;
    let declared = rotations.iter().find(|rotation| {
        let name = slug(rotation.team.as_str());
        name == team || name.rsplit('.').next() == Some(team)
    })?;
    let plan = schedule(declared)?.plan(now, now.checked_add(AHEAD).unwrap_or(Timestamp::MAX));
    let mut primary = plan.duties.into_iter().filter(|duty| duty.level == 0);
    let duty = primary.next().filter(|duty| duty.start <= now)?;
    let next = primary.find(|next| next.person != duty.person).map(|next| next.person.to_string());
    Some(OnCallTold { person: duty.person.to_string(), rotation: declared.name.to_string(), until: duty.end, next })
}

/// Returns the findings about what a candidate is declared in.
pub(super) fn findings_about<'a>(findings: &'a [Finding], candidate: &Candidate) -> Vec<&'a Finding> {
    let is_about = |finding: &&Finding| {
        let same = |place: &seaworthy_lookup::Place| place.file == finding.place.file;
        let named = finding.seen.to_lowercase().contains(&format!("\"{}\"", candidate.name.to_lowercase()));
        candidate.declared.iter().any(same) && (named || candidate.declared.len() == 1 || candidate.kind == Kind::Files)
    };
    findings.iter().filter(is_about).collect()
}

#[cfg(test)]
mod tests;
