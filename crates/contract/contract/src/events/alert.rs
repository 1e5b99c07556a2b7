//! Events of alerts: what is wrong with whom, who was told, and what it was worth.

use jiff::Timestamp;
use seaworthy_model::{AlertId, PageId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use crate::catalogue::Urgency;

/// A symptom is there that was not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertFiredV1 {
    /// The alert.
    #[schema(value_type = String)]
    pub alert: AlertId,
    /// The rule that said so first: `objective/checkout-availability`, `probe/checkout-buy`, `alertmanager/HighErrorRate`.
    pub rule: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What is wrong: `availability`, `latency`, or the other system's own name for it.
    pub symptom: String,
    /// Whether customers feel it.
    pub nature: NatureV1,
    /// Whether somebody is woken.
    pub urgency: Urgency,
    /// It was injected to see whether it reaches a person.
    #[serde(default, skip_serializing_if = "is_false")]
    pub drill: bool,
    /// Since when it is there.
    #[schema(value_type = String, format = DateTime)]
    pub began_at: Timestamp,
    /// One sentence for whoever is woken.
    pub sentence: String,
    /// The alert of the failing dependency that stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub folded_into: Option<AlertId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// Whether customers feel it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NatureV1 {
    /// They do.
    Symptom,
    /// They may.
    Cause,
}

/// Another rule says the same, or asks for more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertJoinedV1 {
    /// The alert.
    #[schema(value_type = String)]
    pub alert: AlertId,
    /// The rule.
    pub rule: String,
    /// What the alert asks for from now on.
    pub urgency: Urgency,
    /// What it is from now on.
    pub nature: NatureV1,
}

/// A rule no longer says so; others do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertLeftV1 {
    /// The alert.
    #[schema(value_type = String)]
    pub alert: AlertId,
    /// The rule.
    pub rule: String,
}

/// A failing dependency stands for it from now on; or, where there is none, it stands for itself again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertFoldedV1 {
    /// The alert.
    #[schema(value_type = String)]
    pub alert: AlertId,
    /// The dependency's alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub into: Option<AlertId>,
}

/// No rule says so any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertResolvedV1 {
    /// The alert.
    #[schema(value_type = String)]
    pub alert: AlertId,
}

/// Its owner is being told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertPagedV1 {
    /// The alert.
    #[schema(value_type = String)]
    pub alert: AlertId,
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
}

/// Nobody is told of a service, or of one rule of it, until an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertSilencedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// One rule; all of the service where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Its end.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Why.
    pub reason: String,
}

/// A silence was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AlertUnsilencedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The rule; all of the service where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// Somebody said what a page was worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PageJudgedV1 {
    /// The page.
    #[schema(value_type = String)]
    pub page: PageId,
    /// What they said.
    pub verdict: VerdictV1,
}

/// What a page was worth, in one tap (PRACTICES SLO-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerdictV1 {
    /// Something was done that helped.
    Acted,
    /// There was nothing to do.
    NothingToDo,
    /// Another team's, or a vendor's.
    NotOurs,
}

/// What a rule may ask for was changed by its team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuleChangedV1 {
    /// The rule.
    pub rule: String,
    /// How.
    pub change: RuleChangeV1,
}

/// What a team does to a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleChangeV1 {
    /// From now on it asks for a ticket at most.
    Demote,
    /// From now on it pages.
    Raise,
    /// It says nothing any more.
    Delete,
    /// It is as its author wrote it.
    Restore,
}
