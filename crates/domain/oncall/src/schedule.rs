//! Layers, overrides and a fallback, resolved: who is on call at which level, from when until when, and why.
//!
//! Every edge (hand-over, window, override) is an instant; between two neighbouring edges nothing changes, so each such interval
//! is resolved once and equal neighbours are joined.

use jiff::Timestamp;
use seaworthy_model::PersonId;

use crate::layer::{Held, Layer};

/// What is looked at in one go.
#[derive(Debug, Clone, Copy)]
pub struct Limits;

impl Limits {
    /// Levels of a schedule: primary, secondary, and two more.
    pub const LEVELS: u8 = 4;
    /// Longest period, in days: two years, for a rota ahead and a year behind.
    pub const DAYS: i64 = 731;
    /// Layers of a schedule.
    pub const LAYERS: usize = 20;
    /// Overrides of a schedule: a swap a day for a year, and as many again.
    pub const OVERRIDES: usize = 1_000;
}

/// Who is on call, by everything that was said.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// Lowest first: a later layer that has somebody goes before an earlier one.
    pub layers: Vec<Layer>,
    /// What another system's calendar says, below every layer.
    pub followed: Vec<Followed>,
    /// How many people are on call at a time: 1 is a primary only.
    pub levels: u8,
    /// In the order in which they were made: a later one goes before an earlier one.
    pub overrides: Vec<Override>,
    /// Who is on call where no layer has anybody; a gap where there is none.
    pub fallback: Option<PersonId>,
    /// When people have said that they are not available. It changes nothing by itself.
    pub time_off: Vec<TimeOff>,
}

/// One person's time at one level, as a calendar says it. Two of one level at once: the earlier in the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// 0 is the primary.
    pub level: u8,
    /// Who.
    pub person: PersonId,
    /// From when.
    pub start: Timestamp,
    /// Until when, exclusive.
    pub end: Timestamp,
}

/// A change of a schedule for a time. A swap is two replacements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// What changes.
    pub kind: Kind,
    /// At which level; at every one where none is named.
    pub level: Option<u8>,
    /// From when.
    pub start: Timestamp,
    /// Until when, exclusive.
    pub end: Timestamp,
}

/// What an override does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Puts a person on call, whoever it would be otherwise.
    Add(PersonId),
    /// Takes a person off: the next layer that has somebody else counts, then the fallback.
    Remove(PersonId),
    /// Puts one person where another would be.
    Replace {
        /// Who would be.
        from: PersonId,
        /// Who is.
        to: PersonId,
    },
}

/// A time in which a person is not available: busy, as a calendar says it. There is no reason here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeOff {
    /// Who.
    pub person: PersonId,
    /// From when.
    pub start: Timestamp,
    /// Until when, exclusive.
    pub end: Timestamp,
}

/// One person on call at one level, `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// 0 is the primary.
    pub level: u8,
    /// Who.
    pub person: PersonId,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// What put them there.
    pub why: Why,
}

/// What put somebody on call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// A layer, by its index.
    Layer(usize),
    /// A calendar that is followed.
    Calendar,
    /// An override, by its index.
    Override(usize),
    /// Nobody else.
    Fallback,
}

/// Nobody is on call at a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// 0 is the primary.
    pub level: u8,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

/// A schedule, resolved over a period.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Who is on call: by level, then in order.
    pub duties: Vec<Duty>,
    /// Where nobody is: by level, then in order.
    pub gaps: Vec<Gap>,
}

impl Schedule {
    /// Returns who is on call in `from..to`. Nothing for an empty period.
    pub fn plan(&self, from: Timestamp, to: Timestamp) -> Plan {
        let mut plan = Plan::default();
        if from >= to {
            return plan;
        }
        let held: Vec<Vec<Held>> = self.layers.iter().map(|layer| layer.held(from, to)).collect();
        let edges = self.edges(&held, from, to);
        for level in 0..self.levels.clamp(1, Limits::LEVELS) {
            // Where each layer's next part is: edges come in order, so nothing is looked for twice.
            let mut next = vec![0; held.len()];
            for interval in edges.windows(2) {
                let (start, end) = (interval[0], interval[1]);
                let by_layer = self.layers.iter().zip(&held).zip(&mut next).map(|((layer, held), next)| {
                    while held.get(*next).is_some_and(|part| part.end <= start) {
                        *next += 1;
                    }
                    let part = held.get(*next).filter(|part| part.start <= start)?;
                    layer.rotation.person(part.turn, level)
                });
                let by_layer: Vec<Option<&PersonId>> = by_layer.collect();
                match self.resolve(&by_layer, level, start) {
                    Some((person, why)) => plan.hold(Duty { level, person: person.clone(), start, end, why }),
                    None => plan.miss(Gap { level, start, end }),
                }
            }
        }
        plan
    }

    /// Returns who is on call at an instant, and until when that is known not to change: at most `horizon`.
    pub fn at(&self, at: Timestamp, level: u8, horizon: Timestamp) -> Option<Duty> {
        self.plan(at, horizon).duties.into_iter().find(|duty| duty.level == level && duty.start == at)
    }

    /// Every instant at which something may change, with both ends of the period.
    fn edges(&self, held: &[Vec<Held>], from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let parts = held.iter().flatten().flat_map(|part| [part.start, part.end]);
        let overrides = self.overrides.iter().flat_map(|one| [one.start, one.end]);
        let followed = self.followed.iter().flat_map(|one| [one.start, one.end]);
        let mut edges: Vec<Timestamp> =
            parts.chain(overrides).chain(followed).filter(|at| from < *at && *at < to).chain([from, to]).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    fn resolve<'s>(
        &'s self,
        by_layer: &[Option<&'s PersonId>],
        level: u8,
        at: Timestamp,
    ) -> Option<(&'s PersonId, Why)> {
        let in_force = |(_, one): &(usize, &Override)| {
            one.start <= at && at < one.end && one.level.is_none_or(|only| only == level)
        };
        let overrides: Vec<(usize, &Override)> = self.overrides.iter().enumerate().filter(in_force).collect();
        let added = overrides.iter().rev().find_map(|(index, one)| match &one.kind {
            // Whom a later override takes off is not put on by an earlier one.
            Kind::Add(person) if !removed(&overrides, *index, person) => Some((person, *index)),
            _ => None,
        });
        if let Some((person, index)) = added {
            return Some((person, Why::Override(index)));
        }
        let layers =
            by_layer.iter().enumerate().rev().filter_map(|(index, person)| Some(((*person)?, Why::Layer(index))));
        let holds = |one: &&Followed| one.level == level && one.start <= at && at < one.end;
        let followed = self.followed.iter().filter(holds).map(|one| (&one.person, Why::Calendar));
        let fallback = self.fallback.iter().map(|person| (person, Why::Fallback));
        layers.chain(followed).chain(fallback).find_map(|(person, why)| changed(&overrides, person, why))
    }
}

fn removed(overrides: &[(usize, &Override)], after: usize, person: &PersonId) -> bool {
    overrides.iter().any(|(index, one)| *index > after && matches!(&one.kind, Kind::Remove(gone) if gone == person))
}

/// Returns who stands in for a person; none when they were taken off. Each override applies once, in the order in which they
/// were made, so that two people who replace each other do not turn for ever.
fn changed<'s>(overrides: &[(usize, &'s Override)], person: &'s PersonId, why: Why) -> Option<(&'s PersonId, Why)> {
    overrides.iter().try_fold((person, why), |(person, why), (index, one)| match &one.kind {
        Kind::Remove(gone) if gone == person => None,
        Kind::Replace { from, to } if from == person => Some((to, Why::Override(*index))),
        _ => Some((person, why)),
    })
}

impl Plan {
    fn hold(&mut self, duty: Duty) {
        match self.duties.last_mut() {
            Some(last)
                if last.end == duty.start
                    && (last.level, &last.person, last.why) == (duty.level, &duty.person, duty.why) =>
            {
                last.end = duty.end;
            }
            _ => self.duties.push(duty),
        }
    }

    fn miss(&mut self, gap: Gap) {
        match self.gaps.last_mut() {
            Some(last) if last.end == gap.start && last.level == gap.level => last.end = gap.end,
            _ => self.gaps.push(gap),
        }
    }
}

#[cfg(test)]
mod tests;
