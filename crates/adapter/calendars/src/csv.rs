//! Schedules as CSV: a header, and a line for each shift.
//!
//! Columns are found by their names, in any order: `start`, `end` (RFC 3339, or a local time where a zone is given), `person` (or
//! `who`, `name`, `email`, `user`), and, where they are there, `level` (0 or `primary` is the primary), `zone`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::place::{shortened, zone};
use crate::{BYTES_MAX, Calendar, EVENTS_MAX, Period, Shift};

/// What a column may be called.
const START: &[&str] = &["start", "from", "starts_at", "start_time", "start time"];
const END: &[&str] = &["end", "to", "until", "ends_at", "end_time", "end time"];
const PERSON: &[&str] = &["person", "who", "name", "email", "user", "username", "user_name"];
const LEVEL: &[&str] = &["level", "escalation_level", "role"];
const ZONE: &[&str] = &["zone", "timezone", "time_zone", "tz"];

/// Where columns stand.
struct Columns {
    start: usize,
    end: usize,
    people: Vec<usize>,
    level: Option<usize>,
    zone: Option<usize>,
}

/// Reads a schedule and returns who is on call in a time.
pub fn read(text: &str, period: Period) -> Calendar {
    let mut calendar = Calendar::default();
    if text.len() > BYTES_MAX {
        calendar.wrong(1, format!("larger than {BYTES_MAX} bytes; export a shorter time"));
        return calendar;
    }
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let Some(columns) = lines.next().and_then(|(_, header)| Columns::find(&fields(header)?)) else {
        calendar.wrong(1, "no header with start, end and person; write `start,end,person` above the shifts");
        return calendar;
    };
    for (index, line) in lines {
        if index > EVENTS_MAX {
            calendar.wrong(index + 1, format!("more than {EVENTS_MAX} lines; export a shorter time"));
            break;
        }
        match fields(line).ok_or_else(|| "a quote is not closed".to_owned()).and_then(|fields| shift(&columns, &fields))
        {
            Ok(mut shift) => {
                if shift.end > period.from && shift.start < period.to {
                    shift.source = format!("line {}", index + 1);
                    calendar.add(index + 1, shift);
                }
            }
            Err(why) => calendar.wrong(index + 1, why),
        }
    }
    calendar.sorted()
}

impl Columns {
    fn find(header: &[String]) -> Option<Self> {
        let is =
            |names: &'static [&str]| move |column: &String| names.iter().any(|name| column.eq_ignore_ascii_case(name));
        let one = |names| header.iter().position(is(names));
        let people: Vec<usize> = (0..header.len()).filter(|at| is(PERSON)(&header[*at])).collect();
        let (start, end) = (one(START)?, one(END)?);
        (!people.is_empty()).then(|| Self { start, end, people, level: one(LEVEL), zone: one(ZONE) })
    }
}

fn shift(columns: &Columns, fields: &[String]) -> Result<Shift, String> {
    let field = |at: usize| fields.get(at).map_or("", String::as_str);
    let zone = match columns.zone.map(field).filter(|name| !name.is_empty()) {
        Some(name) => Some(zone(name)?),
        None => None,
    };
    let start = instant(field(columns.start), zone.as_ref())?;
    let end = instant(field(columns.end), zone.as_ref())?;
    if end <= start {
        return Err("ends before it begins".to_owned());
    }
    let names: Vec<String> =
        columns.people.iter().map(|at| field(*at).to_owned()).filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return Err("names nobody".to_owned());
    }
    let level = columns.level.map(field).filter(|text| !text.is_empty()).map(level).transpose()?;
    Ok(Shift { start, end, names, priority: 0, level, source: String::new() })
}

fn level(text: &str) -> Result<u8, String> {
    match text.to_ascii_lowercase().as_str() {
        "primary" => Ok(0),
        "secondary" => Ok(1),
        other => {
            other.parse().map_err(|_| format!("\"{}\" is no level: 0 is the primary, 1 the secondary", shortened(text)))
        }
    }
}

fn instant(text: &str, zone: Option<&TimeZone>) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let local: Option<DateTime> = text.parse().ok();
    match (local, zone) {
        (Some(local), Some(zone)) => zone.to_timestamp(local).map_err(|_| "is too far away".to_owned()),
        (Some(_), None) => {
            Err(format!("\"{}\" has no zone; end it with Z or +01:00, or add a column zone", shortened(text)))
        }
        (None, _) => Err(format!("\"{}\" is no time such as 2026-01-01T08:00:00Z", shortened(text))),
    }
}

/// Splits a line (RFC 4180; a field across lines is not read); none where a quote is not closed.
fn fields(line: &str) -> Option<Vec<String>> {
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => field.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(std::mem::take(&mut field).trim().to_owned()),
            c => field.push(c),
        }
    }
    fields.push(field.trim().to_owned());
    (!quoted).then_some(fields)
}
