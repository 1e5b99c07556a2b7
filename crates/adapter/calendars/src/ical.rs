//! iCalendar files (RFC 5545): events found, each handed on; what else a calendar holds is passed over.

use jiff::tz::TimeZone;

use crate::event::{Event, expand};
use crate::line::{Line, lines};
use crate::place::zone;
use crate::{BYTES_MAX, Calendar, EVENTS_MAX, Period};

/// Reads a calendar and returns who is on call in a time. A calendar that names no zone and has times without one is read in UTC.
pub fn read(text: &str, period: Period) -> Calendar {
    let mut calendar = Calendar::default();
    if text.len() > BYTES_MAX {
        calendar.wrong(1, format!("larger than {BYTES_MAX} bytes; export a shorter time"));
        return calendar;
    }
    let blocks = blocks(text, &mut calendar);
    let floating = floating(&mut calendar);
    let mut events = Vec::new();
    for block in blocks {
        match Event::parse(&block, &floating) {
            Ok(event) => events.extend(event),
            Err((line, why)) => calendar.wrong(line, why),
        }
    }
    expand(&events, period, &mut calendar);
    calendar.sorted()
}

/// The zone of times that have none. `X-WR-TIMEZONE` is no part of the standard and in every export.
fn floating(calendar: &mut Calendar) -> TimeZone {
    let Some(name) = calendar.zone.clone() else { return TimeZone::UTC };
    zone(&name).unwrap_or_else(|why| {
        calendar.wrong(1, why);
        TimeZone::UTC
    })
}

/// Returns the lines of each event, and notes the calendar's own name and zone.
fn blocks(text: &str, calendar: &mut Calendar) -> Vec<Vec<Line>> {
    let (mut blocks, mut open): (Vec<Vec<Line>>, Vec<String>) = (Vec::new(), Vec::new());
    for line in lines(text) {
        let line = match line {
            Ok(line) => line,
            Err(number) => {
                calendar.wrong(number, "no content line: a name, a colon and a value (RFC 5545 section 3.1)");
                continue;
            }
        };
        match (line.name.as_str(), open.last().map(String::as_str)) {
            ("BEGIN", _) => {
                let what = line.value.trim().to_ascii_uppercase();
                if what == "VEVENT" {
                    if blocks.len() >= EVENTS_MAX {
                        calendar.wrong(line.number, format!("more than {EVENTS_MAX} events; export a shorter time"));
                        return blocks;
                    }
                    blocks.push(Vec::new());
                }
                open.push(what);
            }
            ("END", _) => drop(open.pop()),
            ("X-WR-CALNAME", Some("VCALENDAR")) => calendar.name = Some(line.text()),
            ("X-WR-TIMEZONE", Some("VCALENDAR")) => calendar.zone = Some(line.text()),
            (_, Some("VEVENT")) => blocks.last_mut().into_iter().for_each(|block| block.push(line.clone())),
            (_, None) => {
                calendar.wrong(line.number, "stands outside of a calendar: the first line is BEGIN:VCALENDAR");
                return blocks;
            }
            _ => {}
        }
    }
    if !open.is_empty() {
        calendar.wrong(text.lines().count(), "ends before END:VCALENDAR: it is cut off, and events may be missing");
    }
    blocks
}
