//! Events of outlets: what another system took, and what it did not.

use seaworthy_model::{OutletId, Position};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Another system took a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutwardDeliveredV1 {
    /// The outlet.
    #[schema(value_type = String)]
    pub outlet: OutletId,
    /// What the message belongs to; messages of one thread leave in order: `ticket/<id>`, `incident/<id>`, `service/<name>`.
    pub thread: String,
    /// The event that the message is about.
    #[schema(value_type = u64)]
    pub about: Position,
    /// Which try it was, from 1.
    pub attempt: u32,
    /// What the other system made for the thread, where it says so now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<OutwardMadeV1>,
}

/// What another system made: a ticket, a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OutwardMadeV1 {
    /// What its programs call it.
    pub id: String,
    /// What its people call it.
    pub key: String,
    /// Its page there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Another system did not take a message, and is not tried again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutwardUndeliverableV1 {
    /// The outlet.
    #[schema(value_type = String)]
    pub outlet: OutletId,
    /// What the message belongs to.
    pub thread: String,
    /// The event that the message is about.
    #[schema(value_type = u64)]
    pub about: Position,
    /// Tries since the program started.
    pub attempts: u32,
    /// What was seen last, without addresses.
    pub reason: String,
}
