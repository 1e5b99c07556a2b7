//! A calendar that a rotation follows: whose name means nobody is a gap where it stands, and never makes somebody else primary.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_model::PersonId;
use seaworthy_oncall::Kind;

use crate::{Calendar, Period, read_csv, read_ics};

/// What a rotation takes from a calendar.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Follow {
    /// From one change to the next.
    pub parts: Vec<Part>,
    /// Names in that time that mean nobody.
    pub unmapped: BTreeSet<String>,
}

/// One person at one level from one change to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// 0 is the primary.
    pub level: u8,
    /// Who; none where the name means nobody.
    pub person: Option<PersonId>,
    /// From when.
    pub start: Timestamp,
    /// Until when, exclusive.
    pub end: Timestamp,
}

/// How a calendar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// iCalendar.
    Ics,
    /// CSV.
    Csv,
}

impl Layout {
    /// Reads a text for a time; none where it is no calendar of this kind at all, such as a page that asks to sign in.
    pub fn read(self, text: &str, period: Period) -> Option<Calendar> {
        match self {
            Self::Ics => {
                let begins = |line: &str| line.trim().eq_ignore_ascii_case("BEGIN:VCALENDAR");
                text.trim_start_matches('\u{feff}').lines().any(begins).then(|| read_ics(text, period))
            }
            Self::Csv => {
                let calendar = read_csv(text, period);
                let no_header = calendar.problems.first().is_some_and(|problem| problem.line == 1);
                (!no_header).then_some(calendar)
            }
        }
    }
}

impl Calendar {
    /// Says who is on call by it; `whose` says whom a name means.
    pub fn follow<'p>(&self, whose: impl Fn(&str) -> Option<&'p PersonId>) -> Follow {
        // Whoever is unknown takes part under a name of their own, so that their level stays theirs.
        let strangers: RefCell<BTreeMap<PersonId, String>> = RefCell::default();
        let read = self.schedule(|shift| {
            let known = shift.names.iter().find_map(|name| whose(name)).cloned();
            known.or_else(|| {
                let name = shift.names.first()?;
                let mut strangers = strangers.borrow_mut();
                let same = strangers.iter().find(|(_, known)| *known == name).map(|(handle, _)| handle.clone());
                let handle = same.or_else(|| format!("0+nobody+{}", strangers.len()).parse().ok())?;
                strangers.insert(handle.clone(), name.clone());
                Some(handle)
            })
        });
        let strangers = strangers.into_inner();
        let part = |one: seaworthy_oncall::Override| {
            let (Kind::Add(person), Some(level)) = (one.kind, one.level) else { return None };
            let person = Some(person).filter(|person| !strangers.contains_key(person));
            Some(Part { level, person, start: one.start, end: one.end })
        };
        let parts = read.schedule.overrides.into_iter().filter_map(part).collect();
        Follow { parts, unmapped: strangers.values().cloned().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Shift;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).expect("an instant")
    }

    fn shift(who: &str, hours: (i64, i64)) -> Shift {
        let names = vec![who.to_owned()];
        Shift { start: at(hours.0), end: at(hours.1), names, priority: 0, level: None, source: String::new() }
    }

    #[test]
    fn a_stranger_is_a_gap_and_promotes_nobody() {
        let ann: PersonId = "ann".parse().expect("a handle");
        let whose = |name: &str| (name == "Ann").then_some(&ann);
        for (shifts, want) in [
            (vec![shift("Ann", (0, 8))], "0:ann 0-8 []"),
            (vec![shift("Zoe", (0, 8))], "0:- 0-8 [Zoe]"),
            // Who began first is the primary, known or not.
            (vec![shift("Zoe", (0, 8)), shift("Ann", (2, 8))], "0:- 0-8, 1:ann 2-8 [Zoe]"),
            (
                vec![shift("Zoe", (0, 8)), shift("Yan", (8, 9)), shift("Zoe", (9, 10))],
                "0:- 0-8, 0:- 8-9, 0:- 9-10 [Yan,Zoe]",
            ),
            (vec![], " []"),
        ] {
            let follow = Calendar { shifts, ..Calendar::default() }.follow(whose);
            let hour = |at: Timestamp| at.as_second() / 3600;
            let part = |part: &Part| {
                let who = part.person.as_ref().map_or("-", PersonId::as_str);
                format!("{}:{who} {}-{}", part.level, hour(part.start), hour(part.end))
            };
            let parts: Vec<String> = follow.parts.iter().map(part).collect();
            let names: Vec<&str> = follow.unmapped.iter().map(String::as_str).collect();
            assert_eq!(format!("{} [{}]", parts.join(", "), names.join(",")), want);
        }
    }

    #[test]
    fn what_is_no_calendar_is_none() {
        let period = Period { from: at(0), to: at(24) };
        for (layout, text, want) in [
            (Layout::Ics, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", true),
            (Layout::Ics, "<!doctype html><title>Sign in</title>", false),
            (Layout::Ics, "", false),
            (Layout::Csv, "start,end,person\n", true),
            (Layout::Csv, "<html>", false),
            (Layout::Csv, "", false),
        ] {
            assert_eq!(layout.read(text, period).is_some(), want, "{text}");
        }
    }
}
