//! The one sentence to take away: the worst thing that is surely true.

use super::{Folder, OwnershipFile, Verdict};

/// A folder hangs on one person when they made this share of its commits.
const ONE_PERSON_RATIO: f64 = 0.8;
/// Fewer commits than this say nothing about who knows a folder.
const ONE_PERSON_COMMITS: u64 = 5;

/// Writes the headline.
pub(super) fn headline(folders: &[Folder], files: &[OwnershipFile], window_days: u32) -> String {
    let all = folders.len();
    let is = |test: &dyn Fn(&Verdict) -> bool| folders.iter().filter(|folder| test(&folder.verdict)).count();
    let absent = is(&|verdict| matches!(verdict, Verdict::Absent { .. } | Verdict::Quiet));
    let unowned = is(&|verdict| matches!(verdict, Verdict::Unowned));
    let unknown = is(&|verdict| matches!(verdict, Verdict::Unknown { .. }));
    let window = window(window_days);
    if all == 0 {
        return "there is no file here yet".into();
    }
    if files.iter().all(|file| !file.counts || file.entries == 0) {
        return nobody_named(folders, &window);
    }
    if absent > 0 {
        return format!(
            "{absent} of {} owned by someone who has not touched {} in {window}",
            are(all, absent),
            them(absent)
        );
    }
    if unowned > 0 {
        return format!("{unowned} of {} owned by nobody", are(all, unowned));
    }
    if unknown == all {
        return format!(
            "{} an owner in a file, and git alone cannot tell whether any of them is still there",
            have(all)
        );
    }
    if unknown > 0 {
        return format!("{unknown} of {} owned by a name that git alone cannot tie to anybody", are(all, unknown));
    }
    format!("{} owned by somebody who changed {} within {window}", every(all), them(all))
}

fn nobody_named(folders: &[Folder], window: &str) -> String {
    let on_one = folders.iter().filter(|folder| on_one_person(folder)).count();
    let busy = folders.iter().filter(|folder| folder.commits >= ONE_PERSON_COMMITS).count();
    if on_one == 0 {
        return format!("no file names an owner; {} changed in {window}", of(busy, folders.len()));
    }
    let hang = if on_one == 1 { "hangs" } else { "hang" };
    format!("no file names an owner, and {on_one} of {busy} busy folders {hang} on one person")
}

/// Says whether one person made most of a folder's commits.
fn on_one_person(folder: &Folder) -> bool {
    folder.commits >= ONE_PERSON_COMMITS
        && folder.by_history.first().is_some_and(|first| first.share_ratio >= ONE_PERSON_RATIO)
}

fn window(days: u32) -> String {
    if days == 365 { "a year".into() } else { format!("{days} days") }
}

fn of(some: usize, all: usize) -> String {
    format!("{some} of {all} folder{}", if all == 1 { "" } else { "s" })
}

fn are(all: usize, some: usize) -> String {
    format!("{all} folder{} {}", if all == 1 { "" } else { "s" }, if some == 1 { "is" } else { "are" })
}

fn have(all: usize) -> String {
    if all == 1 { "the one folder has".into() } else { format!("all {all} folders have") }
}

fn every(all: usize) -> String {
    if all == 1 { "the one folder is".into() } else { format!("all {all} folders are") }
}

fn them(some: usize) -> &'static str {
    if some == 1 { "it" } else { "them" }
}
