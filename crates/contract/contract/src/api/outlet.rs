//! Outlets: other systems, and whether they hear what they are to hear.

use jiff::Timestamp;
use seaworthy_model::{OutletId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Another system that hears of a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutletState {
    /// Its name.
    #[schema(value_type = String)]
    pub name: OutletId,
    /// What it is: `tracker`, `webhook`, `rooms`.
    pub is: String,
    /// The team.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// Messages that wait.
    pub waits: usize,
    /// Since when the oldest of them does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub waits_since: Option<Timestamp>,
    /// Messages that it took.
    pub delivered: u64,
    /// When it took the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub delivered_at: Option<Timestamp>,
    /// Messages that were given up or dropped.
    pub lost: u64,
    /// Why the last of these was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_lost: Option<String>,
    /// When that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_lost_at: Option<Timestamp>,
}
