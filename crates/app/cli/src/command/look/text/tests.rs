//! What a person sees, whole, for one report.

use expect_test::expect;
use jiff::Timestamp;
use seaworthy_git::Report;
use seaworthy_git::codeowners::{Dialect, OwnerKind};
use seaworthy_git::finding::{Finding, Place, Rule};
use seaworthy_git::history::Known;
use seaworthy_git::report::{
    Branches, Folder, History, OldBranch, OwnerByFile, OwnershipFile, PersonByHistory, PersonWaiting, Releases,
    Repository, Source, Verdict, Waiting,
};

use super::{Style, View, render};

const NOW: i64 = 1_767_225_600;
const DAY: i64 = 86_400;

fn source(from: &str, days: i64) -> Source {
    Source { from: from.into(), at: ago(days), age_seconds: Some(days * DAY) }
}

fn ago(days: i64) -> Option<Timestamp> {
    Timestamp::from_second(NOW - days * DAY).ok()
}

fn owner(name: &str, line: usize) -> OwnerByFile {
    OwnerByFile {
        owner: name.into(),
        kind: OwnerKind::User,
        place: Place::new("CODEOWNERS", line, 5),
        files: 3,
        known: Known::Sure,
        people: vec!["Ann Lee".into()],
        commits: Some(0),
        last_seen: ago(400),
        source: source("CODEOWNERS", 500),
    }
}

fn person(name: &str, commits: u64, share_ratio: f64) -> PersonByHistory {
    PersonByHistory {
        name: name.into(),
        email: None,
        commits,
        commits_recent: commits / 2,
        lines: Some(10),
        share_ratio,
        last_at: ago(3),
    }
}

fn folder(path: &str, by_file: Vec<OwnerByFile>, by_history: Vec<PersonByHistory>, verdict: Verdict) -> Folder {
    Folder {
        path: path.into(),
        files: 1_203,
        files_unowned: 0,
        commits: by_history.iter().map(|person| person.commits).sum(),
        commits_recent: by_history.iter().map(|person| person.commits_recent).sum(),
        bot_commits: 0,
        last_commit: source("git log main", 3),
        by_file,
        by_history,
        verdict,
    }
}

fn report() -> Report {
    let people = vec![person("Bob Stone", 60, 0.6), person("Eve\u{1b}[2J", 30, 0.3), person("Carol", 10, 0.1)];
    let absent = Verdict::Absent { commits_of_others: 100 };
    let place = Place::new(".github/CODEOWNERS", 9, 1);
    Report {
        looked_at: Timestamp::from_second(NOW).unwrap(),
        headline: "1 of 3 folders is owned by someone who has not touched it in a year".into(),
        repository: Repository {
            root: "/home/ann/shop".into(),
            branch: "origin/main".into(),
            commit: "0123456789abcdef".into(),
            files: 3_609,
            source: source("git rev-parse", 2),
            fetched_at: ago(1),
            shallow: false,
            partial: false,
            ownership_files_unread: 0,
        },
        history: History {
            window_days: 365,
            recent_days: 90,
            complete: true,
            cut_because: None,
            reaches_back_to: ago(364),
            commits: 200,
            people: 3,
            bot_commits: 40,
            bots: vec!["renovate[bot]".into()],
            lines_known: true,
            source: source("git log origin/main", 2),
        },
        folders: vec![
            folder("billing", vec![owner("@ann", 3), owner("group:default/payments", 4)], people.clone(), absent),
            folder("tools", vec![], vec![person("Bob Stone", 1, 1.0)], Verdict::Unowned),
            folder("", vec![owner("@bob", 5)], people, Verdict::Agrees { share_ratio: 0.6 }),
        ],
        releases: Releases::Since {
            tag: "v2.3.0".into(),
            source: source("git tag v2.3.0", 48),
            commits: 62,
            cut: false,
            bot_commits: 4,
            oldest: Some(Waiting {
                commit: "ff".into(),
                subject: "Round taxes".into(),
                by: "Bob Stone".into(),
                at: ago(41).unwrap(),
                age_seconds: 41 * DAY,
            }),
            people: vec![PersonWaiting { name: "Bob Stone".into(), email: None, commits: 58, oldest_age_seconds: 9 }],
            families: 1,
        },
        branches: Branches {
            unmerged: Some(2),
            old_after_days: 30,
            old: vec![OldBranch {
                name: "spike/cache".into(),
                by: "Eve".into(),
                at: ago(400).unwrap(),
                age_seconds: 400 * DAY,
            }],
            source: source("git for-each-ref --no-merged", 1),
        },
        ownership_files: vec![OwnershipFile {
            path: ".github/CODEOWNERS".into(),
            format: "codeowners".into(),
            dialect: Some(Dialect::GitHub),
            dialect_because: Some("a remote is on github.com".into()),
            counts: true,
            entries: 5,
            source: source(".github/CODEOWNERS", 500),
        }],
        findings: vec![Finding::new(Rule::NoMatch, &place, "\"/old/\" matches no file", "correct the path")],
    }
}

#[test]
fn a_person_reads_it_from_the_sentence_down() {
    let view = View { limit: 20, columns: 100, style: Style::Plain };
    expect![[r#"
        1 of 3 folders is owned by someone who has not touched it in a year.
        62 merged commits wait for a release, the oldest for 41 days. 1 problem in 1 ownership file.

        /home/ann/shop, origin/main at 01234567, 2 days old, fetched 24 h ago
        3,609 files; 200 commits by 3 people in 365 days; 40 commits by 1 bot, counted apart

        Owners
                 FOLDER             FILES  OWNER BY FILE  CHANGED BY, 365 DAYS            COMMITS  90 D
        absent   billing/           1,203  @ann, +1       Bob Stone 60%, Eve?[2J 30%, +1      100    50
        unowned  tools/             1,203  nobody         Bob Stone 100%                        1     0
        agrees   (top-level files)  1,203  @bob           Bob Stone 60%, Eve?[2J 30%, +1      100    50
        absent: the owner is known in the history and changed nothing here in 365 days; others did
        unowned: no ownership file names an owner
        agrees: an owner by file is among those who changed it

        Waiting for a release
          62 commits since v2.3.0, 48 days ago
          oldest: 41 days, "Round taxes", Bob Stone
          by: Bob Stone 58, bots 4

        Unmerged branches
          1 of 2 older than 30 days
          13 months: spike/cache, Eve

        Ownership files
          .github/CODEOWNERS  5 lines, by GitHub's rules (a remote is on github.com)  changed 16 months ago

        Problems (1)
        warning: .github/CODEOWNERS:9:1 [codeowners-no-match]
          "/old/" matches no file
          fix: correct the path

        Read with git alone; nothing was changed, fetched or sent. --json has all of it.
    "#]]
    .assert_eq(&render(&report(), &view));
}

#[test]
fn a_narrow_terminal_and_a_small_limit_are_kept() {
    let view = View { limit: 1, columns: 60, style: Style::Plain };
    let text = render(&report(), &view);
    assert!(text.contains("... and 2 more (--limit 3)"), "{text}");
    let too_wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 75).collect();
    assert!(too_wide.is_empty(), "{too_wide:?}");
}

#[test]
fn colours_only_where_asked_for_and_never_from_strangers() {
    let plain = render(&report(), &View { limit: 20, columns: 100, style: Style::Plain });
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    let colour = render(&report(), &View { limit: 20, columns: 100, style: Style::Colour });
    assert!(colour.contains("\u{1b}[31mabsent\u{1b}[0m") && !colour.contains("\u{1b}[2J"), "{colour:?}");
}
