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
pub enum ScopeV2 {
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
    /// Send facts in, such as other systems' alerts and counts; read nothing, change nothing else.
    Intake,
}

/// A credential was issued; its secret is nowhere. V1 did not know the scope `intake`; every payload of V1 is one of V2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TokenIssuedV2 {
    /// The credential.
    #[schema(value_type = String)]
    pub token: TokenId,
    /// What it may do.
    pub scope: ScopeV2,
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
