//! Events of the control plane itself and of credentials.

use jiff::Timestamp;
use seaworthy_model::{TeamId, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// A control plane started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ServerStartedV1 {
    /// This start of its process.
    pub boot: Uuid,
    /// The program's version.
    pub program: String,
}

/// What a credential may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "scope", rename_all = "kebab-case")]
pub enum ScopeV4 {
    /// Everything.
    Admin,
    /// Read everything, change what the team owns.
    Team {
        /// The team.
        #[schema(value_type = String)]
        team: TeamId,
    },
    /// Read everything that is not private by rule.
    Read,
    /// Take config and report telemetry as a gateway.
    Gateway,
    /// Take desired processes and report observed ones as a supervisor.
    Supervisor,
    /// Send in what every other machine knows, results of probes among it: what `intake` was before V3. No longer issued.
    #[serde(rename = "intake")]
    Facts,
    /// Send in other systems' alerts and counts; read nothing, change nothing else.
    #[serde(rename = "alerts-and-counts")]
    Intake,
    /// Take what a place probes and send in the results; read nothing, change nothing else.
    Prober,
    /// Send in what collectors saw of services; read nothing, change nothing else.
    Observe,
}

/// A credential was issued; its secret is nowhere. V1 did not know the scope `intake`, V2 none that is for probers or for
/// alerts alone, V3 none that is for collectors; every payload of them is one of V4.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenIssuedV4 {
    /// The credential.
    #[schema(value_type = String)]
    pub token: TokenId,
    /// What it may do.
    pub scope: ScopeV4,
    /// What it is for.
    pub label: String,
    /// When it ends; none for the supervisor's own, which are made anew at each start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// A credential was withdrawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenRevokedV1 {
    /// The credential.
    #[schema(value_type = String)]
    pub token: TokenId,
}
