//! Objectives: how good a service must be for its users, over which time, measured by what.
//!
//! This is what OpenSLO v1 documents, Sloth's files and the one line `objective: 99.9%` of a service come to.

use seaworthy_model::ServiceId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Longest window of an objective, in days: what signals are kept for.
pub const PERIOD_DAYS_MAX: u16 = 92;

/// One objective of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DeclaredObjective)]
pub struct Objective {
    /// Its name, unique among objectives: `checkout-availability`.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What it means for users, in one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What is measured.
    pub indicator: Indicator,
    /// The share of good events or slices, above 0 and below 1.
    pub target: f64,
    /// The time over which the target holds.
    pub period: Period,
    /// What is counted.
    #[serde(default)]
    pub counting: Counting,
    /// When it alerts; empty means the four standard tiers (SRE Workbook, chapter 5).
    #[serde(default)]
    pub tiers: Vec<TierSpec>,
    /// Whether nobody wrote it: a service with a route has one until its file says something else.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_default: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "measure", rename_all = "kebab-case")]
pub enum Indicator {
    /// Requests that the gateway carried: good is what did not fail (5xx, no connection, reset, timeout).
    Availability {
        /// Only this route; all of the service where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        route: Option<String>,
    },
    /// Requests that the gateway carried: good is what did not fail and had its headers within the threshold.
    Latency {
        /// Only this route; all of the service where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        route: Option<String>,
        /// In milliseconds.
        threshold_ms: u64,
    },
    /// Runs of a probe: good is a pass.
    Probe {
        /// The probe's name.
        probe: String,
    },
    /// Counts that were sent to `POST /v1/kpi` or by OTLP, by name.
    Pushed {
        /// Name of the series.
        series: String,
    },
    /// Rates asked of a Prometheus or VictoriaMetrics by PromQL.
    Query(QueryIndicator),
}

/// An indicator that another system measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueryIndicator {
    /// Base address, `http://host:9090`; the server's default source where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What is asked.
    pub query: RatioQuery,
}

/// A ratio in PromQL. `{{.window}}` stands for the window, as in Sloth's files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RatioQuery {
    /// Rates of bad and of all events.
    Bad {
        /// Bad events.
        bad: String,
        /// All events.
        total: String,
    },
    /// Rates of good and of all events.
    Good {
        /// Good events.
        good: String,
        /// All events.
        total: String,
    },
    /// The error ratio itself, 0 to 1: not weighted by traffic.
    Raw {
        /// The ratio.
        ratio: String,
    },
}

/// The time over which a target holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Period {
    /// The last so many days, always.
    Rolling {
        /// 1 to [`PERIOD_DAYS_MAX`].
        days: u16,
    },
    /// From one date of the calendar to the next.
    Calendar {
        /// How long one is.
        unit: CalendarUnit,
        /// IANA time zone of its dates.
        zone: String,
    },
}

impl Default for Period {
    /// 30 days, rolling.
    fn default() -> Self {
        Self::Rolling { days: 30 }
    }
}

/// Length of a calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarUnit {
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
    /// Three months, from January.
    Quarter,
}

/// What is counted: OpenSLO's `budgetingMethod`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum Counting {
    /// Each event.
    #[default]
    Occurrences,
    /// Slices of time, good when enough of their events are.
    Timeslices {
        /// Length of a slice, in seconds; 60 to 3600.
        slice_seconds: u32,
        /// Share of good events that makes a slice good.
        slice_target: f64,
    },
    /// Slices of time, each counting by its ratio: quiet minutes weigh as much as busy ones.
    RatioTimeslices {
        /// Length of a slice, in seconds; 60 to 3600.
        slice_seconds: u32,
    },
}

/// One tier of alerting: it fires when both windows burn faster than the rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TierSpec {
    /// Whether it wakes somebody.
    pub urgency: Urgency,
    /// The long window, in seconds.
    pub long_seconds: u32,
    /// The short window, in seconds.
    pub short_seconds: u32,
    /// Share of the period's budget that is spent when it fires, above 0 and at most 1.
    pub budget: f64,
}

/// Whether an alert wakes somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// It waits for working hours.
    Ticket,
    /// Somebody is woken.
    Page,
}
