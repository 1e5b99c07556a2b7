//! Calendars that rotations follow: a file is read with the files, and names in it that mean nobody are found here already.

use std::io;

use jiff::{SignedDuration, Timestamp};
use seaworthy_calendars::{Layout, Period};
use seaworthy_contract::catalogue::{CALENDAR_BYTES_MAX, CalendarDetails, CalendarLayout};

use crate::assemble::Whole;
use crate::diagnostic::Report;
use crate::draft::{CalendarDraft, RotationDraft};
use crate::rule::Rule;

/// How far ahead names are looked at: as far as a server does.
const AHEAD: SignedDuration = SignedDuration::from_hours(13 * 7 * 24);

/// Problems of one calendar that are told.
const TOLD_MAX: usize = 10;

/// Reads a file by its path in the directory; none where there is no directory.
pub(crate) type Open<'a> = dyn Fn(&str) -> io::Result<Option<String>> + 'a;

/// Returns what is kept of each calendar beside the ledger.
pub(crate) fn gather(whole: &Whole, open: &Open<'_>, now: Timestamp, report: &Report) -> Vec<CalendarDetails> {
    let bodies = whole.rotations.values().map(|rotation| &rotation.body);
    let followed = bodies.filter_map(|body| Some((body, body.calendar.as_ref()?)));
    followed.filter_map(|(body, draft)| details(body, draft, open, now, report)).collect()
}

fn details(
    body: &RotationDraft,
    draft: &CalendarDraft,
    open: &Open<'_>,
    now: Timestamp,
    report: &Report,
) -> Option<CalendarDetails> {
    let people = draft.people.iter().map(|(name, person)| (name.clone(), person.value.clone())).collect();
    let mut details =
        CalendarDetails { rotation: body.name.value.clone(), layout: draft.layout, url: None, text: None, people };
    if !draft.is_file {
        details.url = Some(draft.from.value.clone());
        return Some(details);
    }
    let at = &draft.from.at;
    let text = match beside(&at.file, &draft.from.value).and_then(|path| open(&path)) {
        Ok(text) => text?,
        Err(error) => {
            let message = format!("could not read calendar \"{}\": {error}", draft.from.value);
            report.error(Rule::Unreadable, at, message, "put it beside this file, or correct its name");
            return None;
        }
    };
    if text.len() > CALENDAR_BYTES_MAX {
        let message = format!("calendar \"{}\" is over the limit of {CALENDAR_BYTES_MAX} bytes", draft.from.value);
        report.error(Rule::Limit, at, message, "export a shorter time");
        return None;
    }
    look(&details, draft, &text, now, report);
    details.text = Some(text);
    Some(details)
}

/// Returns the path of a file that is named in another; it must not lead out of the directory.
fn beside(file: &str, named: &str) -> io::Result<String> {
    let fits = |part: &str| !part.is_empty() && part != ".." && part != "." && !part.contains(['\\', '\0']);
    if !named.split('/').all(fits) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not below the directory of this file"));
    }
    Ok(file.rsplit_once('/').map_or_else(|| named.to_owned(), |(directory, _)| format!("{directory}/{named}")))
}

fn look(details: &CalendarDetails, draft: &CalendarDraft, text: &str, now: Timestamp, report: &Report) {
    let (at, from) = (&draft.from.at, &draft.from.value);
    let layout = match details.layout {
        CalendarLayout::Ics => Layout::Ics,
        CalendarLayout::Csv => Layout::Csv,
    };
    let to = now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let Some(calendar) = layout.read(text, Period { from: now, to }) else {
        let message = format!("\"{from}\" is no calendar");
        report.error(Rule::BadValue, at, message, "export iCalendar as .ics, or CSV with start, end and person");
        return;
    };
    for problem in calendar.problems.iter().take(TOLD_MAX) {
        report.warning(Rule::BadValue, at, format!("\"{from}\" {problem}"), "correct it, or export it again");
    }
    for name in &calendar.follow(|name| details.whose(name)).unmapped {
        let message = format!("calendar \"{from}\" names \"{name}\", who is nobody here: nobody is on call then");
        report.warning(Rule::UnknownReference, at, message, format!("write \"{name}\": HANDLE under calendar.people"));
    }
}
