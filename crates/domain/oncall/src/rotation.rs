//! A list of people and a start: the simplest rotation, of which layers are made.

use std::num::NonZeroU16;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Unit};
use seaworthy_model::PersonId;

use crate::clock::instant;

/// Length of a turn, on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Hours of the wall clock: a turn over a change of clock is shorter or longer.
    Hours(NonZeroU16),
    /// Days of the wall clock; a week is seven.
    Days(NonZeroU16),
    /// Calendar months; a day that a month does not have is its last.
    Months(NonZeroU16),
}

impl Turn {
    fn parts(self) -> (Unit, NonZeroU16) {
        match self {
            Self::Hours(count) => (Unit::Hour, count),
            Self::Days(count) => (Unit::Day, count),
            Self::Months(count) => (Unit::Month, count),
        }
    }

    fn span(self, turns: u64) -> Option<Span> {
        let (unit, count) = self.parts();
        let units = i64::try_from(turns).ok()?.checked_mul(i64::from(count.get()))?;
        match unit {
            Unit::Hour => Span::new().try_hours(units),
            Unit::Day => Span::new().try_days(units),
            _ => Span::new().try_months(units),
        }
        .ok()
    }
}

/// People in turn from a start on, handing over at one local time.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotation {
    /// People in turn; the first is on call from the start on. Empty: nobody ever is.
    pub participants: Vec<PersonId>,
    /// The first hand-over.
    pub start: Timestamp,
    /// The zone whose wall clock hand-overs keep; already looked up, so that nothing here reads a database.
    pub zone: TimeZone,
    /// Length of a turn.
    pub turn: Turn,
}

/// One person's turn, `start` inclusive, `end` exclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Who is on call.
    pub person: PersonId,
    /// When their turn began.
    pub start: Timestamp,
    /// The next hand-over.
    pub end: Timestamp,
}

impl Rotation {
    /// Returns the shift that contains `at`; none before the start and for a rotation without people.
    pub fn on_call_at(&self, at: Timestamp) -> Option<Shift> {
        self.turn_at(at).map(|turn| self.shift(turn))
    }

    /// Returns the shift that follows the one containing `at`: the next hand-over and who takes over. Before the
    /// start that is the first shift; none for a rotation without people and at the end of time.
    pub fn next_after(&self, at: Timestamp) -> Option<Shift> {
        if self.participants.is_empty() {
            return None;
        }
        if at < self.start {
            return Some(self.shift(0));
        }
        let end = self.shift(self.turn_at(at)?).end;
        self.turn_at(end).filter(|_| end < Timestamp::MAX).map(|turn| self.shift(turn))
    }

    /// Returns the shifts that overlap `from..to`, in order, at most `max` of them.
    pub fn shifts(&self, from: Timestamp, to: Timestamp, max: usize) -> Vec<Shift> {
        let first = self.on_call_at(from).or_else(|| self.next_after(from));
        std::iter::successors(first, |shift| self.next_after(shift.start))
            .take_while(|shift| shift.start < to)
            .take(max)
            .collect()
    }

    /// Returns who has a turn at a level: at level 1 whoever has the next turn at level 0, so that each is secondary for a
    /// turn and then primary. None for a rotation without people.
    pub(crate) fn person(&self, turn: u64, level: u8) -> Option<&PersonId> {
        let count = u64::try_from(self.participants.len()).ok().filter(|count| *count > 0)?;
        let place = (turn % count + u64::from(level)) % count;
        usize::try_from(place).ok().and_then(|place| self.participants.get(place))
    }

    fn shift(&self, turn: u64) -> Shift {
        let person = self.person(turn, 0).expect("somebody is in it, or there would be no turn").clone();
        Shift { person, start: self.hand_over(turn), end: self.hand_over(turn + 1) }
    }

    /// Returns the last turn whose hand-over is not after `at`; none before the start and for a rotation without people.
    ///
    /// Whole units of the wall clock give the turn but for the hand-over's time of day and changes of clock or of date
    /// line, which move it by little: the loops are short.
    pub(crate) fn turn_at(&self, at: Timestamp) -> Option<u64> {
        if self.participants.is_empty() || at < self.start {
            return None;
        }
        let (unit, count) = self.turn.parts();
        let local = |t: Timestamp| self.zone.to_datetime(t);
        let passed = local(self.start).until((unit, local(at))).map_or(0, |span| match unit {
            Unit::Hour => i64::from(span.get_hours()),
            Unit::Day => i64::from(span.get_days()),
            _ => i64::from(span.get_months()),
        });
        let mut turn = u64::try_from(passed).unwrap_or(0) / u64::from(count.get());
        while turn > 0 && self.hand_over(turn) > at {
            turn -= 1;
        }
        while self.hand_over(turn + 1) <= at && self.hand_over(turn + 1) < Timestamp::MAX {
            turn += 1;
        }
        Some(turn)
    }

    /// Returns hand-over `turn`; the end of time where the calendar has no such day.
    pub(crate) fn hand_over(&self, turn: u64) -> Timestamp {
        if turn == 0 {
            return self.start;
        }
        self.turn
            .span(turn)
            .and_then(|span| self.zone.to_datetime(self.start).checked_add(span).ok())
            .and_then(|wall| instant(&self.zone, wall))
            .map_or(Timestamp::MAX, |at| at.max(self.start))
    }
}

#[cfg(test)]
mod tests;
