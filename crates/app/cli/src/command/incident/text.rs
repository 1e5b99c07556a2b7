//! Incidents as a person reads them in a terminal.

use seaworthy_contract::api::{Confidence, Incident, IncidentBrief, IncidentClock, IncidentState};
use seaworthy_contract::events::incident::{IncidentClockV1, IncidentRoleV1, IncidentSourceV1};

use crate::ids::{beginning, tell_apart};
use crate::table::{Column, harmless, lay_out};
use crate::view::View;
use crate::words::{actor, ago};

/// Lines of the timeline that are shown; `--json` has all.
const LINES_SHOWN: usize = 30;

/// Prints a list.
pub(super) fn table(incidents: &[IncidentBrief], view: &View) -> String {
    if incidents.is_empty() {
        return "no incident goes on".to_owned();
    }
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives, Column::Text];
    let header = ["SERVICE", "OPENED", "BY", "STATE", "WHAT", "ID"].map(str::to_owned).to_vec();
    let chars = tell_apart(incidents.iter().map(|incident| incident.id));
    let row = |incident: &IncidentBrief| {
        vec![
            incident.service.to_string(),
            ago(view.seconds_since(incident.opened_at)),
            source(incident.source).to_owned(),
            stands(incident, view),
            harmless(&incident.sentence),
            beginning(incident.id, chars),
        ]
    };
    let rows: Vec<_> = std::iter::once(header).chain(incidents.iter().map(row)).collect();
    lay_out(&columns, &rows, view.width()).join("\n")
}

fn source(source: IncidentSourceV1) -> &'static str {
    match source {
        IncidentSourceV1::Page => "a page",
        IncidentSourceV1::Hand => "hand",
        IncidentSourceV1::Drill => "a drill",
    }
}

fn stands(incident: &IncidentBrief, view: &View) -> String {
    let state = match incident.state {
        IncidentState::Waiting => view.alarm("nobody has joined"),
        IncidentState::Joined => "worked on".to_owned(),
        IncidentState::Restored => "restored".to_owned(),
        IncidentState::Healthy => "well again".to_owned(),
        IncidentState::Closed => "closed".to_owned(),
    };
    match incident.update_late_since {
        Some(at) => format!("{state}, update late since {}", at.strftime("%H:%M UTC")),
        None => state,
    }
}

/// Prints one incident.
pub(super) fn whole(incident: &Incident, view: &View) -> String {
    let brief = &incident.brief;
    let mut lines = vec![
        format!("{}: {}", brief.service, harmless(&brief.sentence)),
        format!(
            "{}, opened by {} {}",
            stands(brief, view),
            source(brief.source),
            ago(view.seconds_since(brief.opened_at))
        ),
        format!("id {}", brief.id),
        String::new(),
    ];
    lines.extend(incident.clocks.iter().map(clock));
    lines.push(String::new());
    lines.extend(people(incident, view));
    lines.push(harmless(&incident.suspects.sentence));
    let likely = incident.suspects.changes.iter().filter(|change| change.confidence != Confidence::Unlikely);
    lines.extend(likely.map(|change| {
        let word = if change.confidence == Confidence::Likely { "likely  " } else { "possible" };
        format!("  {word} {} {}: {}", change.at.strftime("%H:%M"), harmless(&change.sentence), harmless(&change.why))
    }));
    for seen in &incident.seen_before {
        let restored = seen.restored_by.as_deref().unwrap_or("nobody saw what restored it");
        lines.push(format!(
            "seen before: {} {}, restored: {}",
            seen.opened_at.strftime("%Y-%m-%d"),
            harmless(&seen.sentence),
            harmless(restored)
        ));
    }
    lines.push(String::new());
    lines.extend(incident.timeline.iter().take(LINES_SHOWN).map(|line| {
        let of = line.service.as_ref().map_or_else(String::new, |service| format!("{service}: "));
        let (at, by) = (line.at.strftime("%Y-%m-%d %H:%M:%S"), harmless(&actor(&line.by)));
        format!("{at}  {of}{} ({by}, #{})", harmless(&line.sentence), line.position)
    }));
    let more = incident.timeline.len().saturating_sub(LINES_SHOWN) + incident.left_out;
    if more > 0 {
        lines.push(format!("{more} more; `--json` and the ledger have them"));
    }
    lines.join("\n")
}

fn clock(clock: &IncidentClock) -> String {
    let name = match clock.clock {
        IncidentClockV1::Started => "started ",
        IncidentClockV1::Detected => "detected",
        IncidentClockV1::Joined => "joined  ",
        IncidentClockV1::Restored => "restored",
        IncidentClockV1::Healthy => "healthy ",
    };
    match (clock.at, clock.position) {
        (Some(at), Some(position)) => {
            format!("{name}  {}  {} (#{position})", at.strftime("%Y-%m-%d %H:%M:%S UTC"), harmless(&clock.source))
        }
        _ => format!("{name}  unknown                  {}", harmless(&clock.source)),
    }
}

fn people(incident: &Incident, view: &View) -> Vec<String> {
    let role = |name: &str| {
        let of = incident.roles.iter().filter(|role| role.name == name);
        let words: Vec<&str> = of
            .map(|role| match role.role {
                IncidentRoleV1::Lead => "lead",
                IncidentRoleV1::Operator => "operator",
                IncidentRoleV1::Communicator => "communicator",
            })
            .collect();
        if words.is_empty() { String::new() } else { format!(" ({})", words.join(", ")) }
    };
    let mut lines: Vec<String> = Vec::new();
    let names: Vec<String> =
        incident.people.iter().map(|person| harmless(&actor(&person.name)) + &role(&person.name)).collect();
    if !names.is_empty() {
        lines.push(format!("there: {}", names.join(", ")));
    }
    if let Some(at) = incident.next_update_at {
        lines.push(format!("next update promised for {}", at.strftime("%H:%M UTC")));
    }
    if let Some(since) = incident.alone_since {
        let since = ago(view.seconds_since(since));
        lines.push(format!("one person is alone with it since {since}: need help? `seaworthy incident help`"));
    }
    if let Some(at) = incident.help_asked_at {
        lines.push(format!("help was asked for {}", ago(view.seconds_since(at))));
    }
    lines
}
