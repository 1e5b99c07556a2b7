//! Incidents as outsiders see them: five clocks with their sources, who is there, what changed before, what was seen before.

use jiff::Timestamp;
use seaworthy_model::{IncidentId, PageId, Position, RolloutId, ServiceId, TeamId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::events::incident::{IncidentClockV1, IncidentRoleV1, IncidentSourceV1};

/// Most incidents in one answer, newest first.
pub const INCIDENTS_SHOWN_MAX: usize = 200;

/// An incident in few words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentBrief {
    /// Its id.
    #[schema(value_type = String)]
    pub id: IncidentId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The owning team; none when the service left the catalogue.
    #[schema(value_type = Option<String>)]
    pub team: Option<TeamId>,
    /// What opened it.
    pub source: IncidentSourceV1,
    /// What customers cannot do.
    pub sentence: String,
    /// Where it stands.
    pub state: IncidentState,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// When it was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Timestamp>,
    /// Since when the promised update is late.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub update_late_since: Option<Timestamp>,
    /// Ledger position of its first event.
    pub position: Position,
}

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentState {
    /// Nobody has joined it.
    Waiting,
    /// Somebody works on it.
    Joined,
    /// Customers are served again; something is left to repair.
    Restored,
    /// Nothing is left to repair.
    Healthy,
    /// It is over.
    Closed,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Incident {
    /// What every list shows of it.
    #[serde(flatten)]
    pub brief: IncidentBrief,
    /// The five instants, in their order.
    pub clocks: Vec<IncidentClock>,
    /// Who works on it, in the order in which they came.
    pub people: Vec<IncidentPerson>,
    /// Who has which role.
    pub roles: Vec<IncidentRole>,
    /// When the next update is promised.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_update_at: Option<Timestamp>,
    /// Since when one person is alone with it: they are asked whether they need help.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub alone_since: Option<Timestamp>,
    /// When help was asked for last.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub help_asked_at: Option<Timestamp>,
    /// Its pages, oldest first.
    #[schema(value_type = Vec<String>)]
    pub pages: Vec<PageId>,
    /// What changed before.
    pub suspects: Suspects,
    /// Two that were like it.
    pub seen_before: Vec<SeenBefore>,
    /// What happened, newest first.
    pub timeline: Vec<IncidentLine>,
    /// Lines that the timeline has no room for; the ledger has them.
    pub left_out: usize,
}

/// One of the five instants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentClock {
    /// Which.
    pub clock: IncidentClockV1,
    /// When it was; none while nobody knows.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// Who or what says so; or why nobody knows.
    pub source: String,
    /// Where that stands in the ledger.
    pub position: Option<Position>,
}

/// Somebody who works on an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentPerson {
    /// What people call them.
    pub name: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
}

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentRole {
    /// The role.
    pub role: IncidentRoleV1,
    /// What people call whoever has it.
    pub name: String,
}

/// A line of an incident's timeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentLine {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who or what did it.
    pub by: String,
    /// Of which service, where it is not the incident's own.
    #[schema(value_type = Option<String>)]
    pub service: Option<ServiceId>,
    /// What happened.
    pub sentence: String,
    /// Where that stands in the ledger.
    pub position: Position,
}

/// What changed in the two hours before, most likely cause first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suspects {
    /// What it comes to.
    pub finding: SuspectFinding,
    /// The same in a sentence.
    pub sentence: String,
    /// The changes.
    pub changes: Vec<Suspect>,
}

/// What changes come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SuspectFinding {
    /// The first change is the suspect.
    Suspect,
    /// A service that somebody else runs failed.
    Vendor,
    /// Nothing that changed explains it.
    Unattributed,
}

/// A change that may be the cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Suspect {
    /// When it was.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Seconds from the change to the first failure; negative where it came after.
    pub before_s: f64,
    /// Of which service; none for the whole installation.
    #[schema(value_type = Option<String>)]
    pub service: Option<ServiceId>,
    /// What it was.
    pub sentence: String,
    /// Who or what did it.
    pub by: String,
    /// The rollout, where it is one.
    #[schema(value_type = Option<String>)]
    pub rollout: Option<RolloutId>,
    /// How likely it is the cause.
    pub confidence: Confidence,
    /// Why.
    pub why: String,
    /// Where it stands in the ledger.
    pub position: Position,
}

/// How likely a change is the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Look here first.
    Likely,
    /// Look here next.
    Possible,
    /// Something speaks against it.
    Unlikely,
}

/// An incident that was like this one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SeenBefore {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What customers could not do.
    pub sentence: String,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
    /// What restored it; none where nothing showed that.
    pub restored_by: Option<String>,
    /// From its start until customers were served again, in seconds; none where either is not known.
    pub took_s: Option<f64>,
}

/// What opens an incident.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IncidentRequest {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What customers cannot do: one line, which goes to the ledger.
    pub sentence: String,
    /// Since when, where that is known.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub began_at: Option<Timestamp>,
    /// Nothing is wrong: it is practised.
    #[serde(default)]
    pub drill: bool,
}

/// Which role somebody takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleRequest {
    /// The role.
    pub role: IncidentRoleV1,
}

/// How an incident stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpdateRequest {
    /// How it stands: one line, which goes to the ledger.
    pub sentence: String,
    /// When the next update is promised.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_update_at: Option<Timestamp>,
}

/// An instant that somebody knows better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockRequest {
    /// Which.
    pub clock: IncidentClockV1,
    /// When it was.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How they know: one line, which goes to the ledger.
    pub source: String,
}
