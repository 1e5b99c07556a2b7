//! A calendar as a schedule: at every instant the people of the highest priority, each at a level of their own.

use std::collections::BTreeSet;

use jiff::Timestamp;
use seaworthy_model::PersonId;
use seaworthy_oncall::{Kind, Limits, Override, Schedule};

use crate::{Calendar, Shift};

/// A schedule and whom it could not place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Read {
    /// Every shift as an override: what a calendar says goes before everything else.
    pub schedule: Schedule,
    /// Names of shifts whose person is not known; each is a gap.
    pub unknown: BTreeSet<String>,
    /// Parts of shifts that are left out because there are more than a schedule holds.
    pub left_out: usize,
}

/// One person at one level from one change to the next.
struct Part {
    level: u8,
    person: PersonId,
    start: Timestamp,
    end: Timestamp,
}

impl Calendar {
    /// Makes a schedule of it. `who` says whose shift it is by the names in it.
    ///
    /// Where a calendar says no level, whoever of several began first is the primary and the next one the secondary.
    pub fn schedule(&self, who: impl Fn(&Shift) -> Option<PersonId>) -> Read {
        let mut read = Read::default();
        let mut known = Vec::new();
        for shift in &self.shifts {
            match who(shift) {
                Some(person) => known.push((shift, person)),
                None => drop(shift.names.first().map(|name| read.unknown.insert(name.clone()))),
            }
        }
        let mut parts = joined(&known);
        read.left_out = parts.len().saturating_sub(Limits::OVERRIDES);
        parts.truncate(Limits::OVERRIDES);
        read.schedule.levels = parts.iter().map(|part| part.level + 1).max().unwrap_or(1);
        read.schedule.overrides = parts
            .into_iter()
            .map(|part| Override {
                kind: Kind::Add(part.person),
                level: Some(part.level),
                start: part.start,
                end: part.end,
            })
            .collect();
        read
    }
}

/// Between two neighbouring edges nothing changes: each such interval is looked at once, and equal neighbours are joined.
fn joined(known: &[(&Shift, PersonId)]) -> Vec<Part> {
    let edges: BTreeSet<Timestamp> = known.iter().flat_map(|(shift, _)| [shift.start, shift.end]).collect();
    let edges: Vec<Timestamp> = edges.into_iter().collect();
    let (mut parts, mut active): (Vec<Part>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut next = 0;
    for interval in edges.windows(2) {
        let (start, end) = (interval[0], interval[1]);
        active.retain(|index| known[*index].0.end > start);
        while known.get(next).is_some_and(|(shift, _)| shift.start <= start) {
            active.push(next);
            next += 1;
        }
        let top = active.iter().map(|index| known[*index].0.priority).max();
        let counts = active.iter().map(|index| &known[*index]).filter(|(shift, _)| Some(shift.priority) == top);
        for (level, person) in levels(counts) {
            let before = parts.iter_mut().rev().take(2 * usize::from(Limits::LEVELS)).find(|part| part.level == level);
            match before.filter(|part| part.end == start && part.person == person) {
                Some(part) => part.end = end,
                None => parts.push(Part { level, person, start, end }),
            }
        }
    }
    parts
}

/// Gives each person a level: that of the shift, or the lowest that is free.
fn levels<'s>(shifts: impl Iterator<Item = &'s (&'s Shift, PersonId)>) -> Vec<(u8, PersonId)> {
    let mut held: Vec<(u8, PersonId)> = Vec::new();
    let (said, unsaid): (Vec<_>, Vec<_>) = shifts.partition(|(shift, _)| shift.level.is_some());
    for (shift, person) in said.into_iter().chain(unsaid) {
        if held.iter().any(|(_, known)| known == person) {
            continue;
        }
        let free = |level: &u8| held.iter().all(|(taken, _)| taken != level);
        // Two of one level: whoever began first has it.
        let level = shift.level.or_else(|| (0..Limits::LEVELS).find(free)).filter(|level| *level < Limits::LEVELS);
        if let Some(level) = level.filter(free) {
            held.push((level, person.clone()));
        }
    }
    held
}

/// Makes a handle of a name as people write it: `Jane Doe` is `jane-doe`, `jane@x.org` is `jane`; none where nothing is left.
pub fn handle(name: &str) -> Option<PersonId> {
    let local = name.split_once('@').filter(|(_, host)| host.contains('.')).map_or(name, |(local, _)| local);
    let words = local.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-").parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).expect("an instant")
    }

    fn shift(who: &str, hours: (i64, i64), priority: u8, level: Option<u8>) -> Shift {
        let names = vec![who.to_owned()];
        Shift { start: at(hours.0), end: at(hours.1), names, priority, level, source: String::new() }
    }

    fn shown(shifts: Vec<Shift>) -> String {
        let calendar = Calendar { shifts, ..Calendar::default() };
        let read = calendar.schedule(|shift| handle(&shift.names[0]).filter(|person| person.as_str() != "ghost"));
        let plan = read.schedule.plan(at(0), at(24));
        let hour = |at: Timestamp| at.as_second() / 3600;
        let duty = |duty: &seaworthy_oncall::Duty| {
            format!("{}:{} {}-{}", duty.level, duty.person, hour(duty.start), hour(duty.end))
        };
        let unknown = read.unknown.iter().map(|name| format!("?{name}"));
        plan.duties.iter().map(duty).chain(unknown).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn shifts_become_levels() {
        for (shifts, want) in [
            (vec![shift("a", (0, 8), 0, None), shift("b", (8, 16), 0, None)], "0:a 0-8, 0:b 8-16"),
            // Two at once: whoever began first is the primary.
            (vec![shift("a", (0, 8), 0, None), shift("b", (4, 12), 0, None)], "0:a 0-8, 0:b 8-12, 1:b 4-8"),
            // A higher priority goes before all below it.
            (vec![shift("a", (0, 12), 0, None), shift("b", (4, 8), 2, None)], "0:a 0-4, 0:b 4-8, 0:a 8-12"),
            (vec![shift("a", (0, 8), 0, Some(1)), shift("b", (0, 8), 0, Some(0))], "0:b 0-8, 1:a 0-8"),
            (vec![shift("a", (0, 8), 0, None), shift("a", (4, 12), 0, None)], "0:a 0-12"),
            (vec![shift("ghost", (0, 8), 0, None), shift("b", (4, 8), 0, None)], "0:b 4-8, ?ghost"),
            (vec![shift("a", (0, 8), 0, Some(9))], ""),
            (vec![], ""),
        ] {
            assert_eq!(shown(shifts.clone()), want, "{shifts:?}");
        }
    }

    #[test]
    fn handles_are_made_of_names() {
        for (name, want) in [
            ("Jane Doe", Some("jane-doe")),
            ("jane.doe@x.org", Some("jane-doe")),
            ("@bob", Some("bob")),
            ("\u{e9}\u{e9}", None),
            ("", None),
        ] {
            assert_eq!(handle(name).as_ref().map(PersonId::as_str), want, "{name}");
        }
    }

    proptest! {
        /// Somebody is primary exactly while some shift lasts, and it is somebody whose shift of the highest priority lasts.
        #[test]
        fn nobody_is_lost(shifts in proptest::collection::vec((0..3_usize, 0..24_i64, 1..12_i64, 0..3_u8), 0..8)) {
            let name = |index: usize| ["a", "b", "c"][index];
            let mut shifts: Vec<Shift> =
                shifts.into_iter().map(|(who, from, long, priority)| shift(name(who), (from, from + long), priority, None)).collect();
            shifts.sort();
            let calendar = Calendar { shifts, ..Calendar::default() };
            let plan = calendar.schedule(|shift| handle(&shift.names[0])).schedule.plan(at(0), at(36));
            for hour in 0..36 {
                let lasting = calendar.shifts.iter().filter(|shift| shift.start <= at(hour) && at(hour) < shift.end);
                let top = lasting.clone().map(|shift| shift.priority).max();
                let may: BTreeSet<&str> = lasting.filter(|s| Some(s.priority) == top).map(|s| s.names[0].as_str()).collect();
                let duties = plan.duties.iter().filter(|duty| duty.start <= at(hour) && at(hour) < duty.end);
                let is: BTreeSet<&str> = duties.map(|duty| duty.person.as_str()).collect();
                prop_assert_eq!(is, may);
            }
        }
    }
}
