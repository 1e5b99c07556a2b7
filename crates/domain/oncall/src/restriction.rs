//! Hours of a week to which a layer is restricted.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::clock::instant;

/// Days of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// All seven.
    pub const ALL: Self = Self(0b111_1111);

    /// Returns the set of these days.
    pub fn of(days: &[Weekday]) -> Self {
        Self(days.iter().fold(0, |set, day| set | Self::bit(*day)))
    }

    /// Returns whether the day is among them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & Self::bit(day) != 0
    }

    fn bit(day: Weekday) -> u8 {
        1 << day.to_monday_zero_offset()
    }
}

/// From one local time to another on some days of the week; over midnight when the end is not after the start.
///
/// A window belongs to the day on which it begins: Friday 22:00 to 06:00 ends on Saturday. Equal times are 24 hours of the
/// wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restriction {
    /// Days on which it begins.
    pub days: Weekdays,
    /// When it begins, on the wall clock of the layer's zone.
    pub from: Time,
    /// When it ends.
    pub until: Time,
}

impl Restriction {
    /// Returns the window that begins on a day; none on other days of the week, and where a change of clock leaves nothing of it.
    fn on(&self, date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if !self.days.contains(date.weekday()) {
            return None;
        }
        let last = if self.until > self.from { date } else { date.checked_add(1.day()).ok()? };
        let window = (instant(zone, date.to_datetime(self.from))?, instant(zone, last.to_datetime(self.until))?);
        (window.0 < window.1).then_some(window)
    }
}

/// Returns the windows of all restrictions that meet `from..to`, in order, those that touch or overlap as one; everything where
/// there is no restriction.
pub(crate) fn windows(
    restrictions: &[Restriction],
    zone: &TimeZone,
    from: Timestamp,
    to: Timestamp,
) -> Vec<(Timestamp, Timestamp)> {
    if restrictions.is_empty() {
        return vec![(from, to)];
    }
    let local = |at: Timestamp| zone.to_datetime(at).date();
    // Two days before: a window may be 24 hours long, and a change of date line may skip a day.
    let first = local(from).saturating_sub(2.days());
    let days = first.series(1.day()).take_while(|date| *date <= local(to));
    let mut windows: Vec<(Timestamp, Timestamp)> = days
        .flat_map(|date| restrictions.iter().filter_map(move |one| one.on(date, zone)))
        .filter(|(start, end)| *start < to && from < *end)
        .map(|(start, end)| (start.max(from), end.min(to)))
        .collect();
    windows.sort_unstable();
    windows.dedup_by(|later, earlier| {
        let touches = later.0 <= earlier.1;
        if touches {
            earlier.1 = earlier.1.max(later.1);
        }
        touches
    });
    windows
}
