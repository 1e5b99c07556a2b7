//! What people want of incidents.

use jiff::Timestamp;
use seaworthy_contract::events::incident::{IncidentClockV1, IncidentRoleV1};
use seaworthy_model::{IncidentId, ServiceId};

/// What a person wants of an incident.
#[derive(Debug, Clone, PartialEq)]
pub enum IncidentWanted {
    /// It begins.
    Open {
        /// The service.
        service: ServiceId,
        /// What customers cannot do.
        sentence: String,
        /// Since when, where they know.
        began_at: Option<Timestamp>,
        /// Nothing is wrong: they practise.
        drill: bool,
    },
    /// Something is done in one.
    In(IncidentId, IncidentDone),
}

/// What is done in an incident.
#[derive(Debug, Clone, PartialEq)]
pub enum IncidentDone {
    /// Somebody works on it.
    Joined,
    /// Somebody takes a role.
    RoleTaken(IncidentRoleV1),
    /// Somebody says how it stands.
    Updated {
        /// How it stands.
        sentence: String,
        /// When they will say so again.
        next_update_at: Option<Timestamp>,
    },
    /// Somebody needs help: the next rung of its page is called at once.
    HelpAsked,
    /// Somebody calls who is on call for what the service needs.
    OwnerCalled(ServiceId),
    /// Customers are served again.
    Restored,
    /// It is over.
    Closed,
    /// Somebody knows an instant better.
    ClockSet {
        /// Which.
        clock: IncidentClockV1,
        /// When it was.
        at: Timestamp,
        /// How they know.
        source: String,
    },
}
