//! The whole in one answer, for `seaworthy status` and the home page.

use jiff::Timestamp;
use seaworthy_model::{GatewayName, PersonId, Position};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Control, OpenAlert, Page, Rollout, Service};

/// The whole in one answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// One sentence: is anybody needed?
    pub sentence: String,
    /// The server's time.
    #[schema(value_type = String, format = DateTime)]
    pub now: Timestamp,
    /// This start of the server.
    pub boot: Uuid,
    /// When that was.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<Timestamp>,
    /// The program's version.
    pub program: String,
    /// Position of the last event.
    pub position: Position,
    /// Whether the store takes writes.
    pub store_writable: bool,
    /// Services by name.
    pub services: Vec<Service>,
    /// Rollouts under way.
    pub rollouts: Vec<Rollout>,
    /// Pages nobody has acknowledged.
    pub pages: Vec<Page>,
    /// Open alerts, newest first; `GET /v1/alerts?open=true` has those that do not fit here.
    #[serde(default)]
    pub alerts: Vec<OpenAlert>,
    /// What holds traffic back now.
    #[serde(default)]
    pub controls: Vec<Control>,
    /// Gateways that reported since the server started.
    pub gateways: Vec<GatewayStatus>,
}

/// A gateway.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GatewayStatus {
    /// Its name.
    #[schema(value_type = String)]
    pub name: GatewayName,
    /// Config version it applied.
    pub applied: Position,
    /// Age of its last report, in milliseconds.
    pub report_age_ms: u64,
    /// Requests since the server first heard of this start of it.
    pub requests: u64,
}

/// Whom a one-time link is for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// Who signs in as themselves by it; where nobody is named, an admin without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub person: Option<PersonId>,
}

/// A one-time link that signs a person in on this machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SignInLink {
    /// The link; works once.
    pub url: String,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}
