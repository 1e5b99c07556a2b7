//! Turns facts into the report. Pure: the same facts and the same `now` give the same report.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::owners::{CatalogueFolders, Directory, Who, claims};
use super::{
    Emails, Folder, History, OwnershipFile, Report, Repository, Source, Verdict, folder, headline, problems, waiting,
};
use crate::catalogue::Catalogue;
use crate::codeowners::{Assignment, Codeowners, Owner, OwnerKind, Tree};
use crate::finding::{Finding, Place, Rule};
use crate::folders::Folders;
use crate::history::Commit;
use crate::read::{BranchFacts, HistoryFacts, Releases};

/// Everything that was read.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) root: String,
    pub(crate) branch: String,
    pub(crate) commit: String,
    pub(crate) committed_at: i64,
    pub(crate) fetched_at: Option<i64>,
    pub(crate) shallow: bool,
    pub(crate) partial: bool,
    pub(crate) window_days: u32,
    pub(crate) recent_days: u32,
    pub(crate) history: HistoryFacts,
    /// Or why it cannot be told.
    pub(crate) releases: Result<Releases, String>,
    pub(crate) branches: Option<Vec<BranchFacts>>,
    /// The one that counts.
    pub(crate) codeowners: Option<Codeowners>,
    pub(crate) dialect_because: &'static str,
    /// Those that do not.
    pub(crate) codeowners_not_read: Vec<String>,
    pub(crate) catalogues: Vec<(String, String, Catalogue)>,
    /// When each ownership file last changed, in seconds since 1970.
    pub(crate) changed_at: BTreeMap<String, i64>,
    /// Ownership files that could not be read.
    pub(crate) ownership_unread: usize,
}

/// What the parts of the report share.
pub(super) struct Context<'a> {
    pub(super) facts: &'a Facts,
    pub(super) folders: &'a Folders,
    pub(super) directory: Directory<'a>,
    pub(super) same: &'a [usize],
    pub(super) now: Timestamp,
    pub(super) emails: Emails,
    pub(super) complete: bool,
    pub(super) cut_because: Option<String>,
}

/// Builds the report.
pub(crate) fn build(facts: &Facts, tree: &Tree<'_>, folders: &Folders, now: Timestamp, emails: Emails) -> Report {
    let same = facts.history.people.same();
    let teams: Vec<_> = facts.catalogues.iter().flat_map(|(_, _, catalogue)| catalogue.teams.clone()).collect();
    let cut_because = cut_because(facts);
    let context = Context {
        facts,
        folders,
        directory: Directory::new(&facts.history.people, &same, &teams),
        same: &same,
        now,
        emails,
        complete: cut_because.is_none(),
        cut_because,
    };
    let assignment = facts.codeowners.as_ref().map(|file| (file, Assignment::new(file, tree)));
    let catalogues = catalogue_folders(facts);
    let claims = claims(tree, folders, assignment.as_ref().map(|(file, given)| (*file, given)), &catalogues);
    let mut rows: Vec<Folder> =
        claims.iter().enumerate().map(|(index, claims)| folder::folder(&context, index, claims)).collect();
    rows.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.path.cmp(&b.path)));
    let ownership_files = context.ownership_files();
    let mut findings = context.file_findings(assignment.as_ref().map(|(file, given)| (*file, given)), tree);
    findings.extend(context.owner_findings());
    findings.extend(problems::differ(&rows, &catalogues));
    if ownership_files.is_empty() {
        let remedy = "add .github/CODEOWNERS (or CODEOWNERS on GitLab) with a first line \"* @your-org/your-team\"";
        let seen = "nothing in the repository says who owns it";
        findings.push(Finding::new(Rule::NoOwnershipFile, &Place::new("CODEOWNERS", 1, 1), seen, remedy));
    }
    findings.sort_by(|a, b| {
        let rank = |finding: &Finding| (finding.severity, finding.path.clone(), finding.line, finding.column);
        rank(a).cmp(&rank(b))
    });
    Report {
        looked_at: now,
        headline: headline::headline(&rows, &ownership_files, facts.window_days),
        repository: context.repository(tree.files().len()),
        history: context.history(),
        folders: rows,
        releases: waiting::releases(&context),
        branches: waiting::branches(&context),
        ownership_files,
        findings,
    }
}

/// Those that the headline counts come first, the busiest of them before the others.
fn rank(folder: &Folder) -> (u8, std::cmp::Reverse<u64>) {
    let order = match folder.verdict {
        Verdict::Absent { .. } => 0,
        Verdict::Quiet => 1,
        Verdict::Unowned => 2,
        Verdict::Unknown { .. } => 3,
        Verdict::Agrees { .. } => 4,
    };
    (order, std::cmp::Reverse(folder.commits))
}

fn cut_because(facts: &Facts) -> Option<String> {
    if facts.history.shallow {
        return Some("this clone is shallow: git fetch --unshallow brings the rest".into());
    }
    let commits = facts.history.activity.commits;
    facts.history.cut.then(|| format!("only the newest {commits} commits were read"))
}

fn catalogue_folders(facts: &Facts) -> CatalogueFolders<'_> {
    let mut folders = CatalogueFolders::new();
    for (path, _, catalogue) in &facts.catalogues {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.entry(folder.to_owned()).or_default().extend(&catalogue.entities);
    }
    folders.retain(|_, entities| entities.iter().any(|entity| entity.owner.is_some()));
    folders
}

impl Context<'_> {
    pub(super) fn age(&self, at: i64) -> i64 {
        (self.now.as_second() - at).max(0)
    }

    pub(super) fn source(&self, from: &str, at: Option<i64>) -> Source {
        Source {
            from: from.to_owned(),
            at: at.and_then(|at| Timestamp::from_second(at).ok()),
            age_seconds: at.map(|at| self.age(at)),
        }
    }

    pub(super) fn file_source(&self, path: &str) -> Source {
        self.source(path, self.facts.changed_at.get(path).copied())
    }

    pub(super) fn name(&self, id: usize) -> String {
        self.facts.history.people.all()[id].name.clone()
    }

    pub(super) fn email(&self, id: usize) -> Option<String> {
        (self.emails == Emails::Shown).then(|| self.facts.history.people.all()[id].email.clone())
    }

    pub(super) fn names(&self, people: &BTreeSet<usize>) -> Vec<String> {
        people.iter().map(|&id| self.name(id)).collect()
    }

    pub(super) fn last_seen(&self, people: &BTreeSet<usize>) -> Option<Timestamp> {
        let all = self.facts.history.people.all();
        let of = |id: usize| (0..all.len()).filter(move |&other| self.same[other] == id).map(|other| all[other].last);
        people.iter().flat_map(|&id| of(id)).max().and_then(|at| Timestamp::from_second(at).ok())
    }

    pub(super) fn name_of(&self, commit: &Commit) -> String {
        self.person_of(commit).map_or_else(|| commit.name.clone(), |id| self.name(id))
    }

    pub(super) fn email_of(&self, commit: &Commit) -> Option<String> {
        let known = self.person_of(commit).and_then(|id| self.email(id));
        known.or_else(|| (self.emails == Emails::Shown).then(|| commit.email.clone()))
    }

    fn person_of(&self, commit: &Commit) -> Option<usize> {
        self.facts.history.people.number(&commit.name, &commit.email).map(|id| self.same[id])
    }

    /// An address is shown as the person's name unless addresses were asked for.
    pub(super) fn shown(&self, owner: &Owner, who: &Who) -> String {
        match (owner.kind, self.emails, who.people.first()) {
            (OwnerKind::Email, Emails::Hidden, Some(&id)) => self.name(id),
            _ => owner.shown(self.emails == Emails::Shown).to_owned(),
        }
    }

    fn repository(&self, files: usize) -> Repository {
        Repository {
            root: self.facts.root.clone(),
            branch: self.facts.branch.clone(),
            commit: self.facts.commit.clone(),
            files,
            source: self.source("git rev-parse", Some(self.facts.committed_at)),
            fetched_at: self.facts.fetched_at.and_then(|at| Timestamp::from_second(at).ok()),
            shallow: self.facts.shallow,
            partial: self.facts.partial,
            ownership_files_unread: self.facts.ownership_unread,
        }
    }

    fn history(&self) -> History {
        let history = &self.facts.history;
        let all = history.people.all();
        let whole = history.activity.whole(self.same);
        let commits =
            |bot: bool| whole.iter().filter(move |(id, _)| all[**id].bot == bot).map(|(_, tally)| tally.commits);
        let mut bots: Vec<String> = whole.keys().filter(|id| all[**id].bot).map(|&id| self.name(id)).collect();
        bots.sort();
        bots.dedup();
        History {
            window_days: self.facts.window_days,
            recent_days: self.facts.recent_days,
            complete: self.complete,
            cut_because: self.cut_because.clone(),
            reaches_back_to: history.activity.oldest.and_then(|at| Timestamp::from_second(at).ok()),
            commits: commits(false).sum(),
            people: commits(false).count(),
            bot_commits: commits(true).sum(),
            bots,
            lines_known: history.lines_known,
            source: self.source(&format!("git log {}", self.facts.branch), Some(self.facts.committed_at)),
        }
    }

    fn ownership_files(&self) -> Vec<OwnershipFile> {
        let codeowners = self.facts.codeowners.iter().map(|file| OwnershipFile {
            path: file.path.clone(),
            format: "codeowners".into(),
            dialect: Some(file.dialect),
            dialect_because: Some(self.facts.dialect_because.to_owned()),
            counts: true,
            entries: file.entries.len(),
            source: self.file_source(&file.path),
        });
        let ignored = self.facts.codeowners_not_read.iter().map(|path| OwnershipFile {
            path: path.clone(),
            format: "codeowners".into(),
            dialect: None,
            dialect_because: None,
            counts: false,
            entries: 0,
            source: self.file_source(path),
        });
        let catalogues = self.facts.catalogues.iter().map(|(path, format, catalogue)| OwnershipFile {
            path: path.clone(),
            format: format.clone(),
            dialect: None,
            dialect_because: None,
            counts: true,
            entries: catalogue.entities.len(),
            source: self.file_source(path),
        });
        codeowners.chain(ignored).chain(catalogues).collect()
    }
}
