//! Rotas in words: why somebody is on call, and what is wrong.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use seaworthy_model::PersonId;
use seaworthy_oncall::{Finding, Kind, Schedule, Why};

/// Returns what people call a level.
pub fn level(level: u8) -> String {
    match level {
        0 => "primary".to_owned(),
        1 => "secondary".to_owned(),
        more => format!("level {}", more + 1),
    }
}

/// Returns an instant on the wall clock of a zone; in UTC where this machine does not know the zone.
pub fn local(at: Timestamp, zone: &str) -> String {
    on_wall(at, &TimeZone::get(zone).unwrap_or(TimeZone::UTC))
}

pub(super) fn on_wall(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M").to_string()
}

/// Returns `95 h` or `95 h 30 min`.
pub(crate) fn length(time: SignedDuration) -> String {
    let (hours, minutes) = (time.as_hours(), time.as_mins() % 60);
    if minutes == 0 { format!("{hours} h") } else { format!("{hours} h {minutes} min") }
}

/// Says what put somebody on call.
pub(crate) fn why(schedule: &Schedule, why: Why) -> String {
    match why {
        Why::Layer(index) => {
            let name = schedule.layers.get(index).map_or("?", |layer| layer.name.as_str());
            format!("layer {name}")
        }
        Why::Calendar => "the calendar says so".to_owned(),
        Why::Override(index) => match schedule.overrides.get(index).map(|one| &one.kind) {
            Some(Kind::Replace { from, .. }) => format!("stands in for {from}"),
            _ => "put on call for this time".to_owned(),
        },
        Why::Fallback => "fallback: nobody else is there".to_owned(),
    }
}

/// Returns a finding's kind, whom it is about, and when.
pub(super) fn parts(finding: &Finding) -> (&'static str, Option<PersonId>, Option<Timestamp>, Option<Timestamp>) {
    match finding {
        Finding::Uncovered { first, .. } => ("uncovered", None, Some(*first), None),
        Finding::TwoLevels { person, start } => ("two-levels", Some(person.clone()), Some(*start), None),
        Finding::BackToBack { person, start, end } => ("back-to-back", Some(person.clone()), Some(*start), Some(*end)),
        Finding::UnevenWeekends { person, .. } => ("uneven-weekends", Some(person.clone()), None, None),
        Finding::NotAvailable { person, start, end, .. } => {
            ("not-available", Some(person.clone()), Some(*start), Some(*end))
        }
        Finding::Size { .. } => ("size", None, None, None),
    }
}

/// Says a finding.
pub(super) fn finding(finding: &Finding, zone: &TimeZone) -> String {
    let local = |at: Timestamp| on_wall(at, zone);
    match finding {
        Finding::Uncovered { level: at, total, first } => {
            format!("nobody is {} for {} in all, first from {}", level(*at), length(*total), local(*first))
        }
        Finding::TwoLevels { person, start } => {
            format!("{person} is on two levels at once, first from {}: nobody is behind them", local(*start))
        }
        Finding::BackToBack { person, start, end } => {
            let days = start.duration_until(*end).as_hours() / 24;
            format!("{person} is primary for {days} days without a break, from {} (ONC-11)", local(*start))
        }
        Finding::UnevenWeekends { person, theirs, even } => {
            format!("{person} has {} of weekends; an even share is {}", length(*theirs), length(*even))
        }
        Finding::NotAvailable { person, start, end, propose } => {
            let instead = match propose {
                Some(other) => format!("{other} has been free the longest"),
                None => "nobody else is free".to_owned(),
            };
            format!("{person} is not available from {} to {}: {instead}", local(*start), local(*end))
        }
        Finding::Size { members: 1 } => "1 person; six to eight carry a rotation well (ONC-10)".to_owned(),
        Finding::Size { members } => format!("{members} people; six to eight carry a rotation well (ONC-10)"),
    }
}
