//! Schedules of other systems, as their calendars tell them: who is on call, when, as names that somebody wrote.
//!
//! iCalendar (RFC 5545) as `PagerDuty`, Opsgenie, Grafana `OnCall` and plain calendars export it, recurrence included, and CSV.
//! What a calendar says without an end is read for the time that is asked for. What cannot be read is reported with its line, and
//! the rest is read: a calendar of years should not fail on one event. A shift is a name and a time; whose name it is, whoever
//! asks knows.

mod csv;
mod event;
mod follow;
mod ical;
mod line;
mod place;
mod recur;
mod rule;
mod schedule;
mod who;

use std::fmt;

use jiff::Timestamp;

pub use csv::read as read_csv;
pub use follow::{Follow, Layout, Part};
pub use ical::read as read_ics;
pub use schedule::{Read, handle};

/// Largest calendar, in bytes: years of a large team.
pub const BYTES_MAX: usize = 8 * 1024 * 1024;

/// Events of one calendar: five hand-overs a day for ten years, and overrides.
pub const EVENTS_MAX: usize = 20_000;

/// Shifts in the time that is asked for: one each hour for two years.
pub const SHIFTS_MAX: usize = 20_000;

/// Problems that are told one by one; the others are counted.
pub const PROBLEMS_MAX: usize = 50;

/// A time that is asked for: from its start, before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Its start.
    pub from: Timestamp,
    /// Its end, exclusive.
    pub to: Timestamp,
}

/// What a calendar says of a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calendar {
    /// Its own name.
    pub name: Option<String>,
    /// Its zone, as it is written.
    pub zone: Option<String>,
    /// Shifts that touch the time, by start; not cut to it.
    pub shifts: Vec<Shift>,
    /// What could not be read, at most [`PROBLEMS_MAX`].
    pub problems: Vec<Problem>,
    /// How many more could not be read.
    pub more_problems: usize,
}

/// Somebody's time on call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shift {
    /// From when.
    pub start: Timestamp,
    /// Until when, exclusive; after the start.
    pub end: Timestamp,
    /// Who, by every name that the calendar gives: at least one.
    pub names: Vec<String>,
    /// A shift of a higher number goes before those below it while both last; 0 where nothing is said.
    pub priority: u8,
    /// The level of whoever is on call, 0 is the primary; none where the calendar does not say.
    pub level: Option<u8>,
    /// Which event says so; shown as the reason.
    pub source: String,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl Calendar {
    fn wrong(&mut self, line: usize, message: impl Into<String>) {
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(Problem { line, message: message.into() });
        } else {
            self.more_problems += 1;
        }
    }

    fn add(&mut self, line: usize, shift: Shift) {
        if self.shifts.len() < SHIFTS_MAX {
            self.shifts.push(shift);
        } else {
            self.wrong(line, format!("more than {SHIFTS_MAX} shifts in the time asked for; ask for less"));
        }
    }

    fn sorted(mut self) -> Self {
        self.shifts.sort();
        self.shifts.dedup();
        self
    }
}

#[cfg(test)]
mod tests;
