//! Events of command hooks: who ran which, with which values, and how it ended. What it printed is nowhere here.

use std::collections::BTreeMap;

use seaworthy_model::{ActionRunId, ElevationId, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody asked for a hook to be run. It is not begun before this is durable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActionAskedV1 {
    /// The run.
    #[schema(value_type = String)]
    pub run: ActionRunId,
    /// The hook, by its name.
    pub action: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The values of its parameters, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    /// Whether it only says what would be done.
    pub dry_run: bool,
    /// What a second person agreed to, where it is destructive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub elevation: Option<ElevationId>,
}

/// It is begun: from here on nobody knows what it did until it has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActionStartedV1 {
    /// The run.
    #[schema(value_type = String)]
    pub run: ActionRunId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
}

/// It ended, or nobody will know any more how it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ActionEndedV1 {
    /// The run.
    #[schema(value_type = String)]
    pub run: ActionRunId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// How.
    pub outcome: ActionOutcomeV1,
    /// From its begin to its end, in seconds, as it was measured; none where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_s: Option<f64>,
}

/// How a hook ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ActionOutcomeV1 {
    /// It said that it did it: exit code 0, or status 2xx.
    Succeeded,
    /// It said that it did not.
    Failed {
        /// Its exit code or status, in words.
        how: String,
    },
    /// It was ended at its time; what it did until then is not known.
    TimedOut,
    /// It was never begun.
    NotStarted {
        /// Why.
        why: String,
    },
    /// The server ended while it ran: nobody knows how it ended. It is not begun again.
    Unknown,
}
