//! `Rotation`: a list of people and a start, and the layers, hours and overrides that lie over it.

mod follow;
mod hours;
mod layered;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use seaworthy_contract::catalogue::TurnLength;
use seaworthy_model::PersonId;

use crate::diagnostic::Placed;
use crate::draft::{CalendarDraft, RotationDraft};
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;

use super::spec;

/// Most people in turn: at a week each, two years pass before a turn comes again.
const PARTICIPANTS_MAX: usize = 100;

/// Reads a rotation.
pub(super) fn read(envelope: &Envelope<'_>) -> Option<RotationDraft> {
    let spec = spec(envelope)?;
    let team = spec.required_name("team", "write the team that is paged");
    let calendar = spec.fields("calendar");
    let follows = calendar.is_some();
    let calendar = calendar.and_then(|fields| follow::read(&fields));
    let turns = if follows { Turns::followed(spec, calendar.as_ref()) } else { Turns::read(spec, None) };
    let (mut layered, others) = layered::read(spec, &turns);
    if follows && layered.joining.is_some() {
        let message = "people cannot join a rotation that a calendar fills";
        spec.scope.report.error(Rule::BadValue, &spec.at(), message, "leave out joining, or the calendar");
    }
    layered.calendar = calendar.as_ref().map(|calendar| Box::new(calendar.followed.clone()));
    spec.no_more();
    let name = envelope.metadata.name("name")?;
    let Turns { participants, zone, start, turn } = turns;
    Some(RotationDraft {
        name,
        team,
        participants,
        start,
        zone: zone.map(|(name, _)| name),
        turn,
        layered,
        others,
        calendar,
    })
}

/// People in turn, from when, for how long.
struct Turns {
    participants: Vec<Placed<PersonId>>,
    zone: Option<(String, TimeZone)>,
    start: Option<Placed<Timestamp>>,
    turn: Option<TurnLength>,
}

impl Turns {
    /// Of a rotation that follows a calendar: whoever it names is in it, and turns are not numbered.
    fn followed(fields: &Fields<'_>, calendar: Option<&CalendarDraft>) -> Self {
        let mut participants: Vec<Placed<PersonId>> =
            calendar.into_iter().flat_map(|calendar| calendar.people.values()).cloned().collect();
        participants.sort_by(|a, b| a.value.cmp(&b.value));
        participants.dedup_by(|a, b| a.value == b.value);
        let start = Placed { value: Timestamp::UNIX_EPOCH, at: fields.at() };
        Self { participants, zone: zone(fields), start: Some(start), turn: Some(TurnLength::Days(7)) }
    }

    /// Reads them; a layer takes zone, start and turn from what it lies over where it says nothing else.
    fn read(fields: &Fields<'_>, below: Option<&Turns>) -> Self {
        let participants = participants(fields);
        let zone = match below {
            Some(below) if fields.get("zone").is_none() => below.zone.clone(),
            _ => zone(fields),
        };
        let start = match below {
            Some(below) if fields.get("start").is_none() => below.start.clone(),
            _ => start(fields, zone.as_ref().map(|(_, zone)| zone)),
        };
        let turn = match below {
            Some(below) if fields.get("turn").is_none() => below.turn,
            _ => turn(fields),
        };
        Self { participants, zone, start, turn }
    }
}

fn participants(fields: &Fields<'_>) -> Vec<Placed<PersonId>> {
    let written = fields.require("participants", "write the people in turn, by handle").is_some();
    let participants = fields.names("participants");
    let report = fields.scope.report;
    if written && fields.list("participants").is_empty() {
        let message = "a rotation with nobody in it pages nobody";
        report.error(Rule::NobodyOnCall, &fields.at(), message, "write at least one participant (OWN-16)");
    }
    if participants.len() > PARTICIPANTS_MAX {
        let message = format!("{} participants are over the limit of {PARTICIPANTS_MAX}", participants.len());
        report.error(Rule::Limit, &fields.at(), message, "make several rotations");
    }
    participants
}

fn zone(fields: &Fields<'_>) -> Option<(String, TimeZone)> {
    fields.require("zone", "write the time zone whose clock hand-overs keep, such as Europe/Berlin")?;
    let name = fields.text("zone")?;
    match TimeZone::get(&name.value) {
        Ok(zone) => Some((name.value, zone)),
        Err(_) => {
            let message = format!("time zone \"{}\" is not known", name.value);
            let remedy = "write an IANA name, such as Europe/Berlin or UTC";
            fields.scope.report.error(Rule::BadValue, &name.at, message, remedy);
            None
        }
    }
}

fn start(fields: &Fields<'_>, zone: Option<&TimeZone>) -> Option<Placed<Timestamp>> {
    fields.require("start", "write the first hand-over, such as 2026-01-05T09:00")?;
    instant(fields, "start", zone)
}

/// Reads a time with an offset, or a local one in the zone; a local time that does not exist is moved past the gap.
fn instant(fields: &Fields<'_>, key: &'static str, zone: Option<&TimeZone>) -> Option<Placed<Timestamp>> {
    let text = fields.text(key)?;
    if let Ok(value) = text.value.parse::<Timestamp>() {
        return Some(Placed { value, at: text.at });
    }
    match text.value.parse::<DateTime>() {
        Ok(local) => {
            let value = zone?.to_timestamp(local).ok()?;
            Some(Placed { value, at: text.at })
        }
        Err(_) => {
            let message = format!("\"{}.{key}\" \"{}\" is not a time", fields.path, text.value);
            let remedy = "write 2026-01-05T09:00 in the zone's own time, or 2026-01-05T08:00:00Z";
            fields.scope.report.error(Rule::BadValue, &text.at, message, remedy);
            None
        }
    }
}

fn turn(fields: &Fields<'_>) -> Option<TurnLength> {
    fields.require("turn", "write how long a turn is, such as 7d")?;
    let text = fields.text("turn")?;
    let turn = turn_of(&text.value);
    if turn.is_none() {
        let message = format!("\"{}.turn\" \"{}\" is not the length of a turn", fields.path, text.value);
        let remedy = "write hours, days, weeks or months, such as 12h, 1d, 2w or 1mo";
        fields.scope.report.error(Rule::BadDuration, &text.at, message, remedy);
    }
    turn
}

/// Reads `12h`, `7d`, `2w` or `1mo`, at most a year.
fn turn_of(text: &str) -> Option<TurnLength> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number: u16 = number.parse().ok().filter(|number| *number > 0)?;
    match unit.trim() {
        "h" => Some(TurnLength::Hours(number)).filter(|_| number <= 366 * 24),
        "d" => Some(TurnLength::Days(number)).filter(|_| number <= 366),
        "w" => Some(TurnLength::Days(number.checked_mul(7)?)).filter(|_| number <= 52),
        "mo" => Some(TurnLength::Months(number)).filter(|_| number <= 12),
        _ => None,
    }
}
