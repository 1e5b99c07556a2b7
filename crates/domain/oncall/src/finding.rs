//! What is wrong with a plan, for whoever builds the rota: nothing here stops anything.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use seaworthy_model::PersonId;

use crate::clock::instant;
use crate::schedule::{Duty, Plan, Schedule};

/// How many people a rota should have (ONC-10).
const MEMBERS: std::ops::RangeInclusive<usize> = 6..=8;

/// Longest time as primary without a break: a week, and a day for hand-overs that move (ONC-11).
const PRIMARY_MAX: SignedDuration = SignedDuration::from_hours(8 * 24);

/// How much more than an even share of weekends is still fair: one weekend, since they cannot be divided.
const WEEKEND: SignedDuration = SignedDuration::from_hours(48);

/// Something that whoever builds the rota should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Nobody is on call at a level for a part of the period.
    Uncovered {
        /// 0 is the primary.
        level: u8,
        /// How long, in all.
        total: SignedDuration,
        /// When it begins first.
        first: Timestamp,
    },
    /// One person is two of primary, secondary and so on at the same time: nobody is behind them.
    TwoLevels {
        /// Who.
        person: PersonId,
        /// When first.
        start: Timestamp,
    },
    /// Somebody is primary for more than eight days without a break.
    BackToBack {
        /// Who.
        person: PersonId,
        /// From when.
        start: Timestamp,
        /// Until when.
        end: Timestamp,
    },
    /// Somebody has more of the weekends than an even share and one more.
    UnevenWeekends {
        /// Who.
        person: PersonId,
        /// How long they are primary at weekends.
        theirs: SignedDuration,
        /// What an even share would be.
        even: SignedDuration,
    },
    /// Somebody is on call while they are not available.
    NotAvailable {
        /// Who.
        person: PersonId,
        /// From when.
        start: Timestamp,
        /// Until when.
        end: Timestamp,
        /// Who could stand in: has not been on call for the longest time and is available.
        propose: Option<PersonId>,
    },
    /// There are fewer people than six or more than eight.
    Size {
        /// How many.
        members: usize,
    },
}

/// Returns what is wrong with a plan of a schedule; at most one finding of a kind a person or level, but for time off.
pub fn findings(schedule: &Schedule, plan: &Plan) -> Vec<Finding> {
    let mut found = uncovered(plan);
    found.extend(two_levels(plan));
    found.extend(back_to_back(plan));
    found.extend(uneven_weekends(schedule, plan));
    found.extend(not_available(schedule, plan));
    let members = members(schedule).len();
    found.extend((!MEMBERS.contains(&members)).then_some(Finding::Size { members }));
    found
}

/// Returns who is in turn at the end of what is known: who left since is none of them.
fn members(schedule: &Schedule) -> BTreeSet<&PersonId> {
    let last = schedule.layers.iter().filter(|layer| layer.until == Timestamp::MAX);
    last.flat_map(|layer| &layer.rotation.participants).collect()
}

fn uncovered(plan: &Plan) -> Vec<Finding> {
    let mut levels: BTreeMap<u8, (SignedDuration, Timestamp)> = BTreeMap::new();
    for gap in &plan.gaps {
        let (total, _) = levels.entry(gap.level).or_insert((SignedDuration::ZERO, gap.start));
        *total += gap.start.duration_until(gap.end);
    }
    levels.into_iter().map(|(level, (total, first))| Finding::Uncovered { level, total, first }).collect()
}

fn two_levels(plan: &Plan) -> Vec<Finding> {
    let mut first: BTreeMap<&PersonId, Timestamp> = BTreeMap::new();
    let mut held: BTreeMap<&PersonId, Vec<&Duty>> = BTreeMap::new();
    plan.duties.iter().for_each(|duty| held.entry(&duty.person).or_default().push(duty));
    for (person, mut duties) in held {
        duties.sort_unstable_by_key(|duty| duty.start);
        // Parts of one level do not overlap, so an overlap is of two levels.
        let mut busy_until = Timestamp::MIN;
        for duty in duties {
            if duty.start < busy_until {
                first.entry(person).or_insert(duty.start);
            }
            busy_until = busy_until.max(duty.end);
        }
    }
    first.into_iter().map(|(person, start)| Finding::TwoLevels { person: person.clone(), start }).collect()
}

fn primary(plan: &Plan) -> impl Iterator<Item = &Duty> {
    plan.duties.iter().filter(|duty| duty.level == 0)
}

fn back_to_back(plan: &Plan) -> Vec<Finding> {
    let mut longest: BTreeMap<PersonId, (Timestamp, Timestamp)> = BTreeMap::new();
    let mut run: Option<(&PersonId, Timestamp, Timestamp)> = None;
    for duty in primary(plan) {
        let start = match run {
            Some((person, start, end)) if *person == duty.person && end == duty.start => start,
            _ => duty.start,
        };
        run = Some((&duty.person, start, duty.end));
        if start.duration_until(duty.end) > PRIMARY_MAX {
            let known = longest.entry(duty.person.clone()).or_insert((start, duty.end));
            if known.0.duration_until(known.1) <= start.duration_until(duty.end) {
                *known = (start, duty.end);
            }
        }
    }
    longest.into_iter().map(|(person, (start, end))| Finding::BackToBack { person, start, end }).collect()
}

fn uneven_weekends(schedule: &Schedule, plan: &Plan) -> Vec<Finding> {
    let members = members(schedule);
    let Some(layer) = schedule.layers.first().filter(|_| members.len() > 1) else { return vec![] };
    let mut held: BTreeMap<&PersonId, SignedDuration> = BTreeMap::new();
    for duty in primary(plan) {
        *held.entry(&duty.person).or_default() += weekend_time(duty.start, duty.end, &layer.rotation.zone);
    }
    let total: SignedDuration = held.values().sum();
    let even = total / i32::try_from(members.len()).unwrap_or(i32::MAX);
    let more = held.into_iter().filter(|(_, theirs)| *theirs > even + WEEKEND);
    more.map(|(person, theirs)| Finding::UnevenWeekends { person: person.clone(), theirs, even }).collect()
}

/// Returns how much of `start..end` is Saturday or Sunday on the wall clock of a zone.
pub(crate) fn weekend_time(start: Timestamp, end: Timestamp, zone: &TimeZone) -> SignedDuration {
    let first = zone.to_datetime(start).date().saturating_sub(2.days());
    let saturdays = first.series(1.day()).take_while(|day| *day <= zone.to_datetime(end).date());
    let weekends = saturdays.filter(|day| day.weekday() == Weekday::Saturday).filter_map(|day| {
        let midnight = |day: jiff::civil::Date| instant(zone, day.to_datetime(jiff::civil::Time::midnight()));
        Some((midnight(day)?.max(start), midnight(day.checked_add(2.days()).ok()?)?.min(end)))
    });
    weekends.filter(|(start, end)| start < end).map(|(start, end)| start.duration_until(end)).sum()
}

fn not_available(schedule: &Schedule, plan: &Plan) -> Vec<Finding> {
    let mut found = Vec::new();
    for off in &schedule.time_off {
        let theirs = plan.duties.iter().filter(|duty| duty.person == off.person);
        for duty in theirs.filter(|duty| duty.start < off.end && off.start < duty.end) {
            let (start, end) = (duty.start.max(off.start), duty.end.min(off.end));
            let propose = idle_longest(schedule, plan, start, end);
            found.push(Finding::NotAvailable { person: off.person.clone(), start, end, propose });
        }
    }
    found
}

/// Returns who is free in `start..end`, is available, and whose last duty before it is longest ago. Who has had none comes first.
fn idle_longest(schedule: &Schedule, plan: &Plan, start: Timestamp, end: Timestamp) -> Option<PersonId> {
    let meets = |from: Timestamp, to: Timestamp| from < end && start < to;
    let free = members(schedule).into_iter().filter(|person| {
        let busy = plan.duties.iter().any(|duty| duty.person == **person && meets(duty.start, duty.end));
        let away = schedule.time_off.iter().any(|off| off.person == **person && meets(off.start, off.end));
        !busy && !away
    });
    let last = |person: &PersonId| {
        plan.duties.iter().filter(|duty| duty.person == *person && duty.end <= start).map(|duty| duty.end).max()
    };
    free.min_by_key(|person| last(person)).cloned()
}

#[cfg(test)]
mod tests;
