//! Services, who is on call, and who owns what, as outsiders see them.

use jiff::Timestamp;
use seaworthy_model::{PersonId, Position, RolloutId, RotationId, ServiceId, TeamId, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ObjectiveBrief, OpenAlert, Reach};
use crate::catalogue::{DependencyKind, Route};

/// A service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    /// Its name.
    #[schema(value_type = String)]
    pub name: ServiceId,
    /// What it does for whom.
    pub description: Option<String>,
    /// The owning team.
    #[schema(value_type = String)]
    pub owner: TeamId,
    /// 1 matters most.
    pub tier: u8,
    /// One sentence: is it well?
    pub sentence: String,
    /// Who is on call now; none is shown in red.
    pub on_call: Option<OnCall>,
    /// Its open alerts, newest first; `GET /v1/alerts?open=true&service=` has those that do not fit here.
    #[serde(default)]
    pub alerts: Vec<OpenAlert>,
    /// The version that serves.
    #[schema(value_type = Option<String>)]
    pub stable: Option<VersionId>,
    /// The rollout under way.
    #[schema(value_type = Option<String>)]
    pub rollout: Option<RolloutId>,
    /// Versions that should run now.
    pub versions: Vec<VersionView>,
    /// How good it is for its users, objective by objective.
    #[serde(default)]
    pub objectives: Vec<ObjectiveBrief>,
    /// Since when most of what is asked of it fails, where that is sure and goes on at this moment.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// How users reach it.
    pub routes: Vec<Route>,
    /// What it needs.
    pub dependencies: Vec<DependencyView>,
    /// `file:line` the catalogue says it was read from.
    pub source: String,
    /// When that was read, and its place in the ledger.
    #[schema(value_type = String, format = DateTime)]
    pub declared_at: Timestamp,
    /// Ledger position of the declaration.
    pub position: Position,
}

/// Who is on call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OnCall {
    /// The person.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// What people call them.
    pub display_name: Option<String>,
    /// The rotation that says so.
    #[schema(value_type = String)]
    pub rotation: RotationId,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Who is next.
    #[schema(value_type = Option<String>)]
    pub next: Option<PersonId>,
    /// Whether the person has said of a contact that it is theirs.
    #[serde(default)]
    pub reach: Reach,
}

/// A version that should run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionView {
    /// The version.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// `stable`, `canary` or `warm`.
    pub role: String,
    /// Its state.
    pub state: VersionState,
    /// `host:port`, when healthy or failing: a failing one keeps its users.
    pub address: Option<String>,
    /// When its state was last seen to change.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// What its supervisor saw last, of one that is not well.
    #[serde(default)]
    pub reason: Option<String>,
}

/// State of a version that should run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VersionState {
    /// Nobody has reported it yet.
    Unknown,
    /// Answers its health check.
    Healthy,
    /// It answered its health check, and does not any more.
    Failing,
    /// Its process ended; it is being started again.
    Exited,
    /// It could not be started.
    Failed,
}

/// What a service needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DependencyView {
    /// The other service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// As declared.
    pub kind: DependencyKind,
    /// Whether the catalogue knows it.
    pub known: bool,
    /// Its owner.
    #[schema(value_type = Option<String>)]
    pub owner: Option<TeamId>,
    /// Calls that gateways saw since the server started.
    pub calls_seen: u64,
}

/// Answer to "who owns this?".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhoAnswer {
    /// What was asked.
    pub query: String,
    /// Best first; empty when nothing matches.
    pub candidates: Vec<WhoCandidate>,
}

/// One service that may be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhoCandidate {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The owning team.
    #[schema(value_type = String)]
    pub team: TeamId,
    /// Who is on call now.
    pub on_call: Option<OnCall>,
    /// `certain`, `likely`, `possible`.
    pub confidence: String,
    /// What matched: `route shop.example/checkout`.
    pub because: String,
    /// Where the owner was read.
    pub source: String,
}
