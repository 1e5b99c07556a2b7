//! Tickets.

use jiff::Timestamp;
use seaworthy_model::{AlertId, IncidentId, OutletId, Position, ServiceId, TeamId, TicketId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most tickets of one answer; the open ones come first.
pub const TICKETS_SHOWN_MAX: usize = 500;

/// A ticket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Ticket {
    /// Its id.
    #[schema(value_type = String)]
    pub id: TicketId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The owning team.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// How it stands.
    pub state: TicketState,
    /// What is wrong.
    pub sentence: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// When the ticket was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// How often it came, once at least: what comes again while it is open joins it.
    pub times: usize,
    /// Since when nothing of it goes on; none while something does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub over_since: Option<Timestamp>,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Who closed it, or the tracker's word for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<String>,
    /// Its newest alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub alert: Option<AlertId>,
    /// Its newest incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub incident: Option<IncidentId>,
    /// Where it is in the team's tracker; none where the team has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracker: Option<TicketTracked>,
    /// Where it stands in the ledger.
    #[schema(value_type = u64)]
    pub position: Position,
}

/// Where a ticket is in its team's tracker.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TicketTracked {
    /// The tracker.
    #[schema(value_type = String)]
    pub outlet: OutletId,
    /// What it calls the ticket; none while it has not made one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its page there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Since when something is to be told to it; none where it has heard all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waits_since: Option<Timestamp>,
}

/// How a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TicketState {
    /// What it is about goes on.
    Open,
    /// What it is about is over; nobody has closed it.
    Over,
    /// Somebody closed it.
    Closed,
}

/// What became of what a tracker sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrackerHeard {
    /// Whether a ticket was closed or opened here by it.
    pub changed: bool,
}
