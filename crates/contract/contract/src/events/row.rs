//! Events of rows of readiness: what people said of one, beside what was seen.

use jiff::Timestamp;
use seaworthy_model::{PersonId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody said why a row does not apply to a service. A later word of the same row replaces it; it ends by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RowExceptedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The row: `DEP-12`.
    pub row: String,
    /// Why it does not apply.
    pub because: String,
    /// Who says so.
    #[schema(value_type = String)]
    pub by: PersonId,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// An exception was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RowExceptionEndedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The row.
    pub row: String,
}

/// Somebody said how a row stands. It makes nothing hold: it is shown beside what was seen, and ends by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RowAttestedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The row.
    pub row: String,
    /// What they say.
    pub says: RowSaysV1,
    /// In their words.
    pub words: String,
    /// Who says so.
    #[schema(value_type = String)]
    pub by: PersonId,
    /// Until when that counts.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// What somebody says of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowSaysV1 {
    /// It holds.
    Holds,
    /// It does not.
    DoesNotHold,
}

/// An attestation was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RowAttestationEndedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The row.
    pub row: String,
}
