//! One repository with a past: people who left, a bot, a release, files that say one thing and a history that says
//! another. The whole result is checked.

use expect_test::expect;
use seaworthy_git::report::{Releases, Verdict};
use seaworthy_git::{Emails, Report};

use crate::repository::Repository;

const ANN: &str = "Ann Lee <12+annlee@users.noreply.github.com>";
const ANN_AT_WORK: &str = "Ann Lee <ann@acme.example>";
const BOB: &str = "Bob Stone <bob.stone@acme.example>";
const BOB_AT_HOME: &str = "bob <bob@home.example>";
const CAROL: &str = "Carol <carol@acme.example>";
const BOT: &str = "renovate[bot] <29139614+renovate[bot]@users.noreply.github.com>";

const CODEOWNERS: &str = "\
# who owns what
*            @acme/platform
/billing/    @carol
/api/        @annlee bob@home.example
/legacy/     @bob-stone
!/docs/      @annlee
/gone/       @annlee
/web/app.js  @annlee
/web/        @acme/web
/tools/
";

const CATALOGUE: &str = "\
kind: Component
metadata: {name: billing}
spec: {owner: group:default/payments}
---
kind: Group
metadata: {name: web}
spec: {members: [bob-stone, zoe]}
";

fn acme() -> Repository {
    let repository = Repository::new();
    let file = |name: &'static str| (name, "one\ntwo\n");
    repository.commit(CAROL, "2023-05-01", "Begin", &[file("billing/a.rs"), file("legacy/old.rs"), file("README.md")]);
    repository.commit(ANN, "2024-06-01", "Own it", &[(".github/CODEOWNERS", CODEOWNERS), ("CODEOWNERS", "* @x\n")]);
    repository.commit(ANN_AT_WORK, "2025-03-01", "Add api", &[file("api/a.rs"), file("web/app.js"), file("tools/x")]);
    repository.commit(BOB, "2025-04-01", "Bill better", &[("billing/a.rs", "one\nthree\n"), file("billing/b.rs")]);
    repository.tag("v1.2.0", "2025-04-02");
    repository.tag("v1.3.0-rc.1", "2025-04-03");
    repository.commit(BOT, "2025-11-01", "Update everything", &[("web/app.js", "one\n"), ("api/a.rs", "one\n")]);
    repository.commit(BOB_AT_HOME, "2025-11-20", "Round taxes", &[("billing/b.rs", "one\n")]);
    repository.commit(
        ANN,
        "2025-12-20",
        "Describe it",
        &[
            ("billing/catalog-info.yaml", CATALOGUE),
            (".mailmap", "Bob Stone <bob.stone@acme.example> <bob@home.example>\n"),
        ],
    );
    repository.git(&["branch", "spike/cache"]);
    repository
}

fn text(report: &Report) -> String {
    let mut out = format!("{}\n\n", report.headline);
    let history = &report.history;
    out += &format!(
        "{} commits by {} people, {} by {:?}, complete: {}\n\n",
        history.commits, history.people, history.bot_commits, history.bots, history.complete
    );
    for folder in &report.folders {
        out += &format!("{:?}, {} files: {:?}\n", folder.path, folder.files, folder.verdict);
        for owner in &folder.by_file {
            let (known, commits) = (owner.known, owner.commits);
            let days = owner.source.age_seconds.map(|age| age / 86_400);
            out += &format!(
                "  file {} at {} for {}: {known:?} {:?} {commits:?}, {days:?} days old\n",
                owner.owner, owner.place, owner.files, owner.people
            );
        }
        for person in &folder.by_history {
            let (commits, recent, lines) = (person.commits, person.commits_recent, person.lines);
            out += &format!("  history {} {commits} ({recent} recent), {lines:?} lines\n", person.name);
        }
    }
    out += "\n";
    for file in &report.ownership_files {
        out += &format!(
            "{} {} {:?} {} entries, counts: {}\n",
            file.path, file.format, file.dialect, file.entries, file.counts
        );
    }
    out += "\n";
    for finding in &report.findings {
        let (path, line, column) = (&finding.path, finding.line, finding.column);
        out += &format!("{path}:{line}:{column} {} {}\n", finding.rule.id(), finding.seen);
    }
    out
}

#[test]
fn owners_by_file_and_by_history_are_put_side_by_side() {
    expect![[r#"
        2 of 7 folders are owned by someone who has not touched them in a year

        4 commits by 2 people, 1 by ["renovate[bot]"], complete: true

        ".github", 1 files: Quiet
          file @acme/platform at .github/CODEOWNERS:2:14 for 1: No [] None, Some(578) days old
        "legacy", 1 files: Quiet
          file @bob-stone at .github/CODEOWNERS:5:14 for 1: Likely ["Bob Stone"] Some(0), Some(578) days old
        "tools", 1 files: Unowned
          history Ann Lee 1 (0 recent), Some(2) lines
        "billing", 3 files: Unknown { because: "git does not know who is in group:default/payments" }
          file @carol at .github/CODEOWNERS:3:14 for 3: Likely ["Carol"] Some(0), Some(578) days old
          file group:default/payments at billing/catalog-info.yaml:3:15 for 3: No [] None, Some(11) days old
          history Bob Stone 2 (1 recent), Some(5) lines
          history Ann Lee 1 (1 recent), Some(7) lines
        "", 3 files: Unknown { because: "git does not know who is in @acme/platform" }
          file @acme/platform at .github/CODEOWNERS:2:14 for 3: No [] None, Some(578) days old
          history Ann Lee 1 (1 recent), Some(1) lines
        "web", 1 files: Unknown { because: "not all of @acme/web are known here" }
          file @acme/web at .github/CODEOWNERS:9:14 for 1: Likely ["Bob Stone"] Some(0), Some(578) days old
          history Ann Lee 1 (0 recent), Some(2) lines
        "api", 1 files: Agrees { share_ratio: 1.0 }
          file @annlee at .github/CODEOWNERS:4:14 for 1: Sure ["Ann Lee"] Some(1), Some(578) days old
          file Bob Stone at .github/CODEOWNERS:4:22 for 1: Sure ["Bob Stone"] Some(0), Some(578) days old
          history Ann Lee 1 (0 recent), Some(2) lines

        .github/CODEOWNERS codeowners Some(GitHub) 8 entries, counts: true
        CODEOWNERS codeowners None 0 entries, counts: false
        billing/catalog-info.yaml backstage None 1 entries, counts: true

        .github/CODEOWNERS:6:1 codeowners-negation "!/docs/": GitHub has no negation and skips the line
        CODEOWNERS:1:1 codeowners-not-read never read: .github/CODEOWNERS comes first and only one file counts
        .github/CODEOWNERS:1:1 codeowners-unowned nobody owns 1 file (9%): tools/ (1)
        .github/CODEOWNERS:3:14 owner-gone @carol last committed 975 days ago, told by the name
        .github/CODEOWNERS:7:1 codeowners-no-match "/gone/" matches no file
        .github/CODEOWNERS:8:1 codeowners-shadowed "/web/app.js" keeps none of 1 file: line 9 takes it
        billing/catalog-info.yaml:3:15 owners-differ group:default/payments here, @carol at .github/CODEOWNERS:3:14
        .github/CODEOWNERS:10:1 codeowners-no-owner "/tools/" names no owner and leaves 1 file without one
    "#]]
    .assert_eq(&text(&acme().look()));
}

#[test]
fn what_waits_for_a_release_is_counted_from_the_last_one() {
    let repository = acme();
    let Releases::Since { tag, commits, bot_commits, oldest, people, .. } = repository.look().releases else {
        panic!("there is a release")
    };
    let oldest = oldest.unwrap();
    assert_eq!((tag.as_str(), commits, bot_commits), ("v1.2.0", 3, 1));
    assert_eq!(
        (oldest.subject.as_str(), oldest.by.as_str(), oldest.age_seconds / 86_400),
        ("Round taxes", "Bob Stone", 41)
    );
    let people: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.commits)).collect();
    assert_eq!(people, [("Ann Lee", 1), ("Bob Stone", 1)]);
}

#[test]
fn addresses_are_shown_only_when_asked_for() {
    let repository = acme();
    let json = |report: &Report| format!("{report:?}");
    let hidden = json(&repository.look());
    assert!(!hidden.contains("@acme.example") && !hidden.contains("@home.example"), "{hidden}");
    let shown = repository.look_with(&repository.path, |options| options.emails = Emails::Shown).unwrap();
    assert!(json(&shown).contains("bob.stone@acme.example"));
}

#[test]
fn a_longer_window_finds_owners_who_are_absent_in_a_shorter_one() {
    let repository = acme();
    let verdict = |days: u32| {
        let report = repository.look_with(&repository.path, |options| options.window_days = days).unwrap();
        report.folders.into_iter().find(|folder| folder.path == "legacy").unwrap().verdict
    };
    assert_eq!(verdict(365), Verdict::Quiet);
    assert_eq!(verdict(3_650), Verdict::Absent { commits_of_others: 1 });
}

#[test]
fn looking_changes_nothing() {
    let repository = acme();
    let state = || {
        let mut files: Vec<_> = walk(&repository.path.join(".git"));
        files.sort();
        files
    };
    let before = state();
    repository.look();
    assert_eq!(before, state());
}

fn walk(directory: &std::path::Path) -> Vec<(std::path::PathBuf, std::time::SystemTime)> {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            let modified = path.metadata().unwrap().modified().unwrap();
            let below = if path.is_dir() { walk(&path) } else { vec![] };
            below.into_iter().chain([(path, modified)])
        })
        .collect()
}
