//! Observations: what collectors saw of services outside Seaworthy, sent in and read.

use jiff::Timestamp;
use seaworthy_model::{Position, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::events::observation::{ObservationTakenV1, ObservedFactV1};

/// Most observations in one sending: what one look at a repository of many services gives.
pub const OBSERVATIONS_SENT_MAX: usize = 100;

/// Most facts in one observation.
pub const OBSERVED_FACTS_MAX: usize = 200;

/// Longest text of a fact, its place and its source, in bytes.
pub const OBSERVED_TEXT_BYTES_MAX: usize = 512;

/// Most texts in a fact that is a list.
pub const OBSERVED_LIST_MAX: usize = 50;

/// Body of `POST /v1/observations`: all of them are taken, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservationsRequest {
    /// What was seen; at most [`OBSERVATIONS_SENT_MAX`].
    pub observations: Vec<ObservationTakenV1>,
}

/// Answer to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObservationsTaken {
    /// How many say something that was not known, or renew what was.
    pub taken: u32,
    /// How many were known already, or are older than what is known.
    pub known: u32,
}

/// The newest that a collector saw of a service at a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Observation {
    /// What looked.
    pub collector: String,
    /// At what.
    pub source: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// When it looked.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Ledger position.
    pub position: Position,
    /// Who sent it in.
    pub sent_by: String,
    /// What it saw.
    pub facts: Vec<ObservedFactV1>,
}
