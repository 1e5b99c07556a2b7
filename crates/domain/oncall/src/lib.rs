//! Answers who is on call at an instant.
//!
//! Hand-over `k` happens when the zone's wall clock shows the start's wall clock time, `k` turns of days later. A
//! local time that a change of clock repeats is its first occurrence; one that it skips is the first instant after
//! the gap. Turns are half-open: at the instant of a hand-over the next person is on call, so there is exactly one.
//! A turn of fixed 24 h is deliberately not offered: it drifts by an hour at each change of clock.

mod rotation;

pub use rotation::{Rotation, Shift};
