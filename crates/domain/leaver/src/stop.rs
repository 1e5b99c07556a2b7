//! One thing that stops.

use jiff::Timestamp;
use seaworthy_model::{RotationId, ServiceId, TeamId};

/// Members that a team needs to own anything: one person's holiday must not be an outage (PRACTICES OWN-03).
pub const MEMBERS_MIN: usize = 2;

/// What stops when the person leaves.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stop {
    /// Nobody is on call for some of the time.
    Uncovered {
        /// In which rotation.
        rota: RotationId,
        /// At which level; 0 is the primary.
        level: u8,
        /// For how long in all, in seconds.
        seconds: i64,
        /// From when the first time.
        first: Timestamp,
        /// The services whose pages go there.
        services: Vec<ServiceId>,
    },
    /// A rung of an escalation policy calls nobody any more, whenever it is asked.
    Rung {
        /// The policy.
        policy: String,
        /// The step, from 1.
        step: usize,
        /// The services whose pages climb it.
        services: Vec<ServiceId>,
    },
    /// Whoever is left in a rotation cannot be called: no one of them has a way.
    Unreachable {
        /// The rotation.
        rota: RotationId,
        /// How many are left.
        left: usize,
        /// The services whose pages go there.
        services: Vec<ServiceId>,
    },
    /// A team has fewer than [`MEMBERS_MIN`] members left.
    Team {
        /// The team.
        team: TeamId,
        /// How many are left.
        left: usize,
        /// What it owns.
        services: Vec<ServiceId>,
    },
}
