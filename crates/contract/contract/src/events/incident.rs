//! Events of incidents: what went wrong, who came, what they said and when it was over.
//!
//! Sentences and updates are typed by people and stay in the ledger for ever: one bounded line each, nothing of what users
//! sent. Who did something is the actor of the row.

use jiff::Timestamp;
use seaworthy_model::{AlertId, IncidentId, PageId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An incident began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentOpenedV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What opened it.
    pub source: IncidentSourceV1,
    /// The page that opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub page: Option<PageId>,
    /// The alert that the page is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub alert: Option<AlertId>,
    /// What customers cannot do, in one sentence.
    pub sentence: String,
    /// Since when, where somebody or something has said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub began_at: Option<Timestamp>,
}

/// What opened an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentSourceV1 {
    /// The page of an alert.
    Page,
    /// A person.
    Hand,
    /// A person who practises: nothing is wrong.
    Drill,
}

/// Another page of the same service belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentPageJoinedV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// The alert that the page is about.
    #[schema(value_type = String)]
    pub alert: AlertId,
}

/// Somebody works on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentJoinedV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
}

/// Somebody took a role; whoever had it has it no longer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentRoleTakenV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
    /// The role.
    pub role: IncidentRoleV1,
}

/// A role in an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentRoleV1 {
    /// Decides.
    Lead,
    /// Changes the system, and nobody else does.
    Operator,
    /// Tells everybody outside.
    Communicator,
}

/// Somebody said how it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentUpdatePostedV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
    /// How it stands, in one sentence.
    pub sentence: String,
    /// When the next one is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_update_at: Option<Timestamp>,
}

/// Somebody asked for help.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentHelpAskedV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
}

/// Somebody said that customers are served again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentRestoredV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
}

/// It came back soon after it was closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentReopenedV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
    /// The page that says so.
    #[schema(value_type = String)]
    pub page: PageId,
    /// The alert that the page is about.
    #[schema(value_type = String)]
    pub alert: AlertId,
}

/// It is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentClosedV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
}

/// Somebody knows an instant better than what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct IncidentClockSetV1 {
    /// The incident.
    #[schema(value_type = String)]
    pub incident: IncidentId,
    /// Which instant.
    pub clock: IncidentClockV1,
    /// When it was.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How they know.
    pub source: String,
}

/// The five instants of an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IncidentClockV1 {
    /// Customers began to feel it.
    Started,
    /// Something or somebody noticed.
    Detected,
    /// Somebody began to work on it.
    Joined,
    /// Customers were served again.
    Restored,
    /// Nothing was left to repair.
    Healthy,
}
