//! Git, on a repository made here.

use std::path::Path;
use std::process::Command;

use expect_test::expect;

use super::{Directory, nothing_answers, now, told};
use crate::{Asked, collector};

fn git(directory: &Path, at: &str, who: &str, args: &[&str]) {
    let done = Command::new("git")
        .arg("-C")
        .arg(directory)
        .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", who), ("GIT_COMMITTER_NAME", who)])
        .envs([("GIT_AUTHOR_EMAIL", format!("{who}@x.example")), ("GIT_COMMITTER_EMAIL", format!("{who}@x.example"))])
        .envs([("GIT_AUTHOR_DATE", at), ("GIT_COMMITTER_DATE", at)])
        .output()
        .unwrap();
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn a_repository_is_counted_and_nobody_is_named() {
    let directory = Directory::of(
        "== CODEOWNERS\n/src/ @acme/shop ann@x.example\n== src/a\nx\n== README\nx\n== catalog-info.yaml\nkind: Component\nmetadata: {name: a}\n",
    );
    let top = &directory.0;
    git(top, "2025-01-01T00:00:00Z", "old", &["init", "-q"]);
    git(top, "2025-01-01T00:00:00Z", "old", &["add", "."]);
    git(top, "2025-01-01T00:00:00Z", "old", &["commit", "-qm", "a"]);
    let commit = |at: &str, who: &str| git(top, at, who, &["commit", "-q", "--allow-empty", "-m", "more"]);
    commit("2025-09-01T00:00:00Z", "bob");
    git(top, "2026-04-01T00:00:00Z", "ann", &["tag", "v1.0.0"]);
    commit("2026-05-01T00:00:00Z", "ann");
    commit("2026-05-20T00:00:00Z", "bob");
    commit("2026-05-30T00:00:00Z", "dependabot[bot]");
    git(top, "2026-05-01T00:00:00Z", "ann", &["checkout", "-q", "-b", "topic"]);
    commit("2026-05-10T00:00:00Z", "ann");
    git(top, "2026-05-01T00:00:00Z", "ann", &["checkout", "-q", "main"]);
    let (service, members) = ("shop".parse().unwrap(), ["ann".to_owned()]);
    let asked = Asked { path: top, service: &service, members: &members, now: now(), reach: &nothing_answers };
    let observed = collector("git").unwrap().collect(&asked);
    let all = format!("{observed:?}");
    assert!(!all.contains("bob") && !all.contains("x.example"), "{all}");
    expect![[r#"
        git.last_commit_days 2
        git.commits_90d 2
        git.bot_commits_90d 1
        git.authors_90d 2
        git.authors_365d 2
        git.commits_by_owner_90d 1
        git.commits_by_others_90d 1
        git.release v1.0.0
        git.release_days 273
        git.unreleased_commits 3
        git.oldest_unreleased_days 31
        git.branches_unmerged 1
        git.branches_older_than_7_days 1
        git.oldest_branch_days 22
        git.codeowners_teams [@acme/shop]
        git.codeowners_people 1
        git.files_unowned 3
        git.ownership_problems 1
    "#]]
    .assert_eq(&told(observed, top));
}

#[test]
fn what_is_no_repository_is_said() {
    let directory = Directory::of("== a\nx\n");
    let error = super::look("git", &directory.0, &nothing_answers).unwrap_err();
    assert_eq!(error.to_string(), "could not ask git");
    assert!(error.hint().len() > 5);
}
