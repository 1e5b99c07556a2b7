//! Events of tickets: what wakes nobody and is to be looked at all the same, and every incident.

use jiff::Timestamp;
use seaworthy_model::{AlertId, IncidentId, ServiceId, TeamId, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something is to be looked at, in working hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketOpenedV1 {
    /// The ticket.
    #[schema(value_type = String)]
    pub ticket: TicketId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The team that owns it.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// What it is about.
    pub matter: TicketMatterV1,
    /// One sentence: what is wrong.
    pub sentence: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// The team's tracker that it goes to, by name; none where the team has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracker: Option<String>,
}

/// What a ticket is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TicketMatterV1 {
    /// A symptom that wakes nobody.
    Alert {
        /// The alert.
        #[schema(value_type = String)]
        alert: AlertId,
        /// What is wrong: one ticket a service and symptom while it is open.
        symptom: String,
    },
    /// An incident.
    Incident {
        /// Which.
        #[schema(value_type = String)]
        incident: IncidentId,
    },
}

/// It came again, or more belongs to the same ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketJoinedV1 {
    /// The ticket.
    #[schema(value_type = String)]
    pub ticket: TicketId,
    /// What joined it.
    pub matter: TicketMatterV1,
}

/// Nothing that the ticket is about goes on any more. It stays open until somebody closes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketEndedV1 {
    /// The ticket.
    #[schema(value_type = String)]
    pub ticket: TicketId,
}

/// Somebody closed it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketClosedV1 {
    /// The ticket.
    #[schema(value_type = String)]
    pub ticket: TicketId,
    /// Where.
    pub place: TicketPlaceV1,
}

/// Somebody opened it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketReopenedV1 {
    /// The ticket.
    #[schema(value_type = String)]
    pub ticket: TicketId,
    /// Where.
    pub place: TicketPlaceV1,
}

/// Where something was done to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "place", rename_all = "kebab-case")]
pub enum TicketPlaceV1 {
    /// Here.
    Here,
    /// In the team's tracker.
    Tracker {
        /// The tracker's own word for how it stands.
        status: String,
    },
}
