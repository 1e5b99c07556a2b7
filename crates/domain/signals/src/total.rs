//! The sum of an objective's whole period, which is longer than what stays in memory.
//!
//! It runs: what is counted goes in, and what grows older than the period is taken off, as the store has it, once in five
//! minutes. A calendar period takes nothing off; it begins anew.

use std::ops::Range;

use jiff::Timestamp;
use seaworthy_model::Tally;

use crate::resolution::{FIVE_MINUTES_KEPT, Resolution};
use crate::ring::Ring;

/// Longest rolling period, in days: a quarter.
pub const PERIOD_DAYS_MAX: u16 = 92;

/// Five-minute slots in a day.
const SLOTS_A_DAY: i64 = 288;

/// The time over which a budget is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// The last so many days, always; 1 to [`PERIOD_DAYS_MAX`].
    Rolling {
        /// How many.
        days: u16,
    },
    /// From this instant on, until the caller begins the next; cut to five minutes.
    Since(Timestamp),
}

/// A period's sum.
#[derive(Debug, Clone)]
pub(crate) enum Total {
    /// It is short enough to be a window of the five-minute ring; in seconds.
    Window(u32),
    /// It runs.
    Running(Running),
}

#[derive(Debug, Clone)]
pub(crate) struct Running {
    /// Length in slots, the open one included; none where only the caller knows when it ends.
    slots: Option<i64>,
    /// The oldest slot that is in the sum.
    from: i64,
    sum: Tally,
}

impl Total {
    pub(crate) fn new(period: Period, head: i64) -> Self {
        match period {
            Period::Rolling { days } if i64::from(days) * SLOTS_A_DAY <= FIVE_MINUTES_KEPT as i64 => {
                Self::Window(u32::from(days) * 86_400)
            }
            Period::Rolling { days } => {
                let slots = i64::from(days) * SLOTS_A_DAY;
                Self::Running(Running { slots: Some(slots), from: head + 1 - slots, sum: Tally::default() })
            }
            Period::Since(from) => {
                let from = Resolution::FiveMinutes.slot(from);
                Self::Running(Running { slots: None, from, sum: Tally::default() })
            }
        }
    }

    pub(crate) fn add(&mut self, slot: i64, tally: Tally) {
        if let Self::Running(running) = self
            && slot >= running.from
        {
            running.sum.add(tally);
        }
    }

    pub(crate) fn replace(&mut self, slot: i64, before: Tally, after: Tally) {
        if let Self::Running(running) = self
            && slot >= running.from
        {
            running.sum.remove(before);
            running.sum.add(after);
        }
    }

    pub(crate) fn sum(&self, five: &Ring) -> Tally {
        match self {
            Self::Window(seconds) => five.sum(*seconds).unwrap_or_default(),
            Self::Running(running) => running.sum,
        }
    }

    /// Returns the slots of the period that are older than memory.
    pub(crate) fn missing(&self, five: &Ring) -> Range<i64> {
        match self {
            Self::Window(_) => five.oldest()..five.oldest(),
            Self::Running(running) => running.from..running.from.max(five.oldest()),
        }
    }

    /// Counts again: what is in memory, and what is older.
    pub(crate) fn settle(&mut self, older: Tally, five: &Ring) {
        if let Self::Running(running) = self {
            running.sum = older;
            let resident = five.slots().filter(|(slot, _)| *slot >= running.from);
            resident.for_each(|(_, tally)| running.sum.add(tally));
        }
    }

    pub(crate) fn leaving(&self, head: i64) -> Range<i64> {
        match self {
            Self::Running(Running { slots: Some(slots), from, .. }) => *from..(*from).max(head + 1 - slots),
            Self::Running(Running { from, .. }) => *from..*from,
            Self::Window(_) => head..head,
        }
    }

    pub(crate) fn leave(&mut self, until: i64, tally: Tally) {
        if let Self::Running(running) = self
            && until > running.from
        {
            running.sum.remove(tally);
            running.from = until;
        }
    }

    /// Begins a calendar period; a rolling one has no beginning.
    pub(crate) fn begin(&mut self, from: Timestamp, five: &Ring) {
        if let Self::Running(running) = self
            && running.slots.is_none()
        {
            running.from = Resolution::FiveMinutes.slot(from);
            self.settle(Tally::default(), five);
        }
    }
}
