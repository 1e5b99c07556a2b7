//! Shifts for people: local times of the rotation's zone, in a table.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_oncall::{Finding, Kind, Why};

use super::Shown;
use crate::table::{Column, harmless, lay_out};

/// Makes the text.
pub(super) fn render(shown: &[Shown], width: usize) -> String {
    shown.iter().map(|one| rotation(one, width)).collect::<Vec<_>>().join("\n")
}

fn rotation(shown: &Shown, width: usize) -> String {
    let mut said = format!("{} of {}, times of {}\n\n", shown.declared.name, shown.declared.team, shown.declared.zone);
    let duties = shown.plan.duties.iter().map(|duty| {
        let row = vec![level(duty.level), local(shown, duty.start), local(shown, duty.end), duty.person.to_string()];
        ((duty.level, duty.start), [row, vec![why(shown, duty.why)]].concat())
    });
    let gaps = shown.plan.gaps.iter().map(|gap| {
        let row = vec![level(gap.level), local(shown, gap.start), local(shown, gap.end), "NOBODY".to_owned()];
        ((gap.level, gap.start), [row, vec![hours(gap.start.duration_until(gap.end))]].concat())
    });
    let mut rows: Vec<_> = duties.chain(gaps).collect();
    rows.sort_by_key(|(at, _)| *at);
    let head = ["LEVEL", "FROM", "UNTIL", "PERSON", "WHY"].map(str::to_owned).to_vec();
    let rows: Vec<Vec<String>> = [head].into_iter().chain(rows.into_iter().map(|(_, row)| row)).collect();
    let columns = [Column::Text, Column::Text, Column::Text, Column::Text, Column::Gives];
    for line in lay_out(&columns, &rows, width) {
        said.push_str(line.trim_end());
        said.push('\n');
    }
    if !shown.findings.is_empty() {
        said.push('\n');
    }
    for one in &shown.findings {
        writeln!(said, "- {}", finding(shown, one)).expect("a text takes everything");
    }
    said
}

fn level(level: u8) -> String {
    match level {
        0 => "primary".to_owned(),
        1 => "secondary".to_owned(),
        more => format!("level {}", more + 1),
    }
}

fn local(shown: &Shown, at: Timestamp) -> String {
    let zone = TimeZone::get(&shown.declared.zone).unwrap_or(TimeZone::UTC);
    at.to_zoned(zone).strftime("%a %Y-%m-%d %H:%M").to_string()
}

fn hours(time: SignedDuration) -> String {
    let (hours, minutes) = (time.as_hours(), time.as_mins() % 60);
    if minutes == 0 { format!("{hours} h") } else { format!("{hours} h {minutes} min") }
}

/// Says what put somebody on call.
pub(super) fn why(shown: &Shown, why: Why) -> String {
    match why {
        Why::Layer(index) => {
            let name = shown.schedule.layers.get(index).map_or("?", |layer| layer.name.as_str());
            format!("layer {}", harmless(name))
        }
        Why::Override(index) => match shown.schedule.overrides.get(index).map(|one| &one.kind) {
            Some(Kind::Replace { from, .. }) => format!("stands in for {from}"),
            _ => "put on call for this time".to_owned(),
        },
        Why::Fallback => "fallback: nobody else is there".to_owned(),
    }
}

/// Says a finding.
pub(super) fn finding(shown: &Shown, finding: &Finding) -> String {
    match finding {
        Finding::Uncovered { level: at, total, first } => {
            format!("nobody is {} for {} in all, first from {}", level(*at), hours(*total), local(shown, *first))
        }
        Finding::TwoLevels { person, start } => {
            format!("{person} is on two levels at once, first from {}: nobody is behind them", local(shown, *start))
        }
        Finding::BackToBack { person, start, end } => {
            let days = start.duration_until(*end).as_hours() / 24;
            format!("{person} is primary for {days} days without a break, from {} (ONC-11)", local(shown, *start))
        }
        Finding::UnevenWeekends { person, theirs, even } => {
            format!("{person} has {} of weekends; an even share is {}", hours(*theirs), hours(*even))
        }
        Finding::NotAvailable { person, start, end, propose } => {
            let instead = match propose {
                Some(other) => format!("{other} has been free the longest"),
                None => "nobody else is free".to_owned(),
            };
            format!("{person} is not available from {} to {}: {instead}", local(shown, *start), local(shown, *end))
        }
        Finding::Size { members: 1 } => "1 person; six to eight carry a rotation well (ONC-10)".to_owned(),
        Finding::Size { members } => format!("{members} people; six to eight carry a rotation well (ONC-10)"),
    }
}
