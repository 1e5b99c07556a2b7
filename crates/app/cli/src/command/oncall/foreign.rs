//! Schedules that another system exported: iCalendar and CSV files, shown like our own.

use std::io::Write;

use seaworthy_calendars::{Calendar, Period, handle, read_csv, read_ics};
use seaworthy_contract::catalogue::{CalendarDetails, CalendarLayout, Layered, Rotation};
use seaworthy_model::{PersonId, RotationId, TeamId};
use seaworthy_oncall::{Finding, Followed, Schedule, findings};

use super::{FileArgs, Shown, text_of};
use crate::Failure;
use crate::table::harmless;

/// How another system's file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    Ics,
    Csv,
}

impl Layout {
    /// Says by its name whether a file is another system's.
    pub(super) fn of(args: &FileArgs) -> Option<Self> {
        let end = args.source.extension()?.to_str()?.to_ascii_lowercase();
        match end.as_str() {
            "ics" | "ical" => Some(Self::Ics),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// Reads a schedule, tells on `err` what could not be read, and returns what could.
pub(super) fn shown(args: &FileArgs, layout: Layout, err: &mut impl Write) -> Result<Shown, Failure> {
    let limit = u64::try_from(seaworthy_calendars::BYTES_MAX).expect("a usize fits");
    let text = text_of(&args.source, limit, "export a shorter time")?;
    let period = Period { from: args.from, to: args.to };
    let calendar = match layout {
        Layout::Ics => read_ics(&text, period),
        Layout::Csv => read_csv(&text, period),
    };
    let read = calendar.schedule(|shift| shift.names.iter().find_map(|name| handle(name)));
    let unknown = read.unknown.iter().map(|name| format!("\"{name}\" makes no handle: letters and digits are needed"));
    let cut = (read.left_out > 0).then(|| format!("{} shifts are left out: ask for a shorter time", read.left_out));
    let more = (calendar.more_problems > 0).then(|| format!("{} more like these", calendar.more_problems));
    let problems = calendar.problems.iter().map(ToString::to_string).chain(more).chain(unknown).chain(cut);
    for problem in problems {
        // With standard error gone there is nobody left to tell.
        writeln!(err, "warning: {}: {}", args.source.display(), harmless(&problem)).unwrap_or_default();
    }
    if read.schedule.overrides.is_empty() && !calendar.problems.is_empty() {
        let message = format!("could not read a shift in \"{}\"", args.source.display());
        return Err(Failure::usage(message, "the warnings say what is wrong with each"));
    }
    let plan = read.schedule.plan(args.from, args.to);
    // How many people take turns is not in a calendar.
    let of_shifts = |finding: &Finding| !matches!(finding, Finding::Size { .. });
    let findings = findings(&read.schedule, &plan).into_iter().filter(of_shifts).collect();
    Ok(Shown { declared: declared(args, &calendar), schedule: read.schedule, plan, findings })
}

/// Puts into a rotation's schedule what the file that it follows says.
pub(super) fn follow(schedule: &mut Schedule, calendar: &CalendarDetails, args: &FileArgs) {
    let layout = match calendar.layout {
        CalendarLayout::Ics => seaworthy_calendars::Layout::Ics,
        CalendarLayout::Csv => seaworthy_calendars::Layout::Csv,
    };
    let period = Period { from: args.from, to: args.to };
    let Some(read) = calendar.text.as_ref().and_then(|text| layout.read(text, period)) else { return };
    let parts = read.follow(|name| calendar.whose(name)).parts;
    schedule.levels = parts.iter().map(|part| part.level + 1).max().unwrap_or(1).max(schedule.levels);
    let part = |part: seaworthy_calendars::Part| {
        Some(Followed { level: part.level, person: part.person?, start: part.start, end: part.end })
    };
    schedule.followed = parts.into_iter().filter_map(part).collect();
}

/// A rotation with the calendar's name: who is in it is what the schedule says.
fn declared(args: &FileArgs, calendar: &Calendar) -> Rotation {
    let stem = args.source.file_stem().and_then(|stem| stem.to_str());
    let name = [calendar.name.as_deref(), stem].into_iter().flatten().find_map(handle);
    let name = name.as_ref().map_or("calendar", PersonId::as_str);
    Rotation {
        name: name.parse().unwrap_or_else(|_| "calendar".parse::<RotationId>().expect("a name")),
        team: "elsewhere".parse::<TeamId>().expect("a name"),
        participants: Vec::new(),
        start: args.from,
        zone: calendar
            .zone
            .clone()
            .filter(|zone| jiff::tz::TimeZone::get(zone).is_ok())
            .unwrap_or_else(|| "UTC".to_owned()),
        days: 7,
        layered: Layered::default(),
    }
}
