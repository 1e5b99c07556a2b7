//! What is wrong with a CODEOWNERS file once the files of the repository are known.

use super::assign::Fate;
use super::{Assignment, Codeowners, Dialect, Entry, Pattern, Tree};
use crate::finding::{Finding, Place, Rule};

/// Folders named when files have no owner; the rest is a number.
const FOLDERS_NAMED: usize = 3;

/// Returns the findings of the parser and those that need the tree, in the order of lines.
pub fn check(codeowners: &Codeowners, assignment: &Assignment, tree: &Tree<'_>) -> Vec<Finding> {
    let mut findings = codeowners.findings.clone();
    for (entry, fate) in codeowners.entries.iter().zip(&assignment.fates) {
        findings.extend(entry_finding(codeowners, entry, fate, tree));
    }
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings.extend(unowned(codeowners, assignment, tree));
    findings
}

fn entry_finding(codeowners: &Codeowners, entry: &Entry, fate: &Fate, tree: &Tree<'_>) -> Option<Finding> {
    let place = codeowners.place(entry);
    let text = &entry.text;
    if fate.matched == 0 {
        return Some(Finding::new(
            Rule::NoMatch,
            &place,
            format!("\"{text}\" matches no file"),
            no_match(codeowners, text, tree),
        ));
    }
    if fate.kept == 0 && !entry.pattern.catches_all() && !entry.exclusion {
        let seen = format!(
            "\"{text}\" keeps none of {}: {}",
            count(fate.matched, "file"),
            takers(&fate.taken_by, fate.matched)
        );
        let remedy = "the last match wins: move this line below, or delete it";
        return Some(Finding::new(Rule::Shadowed, &place, seen, remedy));
    }
    if entry.owners.is_empty() && !entry.exclusion {
        let seen = format!("\"{text}\" names no owner and leaves {} without one", count(fate.kept, "file"));
        let remedy = "name an owner, or say in a comment that this is meant";
        return Some(Finding::new(Rule::NoOwner, &place, seen, remedy));
    }
    None
}

fn no_match(codeowners: &Codeowners, text: &str, tree: &Tree<'_>) -> &'static str {
    let folder = Pattern::compile(&format!("{text}/"), codeowners.dialect);
    if codeowners.dialect == Dialect::GitLab && tree.files().iter().any(|file| folder.matches(file)) {
        return "there is a folder of that name: on GitLab it needs a \"/\" at the end";
    }
    "correct the path or delete the line; case counts"
}

fn takers(lines: &std::collections::BTreeSet<usize>, files: usize) -> String {
    let them = if files == 1 { "it" } else { "them" };
    let named: Vec<String> = lines.iter().map(ToString::to_string).collect();
    match named.as_slice() {
        [one] => format!("line {one} takes {them}"),
        many => format!("lines {} take {them}", many.join(", ")),
    }
}

fn unowned(codeowners: &Codeowners, assignment: &Assignment, tree: &Tree<'_>) -> Option<Finding> {
    let mut folders = std::collections::BTreeMap::<&str, usize>::new();
    let mut files = 0;
    for (index, file) in tree.files().iter().enumerate() {
        if assignment.entries(codeowners, index).all(|entry| entry.owners.is_empty()) {
            files += 1;
            *folders.entry(if file.len() > 1 { file[0] } else { "" }).or_default() += 1;
        }
    }
    if files == 0 {
        return None;
    }
    let mut folders: Vec<_> = folders.into_iter().collect();
    folders.sort_by_key(|&(name, count)| (std::cmp::Reverse(count), name));
    let named: Vec<String> = folders.iter().take(FOLDERS_NAMED).map(|(name, count)| place_of(name, *count)).collect();
    let more = folders.len().saturating_sub(FOLDERS_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let share = 100.0 * files as f64 / tree.files().len() as f64;
    let seen = format!("nobody owns {} ({share:.0}%): {}{more}", count(files, "file"), named.join(", "));
    let remedy = "add a line for each of these folders, or a first line \"* @owner\" for all that nothing else names";
    Some(Finding::new(Rule::Unowned, &Place::new(&codeowners.path, 1, 1), seen, remedy))
}

fn place_of(folder: &str, files: usize) -> String {
    if folder.is_empty() { format!("{files} at the top") } else { format!("{folder}/ ({files})") }
}

/// Writes a number with its noun: `1 file`, `2 files`.
fn count(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
