//! The time, as checks may ask for it.
//!
//! A check never sees the instant itself: it asks whether something is past, and the clock notes the first instant at
//! which an answer would be another. Until then, and on the same facts, the verdict is the same: so nothing is looked
//! at again before it can have changed.

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};
use seaworthy_model::Tier;

/// The time of one look.
#[derive(Debug, Clone)]
pub struct Clock {
    now: Timestamp,
    next: Cell<Option<Timestamp>>,
}

impl Clock {
    /// A clock that stands at an instant.
    pub fn at(now: Timestamp) -> Self {
        Self { now, next: Cell::new(None) }
    }

    /// Says whether an instant is past, or now.
    pub fn is_past(&self, at: Timestamp) -> bool {
        if at > self.now {
            self.next.set(Some(self.next.get().map_or(at, |next| next.min(at))));
        }
        at <= self.now
    }

    /// Returns until when something that was seen counts; none where that is over.
    pub fn counts(&self, seen_at: Timestamp, length: SignedDuration) -> Option<Timestamp> {
        let until = seen_at.checked_add(length).unwrap_or(Timestamp::MAX);
        (!self.is_past(until)).then_some(until)
    }

    /// Returns the first instant at which an answer would be another; none where none would.
    pub fn next(&self) -> Option<Timestamp> {
        self.next.get()
    }
}

/// How long a proof by exercise counts: 30, 90 or 180 days by tier, shorter where more customers lean on it.
pub(crate) fn exercise_counts_for(tier: Tier) -> SignedDuration {
    let days = match tier {
        Tier::One => 30,
        Tier::Two => 90,
        Tier::Three => 180,
    };
    SignedDuration::from_hours(24 * days)
}

/// How long counts what a machine looked at and can look at again at no cost: 2, 7 or 14 days by tier.
pub(crate) fn look_counts_for(tier: Tier) -> SignedDuration {
    let days = match tier {
        Tier::One => 2,
        Tier::Two => 7,
        Tier::Three => 14,
    };
    SignedDuration::from_hours(24 * days)
}

/// So many days.
pub(crate) const fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_instant_at_which_an_answer_changes_is_noted() {
        let at = |s| Timestamp::from_second(s).expect("in range");
        let clock = Clock::at(at(100));
        assert!(clock.is_past(at(99)) && clock.is_past(at(100)));
        assert_eq!(clock.next(), None, "what is past stays past");
        assert!(!clock.is_past(at(300)) && !clock.is_past(at(200)) && !clock.is_past(at(250)));
        assert_eq!(clock.next(), Some(at(200)));
        assert_eq!(clock.counts(at(90), SignedDuration::from_secs(5)), None);
        assert_eq!(clock.counts(at(90), SignedDuration::from_secs(11)), Some(at(101)));
        assert_eq!(clock.next(), Some(at(101)));
        assert_eq!(clock.counts(Timestamp::MAX, SignedDuration::MAX), Some(Timestamp::MAX));
    }
}
