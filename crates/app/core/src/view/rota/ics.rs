//! Shifts as an iCalendar file (RFC 5545): one event each, in UTC, with an identifier that stays the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use seaworthy_contract::api::RotaShift;

/// Longest line, in bytes, before it is folded (RFC 5545 section 3.1).
const LINE_BYTES_MAX: usize = 75;

/// Largest sequence number: calendars keep it in 31 bits.
const SEQUENCE_MAX: u64 = i32::MAX as u64;

/// Makes the file. `sequence` grows with every change of what is told, so that a calendar takes the newer of two.
pub fn calendar<'s>(shifts: impl IntoIterator<Item = &'s RotaShift>, sequence: u64) -> String {
    let mut said = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//seaworthy//oncall//EN"] {
        line(&mut said, text);
    }
    shifts.into_iter().for_each(|shift| event(&mut said, shift, sequence.min(SEQUENCE_MAX)));
    line(&mut said, "END:VCALENDAR");
    said
}

fn event(said: &mut String, shift: &RotaShift, sequence: u64) {
    let name = &shift.rotation;
    line(said, "BEGIN:VEVENT");
    line(said, &format!("UID:{name}-{}-{}@seaworthy", shift.level, shift.start.as_second()));
    // When it was made is when it begins: the same rota gives the same calendar.
    line(said, &format!("DTSTAMP:{}", utc(shift.start)));
    line(said, &format!("SEQUENCE:{sequence}"));
    line(said, &format!("DTSTART:{}", utc(shift.start)));
    line(said, &format!("DTEND:{}", utc(shift.end)));
    let level = if shift.level == 0 { String::new() } else { format!(" (level {})", shift.level + 1) };
    line(said, &format!("SUMMARY:{}", escaped(&format!("{} on call for {name}{level}", shift.person))));
    line(said, &format!("DESCRIPTION:{}", escaped(&shift.why)));
    line(said, "TRANSP:TRANSPARENT");
    line(said, "END:VEVENT");
}

fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Writes a line, folded between characters.
fn line(said: &mut String, text: &str) {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > LINE_BYTES_MAX {
            said.push_str("\r\n ");
            used = 1;
        }
        said.push(c);
        used += c.len_utf8();
    }
    said.push_str("\r\n");
}
