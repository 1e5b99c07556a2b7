//! A list of people and a start: the simplest rotation, from which layers and overrides will be made.

use std::num::NonZeroU16;

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Span, Timestamp};
use seaworthy_model::PersonId;

/// People in turn from a start on, handing over at one local time.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotation {
    /// People in turn; the first is on call from the start on. Empty: nobody ever is.
    pub participants: Vec<PersonId>,
    /// The first hand-over.
    pub start: Timestamp,
    /// The zone whose wall clock hand-overs keep; already looked up, so that nothing here reads a database.
    pub zone: TimeZone,
    /// Length of a turn, in days of the wall clock.
    pub days: NonZeroU16,
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
        if self.participants.is_empty() || at < self.start {
            return None;
        }
        let turn = self.turn_at(at);
        Some(self.shift(turn))
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
        let end = self.shift(self.turn_at(at)).end;
        (end < Timestamp::MAX).then(|| self.shift(self.turn_at(end)))
    }

    /// Returns the shifts that overlap `from..to`, in order, at most `max` of them.
    pub fn shifts(&self, from: Timestamp, to: Timestamp, max: usize) -> Vec<Shift> {
        let first = self.on_call_at(from).or_else(|| self.next_after(from));
        std::iter::successors(first, |shift| self.next_after(shift.start))
            .take_while(|shift| shift.start < to)
            .take(max)
            .collect()
    }

    fn shift(&self, turn: u64) -> Shift {
        let place = usize::try_from(turn % self.participants.len() as u64).expect("smaller than a length");
        Shift { person: self.participants[place].clone(), start: self.hand_over(turn), end: self.hand_over(turn + 1) }
    }

    /// Returns the last turn whose hand-over is not after `at`; `at` is not before the start.
    ///
    /// Whole local days give the turn but for the hand-over's time of day and changes of clock or of date line,
    /// which move it by a turn or two: the loops are short.
    fn turn_at(&self, at: Timestamp) -> u64 {
        let local = |t: Timestamp| self.zone.to_datetime(t).date();
        let days = local(self.start).until(local(at)).map_or(0, |span| span.get_days());
        let mut turn = u64::try_from(days).unwrap_or(0) / u64::from(self.days.get());
        while turn > 0 && self.hand_over(turn) > at {
            turn -= 1;
        }
        while self.hand_over(turn + 1) <= at && self.hand_over(turn + 1) < Timestamp::MAX {
            turn += 1;
        }
        turn
    }

    /// Returns hand-over `turn`; the end of time where the calendar has no such day.
    fn hand_over(&self, turn: u64) -> Timestamp {
        if turn == 0 {
            return self.start;
        }
        let days = i64::try_from(turn).ok().and_then(|turn| turn.checked_mul(i64::from(self.days.get())));
        days.and_then(|days| Span::new().try_days(days).ok())
            .and_then(|days| self.zone.to_datetime(self.start).checked_add(days).ok())
            .and_then(|wall| instant(&self.zone, wall))
            .map_or(Timestamp::MAX, |at| at.max(self.start))
    }
}

/// Returns the first instant at which the wall clock of `zone` shows `wall`, or the first after the gap it falls in.
fn instant(zone: &TimeZone, wall: DateTime) -> Option<Timestamp> {
    let found = zone.to_ambiguous_timestamp(wall);
    match found.offset() {
        // In a gap, reading the wall clock with the later offset gives an instant before it: the change comes next.
        AmbiguousOffset::Gap { after, .. } => {
            let before_gap = after.to_timestamp(wall).ok()?;
            zone.following(before_gap).next().map(|change| change.timestamp())
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => found.earlier().ok(),
    }
}

#[cfg(test)]
mod tests;
