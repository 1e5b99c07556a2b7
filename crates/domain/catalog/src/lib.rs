//! Who owns what: teams, people, services, and the rules that keep one owner per service.
//!
//! Invariant (OWN-09): a [`Catalogue`] cannot hold a service with no owner or with two; [`Service::owner`] is one
//! name and [`Catalogue::collect`] refuses a second declaration. Text for people is made elsewhere: refusals are data.

mod entity;
mod plan;
mod rules;
mod who;

pub use entity::{
    Attached, Catalogue, Entity, EscalationPolicy, Fields, Key, Kind, Other, Outlet, Person, Rotation, Route, Service,
    Team,
};
pub use plan::{Action, Change, FieldChange, apply, plan};
pub use rules::{Refusal, needs, refusals};
pub use who::{Because, CANDIDATES_MAX, Candidate, Sure, nearest, who};

#[cfg(test)]
mod tests;
