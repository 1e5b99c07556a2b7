//! Calendars that rotations follow: what was read, when it could not be, and for how long it counts then.

use jiff::Timestamp;
use seaworthy_contract::events::rota::{CalendarShiftV1, CalendarTroubleV1, RotaCalendarLostV1, RotaCalendarReadV1};

use super::rota::REMEMBERED;

/// What a calendar says of a rotation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CalendarRecord {
    shifts: Vec<CalendarShiftV1>,
    /// Until when it was read; none where it never was.
    pub known_until: Option<Timestamp>,
    /// When the ledger last heard that it was read.
    pub read_at: Option<Timestamp>,
    /// Since when it cannot be read.
    pub lost: Option<LostCalendar>,
}

/// A calendar that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LostCalendar {
    /// When that was found.
    pub at: Timestamp,
    /// Why.
    pub why: CalendarTroubleV1,
    /// When it was read last.
    pub read_at: Option<Timestamp>,
    /// From when on nobody is on call by it.
    pub trusted_until: Timestamp,
}

impl CalendarRecord {
    /// Returns what it says, in order, as far as it is trusted.
    pub fn shifts(&self) -> impl Iterator<Item = CalendarShiftV1> + '_ {
        let end = self.lost.map_or(Timestamp::MAX, |lost| lost.trusted_until);
        self.shifts.iter().filter_map(move |shift| within(shift, Timestamp::MIN, end))
    }

    /// Returns what it said last, trusted or not.
    pub(crate) fn said(&self) -> &[CalendarShiftV1] {
        &self.shifts
    }

    pub(super) fn read(&mut self, said: &RotaCalendarReadV1, at: Timestamp) {
        if let Some(lost) = self.lost.take() {
            // Nobody was on call by it since, and that stays so.
            self.void(lost.trusted_until, at);
        }
        self.void(said.from, said.until);
        self.shifts.extend(said.shifts.iter().filter(|shift| shift.start < shift.end).cloned());
        self.shifts.retain(|shift| at.duration_since(shift.end) < REMEMBERED);
        self.shifts = joined(std::mem::take(&mut self.shifts));
        (self.known_until, self.read_at) = (Some(said.known_until), Some(at));
    }

    pub(super) fn lose(&mut self, said: &RotaCalendarLostV1, at: Timestamp) {
        let RotaCalendarLostV1 { why, read_at, trusted_until, .. } = *said;
        self.lost.get_or_insert(LostCalendar { at, why, read_at, trusted_until });
    }

    fn void(&mut self, from: Timestamp, until: Timestamp) {
        if from < until {
            let around = |shift: &CalendarShiftV1| {
                [within(shift, Timestamp::MIN, from), within(shift, until, Timestamp::MAX)].into_iter().flatten()
            };
            self.shifts = self.shifts.iter().flat_map(around).collect();
        }
    }
}

/// Returns the part of a shift that lies between two instants.
pub(crate) fn within(shift: &CalendarShiftV1, from: Timestamp, until: Timestamp) -> Option<CalendarShiftV1> {
    let (start, end) = (shift.start.max(from), shift.end.min(until));
    (start < end).then(|| CalendarShiftV1 { start, end, ..shift.clone() })
}

/// Puts shifts in order, and makes one of those that follow each other and are of one person and level.
pub(crate) fn joined(mut shifts: Vec<CalendarShiftV1>) -> Vec<CalendarShiftV1> {
    shifts.sort_by_key(|shift| (shift.level, shift.start));
    let mut joined: Vec<CalendarShiftV1> = Vec::new();
    for shift in shifts {
        let follows = |last: &&mut CalendarShiftV1| {
            (last.level, &last.person, last.end) == (shift.level, &shift.person, shift.start)
        };
        match joined.last_mut().filter(follows) {
            Some(last) => last.end = shift.end,
            None => joined.push(shift),
        }
    }
    joined.sort();
    joined
}
