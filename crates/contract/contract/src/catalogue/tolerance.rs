//! Tolerance: how much planned downtime the business puts up with, by whose word (PRACTICES DWN-04).

use jiff::civil::Date;
use seaworthy_model::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the business tolerates of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tolerance {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// How much.
    pub planned: Planned,
    /// Who said so, by role: `head of retail`.
    pub by: String,
    /// Since when.
    #[schema(value_type = String, format = Date)]
    pub since: Date,
}

/// How much planned downtime.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Planned {
    /// None at all.
    None,
    /// So many hours a month, above 0.
    HoursPerMonth(f64),
    /// In this window only.
    Window {
        /// In words that people plan by: `Sunday 02:00-04:00`.
        when: String,
        /// IANA time zone.
        zone: String,
    },
}
