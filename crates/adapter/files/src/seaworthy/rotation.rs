//! `Rotation`: a list of people and a start.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::diagnostic::Placed;
use crate::draft::RotationDraft;
use crate::envelope::Envelope;
use crate::fields::Fields;
use crate::rule::Rule;
use crate::scalar::days;

use super::spec;

/// Most people in turn: at a week each, two years pass before a turn comes again.
const PARTICIPANTS_MAX: usize = 100;

/// Reads a rotation.
pub(super) fn read(envelope: &Envelope<'_>) -> Option<RotationDraft> {
    let spec = spec(envelope)?;
    let team = spec.required_name("team", "write the team that is paged");
    let written = spec.require("participants", "write the people in turn, by handle").is_some();
    let participants = spec.names("participants");
    if written && spec.list("participants").is_empty() {
        let message = "a rotation with nobody in it pages nobody";
        spec.scope.report.error(Rule::NobodyOnCall, &spec.at(), message, "write at least one participant (OWN-16)");
    }
    if participants.len() > PARTICIPANTS_MAX {
        let message = format!("{} participants are over the limit of {PARTICIPANTS_MAX}", participants.len());
        spec.scope.report.error(Rule::Limit, &spec.at(), message, "make several rotations");
    }
    let zone = zone(spec);
    let start = start(spec, zone.as_ref().map(|(_, zone)| zone));
    let days = turn(spec);
    spec.no_more();
    let name = envelope.metadata.name("name")?;
    Some(RotationDraft { name, team, participants, start, zone: zone.map(|(name, _)| name), days })
}

fn zone(spec: &Fields<'_>) -> Option<(String, TimeZone)> {
    spec.require("zone", "write the time zone whose clock hand-overs keep, such as Europe/Berlin")?;
    let name = spec.text("zone")?;
    match TimeZone::get(&name.value) {
        Ok(zone) => Some((name.value, zone)),
        Err(_) => {
            let message = format!("time zone \"{}\" is not known", name.value);
            spec.scope.report.error(
                Rule::BadValue,
                &name.at,
                message,
                "write an IANA name, such as Europe/Berlin or UTC",
            );
            None
        }
    }
}

/// Reads a start with an offset, or a local one in the zone; a local time that does not exist is moved past the gap.
fn start(spec: &Fields<'_>, zone: Option<&TimeZone>) -> Option<Placed<Timestamp>> {
    spec.require("start", "write the first hand-over, such as 2026-01-05T09:00")?;
    let text = spec.text("start")?;
    if let Ok(value) = text.value.parse::<Timestamp>() {
        return Some(Placed { value, at: text.at });
    }
    match text.value.parse::<DateTime>() {
        Ok(local) => {
            let value = zone?.to_timestamp(local).ok()?;
            Some(Placed { value, at: text.at })
        }
        Err(_) => {
            let message = format!("\"spec.start\" \"{}\" is not a time", text.value);
            let remedy = "write 2026-01-05T09:00 in the zone's own time, or 2026-01-05T08:00:00Z";
            spec.scope.report.error(Rule::BadValue, &text.at, message, remedy);
            None
        }
    }
}

fn turn(spec: &Fields<'_>) -> Option<u16> {
    spec.require("turn", "write how long a turn is, such as 7d")?;
    let text = spec.text("turn")?;
    let days = days(&text.value);
    if days.is_none() {
        let message = format!("\"spec.turn\" \"{}\" is not a number of days", text.value);
        spec.scope.report.error(Rule::BadDuration, &text.at, message, "write days or weeks, such as 1d, 7d or 2w");
    }
    days
}
