//! Repositories that are not as one would wish: empty, shallow, bare, hostile, without tags, without history.

use std::time::Duration;

use seaworthy_git::LookError;
use seaworthy_git::report::{Releases, Verdict};

use crate::repository::Repository;

const ANN: &str = "Ann Lee <ann@acme.example>";
const EVE: &str = "Eve <eve@acme.example>";

#[test]
fn what_is_no_repository_is_refused_with_a_remedy() {
    let directory = Repository::directory();
    let error = directory.look_with(&directory.path, |_| {}).unwrap_err();
    assert!(matches!(error, LookError::NotARepository(_)), "{error:?}");
    let error = directory.look_with(&directory.path.join("nowhere"), |_| {}).unwrap_err();
    assert!(matches!(error, LookError::NoSuchDirectory(_)), "{error:?}");
    assert!(error.remedy().contains("checkout"));
}

#[test]
fn a_repository_without_commits_is_refused() {
    let repository = Repository::new();
    let error = repository.look_with(&repository.path, |_| {}).unwrap_err();
    assert!(matches!(error, LookError::NoCommit(_)), "{error:?}");
}

#[test]
fn a_branch_that_does_not_exist_is_refused_and_is_never_an_option() {
    let repository = Repository::new();
    repository.commit(ANN, "2025-06-01", "Begin", &[("a", "1")]);
    for name in ["nope", "--output=stolen", "-x"] {
        let error = repository.look_with(&repository.path, |options| options.branch = Some(name.into())).unwrap_err();
        assert!(matches!(&error, LookError::NoCommit(branch) if branch == name), "{error:?}");
    }
    assert!(!repository.path.join("stolen").exists());
}

#[test]
fn without_tags_it_cannot_be_told_what_waits() {
    let repository = Repository::new();
    repository.commit(ANN, "2025-06-01", "Begin", &[("a", "1")]);
    let Releases::Unknown { because, tags: 0, .. } = repository.look().releases else {
        panic!("nothing to count from")
    };
    assert_eq!(because, "no release tag found: cannot tell");
    repository.tag("stable", "2025-06-02");
    let Releases::Unknown { because, tags: 1, .. } = repository.look().releases else { panic!("no version") };
    assert!(because.contains("none of 1 tags"), "{because}");
}

#[test]
fn a_release_tagged_on_a_branch_of_its_own_counts() {
    let repository = Repository::new();
    repository.commit(ANN, "2025-06-01", "Begin", &[("a", "1")]);
    repository.tag("v1.0.0", "2025-06-01");
    repository.commit(ANN, "2025-06-02", "Go on", &[("a", "2")]);
    repository.git(&["checkout", "-q", "-b", "release/1.1"]);
    repository.commit(ANN, "2025-06-03", "Prepare", &[("version", "1.1")]);
    repository.tag("v1.1.0", "2025-06-03");
    repository.git(&["checkout", "-q", "main"]);
    repository.commit(EVE, "2025-06-04", "Go further", &[("a", "3")]);
    let Releases::Since { tag, commits, .. } = repository.look().releases else { panic!("there is a release") };
    assert_eq!((tag.as_str(), commits), ("v1.1.0", 1));
}

#[test]
fn in_a_shallow_clone_what_was_not_cloned_is_unknown() {
    let repository = Repository::new();
    repository.commit(EVE, "2025-06-01", "Begin", &[("CODEOWNERS", "* @eve\n"), ("src/a", "1")]);
    repository.commit(ANN, "2025-07-01", "Go on", &[("src/a", "2")]);
    repository.commit(ANN, "2025-08-01", "Go further", &[("src/a", "3")]);
    let clone = repository.path.join("clone");
    let from = format!("file://{}", repository.path.display());
    repository.git(&["clone", "-q", "--depth=2", &from, "clone"]);
    let report = repository.look_with(&clone, |_| {}).unwrap();
    assert!(report.repository.shallow && !report.history.complete);
    assert_eq!(report.history.commits, 1, "the commit at the edge would look as if it added everything");
    let folder = report.folders.iter().find(|folder| folder.path == "src").unwrap();
    assert!(matches!(&folder.verdict, Verdict::Unknown { because } if because.contains("shallow")), "{folder:?}");
    assert_eq!(report.ownership_files[0].source.age_seconds, None);
    assert!(report.findings.iter().all(|finding| finding.rule.id() != "owner-unseen"));
}

#[test]
fn a_bare_repository_and_a_folder_inside_are_looked_at_as_a_whole() {
    let repository = Repository::new();
    repository.commit(ANN, "2025-06-01", "Begin", &[("src/deep/a", "1"), ("b", "2")]);
    repository.git(&["clone", "-q", "--bare", ".", "bare.git"]);
    for path in ["bare.git", "src/deep", ".git"] {
        let report = repository.look_with(&repository.path.join(path), |_| {}).unwrap();
        assert_eq!((report.repository.files, report.history.commits), (2, 1), "{path}");
    }
}

#[test]
fn a_partial_clone_is_read_without_fetching() {
    let repository = Repository::new();
    repository.git(&["config", "uploadpack.allowFilter", "true"]);
    repository.commit(ANN, "2025-06-01", "Begin", &[("src/a", "1")]);
    repository.commit(ANN, "2025-07-01", "Go on", &[("src/a", "2")]);
    let from = format!("file://{}", repository.path.display());
    repository.git(&["clone", "-q", "--no-checkout", "--filter=blob:none", &from, "clone"]);
    // Whoever tried to fetch now would fail.
    let (here, away) = (repository.path.join(".git"), repository.path.join("moved"));
    std::fs::rename(&here, &away).unwrap();
    let report = repository.look_with(&repository.path.join("clone"), |_| {}).unwrap();
    std::fs::rename(&away, &here).unwrap();
    assert!(report.repository.partial && !report.history.lines_known);
    let folder = report.folders.iter().find(|folder| folder.path == "src").unwrap();
    assert_eq!((folder.commits, folder.by_history[0].lines), (2, None));
}

#[test]
fn what_a_repository_configures_is_not_run() {
    let repository = Repository::new();
    repository.commit(ANN, "2025-06-01", "Begin", &[("a.txt", "1"), (".gitattributes", "*.txt diff=evil\n")]);
    repository.commit(ANN, "2025-06-02", "Go on", &[("a.txt", "2")]);
    let stolen = repository.path.join("stolen");
    let command = format!("touch {}; false", stolen.display());
    for key in
        ["core.fsmonitor", "diff.external", "diff.evil.textconv", "diff.evil.command", "core.pager", "gpg.program"]
    {
        repository.git(&["config", key, &command]);
    }
    for (key, value) in [("log.showSignature", "true"), ("diff.relative", "true"), ("color.ui", "always")] {
        repository.git(&["config", key, value]);
    }
    let report = repository.look();
    assert_eq!(report.history.commits, 2);
    assert!(!stolen.exists(), "a program of the repository was run");
}

#[test]
fn names_of_files_may_be_anything() {
    let repository = Repository::new();
    let odd = "o d d/\u{1}a\tb \"q\" é\n.rs";
    repository.commit(ANN, "2025-06-01", "Begin", &[(odd, "1"), ("CODEOWNERS", "/o\\ d\\ d/ @ann\n")]);
    let report = repository.look();
    let folder = report.folders.iter().find(|folder| folder.path == "o d d").unwrap();
    assert_eq!((folder.files, folder.commits, folder.by_file[0].owner.as_str()), (1, 1, "@ann"));
}

#[test]
fn moved_files_are_not_lines_changed() {
    let repository = Repository::new();
    repository.commit(EVE, "2025-06-01", "Begin", &[("a/x", "1\n2\n3\n")]);
    repository.git(&["mv", "a", "b"]);
    repository.commit(ANN, "2025-07-01", "Move", &[]);
    let report = repository.look();
    let people: Vec<_> =
        report.folders[0].by_history.iter().map(|person| (person.name.as_str(), person.lines)).collect();
    assert_eq!((report.folders[0].path.as_str(), people), ("b", vec![("Ann Lee", Some(0))]));
}

#[test]
fn when_time_is_up_it_says_so() {
    let repository = Repository::new();
    repository.commit(ANN, "2025-06-01", "Begin", &[("a", "1")]);
    let error = repository.look_with(&repository.path, |options| options.time = Duration::ZERO).unwrap_err();
    assert!(matches!(error, LookError::TooSlow { .. }), "{error:?}");
}

#[test]
fn a_repository_of_somebody_else_needs_to_be_trusted_first() {
    let repository = Repository::new();
    repository.commit(ANN, "2025-06-01", "Begin", &[("a", "1")]);
    let given = std::os::unix::fs::chown(&repository.path, Some(12_345), None)
        .and_then(|()| std::os::unix::fs::chown(repository.path.join(".git"), Some(12_345), None));
    if given.is_err() {
        eprintln!("skipped: only root can give a directory to somebody else");
        return;
    }
    let error = repository.look_with(&repository.path, |_| {}).unwrap_err();
    assert!(matches!(error, LookError::ForeignOwner(_)), "{error:?}");
    assert!(error.remedy().contains("safe.directory"));
}

#[test]
fn old_branches_are_listed_and_merged_ones_are_not() {
    let repository = Repository::new();
    repository.commit(ANN, "2025-06-01", "Begin", &[("a", "1")]);
    repository.git(&["branch", "merged"]);
    for (name, day) in [("old", "2025-07-01"), ("new", "2025-12-30")] {
        repository.git(&["checkout", "-q", "-b", name, "main"]);
        repository.commit(EVE, day, "Try", &[(name, "1")]);
    }
    repository.git(&["checkout", "-q", "main"]);
    let branches = repository.look().branches;
    let old: Vec<_> = branches.old.iter().map(|branch| (branch.name.as_str(), branch.by.as_str())).collect();
    assert_eq!((branches.unmerged, old), (Some(2), vec![("old", "Eve")]));
}
