//! Readiness of a service: what nobody has seen first, then what does not hold, then what holds, for how long.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Finding, Readiness, Service, Verdict};

use crate::chrome::{Nav, PageView};
use crate::part::{Chip, EvidenceLine, Prose};
use crate::text;

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its verdict.
    pub chip: Chip,
    /// Its id.
    pub id: String,
    /// The statement.
    pub title: String,
    /// What was seen or is missing.
    pub sentence: String,
    /// What to do.
    pub remedy: Option<Prose>,
    /// What proves it.
    pub evidence: Option<EvidenceLine>,
}

impl Row {
    /// Says a finding in a row.
    pub fn of(finding: &Finding, now: Timestamp) -> Self {
        Self {
            chip: chip(finding.verdict),
            id: finding.row.clone(),
            title: finding.title.clone(),
            sentence: match finding.verdict {
                Verdict::Unknown => format!("Missing: {}.", finding.sentence.trim_end_matches('.')),
                Verdict::DoesNotApply => format!("Because {}.", finding.sentence.trim_end_matches('.')),
                Verdict::Holds | Verdict::DoesNotHold => text::sentence(&finding.sentence),
            },
            remedy: finding.remedy.as_deref().map(|remedy| Prose::new(&text::sentence(remedy))),
            evidence: EvidenceLine::of(finding, now),
        }
    }
}

fn chip(verdict: Verdict) -> Chip {
    match verdict {
        Verdict::Unknown => Chip::unknown("Unknown"),
        Verdict::DoesNotHold => Chip::bad("Does not hold"),
        Verdict::Holds => Chip::ok("Holds"),
        Verdict::DoesNotApply => Chip::none("Does not apply"),
    }
}

/// Rows of one verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its anchor.
    pub id: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// How many, and what it means.
    pub note: String,
    /// The rows.
    pub rows: Vec<Row>,
}

/// How many rows are in each state; never a score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// In words.
    pub words: String,
    /// A chip for each state that occurs.
    pub chips: Vec<Chip>,
    /// Class, left edge and width of each part of the bar, in percent.
    pub parts: Vec<(&'static str, String, String)>,
}

impl Counts {
    /// Counts findings by verdict.
    pub fn of(findings: &[Finding]) -> Self {
        let all = findings.len().max(1) as f64;
        let kinds = [
            (Verdict::Unknown, "unknown", "unknown", "unknown"),
            (Verdict::DoesNotHold, "fails", "does not hold", "do not hold"),
            (Verdict::Holds, "holds", "holds", "hold"),
            (Verdict::DoesNotApply, "na", "does not apply", "do not apply"),
        ];
        let mut counts = Self { words: String::new(), chips: Vec::new(), parts: Vec::new() };
        let (mut words, mut left) = (Vec::new(), 0.0);
        for (verdict, class, one, many) in kinds {
            let n = findings.iter().filter(|finding| finding.verdict == verdict).count();
            if n == 0 {
                continue;
            }
            let text = text::counted(n as u64, one, many);
            let width = n as f64 / all * 100.0;
            counts.chips.push(Chip { word: text.clone(), ..chip(verdict) });
            counts.parts.push((class, format!("{left:.1}%"), format!("{width:.1}%")));
            words.push(text);
            left += width;
        }
        counts.words = words.join(", ");
        counts
    }
}

/// The readiness page.
#[derive(Debug, Template)]
#[template(path = "ready.html")]
pub struct ReadyPage {
    /// The service.
    pub service: String,
    /// The owning team.
    pub team: String,
    /// The answer.
    pub headline: String,
    /// The counts.
    pub counts: Counts,
    /// How many rows there are.
    pub rows: usize,
    /// The one remedy that would answer most of what is unknown, and the rows it answers.
    pub next: Option<(Prose, String)>,
    /// The rows by verdict.
    pub groups: Vec<Group>,
}

impl ReadyPage {
    /// Makes the page.
    pub fn new(service: &Service, readiness: &Readiness, now: Timestamp) -> Self {
        let findings = &readiness.findings;
        let group = |verdict, id, heading, note: &str| {
            let rows: Vec<Row> = findings.iter().filter(|f| f.verdict == verdict).map(|f| Row::of(f, now)).collect();
            let note = format!("{}{note}", text::counted(rows.len() as u64, "row", "rows"));
            (!rows.is_empty()).then_some(Group { id, heading, note, rows })
        };
        Self {
            service: readiness.service.to_string(),
            team: service.owner.to_string(),
            headline: headline(readiness),
            counts: Counts::of(findings),
            rows: findings.len(),
            next: next(findings),
            groups: [
                group(Verdict::Unknown, "unknown", "Unknown", ". Nobody has seen it"),
                group(Verdict::DoesNotHold, "not", "Does not hold", ". Seen, and it is not so"),
                group(Verdict::Holds, "holds", "Holds, for now", ". The line is the term, the dot is today"),
                group(Verdict::DoesNotApply, "na", "Does not apply", ""),
            ]
            .into_iter()
            .flatten()
            .collect(),
        }
    }
}

fn headline(readiness: &Readiness) -> String {
    let of = |verdict| readiness.findings.iter().filter(|finding| finding.verdict == verdict).count();
    let name = &readiness.service;
    match (of(Verdict::Unknown), of(Verdict::DoesNotHold)) {
        (0, 0) => format!("Everything we ask of {name} was seen to hold."),
        (0, 1) => format!("One thing about {name} does not hold."),
        (0, n) => format!("{} things about {name} do not hold.", text::number_word(n)),
        (1, _) => format!("One thing about {name} nobody has seen yet."),
        (n, _) => format!("{} things about {name} nobody has seen yet.", text::number_word(n)),
    }
}

/// The first remedy of an unknown row; all unknown rows that a revert proves are named with it.
fn next(findings: &[Finding]) -> Option<(Prose, String)> {
    let unknown: Vec<&Finding> = findings.iter().filter(|finding| finding.verdict == Verdict::Unknown).collect();
    let first = unknown.first()?;
    let same: Vec<&str> = unknown.iter().filter(|f| f.remedy == first.remedy).map(|f| f.row.as_str()).collect();
    Some((Prose::new(&text::sentence(first.remedy.as_deref()?)), same.join(", ")))
}

impl PageView for ReadyPage {
    fn title(&self) -> String {
        format!("{}, ready?", self.service)
    }

    fn nav(&self) -> Nav {
        Nav::Services
    }
}
