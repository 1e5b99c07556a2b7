//! Rollouts as outsiders see them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_model::{Position, RolloutId, ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Ships a version: `POST /v1/services/{service}/rollouts`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShipRequest {
    /// The version to ship.
    pub version: String,
    /// Replaces the catalogue's command for this version.
    #[serde(default)]
    pub command: Option<Vec<String>>,
    /// Added to the catalogue's environment for this version.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// `host:port` of a server that runs already, in place of a command.
    #[serde(default)]
    pub address: Option<String>,
    /// The commit it was built from.
    #[serde(default)]
    pub commit: Option<String>,
    /// Replaces the steps, as ratios: `[0.05, 0.25, 1]`.
    #[serde(default)]
    pub steps: Option<Vec<f64>>,
    /// Replaces the shortest stay on a step, in milliseconds.
    #[serde(default)]
    pub dwell_ms: Option<u64>,
}

/// Answer to a ship: the rollout has begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Shipped {
    /// The rollout.
    #[schema(value_type = String)]
    pub rollout: RolloutId,
    /// The shares of users it goes through, as ratios: those asked for or the catalogue's, and 1 at the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<f64>,
    /// Where the ledger stands.
    pub position: Position,
}

/// Body of revert, hold and resume; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActRequest {
    /// Why, in words; lands in the ledger.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Where a rollout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RolloutState {
    /// The version is being started; no user has met it.
    Starting,
    /// It serves a share of users.
    Stepping,
    /// Its share is frozen.
    Held,
    /// It is the stable version.
    Promoted,
    /// It gets no further users; gateways have not all confirmed yet.
    Reverting,
    /// It gets no further users, confirmed and measured.
    Reverted,
}

/// A rollout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rollout {
    /// Its id.
    #[schema(value_type = String)]
    pub id: RolloutId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The version on trial.
    #[schema(value_type = String)]
    pub version: VersionId,
    /// What it is compared with.
    #[schema(value_type = Option<String>)]
    pub baseline: Option<VersionId>,
    /// Where it stands.
    pub state: RolloutState,
    /// One sentence for a stranger.
    pub sentence: String,
    /// Why it waits, holds or ended, in words.
    pub reason: Option<String>,
    /// Share of users it serves now, 0 to 1.
    pub share: f64,
    /// Its steps.
    pub steps: Vec<Step>,
    /// Who shipped it: what the credential is for, or `supervisor/local` for a person who signed in on this machine.
    pub by: String,
    /// When it was shipped.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it was promoted or reverted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// When a gateway first saw it fail.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_bad_at: Option<Timestamp>,
    /// The judge's evidence, newest while it runs, last when it ended.
    pub judge: Option<JudgeView>,
    /// What the version's requests came to, counted by the gateways over the whole rollout.
    pub canary: ArmTotals,
    /// The same of the stable version.
    pub stable: ArmTotals,
    /// Measured when every gateway had let go.
    pub revert: Option<RevertTimes>,
    /// Position of the first event of it.
    pub position: Position,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// Share of users, 0 to 1.
    pub share: f64,
    /// Whether it is behind, now or ahead.
    pub state: StepState,
    /// How long it lasted so far, in seconds.
    pub seconds: Option<f64>,
    /// What must be shown to leave it, in words.
    pub needs: Option<String>,
}

/// Whether a step is behind, now or ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepState {
    /// Passed.
    Passed,
    /// Serving now.
    Now,
    /// Ahead.
    Next,
    /// The rollout ended on it.
    Stopped,
    /// Never reached.
    Never,
}

/// The judge's evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct JudgeView {
    /// `wait`, `hold`, `promote`, `abort`.
    pub decision: String,
    /// The metric that decides or is furthest from passing.
    pub metric: String,
    /// Natural logarithm of the evidence for harm.
    pub log_e: f64,
    /// Natural logarithm of the evidence for the next step.
    pub log_e_promote: f64,
    /// Why it waits or holds, in words.
    pub waits_for: Option<String>,
    /// When it last looked.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// What an arm's requests came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArmTotals {
    /// Requests assigned.
    pub requests: u64,
    /// Of these, failed.
    pub failures: u64,
    /// Of these, answered by stable.
    pub rescued: u64,
    /// Failures that users saw on requests that may be repeated.
    pub seen_idempotent: u64,
    /// Failures that users saw on other requests.
    pub seen_other: u64,
    /// Users first seen, summed over steps.
    pub users: u64,
}

/// How fast a revert was, measured by the gateways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RevertTimes {
    /// From the decision to the last request assigned, in seconds.
    pub decision_to_last_assignment_s: f64,
    /// From the decision to the last response, in seconds.
    pub decision_to_last_response_s: f64,
    /// From the first bad response to the last request assigned, in seconds.
    pub first_bad_to_last_assignment_s: Option<f64>,
    /// From the first bad response to the last response, in seconds.
    pub first_bad_to_last_response_s: Option<f64>,
    /// Ledger position of the confirmation.
    pub position: Position,
}
