//! A layer of a schedule: a rotation, at some hours of the week.

use jiff::Timestamp;

use crate::restriction::{Restriction, windows};
use crate::rotation::Rotation;

/// The name of the layer of a schedule that has only one.
pub const NAME_OF_ONE: &str = "main";

/// A rotation, restricted to hours of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// How people call it: `nights`, `europe`.
    pub name: String,
    /// Who is in turn.
    pub rotation: Rotation,
    /// When it counts; always where there is none.
    pub restrictions: Vec<Restriction>,
    /// From when on it counts at all: turns are numbered from the rotation's start all the same.
    pub from: Timestamp,
    /// Until when it counts, exclusive.
    pub until: Timestamp,
}

/// A part of a turn in which the layer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) turn: u64,
}

impl Layer {
    /// Makes a layer that counts always.
    pub fn always(name: impl Into<String>, rotation: Rotation, restrictions: Vec<Restriction>) -> Self {
        Self { name: name.into(), rotation, restrictions, from: Timestamp::MIN, until: Timestamp::MAX }
    }

    /// Returns the parts of turns within `from..to`, in order.
    pub(crate) fn held(&self, from: Timestamp, to: Timestamp) -> Vec<Held> {
        let (from, to) = (from.max(self.rotation.start).max(self.from), to.min(self.until));
        let Some(mut turn) = self.rotation.turn_at(from).filter(|_| from < to) else { return vec![] };
        let mut held = Vec::new();
        let (mut begin, mut end) = (from, self.rotation.hand_over(turn + 1));
        for (start, stop) in windows(&self.restrictions, &self.rotation.zone, from, to) {
            while end <= start {
                turn += 1;
                (begin, end) = (end, self.rotation.hand_over(turn + 1));
            }
            loop {
                let part = Held { start: start.max(begin), end: stop.min(end), turn };
                if part.start < part.end {
                    held.push(part);
                }
                if end >= stop {
                    break;
                }
                turn += 1;
                (begin, end) = (end, self.rotation.hand_over(turn + 1));
            }
        }
        held
    }
}
