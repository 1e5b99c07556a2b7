//! Readiness of a service: what nobody has seen first, then what does not hold, then what holds, for how long.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Finding, NextExercise, Readiness, ReadinessStep, Service, UnseenRow, Verdict};
use seaworthy_contract::events::row::RowSaysV1;
use seaworthy_model::PersonId;

use crate::chrome::{Nav, PageView, Rights};
use crate::part::{Chip, EvidenceLine, Prose, When};
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
    /// What somebody of the team said of it.
    pub said: Option<String>,
    /// When its exception ends.
    pub excepted_until: Option<When>,
    /// Where a word is taken back, with the form's token and what its button says.
    pub take_back: Option<(String, String, &'static str)>,
    /// The part of a review that it belongs to, and which step asks for it.
    pub section: String,
}

impl Row {
    /// Says a finding in a row.
    pub fn of(finding: &Finding, now: Timestamp) -> Self {
        let exception = finding.exception.as_ref();
        Self {
            said: finding.attested.as_ref().map(|said| format!("{}, {}", text::sentence(&said.words), said.by)),
            excepted_until: exception.map(|said| When::until(said.until)),
            take_back: None,
            section: match &finding.required_at {
                Some(step) => format!("{} · needed at {step}", finding.section),
                None => format!("{} · not needed with its tier", finding.section),
            },
            chip: chip(finding.verdict),
            id: finding.row.clone(),
            title: finding.title.clone(),
            sentence: match finding.verdict {
                Verdict::DoesNotApply if exception.is_some() => exception.map_or_else(String::new, excepted),
                Verdict::Unknown => format!("Missing: {}.", finding.sentence.trim_end_matches('.')),
                Verdict::DoesNotApply => format!("Because {}.", finding.sentence.trim_end_matches('.')),
                Verdict::Holds | Verdict::DoesNotHold => text::sentence(&finding.sentence),
            },
            remedy: finding.remedy.as_deref().map(|remedy| Prose::new(&text::sentence(remedy))),
            evidence: EvidenceLine::of(finding, now),
        }
    }
}

fn excepted(said: &seaworthy_contract::api::RowException) -> String {
    format!("{} {} says so.", text::sentence(&said.because), said.by)
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

/// The one next exercise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextLine {
    /// How long it takes.
    pub time: String,
    /// How many people.
    pub people: String,
    /// What is done.
    pub title: String,
    /// Which rows it answers and renews.
    pub rows: String,
    /// How.
    pub how: Prose,
}

/// A step of exposure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLine {
    /// Whether something that it asks for is open.
    pub chip: Chip,
    /// Its name.
    pub step: String,
    /// What it asks for.
    pub asks: String,
    /// What of that is open.
    pub open: Option<String>,
}

/// A row of which the team says something else than what was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DifferLine {
    /// Its id.
    pub id: String,
    /// The statement.
    pub title: String,
    /// What the team says.
    pub said: &'static str,
    /// In their words.
    pub words: String,
    /// Who says so.
    pub by: String,
    /// When.
    pub said_at: When,
    /// What was seen.
    pub seen: &'static str,
    /// In a sentence.
    pub sentence: String,
}

/// What the page is made from.
#[derive(Debug, Clone, Copy)]
pub struct ReadyFacts<'a> {
    /// The service.
    pub service: &'a Service,
    /// Its rows.
    pub readiness: &'a Readiness,
    /// Who is in the team that owns it.
    pub members: &'a [PersonId],
    /// What the reader may do.
    pub rights: &'a Rights,
    /// The time.
    pub now: Timestamp,
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
    /// What answers most rows for each minute of people's time.
    pub next: Option<NextLine>,
    /// What each step of exposure asks for.
    pub ladder: Vec<StepLine>,
    /// Rows of which the team says something else than what was seen.
    pub differ: Vec<DifferLine>,
    /// The rows by verdict.
    pub groups: Vec<Group>,
    /// The form token, where the reader may say something of a row.
    pub token: Option<String>,
    /// The rows to choose from, by id.
    pub choices: Vec<String>,
    /// Who can say something.
    pub members: Vec<String>,
    /// How many rows nothing answers.
    pub unseen_note: String,
    /// Rows that nothing answers: id, statement, why.
    pub unseen: Vec<(String, String, String)>,
}

impl ReadyPage {
    /// Makes the page.
    pub fn new(facts: &ReadyFacts<'_>) -> Self {
        let findings = &facts.readiness.findings;
        let mut choices: Vec<String> = findings.iter().map(|finding| finding.row.clone()).collect();
        choices.sort_unstable();
        let because = |row: &UnseenRow| {
            let what = if row.of_product { "Kept by the product itself" } else { "Not yet observable" };
            format!("{what}: {}.", row.because)
        };
        Self {
            service: facts.readiness.service.to_string(),
            team: facts.service.owner.to_string(),
            headline: headline(facts.readiness),
            counts: Counts::of(findings),
            rows: findings.len(),
            next: facts.readiness.next.as_ref().map(next),
            ladder: facts.readiness.ladder.iter().map(step).collect(),
            differ: findings
                .iter()
                .filter(|finding| finding.differs)
                .filter_map(|finding| differ(finding, facts.now))
                .collect(),
            groups: groups(facts),
            token: facts.rights.token().filter(|_| !facts.members.is_empty()),
            choices,
            members: facts.members.iter().map(ToString::to_string).collect(),
            unseen_note: format!(
                "{} of the list, each with why",
                text::counted(facts.readiness.unseen.len() as u64, "row", "rows")
            ),
            unseen: facts
                .readiness
                .unseen
                .iter()
                .map(|row| (row.row.clone(), row.title.clone(), because(row)))
                .collect(),
        }
    }
}

/// The rows by verdict, and within one by the part of a review.
fn groups(facts: &ReadyFacts<'_>) -> Vec<Group> {
    let group = |verdict, id, heading, note: &str| {
        let mut mine: Vec<&Finding> = facts.readiness.findings.iter().filter(|f| f.verdict == verdict).collect();
        mine.sort_by(|a, b| a.section.cmp(&b.section));
        let rows: Vec<Row> = mine.into_iter().map(|finding| row(facts, finding)).collect();
        let note = format!("{}{note}", text::counted(rows.len() as u64, "row", "rows"));
        (!rows.is_empty()).then_some(Group { id, heading, note, rows })
    };
    [
        group(Verdict::Unknown, "unknown", "Unknown", ". Nobody has seen it"),
        group(Verdict::DoesNotHold, "not", "Does not hold", ". Seen, and it is not so"),
        group(Verdict::Holds, "holds", "Holds, for now", ". The line is the term, the dot is today"),
        group(Verdict::DoesNotApply, "na", "Does not apply", ""),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn row(facts: &ReadyFacts<'_>, finding: &Finding) -> Row {
    let verb = match (&finding.exception, &finding.attested) {
        (Some(_), _) => Some(("apply", "It applies again")),
        (None, Some(_)) => Some(("unsay", "Take our word back")),
        (None, None) => None,
    };
    let path = |verb| format!("/services/{}/ready/{verb}", facts.readiness.service);
    let take_back = verb.zip(facts.rights.token()).map(|((verb, label), token)| (path(verb), token, label));
    Row { take_back, ..Row::of(finding, facts.now) }
}

fn next(next: &NextExercise) -> NextLine {
    let answers = match next.answers.is_empty() {
        true => String::new(),
        false => format!("Can answer {}. ", next.answers.join(", ")),
    };
    let renews = match next.renews.is_empty() {
        true => String::new(),
        false => format!("Renews {}.", next.renews.join(", ")),
    };
    NextLine {
        time: text::counted(next.minutes.into(), "minute", "minutes"),
        people: text::counted(next.people.into(), "person", "people"),
        title: next.title.clone(),
        rows: format!("{answers}{renews}"),
        how: Prose::new(&text::sentence(&next.how)),
    }
}

fn step(step: &ReadinessStep) -> StepLine {
    let chip = match step.open.len() as u64 {
        0 => Chip::ok("Nothing is open"),
        n => Chip::unknown(text::counted(n, "row is open", "rows are open")),
    };
    let asks = if step.asks.is_empty() { "nothing more".to_owned() } else { step.asks.join(", ") };
    let open = (!step.open.is_empty()).then(|| step.open.join(", "));
    let name = match step.step.as_str() {
        "internal" => "People of the company".to_owned(),
        "all" => "Everybody".to_owned(),
        share => format!("{share} of users"),
    };
    StepLine { chip, step: name, asks, open }
}

fn differ(finding: &Finding, now: Timestamp) -> Option<DifferLine> {
    let said = finding.attested.as_ref()?;
    let word = |holds: bool| if holds { "It holds" } else { "It does not hold" };
    let says_holds = said.says == RowSaysV1::Holds;
    Some(DifferLine {
        id: finding.row.clone(),
        title: finding.title.clone(),
        said: word(says_holds),
        words: said.words.clone(),
        by: said.by.clone(),
        said_at: When::age(said.at, now),
        // They differ: what was seen is the opposite.
        seen: word(!says_holds),
        sentence: text::sentence(&finding.sentence),
    })
}

fn headline(readiness: &Readiness) -> String {
    let of = |verdict| readiness.findings.iter().filter(|finding| finding.verdict == verdict).count();
    let name = &readiness.service;
    match (of(Verdict::Unknown), of(Verdict::DoesNotHold)) {
        (0, 0) => format!("Everything we ask of {name} was seen to hold, for now."),
        (0, 1) => format!("One thing about {name} does not hold."),
        (0, n) => format!("{} things about {name} do not hold.", text::number_word(n)),
        (1, _) => format!("One thing about {name} nobody has seen yet."),
        (n, _) => format!("{} things about {name} nobody has seen yet.", text::number_word(n)),
    }
}

impl PageView for ReadyPage {
    fn title(&self) -> String {
        format!("{}, ready?", self.service)
    }

    fn nav(&self) -> Nav {
        Nav::Services
    }
}
