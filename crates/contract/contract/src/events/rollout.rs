//! Events of rollouts.

use jiff::Timestamp;
use seaworthy_model::{RolloutId, ServiceId, Share, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A rollout began.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RolloutStartedV1 {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The version on trial.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// The stable version it is compared with; none for a first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub baseline: Option<VersionId>,
    /// Shares of users, growing, the last 100%; in basis points.
    #[schema(value_type = Vec<u16>)]
    pub steps: Vec<Share>,
    /// Shortest stay on a step, in milliseconds.
    pub dwell_ms: u64,
    /// Fewest canary requests on a step.
    pub requests_min: u64,
    /// How long the baseline stays warm after a promotion, in milliseconds.
    pub bake_ms: u64,
    /// Longest time until the version is healthy, in milliseconds.
    pub start_timeout_ms: u64,
}

/// The canary got a share of users.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RolloutStepEnteredV1 {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
    /// Index into the steps, from 0.
    pub step: u16,
    /// The share, in basis points.
    #[schema(value_type = u16)]
    pub share: Share,
    /// Natural logarithm of the evidence that let the step before end; none for the first step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_e: Option<f64>,
}

/// Exposure is frozen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RolloutHeldV1 {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
    /// Who froze it, and so who lets it go on.
    pub by: HolderV1,
    /// Why, in words.
    pub reason: String,
}

/// Who froze a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HolderV1 {
    /// The judge, until its evidence recedes.
    Judge,
    /// A person, until a person resumes.
    Person,
}

/// Exposure may grow again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RolloutResumedV1 {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
}

/// The canary is the stable version now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RolloutPromotedV1 {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
    /// Natural logarithm of the evidence that let the last judged step end; none for a first version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_e: Option<f64>,
}

/// Why a rollout was reverted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RevertCauseV1 {
    /// The judge's evidence.
    Judge,
    /// A gateway's local guard.
    Guard,
    /// A person, through the control plane.
    Hand,
    /// A person, on a gateway's own socket.
    BreakGlass,
    /// The version never became healthy: no user met it.
    StartFailure,
}

/// The canary gets no further users; after a promotion: the old version serves again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RolloutRevertedV1 {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
    /// Why.
    pub cause: RevertCauseV1,
    /// Why, in words; empty where a person gave no reason.
    pub reason: String,
    /// The metric that decided, where the judge did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// Natural logarithm of the evidence for harm, where the judge decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_e: Option<f64>,
    /// When a gateway first saw the version fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_bad_at: Option<Timestamp>,
    /// Share of users it served at that moment, in basis points.
    #[schema(value_type = u16)]
    pub share: Share,
}

/// Every gateway has let go of the canary; measured by the gateways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevertConfirmedV1 {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
    /// Gateways that confirmed.
    pub gateways: Vec<String>,
    /// From the decision to the last request assigned to the version, in seconds; 0 where it was earlier.
    pub decision_to_last_assignment_s: f64,
    /// From the decision to the last response of the version, in seconds; 0 where it was earlier.
    pub decision_to_last_response_s: f64,
    /// From the first bad response to the last assignment, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_bad_to_last_assignment_s: Option<f64>,
    /// From the first bad response to the last response, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_bad_to_last_response_s: Option<f64>,
    /// Requests the version got in the rollout.
    pub canary_requests: u64,
    /// Of these, failed.
    pub canary_failures: u64,
    /// Of these, answered by stable.
    pub rescued: u64,
    /// Failures that users saw.
    pub seen_by_users: u64,
}

/// The version that was kept warm is no longer needed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BakeEndedV1 {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
}
