//! Events of versions of services.

use seaworthy_model::{ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::process::Launch;

/// A version exists and how it is launched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionRegisteredV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The version.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// How it is launched.
    pub launch: Launch,
    /// The commit it was built from, where the shipper said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// An instance answered its health check for the first time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionBecameHealthyV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The version.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// The instance: `pid-starttime` or `at-host:port`.
    pub instance: String,
    /// `host:port`.
    pub address: String,
    /// From start to healthy, in milliseconds.
    pub took_ms: u64,
}

/// A version could not be started, or never became healthy in time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionFailedToStartV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The version.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// What was seen.
    pub reason: String,
}

/// A process ended and nobody asked it to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionExitedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The version.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// The instance.
    pub instance: String,
    /// `exit 1`, `signal 9`.
    pub how: String,
}
