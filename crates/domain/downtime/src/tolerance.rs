//! Planned downtime that the business puts up with, along hard dependencies: what a service needs is as strict as the
//! strictest that needs it (PRACTICES DWN-04, DWN-13).
//!
//! Hours and windows cannot be put in one order (two hours at any time, or any time on Sunday night?), so a service may
//! have to keep to several demands at once. A demand of none needs no other beside it.

mod all;
mod graph;

use std::cmp::Ordering;

use jiff::civil::Date;
use seaworthy_model::ServiceId;

pub use all::Tolerances;

/// How much planned downtime is tolerated.
#[derive(Debug, Clone, PartialEq)]
pub enum Planned {
    /// None at all.
    None,
    /// So many hours a month, above 0.
    HoursPerMonth(f64),
    /// In this window only, in words, with its IANA time zone.
    Window {
        /// In words that people plan by.
        when: String,
        /// IANA time zone.
        zone: String,
    },
}

impl Planned {
    /// Returns whether keeping to `self` may break `demand`.
    pub fn is_looser_than(&self, demand: &Self) -> Looser {
        match (self, demand) {
            (Self::None, _) => Looser::No,
            (_, Self::None) => Looser::Yes,
            (Self::HoursPerMonth(own), Self::HoursPerMonth(asked)) if own <= asked => Looser::No,
            (Self::HoursPerMonth(_), _) => Looser::Yes,
            (own @ Self::Window { .. }, asked @ Self::Window { .. }) if own == asked => Looser::No,
            (Self::Window { .. }, Self::Window { .. }) => Looser::Yes,
            (Self::Window { .. }, Self::HoursPerMonth(_)) => Looser::CannotSay,
        }
    }

    /// An order in which what is certainly stricter stands first: none, hours from the fewest on, windows by their words.
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::HoursPerMonth(one), Self::HoursPerMonth(other)) => one.total_cmp(other),
            (Self::Window { when, zone }, Self::Window { when: other, zone: there }) => {
                (when, zone).cmp(&(other, there))
            }
            _ => self.kind().cmp(&other.kind()),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::None => 0,
            Self::HoursPerMonth(_) => 1,
            Self::Window { .. } => 2,
        }
    }
}

/// Whether one tolerance is looser than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looser {
    /// Who keeps to it keeps to the other.
    No,
    /// It allows what the other forbids.
    Yes,
    /// A window against hours: how many hours the window has in a month stands in words only.
    CannotSay,
}

/// What the business said of one service.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerance {
    /// The service.
    pub service: ServiceId,
    /// How much.
    pub planned: Planned,
    /// Who said so, by role.
    pub by: String,
    /// Since when.
    pub since: Date,
}

/// A dependency that its consumer cannot serve without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HardDependency<'a> {
    /// Who needs it.
    pub consumer: &'a ServiceId,
    /// What is needed.
    pub dependency: &'a ServiceId,
}

/// What somebody's tolerance asks of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Demand {
    /// How much planned downtime is left to it.
    pub planned: Planned,
    /// From who asks down to the service itself, both included; one name where it is the service's own word.
    pub path: Vec<ServiceId>,
}

/// A consumer that leans hard on something looser than itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Contradiction {
    /// What the consumer was promised.
    pub asked: Planned,
    /// What its dependency is allowed.
    pub allowed: Planned,
    /// Whether that is certainly looser; never [`Looser::No`].
    pub looser: Looser,
    /// From consumer to dependency, both included: the shortest way.
    pub path: Vec<ServiceId>,
}
