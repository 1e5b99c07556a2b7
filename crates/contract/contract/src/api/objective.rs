//! Objectives as outsiders see them: how much budget is left, how fast it burns, what would page.

use jiff::Timestamp;
use seaworthy_model::{AlertId, Position, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::{Counting, Indicator, Period, Urgency};

/// Most points of a series of an objective: as many as a plot has columns.
pub const OBJECTIVE_POINTS_MAX: usize = 400;

/// An objective: `GET /v1/objectives`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Objective {
    /// Its name.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// What it means for users.
    pub description: Option<String>,
    /// What is measured.
    pub indicator: Indicator,
    /// Of a latency: the threshold that is counted by, in milliseconds, the nearest edge of the gateways' buckets.
    pub counted_at_ms: Option<f64>,
    /// The share of good events that is wanted.
    pub target: f64,
    /// The time over which it holds.
    pub period: Period,
    /// What is counted.
    pub counting: Counting,
    /// Whether nobody wrote it: a service with a route has one until its file says something else.
    #[serde(default)]
    pub by_default: bool,
    /// One sentence: is it well?
    pub sentence: String,
    /// How it stands.
    pub state: ObjectiveState,
    /// What can be seen of the service.
    pub sight: Sight,
    /// Since when most of what it counts is bad, where that is sure and goes on at this moment; it shows within two seconds,
    /// long before a budget does. Only of all requests that gateways carry to a service: of nothing else are the last
    /// seconds known.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// The budget; none before the first look, or where it cannot be watched.
    pub budget: Option<Budget>,
    /// Why the system that measures it does not say, since it last did; none where it does, or where none is asked.
    #[serde(default)]
    pub unread: Option<String>,
    /// When it alerts, and how near that is.
    pub tiers: Vec<Tier>,
    /// What faults from now on would lead to, largest first; empty where nothing is counted now, and while it pages.
    #[serde(default)]
    pub outlook: Vec<Outlook>,
    /// Its open alert.
    #[schema(value_type = Option<String>)]
    pub alert: Option<AlertId>,
    /// Since when the alert is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub alert_since: Option<Timestamp>,
    /// The last event that was counted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_event_at: Option<Timestamp>,
    /// Age of what is shown, in milliseconds: since whatever measures it was heard last; none where it never was.
    pub data_age_ms: Option<u64>,
    /// `file:line` the catalogue says it was read from.
    pub source: String,
    /// Ledger position of the declaration.
    pub position: Position,
}

/// How an objective stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectiveState {
    /// Nothing burns its budget fast enough for an alert.
    Met,
    /// It burns slowly: a ticket.
    Ticket,
    /// It burns fast, or the service is gone: somebody was woken.
    Page,
    /// The budget is gone, though nothing burns now.
    Spent,
    /// It cannot be watched; the sentence says why.
    Unwatched,
}

/// What can be seen of the service that an objective is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sight {
    /// It never served as long as we know.
    #[default]
    Unknown,
    /// Events come.
    Serving,
    /// Nobody asks, as happens at times.
    NoTraffic,
    /// Nobody asks, though many should: their way here may be broken.
    NoTrafficUnusual,
    /// Whatever measures is silent.
    NoTelemetry,
    /// It served, and it is gone.
    Down,
}

/// How much may still go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Budget {
    /// Share of the period's budget that is left, 1 untouched, below 0 when broken; none while too little of the period was
    /// seen to say it.
    pub remaining_ratio: Option<f64>,
    /// Seconds of the period of which counts are known; none where nothing was ever counted.
    #[serde(default)]
    pub seen_s: Option<f64>,
    /// Share of bad events in the period so far; none where nothing happened.
    pub error_ratio: Option<f64>,
    /// Events in the period so far; none for a bare ratio.
    pub total: Option<u64>,
    /// Of these, bad.
    pub bad: Option<u64>,
    /// Bad events that the whole period may have; none for a bare ratio, and while too little of the period was seen.
    pub allowed: Option<f64>,
    /// How many times faster than evenly it burned in the last hour; none where nothing happened.
    pub burn: Option<f64>,
    /// Seconds until it is gone at that rate; none where it lasts as long as the period, and while too little of that was seen.
    pub gone_in_s: Option<f64>,
    /// When the period began.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

/// A tier of alerting: it fires when both windows burn faster than `burn_limit`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tier {
    /// Whether it wakes somebody.
    pub urgency: Urgency,
    /// How many times faster than evenly the budget burns when it fires.
    pub burn_limit: f64,
    /// Share of bad events above which it fires; over 1 it never can.
    pub bad_ratio_limit: f64,
    /// Share of the period's budget that is gone when it fires.
    pub budget_ratio: f64,
    /// The long window.
    pub long: Window,
    /// The short window.
    pub short: Window,
}

/// A window of a tier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Window {
    /// Its length, in seconds.
    pub seconds: u32,
    /// Events in it; none for a bare ratio or without data.
    pub total: Option<u64>,
    /// Of these, bad.
    pub bad: Option<u64>,
    /// How many times faster than evenly the budget burned in it, the time before the first event that is known counting as
    /// well; none where nothing happened.
    pub burn: Option<f64>,
}

/// What a fault would lead to that goes on from now, at the present rate of events, after what has failed already.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Outlook {
    /// Share of events that would be bad, above 0 and at most 1.
    pub bad_ratio: f64,
    /// Seconds until somebody would be paged; none where nobody ever would.
    pub page_s: Option<f64>,
    /// Seconds until there would be a ticket; none where there never would be one.
    pub ticket_s: Option<f64>,
    /// How many of `page_s` the guard for low traffic costs.
    pub guard_s: f64,
}

/// How an objective stands, in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObjectiveBrief {
    /// Its name.
    pub name: String,
    /// The share of good events that is wanted.
    pub target: f64,
    /// How it stands.
    pub state: ObjectiveState,
    /// What can be seen of the service.
    #[serde(default)]
    pub sight: Sight,
    /// Share of the budget that is left; none where that is not known.
    pub remaining_ratio: Option<f64>,
    /// How many times faster than evenly it burned in the last hour.
    pub burn: Option<f64>,
    /// Whether nobody wrote it.
    #[serde(default)]
    pub by_default: bool,
}

/// An objective over time: `GET /v1/objectives/{name}/series`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ObjectiveSeries {
    /// The start of the first point.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Length of a point, in seconds.
    pub step_s: u32,
    /// Counts, oldest first; none where nothing was counted. At most [`OBJECTIVE_POINTS_MAX`].
    pub points: Vec<Option<ObjectivePoint>>,
    /// Share of events that may be bad: a point's share of bad events over this is how many times faster than evenly the
    /// budget burned in it.
    #[serde(default)]
    pub allowed_ratio: f64,
    /// Share of the period's budget that was left at the end of each point, were the period the one that ends now: 1 untouched,
    /// below 0 when broken. Empty where the budget is not known; as many as there are points otherwise.
    #[serde(default)]
    pub remaining: Vec<f64>,
}

/// Counts of one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ObjectivePoint {
    /// Events, or slices of time.
    pub total: u64,
    /// Of these, bad.
    pub bad: u64,
}
