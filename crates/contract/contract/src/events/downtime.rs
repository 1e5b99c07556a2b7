//! Events of downtime: what was seen of a service and since when, what was declared, and why it was.

use jiff::Timestamp;
use seaworthy_model::{ServiceId, WindowId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A service, or one function of it, is seen differently from an instant on; until then it was as said before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeStateChangedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The business function, `buy`; the service as a whole where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// What it is from then on.
    pub state: SeenV1,
    /// Since when: the first observation of it, not the one that confirmed it.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Who saw it.
    pub source: WatcherV1,
    /// Part of users met by what begins, 0 to 1, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_of_users: Option<f64>,
    /// Largest part of users met by what ends, 0 to 1, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share_of_users_before: Option<f64>,
    /// Why, where it is known at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<CauseV1>,
}

/// What was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeenV1 {
    /// Nobody could see: no traffic and no probe, or no telemetry. Not a kind of down.
    Unknown,
    /// Served.
    Up,
    /// Served worse than promised, or not to all.
    Degraded,
    /// Not served.
    Down,
}

/// Who saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WatcherV1 {
    /// What users met, counted by gateways.
    Gateway,
    /// The consensus of probes.
    Probes,
    /// The machine that runs it: its process has ended.
    Supervisor,
}

/// Why a service was not served.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CauseV1 {
    /// A rollout, a flag, a migration of ours.
    Change,
    /// Another service of ours, by name.
    Dependency(String),
    /// Too much traffic, too few resources.
    Capacity,
    /// An expired or wrong credential or certificate.
    Credential,
    /// Somebody else's service, by name.
    Vendor(String),
    /// Work that was declared.
    Maintenance,
}

/// Work was declared that may interrupt a service. When it was declared is when this was recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeWindowAnnouncedV1 {
    /// The window.
    #[schema(value_type = String)]
    pub window: WindowId,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// One function of it; all of them where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Its start.
    #[schema(value_type = String, format = DateTime)]
    pub start: Timestamp,
    /// Its end; what is still down after it is unplanned.
    #[schema(value_type = String, format = DateTime)]
    pub end: Timestamp,
    /// What is done in it.
    pub reason: String,
}

/// A window was taken back; one that had begun ends with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeWindowCancelledV1 {
    /// The window.
    #[schema(value_type = String)]
    pub window: WindowId,
}

/// It is known why a service was degraded or down. A later word replaces an earlier one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DowntimeCauseNamedV1 {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The function; the service as a whole where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// When it had begun.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Why.
    pub cause: CauseV1,
}
