//! Counts that services send themselves: `POST /v1/kpi`.

use jiff::Timestamp;
use seaworthy_model::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most points of one request: a minute's points of most of a day.
pub const KPI_POINTS_MAX: usize = 1_000;

/// Counts of one series: `POST /v1/kpi`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KpiRequest {
    /// Names this sending, however often it is repeated; the header `idempotency-key` may say it instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The service that is measured.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The series, as its objective names it: `orders-placed`.
    pub series: String,
    /// Counts by time, in any order; each time once.
    pub points: Vec<KpiPoint>,
}

/// What was counted since the point before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KpiPoint {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// All events.
    pub total: u64,
    /// Those that were bad; at most `total`.
    pub bad: u64,
}

/// Answer to `POST /v1/kpi`: the counts are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KpiTaken {
    /// How many points the request held.
    pub points: u32,
    /// Whether the same sending was taken before; nothing was added then.
    pub was_known: bool,
}
