//! The report as a person reads it in a terminal: one sentence, then tables, then what to do.

use seaworthy_git::Report;
use seaworthy_git::finding::{Finding, Severity};
use seaworthy_git::report::{Folder, OwnershipFile, Releases, Source, Verdict};

use crate::table::{Column, harmless, lay_out, wrap};
use crate::words::{age, capital, count, distinct, list, percent, thousands};

/// People named among those who wait; the rest is a number.
const PEOPLE_NAMED: usize = 3;
/// Old branches named.
const BRANCHES_NAMED: usize = 3;

/// Whether the terminal shows colours; meaning is never only in the colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Colour,
}

/// How much to show, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct View {
    pub(super) limit: usize,
    pub(super) columns: usize,
    pub(super) style: Style,
}

#[derive(Debug, Clone, Copy)]
enum Ink {
    Bold,
    Dim,
    Red,
    Yellow,
    Green,
}

impl View {
    fn ink(&self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Bold => "1",
            Ink::Dim => "2",
            Ink::Red => "31",
            Ink::Yellow => "33",
            Ink::Green => "32",
        };
        if self.style == Style::Plain { text.to_owned() } else { format!("\x1b[{code}m{text}\x1b[0m") }
    }

    fn title(&self, text: &str) -> String {
        format!("\n{}\n", self.ink(Ink::Bold, text))
    }

    fn paragraph(&self, indent: usize, text: &str) -> String {
        let pad = " ".repeat(indent);
        let wide = self.columns.saturating_sub(indent);
        wrap(text, wide).iter().map(|line| format!("{pad}{line}\n")).collect()
    }
}

/// Writes the whole report.
pub(super) fn render(report: &Report, view: &View) -> String {
    let mut out = head(report, view);
    out += &owners(report, view);
    out += &releases(report, view);
    out += &branches(report, view);
    out += &files(report, view);
    out += &problems(report, view);
    out.push('\n');
    out += &dim(view, "Read with git alone; nothing was changed, fetched or sent. --json has all of it.");
    out
}

fn head(report: &Report, view: &View) -> String {
    let mut out = String::new();
    for line in wrap(&format!("{}.", capital(&report.headline)), view.columns) {
        out += &(view.ink(Ink::Bold, &harmless(&line)) + "\n");
    }
    let second = format!("{} {}", waiting_sentence(&report.releases), problem_sentence(report));
    out += &view.paragraph(0, second.trim_end());
    out.push('\n');
    let repository = &report.repository;
    let fetched = repository.fetched_at.map(|at| report.looked_at.as_second() - at.as_second());
    let place = format!(
        "{}, {} at {}, {} old{}",
        harmless(&repository.root),
        harmless(&repository.branch),
        repository.commit.get(..8).unwrap_or(&repository.commit),
        age(repository.source.age_seconds.unwrap_or(0)),
        fetched.map_or_else(String::new, |seconds| format!(", fetched {} ago", age(seconds)))
    );
    out += &dim(view, &place);
    let history = &report.history;
    let bots = match history.bots.len() {
        0 => String::new(),
        n => format!("; {} by {}, counted apart", count(history.bot_commits, "commit"), count(n as u64, "bot")),
    };
    let read = match (history.complete, history.commits) {
        (false, 0) => "no commit could be read".to_owned(),
        (complete, commits) => {
            let least = if complete { "" } else { "at least " };
            format!("{least}{} by {}", count(commits, "commit"), count(history.people as u64, "person"))
        }
    };
    let files = count(repository.files as u64, "file");
    let covers = format!("{files}; {read} in {} days{bots}", history.window_days);
    out += &dim(view, &covers);
    if let Some(because) = &history.cut_because {
        out += &view.paragraph(0, &view.ink(Ink::Yellow, &format!("The history is not complete: {because}.")));
    }
    out
}

fn dim(view: &View, text: &str) -> String {
    wrap(text, view.columns).iter().map(|line| view.ink(Ink::Dim, line) + "\n").collect()
}

fn waiting_sentence(releases: &Releases) -> String {
    match releases {
        Releases::Unknown { because, .. } => format!("Waiting for a release: {because}."),
        Releases::Since { commits: 0, tag, .. } => format!("Nothing waits for a release since {}.", harmless(tag)),
        Releases::Since { commits, cut, oldest, .. } => {
            let waits = if *commits == 1 { "waits" } else { "wait" };
            let oldest =
                oldest.as_ref().map_or_else(String::new, |w| format!(", the oldest for {}", age(w.age_seconds)));
            let least = if *cut { "at least " } else { "" };
            format!(
                "{} {waits} for a release{oldest}.",
                capital(&format!("{least}{}", count(*commits as u64, "merged commit")))
            )
        }
    }
}

fn problem_sentence(report: &Report) -> String {
    let serious = report.findings.iter().filter(|finding| finding.severity != Severity::Note).count();
    match (report.ownership_files.len(), serious) {
        (0, _) => String::new(),
        (files, 0) => format!("No problem in {}.", count(files as u64, "ownership file")),
        (files, n) => format!("{} in {}.", capital(&count(n as u64, "problem")), count(files as u64, "ownership file")),
    }
}

fn owners(report: &Report, view: &View) -> String {
    let mut out = view.title("Owners");
    let days = report.history.window_days;
    let mut rows = vec![vec![
        String::new(),
        "FOLDER".into(),
        "FILES".into(),
        "OWNER BY FILE".into(),
        format!("CHANGED BY, {days} DAYS"),
        "COMMITS".into(),
        format!("{} D", report.history.recent_days),
    ]];
    rows.extend(report.folders.iter().take(view.limit).map(|folder| row(folder, report.history.complete)));
    use Column::{List, Number, Path, Text};
    let lines = lay_out(&[Text, Path, Number, List, List, Number, Number], &rows, view.columns);
    out += &(view.ink(Ink::Dim, &lines[0]) + "\n");
    for (line, folder) in lines[1..].iter().zip(&report.folders) {
        let (word, ink) = word(&folder.verdict);
        out += &format!("{}{}\n", view.ink(ink, word), &line[word.len()..]);
    }
    out += &more(view, report.folders.len());
    out + &legend(report, view)
}

/// In a history that is not complete nothing seen is unknown, not none.
fn row(folder: &Folder, complete: bool) -> Vec<String> {
    let number = |n: u64| if complete || n > 0 { thousands(n) } else { "?".to_owned() };
    let path = if folder.path.is_empty() { "(top-level files)".to_owned() } else { format!("{}/", folder.path) };
    let owners: Vec<String> = distinct(folder.by_file.iter().map(|owner| owner.owner.clone()));
    let owners = list(&owners, "nobody");
    let people: Vec<String> =
        folder.by_history.iter().map(|person| format!("{} {}", person.name, percent(person.share_ratio))).collect();
    let people = list(&people, if complete { "nobody" } else { "?" });
    vec![
        word(&folder.verdict).0.to_owned(),
        harmless(&path),
        thousands(folder.files as u64),
        owners,
        people,
        number(folder.commits),
        number(folder.commits_recent),
    ]
}

fn word(verdict: &Verdict) -> (&'static str, Ink) {
    match verdict {
        Verdict::Absent { .. } => ("absent", Ink::Red),
        Verdict::Unowned => ("unowned", Ink::Yellow),
        Verdict::Unknown { .. } => ("unknown", Ink::Dim),
        Verdict::Quiet => ("quiet", Ink::Yellow),
        Verdict::Agrees { .. } => ("agrees", Ink::Green),
    }
}

fn legend(report: &Report, view: &View) -> String {
    let days = report.history.window_days;
    let mut out = String::new();
    let mut say = |name: &str, text: String| {
        if report.folders.iter().take(view.limit).any(|folder| word(&folder.verdict).0 == name) {
            out += &dim(view, &format!("{name}: {text}"));
        }
    };
    say("absent", format!("the owner is known in the history and changed nothing here in {days} days; others did"));
    say("unowned", "no ownership file names an owner".into());
    say("unknown", unknown(report));
    say("quiet", format!("nobody changed it in {days} days, the owner neither"));
    say("agrees", "an owner by file is among those who changed it".into());
    out
}

fn unknown(report: &Report) -> String {
    if let Some(because) = &report.history.cut_because {
        return because.clone();
    }
    let first = report.folders.iter().find_map(|folder| match &folder.verdict {
        Verdict::Unknown { because } => Some(because.as_str()),
        _ => None,
    });
    let first = harmless(first.unwrap_or_default());
    format!("{first}; a Backstage Group with spec.members, or a line in .mailmap, would tell")
}

fn releases(report: &Report, view: &View) -> String {
    let Releases::Since { tag, source, commits, bot_commits, oldest, people, families, .. } = &report.releases else {
        return String::new();
    };
    if *commits == 0 {
        return String::new();
    }
    let mut out = view.title("Waiting for a release");
    let since = format!("{} since {}, {} ago", count(*commits as u64, "commit"), harmless(tag), source_age(source));
    out += &view.paragraph(2, &since);
    if let Some(oldest) = oldest {
        let what =
            format!("oldest: {}, \"{}\", {}", age(oldest.age_seconds), harmless(&oldest.subject), harmless(&oldest.by));
        out += &view.paragraph(2, &what);
    }
    let mut named: Vec<String> =
        people.iter().map(|person| format!("{} {}", harmless(&person.name), person.commits)).collect();
    if named.len() > PEOPLE_NAMED {
        let rest = named.len() - PEOPLE_NAMED;
        named.truncate(PEOPLE_NAMED);
        named.push(format!("{rest} more {}", if rest == 1 { "person" } else { "people" }));
    }
    if *bot_commits > 0 {
        named.push(format!("bots {bot_commits}"));
    }
    out += &view.paragraph(2, &format!("by: {}", named.join(", ")));
    if *families > 1 {
        let apart = format!(
            "{families} kinds of version tags: packages are released apart, and this counts since the newest of any"
        );
        out += &view.paragraph(2, &apart);
    }
    out
}

fn branches(report: &Report, view: &View) -> String {
    let branches = &report.branches;
    let Some(unmerged) = branches.unmerged.filter(|_| !branches.old.is_empty()) else { return String::new() };
    let mut out = view.title("Unmerged branches");
    let old = format!("{} of {unmerged} older than {} days", branches.old.len(), branches.old_after_days);
    out += &view.paragraph(2, &old);
    for branch in branches.old.iter().take(BRANCHES_NAMED) {
        out += &view.paragraph(
            2,
            &format!("{}: {}, {}", age(branch.age_seconds), harmless(&branch.name), harmless(&branch.by)),
        );
    }
    out
}

fn files(report: &Report, view: &View) -> String {
    if report.ownership_files.is_empty() {
        return String::new();
    }
    let mut out = view.title("Ownership files");
    let rows: Vec<Vec<String>> = report.ownership_files.iter().take(view.limit).map(file_row).collect();
    for line in lay_out(&[Column::Path, Column::Gives, Column::Text], &rows, view.columns.saturating_sub(2)) {
        out += &format!("  {line}\n");
    }
    out + &more(view, report.ownership_files.len())
}

fn file_row(file: &OwnershipFile) -> Vec<String> {
    let what = match (&file.dialect, file.counts) {
        (_, false) => "never read".to_owned(),
        (Some(dialect), _) => {
            let because = file.dialect_because.as_deref().unwrap_or_default();
            format!("{}, by {dialect:?}'s rules ({because})", lines(file.entries, "line"))
        }
        (None, _) => format!("{}, {}", file.format, lines(file.entries, "entity")),
    };
    let changed =
        file.source.age_seconds.map_or("age unknown".into(), |seconds| format!("changed {} ago", age(seconds)));
    vec![harmless(&file.path), what, changed]
}

fn lines(n: usize, noun: &str) -> String {
    count(n as u64, noun)
}

fn problems(report: &Report, view: &View) -> String {
    if report.findings.is_empty() {
        return String::new();
    }
    let mut out = view.title(&format!("Problems ({})", report.findings.len()));
    for finding in report.findings.iter().take(view.limit) {
        out += &problem(finding, view);
    }
    out + &more(view, report.findings.len())
}

fn problem(finding: &Finding, view: &View) -> String {
    let (word, ink) = match finding.severity {
        Severity::Error => ("error", Ink::Red),
        Severity::Warning => ("warning", Ink::Yellow),
        Severity::Note => ("note", Ink::Dim),
    };
    let place = format!("{}:{}:{}", harmless(&finding.path), finding.line, finding.column);
    let mut out =
        format!("{}: {} {}\n", view.ink(ink, word), place, view.ink(Ink::Dim, &format!("[{}]", finding.rule.id())));
    out += &view.paragraph(2, &harmless(&finding.seen));
    out + &view.paragraph(2, &format!("fix: {}", harmless(&finding.remedy)))
}

fn more(view: &View, all: usize) -> String {
    let rest = all.saturating_sub(view.limit);
    if rest == 0 { String::new() } else { view.ink(Ink::Dim, &format!("... and {rest} more (--limit {all})\n")) }
}

fn source_age(source: &Source) -> String {
    source.age_seconds.map_or("unknown".into(), age)
}

#[cfg(test)]
mod tests;
