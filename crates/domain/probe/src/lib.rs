//! Probes: when they run, what their results mean, and when one cannot see.
//!
//! Each place runs a probe in slots of its own, fixed for ever by the names of both ([`schedule`]): a slot without a
//! [`Run`] is unknown, never up. A [`Watcher`] listens to all places of one probe and says what changed. Three rules stand
//! between one bad answer and a person:
//! - **twice**: a place blames the target only after a second try at once;
//! - **together**: where there are several places, at least two and most of those that see must agree;
//! - **blind is not down**: a target that was never once up, and a prober that fails its own check ([`own`]), are unknown.

pub mod own;
mod place;
mod reason;
mod run;
pub mod schedule;
mod watcher;

pub use reason::{Code, Reason};
pub use run::{Outcome, Run};
pub use watcher::{
    DELIVERY_MAX, FLAP_WITHIN, History, PASSES_MAX, PASSES_MIN, PlaceView, Says, State, Transition, Unseen, Watch,
    Watcher,
};

/// How often a probe runs from each place where nothing is said, in milliseconds: a target that is hard down is known
/// after [`EVERY_MS`] + 2 x [`TIMEOUT_MS`] at most.
pub const EVERY_MS: u64 = 10_000;

/// Longest time of one try where nothing is said, in milliseconds: two of them end before the next slot.
pub const TIMEOUT_MS: u64 = 4_000;

/// Shortest time between two runs of a place, in milliseconds: more often is load, not a look.
pub const EVERY_MIN_MS: u64 = 1_000;

#[cfg(test)]
mod tests;
