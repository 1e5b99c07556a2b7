//! The ledger as outsiders read it.

use jiff::Timestamp;
use seaworthy_model::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Rows, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LedgerPage {
    /// The rows.
    pub rows: Vec<LedgerRow>,
    /// Position of the last event there is.
    pub head: Position,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LedgerRow {
    /// Its place.
    pub position: Position,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub recorded_at: Timestamp,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub occurred_at: Timestamp,
    /// What it is about: `service/checkout`.
    pub stream: String,
    /// Who or what did it: `person/ines`, `judge`, `gateway/gw-1`.
    pub actor: String,
    /// What people call them: a credential by what it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub by: String,
    /// Its type: `rollout.reverted`.
    pub kind: String,
    /// Version of the type.
    pub version: u16,
    /// Its payload.
    #[schema(value_type = Object)]
    pub payload: serde_json::Value,
    /// Its hash in the chain, in hex.
    pub hash: String,
    /// One sentence for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sentence: String,
}

/// What a verification of the whole chain found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    /// Events read.
    pub events: u64,
    /// Whether the chain is whole.
    pub verified: bool,
    /// The first position that does not fit, and why.
    pub broken: Option<String>,
    /// Hash of the last event, in hex.
    pub head_hash: String,
}
