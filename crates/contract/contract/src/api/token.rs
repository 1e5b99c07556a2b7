//! Credentials as an admin sees them. The secret is shown once, when it is made.

use jiff::Timestamp;
use seaworthy_model::{TeamId, TokenId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A credential in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Token {
    /// Its id, which is no secret.
    #[schema(value_type = String)]
    pub id: TokenId,
    /// What it may do: `admin`, `team`, `read`, `intake`, `prober`, `observe`, `gateway`, `supervisor`.
    pub scope: String,
    /// The team, where the scope is a team's.
    #[schema(value_type = Option<String>)]
    pub team: Option<TeamId>,
    /// What it is for.
    pub label: String,
    /// When it ends; none when it does not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// Body of `POST /v1/tokens`. Each makes another credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRequest {
    /// What it may do.
    pub scope: TokenScope,
    /// The team, where the scope is a team's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub team: Option<TeamId>,
    /// What it is for, in a few words.
    pub label: String,
    /// When it ends; none when it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
}

/// What a credential that people make may do; gateways and supervisors get theirs from `seaworthy up`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenScope {
    /// Everything.
    Admin,
    /// Read everything, change what the team owns.
    Team,
    /// Read everything.
    Read,
    /// Send in other systems' alerts and counts; read nothing.
    Intake,
    /// Run probes from another place: take which, send in the results; read nothing else.
    Prober,
    /// Send in what collectors saw of services; read nothing.
    Observe,
}

/// Answer to `POST /v1/tokens`. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenMade {
    /// The credential.
    pub token: Token,
    /// Its text: shown now and never again, the server keeps a hash of it.
    pub secret: String,
}
