//! Incidents: one at a time a service, from the page to well again.
//!
//! [`Incident::apply`] folds what happened, [`on_page`], [`needs`] and [`closes_by_itself`] decide what follows, [`weigh`] says
//! of every change before it how likely it is the cause, and [`likeness`] finds what was seen before. An instant that nothing
//! and nobody has said stays unknown, with why: nothing is made up in here.

mod clock;
mod decide;
mod incident;
pub mod runbook;
mod similar;
mod suspect;

pub use clock::{Clock, Mark, Moment, Unknown};
pub use decide::{
    ALONE_AFTER, CLOSES_AFTER, CLOSES_UNSEEN_AFTER, Needs, OnPage, REOPENS_WITHIN, SetRefused, check_set,
    closes_by_itself, needs, on_page,
};
pub use incident::{Event, Incident, PAGES_MAX, PEOPLE_MAX, Role, Source};
pub use similar::{ALIKE_MIN, Traits, likeness};
pub use suspect::{
    Arms, Change, Confidence, Finding, Kind, LOOK_BACK, NEAR, Relation, SLACK, Weighed, arms, finding, weigh,
};

#[cfg(test)]
mod tests;
