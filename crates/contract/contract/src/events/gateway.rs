//! Events of gateways.

use seaworthy_model::{GatewayName, RolloutId, ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A gateway reported for the first time since its start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GatewayJoinedV1 {
    /// The gateway.
    #[schema(value_type = String)]
    pub gateway: GatewayName,
    /// This start of its process.
    pub boot: Uuid,
}

/// A gateway's local guard ejected a canary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct GuardTrippedV1 {
    /// The gateway.
    #[schema(value_type = String)]
    pub gateway: GatewayName,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The version.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
    /// What it saw.
    pub why: String,
}

/// Somebody reverted on a gateway's own socket. V1 did not name the rollout; every payload of V1 is one of V2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BreakGlassUsedV2 {
    /// The gateway.
    #[schema(value_type = String)]
    pub gateway: GatewayName,
    /// Identity in the gateway's journal.
    pub journal: Uuid,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The version that was taken off.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// The rollout that it was on trial in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub rollout: Option<RolloutId>,
    /// Who did it, as the operating system knows them.
    pub by: String,
}
