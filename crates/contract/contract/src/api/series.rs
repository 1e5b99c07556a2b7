//! Both arms of a rollout over time.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Both arms over time: `GET /v1/rollouts/{id}/series`. When there are many points, neighbours are merged, never dropped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Series {
    /// The start of the first point.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Length of a point, in milliseconds: 250 at first, as gateways report.
    pub step_ms: u32,
    /// The canary; none where no gateway reported.
    pub canary: Vec<Option<Point>>,
    /// All stable traffic of the service; none where no gateway reported.
    pub stable: Vec<Option<Point>>,
}

/// One arm in one interval.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Point {
    /// Requests that ended.
    pub requests: u64,
    /// Of these, failed.
    pub failures: u64,
    /// Users first seen.
    pub users: u64,
    /// 90% of requests were faster, in milliseconds; the middle of a latency bucket, at most 12.5% off.
    pub p90_ms: f64,
}
