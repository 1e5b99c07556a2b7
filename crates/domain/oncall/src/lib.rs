//! Answers who is on call at an instant, and for how long.
//!
//! Hand-over `k` happens when the zone's wall clock shows the start's wall clock time, `k` turns later. A local time that
//! a change of clock repeats is its first occurrence; one that it skips is the first instant after the gap. Turns are
//! half-open: at the instant of a hand-over the next person is on call, so there is exactly one. A turn of a fixed number
//! of seconds is deliberately not offered: it drifts by an hour at each change of clock.
//!
//! A [`Schedule`] lays rotations over each other: the highest layer that has somebody names them. Layers may be restricted
//! to hours of a week, one person may stand in for another, and what is left uncovered is a gap that is said. People come
//! and go at hand-overs ([`by_members`]), so that what was is never rewritten.

// The oracle of the tests is also that of an example, which sees this crate by its name.
#[cfg(test)]
extern crate self as seaworthy_oncall;

mod clock;
mod finding;
mod hours;
mod layer;
mod member;
mod restriction;
mod rotation;
mod schedule;

pub use finding::{Finding, findings};
pub use hours::{Hours, hours};
pub use layer::{Layer, NAME_OF_ONE};
pub use member::{Member, by_members};
pub use restriction::{Restriction, Weekdays};
pub use rotation::{Rotation, Shift, Turn};
pub use schedule::{Duty, Followed, Gap, Kind, Limits, Override, Plan, Schedule, TimeOff, Why};
