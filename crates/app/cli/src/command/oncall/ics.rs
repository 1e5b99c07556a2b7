//! Shifts as an iCalendar file (RFC 5545): one event each, in UTC, with an identifier that stays the same.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Shown, text};

/// Longest line, in bytes, before it is folded (RFC 5545 section 3.1).
const LINE_BYTES_MAX: usize = 75;

/// Makes the file.
pub(super) fn render(shown: &[Shown]) -> String {
    let mut said = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//seaworthy//oncall//EN"] {
        line(&mut said, text);
    }
    for one in shown {
        for duty in &one.plan.duties {
            event(&mut said, one, duty);
        }
    }
    line(&mut said, "END:VCALENDAR");
    said
}

fn event(said: &mut String, shown: &Shown, duty: &seaworthy_oncall::Duty) {
    let name = &shown.declared.name;
    line(said, "BEGIN:VEVENT");
    line(said, &format!("UID:{name}-{}-{}@seaworthy", duty.level, duty.start.as_second()));
    // When it was made is when it begins: the same files give the same calendar.
    line(said, &format!("DTSTAMP:{}", utc(duty.start)));
    line(said, &format!("DTSTART:{}", utc(duty.start)));
    line(said, &format!("DTEND:{}", utc(duty.end)));
    let level = if duty.level == 0 { String::new() } else { format!(" (level {})", duty.level + 1) };
    line(said, &format!("SUMMARY:{}", escaped(&format!("{} on call for {name}{level}", duty.person))));
    line(said, &format!("DESCRIPTION:{}", escaped(&text::why(shown, duty.why))));
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
