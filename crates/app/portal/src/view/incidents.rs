//! Incidents: the list, and one with its five clocks on a line, who is there, its suspects and what happened.

use askama::Template;
use jiff::Timestamp;
use seaworthy_contract::api::{Incident, IncidentBrief, IncidentClock, IncidentState};
use seaworthy_contract::events::incident::{IncidentClockV1, IncidentRoleV1, IncidentSourceV1};

use super::page::{SeenLine, SuspectLine, seen, suspect_line};
use super::words::actor;
use crate::chrome::{Nav, PageView, Rights};
use crate::part::{Chip, LedgerLink, When};
use crate::text;

/// An incident in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentRow {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub chip: Chip,
    /// The service.
    pub service: String,
    /// What customers cannot do.
    pub what: String,
    /// What opened it.
    pub source: &'static str,
    /// When.
    pub opened: When,
    /// Since when the promised update is late.
    pub late: Option<When>,
}

impl IncidentRow {
    fn of(incident: &IncidentBrief, now: Timestamp) -> Self {
        Self {
            id: incident.id.to_string(),
            chip: chip(incident.state),
            service: incident.service.to_string(),
            what: incident.sentence.clone(),
            source: match incident.source {
                IncidentSourceV1::Page => "opened by a page",
                IncidentSourceV1::Hand => "opened by hand",
                IncidentSourceV1::Drill => "a drill: nothing is wrong",
            },
            opened: When::age(incident.opened_at, now),
            late: incident.update_late_since.map(|at| When::age(at, now)),
        }
    }
}

fn chip(state: IncidentState) -> Chip {
    match state {
        IncidentState::Waiting => Chip::bad("Nobody has joined"),
        IncidentState::Joined => Chip::run("Worked on"),
        IncidentState::Restored => Chip::warn("Restored"),
        IncidentState::Healthy => Chip::ok("Well again"),
        IncidentState::Closed => Chip::ok("Closed"),
    }
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "incidents.html")]
pub struct IncidentsPage {
    /// The answer.
    pub headline: String,
    /// Those that go on, and those that are over, newest first: title, anchor, rows.
    pub parts: [(&'static str, &'static str, Vec<IncidentRow>); 2],
}

impl IncidentsPage {
    /// Makes the list.
    pub fn new(incidents: &[IncidentBrief], now: Timestamp) -> Self {
        let rows = incidents.iter().map(|incident| (incident.state, IncidentRow::of(incident, now)));
        let (over, open): (Vec<_>, Vec<_>) = rows.partition(|(state, _)| *state == IncidentState::Closed);
        let headline = match open.as_slice() {
            [] => "No incident goes on.".to_owned(),
            [(_, one)] => format!("{}: {}", one.service, text::sentence(&one.what)),
            many => format!("{} incidents go on.", many.len()),
        };
        let rows = |found: Vec<(IncidentState, IncidentRow)>| found.into_iter().map(|(_, row)| row).collect();
        Self { headline, parts: [("Going on", "open", rows(open)), ("Over", "over", rows(over))] }
    }
}

impl PageView for IncidentsPage {
    fn title(&self) -> String {
        "Incidents".to_owned()
    }

    fn nav(&self) -> Nav {
        Nav::Pages
    }
}

/// One of the five instants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRow {
    /// Which.
    pub name: &'static str,
    /// When it was; none while nobody knows.
    pub at: Option<When>,
    /// How long after the first one.
    pub after: Option<String>,
    /// Who or what says so, or why nobody knows.
    pub source: String,
    /// Where that stands.
    pub position: Option<LedgerLink>,
    /// Its place on the line, in hundredths of the whole.
    pub place: Option<String>,
}

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: When,
    /// What.
    pub what: String,
    /// Of which service, where it is another.
    pub of: Option<String>,
    /// Who or what did it.
    pub by: String,
    /// Where that stands.
    pub position: LedgerLink,
}

/// An incident.
#[derive(Debug, Template)]
#[template(path = "incident.html")]
pub struct IncidentPage {
    /// What every list says of it.
    pub row: IncidentRow,
    /// Where it stands in the ledger.
    pub position: LedgerLink,
    /// The five instants.
    pub clocks: Vec<ClockRow>,
    /// What the line shows, in words.
    pub label: String,
    /// Who is there, with their roles.
    pub people: Vec<(String, String, When)>,
    /// When the next update is promised.
    pub next: Option<When>,
    /// Since when one is alone.
    pub alone: Option<When>,
    /// When help was asked for.
    pub helped: Option<When>,
    /// Its pages.
    pub pages: Vec<String>,
    /// What the changes come to.
    pub finding: String,
    /// What changed.
    pub changed: Vec<SuspectLine>,
    /// What was like it.
    pub seen: Vec<SeenLine>,
    /// What happened, newest first.
    pub timeline: Vec<Happened>,
    /// Lines that are in the ledger only.
    pub left_out: usize,
    /// Whether it goes on.
    pub open: bool,
    /// Whether nothing has shown that customers are served again.
    pub unrestored: bool,
    /// The form token of whoever may join.
    pub joins: Option<String>,
    /// The form token of whoever may do more.
    pub acts: Option<String>,
}

impl IncidentPage {
    /// Makes the page.
    pub fn new(incident: &Incident, rights: &Rights, now: Timestamp) -> Self {
        let brief = &incident.brief;
        let open = brief.state != IncidentState::Closed;
        let known: Vec<Timestamp> = incident.clocks.iter().filter_map(|clock| clock.at).collect();
        let span = known.iter().min().copied().zip(known.iter().max().copied());
        let happened = |line: &seaworthy_contract::api::IncidentLine| Happened {
            at: When::clock(line.at),
            what: line.sentence.clone(),
            of: line.service.as_ref().map(ToString::to_string),
            by: actor(&line.by),
            position: LedgerLink::new(line.position),
        };
        Self {
            row: IncidentRow::of(brief, now),
            position: LedgerLink::new(brief.position),
            clocks: incident.clocks.iter().map(|clock| clock_row(clock, span)).collect(),
            label: label(&incident.clocks),
            people: people(incident, now),
            next: incident.next_update_at.map(When::clock),
            alone: incident.alone_since.map(|at| When::age(at, now)),
            helped: incident.help_asked_at.map(|at| When::age(at, now)),
            pages: incident.pages.iter().map(ToString::to_string).collect(),
            finding: incident.suspects.sentence.clone(),
            changed: incident.suspects.changes.iter().map(|s| suspect_line(s, brief.service.as_str())).collect(),
            seen: seen(incident),
            timeline: incident.timeline.iter().map(happened).collect(),
            left_out: incident.left_out,
            open,
            unrestored: matches!(brief.state, IncidentState::Waiting | IncidentState::Joined),
            joins: rights.csrf.clone().filter(|_| open),
            acts: rights.token().filter(|_| open),
        }
    }
}

fn name(clock: IncidentClockV1) -> &'static str {
    match clock {
        IncidentClockV1::Started => "Started",
        IncidentClockV1::Detected => "Detected",
        IncidentClockV1::Joined => "Joined",
        IncidentClockV1::Restored => "Restored",
        IncidentClockV1::Healthy => "Well again",
    }
}

fn clock_row(clock: &IncidentClock, span: Option<(Timestamp, Timestamp)>) -> ClockRow {
    let whole = span.map_or(0.0, |(first, last)| last.duration_since(first).as_secs_f64());
    let after = clock.at.zip(span).map(|(at, (first, _))| at.duration_since(first).as_secs_f64());
    ClockRow {
        name: name(clock.clock),
        at: clock.at.map(When::short),
        after: after.filter(|s| *s > 0.0).map(text::seconds),
        source: clock.source.clone(),
        position: clock.position.map(LedgerLink::new),
        // A little room on both sides, so that no mark is cut.
        place: after.map(|s| format!("{:.1}%", 2.0 + 96.0 * if whole > 0.0 { s / whole } else { 0.0 })),
    }
}

/// What the line shows, for who cannot see it.
fn label(clocks: &[IncidentClock]) -> String {
    let one = |clock: &IncidentClock| match clock.at {
        Some(at) => format!("{} {}", name(clock.clock), text::utc(at, "%H:%M:%S")),
        None => format!("{} unknown", name(clock.clock)),
    };
    clocks.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn people(incident: &Incident, now: Timestamp) -> Vec<(String, String, When)> {
    let role = |name: &str| {
        let of = incident.roles.iter().filter(|role| role.name == name);
        let words: Vec<&str> = of
            .map(|role| match role.role {
                IncidentRoleV1::Lead => "lead",
                IncidentRoleV1::Operator => "operator",
                IncidentRoleV1::Communicator => "communicator",
            })
            .collect();
        words.join(", ")
    };
    incident.people.iter().map(|p| (actor(&p.name), role(&p.name), When::age(p.since, now))).collect()
}

impl PageView for IncidentPage {
    fn title(&self) -> String {
        format!("Incident of {}", self.row.service)
    }

    fn nav(&self) -> Nav {
        Nav::Pages
    }
}
