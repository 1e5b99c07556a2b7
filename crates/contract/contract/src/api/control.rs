//! Controls over a service's traffic as outsiders ask for and see them: shutter, throttle, isolate.

use jiff::Timestamp;
use seaworthy_model::{ControlId, Position, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::events::control::ControlEndV1;

/// How long a control lasts unless told otherwise, in milliseconds: an hour, in which somebody looks again.
pub const CONTROL_FOR_MS: u64 = 3_600_000;

/// How long an exercise lasts unless told otherwise, in milliseconds: two minutes show that it works.
pub const CONTROL_DRILL_FOR_MS: u64 = 120_000;

/// Longest time that a control may last from now, in milliseconds: a day. It can be extended as often as somebody says so.
pub const CONTROL_FOR_MAX_MS: u64 = 86_400_000;

/// Controls in one answer: those in force, then the last that are over.
pub const CONTROLS_SHOWN_MAX: usize = 100;

/// What a control is to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ControlAsked {
    /// A page of the team for people and a problem document for programs instead of the service, with status 503.
    Shutter {
        /// The team's own text, 2,000 characters at most.
        #[serde(default)]
        text: String,
        /// Paths that pass, as they are; the service's health check passes by itself.
        #[serde(default)]
        paths: Vec<String>,
        /// User keys that pass. Only a keyed hash of each is kept.
        #[serde(default)]
        users: Vec<String>,
    },
    /// No more than a rate, a share of users, or both.
    Throttle {
        /// Requests a second that each gateway lets in.
        #[serde(default)]
        per_second: Option<u32>,
        /// Requests that may come at once; as many as in one second where it is not said.
        #[serde(default)]
        burst: Option<u32>,
        /// Share of users who are let in, 0 to 1: the same ones all the time.
        #[serde(default)]
        users: Option<f64>,
        /// Status of a refusal: 429, or 503.
        #[serde(default)]
        status: Option<u16>,
    },
    /// Calls between two services are refused at once. Exactly one of the two is named.
    Isolate {
        /// The dependency that this service no longer calls.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        calls_to: Option<ServiceId>,
        /// The service whose calls into this one are refused.
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        calls_from: Option<ServiceId>,
        /// Status of a refusal: 503 where it is not said.
        #[serde(default)]
        status: Option<u16>,
    },
}

/// Asks for a control, or what one would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SetControl {
    /// What it is to do.
    pub what: ControlAsked,
    /// The route that it is for, by its name in counts; all of the service where there is none.
    #[serde(default)]
    pub route: Option<String>,
    /// How long, in milliseconds; an hour where it is not said, two minutes for an exercise, a day at most.
    #[serde(default)]
    pub for_ms: Option<u64>,
    /// Why, in words.
    #[serde(default)]
    pub reason: String,
    /// An exercise: it acts as any other, and its page says what it is.
    #[serde(default)]
    pub drill: bool,
    /// Only says what would happen.
    #[serde(default)]
    pub dry_run: bool,
}

/// Asks for another end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExtendControl {
    /// How long from now, in milliseconds.
    pub for_ms: u64,
}

/// Whom a control concerns, as far as gateways have counted in the last minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ControlPreview {
    /// What would happen, in a sentence.
    pub sentence: String,
    /// Requests a second that meet it now; none while nobody has counted.
    pub requests_per_second: Option<f64>,
    /// The routes and callers that they come by.
    pub ways: Vec<ControlWay>,
    /// Gateways that would have it in force.
    pub gateways: Vec<String>,
    /// When it would end by itself.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// What to know before.
    pub warnings: Vec<String>,
}

/// A way into a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ControlWay {
    /// Its name in counts: a route, or `from/<service>`.
    pub name: String,
    /// Requests a second in the last minute.
    pub requests_per_second: f64,
}

/// A control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Control {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ControlId,
    /// `shutter`, `throttle` or `isolate`.
    pub kind: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The route; all of the service where there is none.
    pub route: Option<String>,
    /// What it does, in a sentence.
    pub sentence: String,
    /// Where it stands.
    pub state: ControlState,
    /// Why it was set.
    pub reason: String,
    /// Whether it is an exercise.
    pub drill: bool,
    /// Who set it.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub set_at: Timestamp,
    /// When it ends or ended by itself.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// How long until every gateway had it in force, in seconds; none while not all have.
    pub took_s: Option<f64>,
    /// Gateways that have it in force, or had.
    pub gateways: Vec<String>,
    /// Gateways that are not heard and have not said so.
    pub unheard: Vec<String>,
    /// Requests that it refused, as far as reported.
    pub refused: u64,
    /// Requests that met it and passed.
    pub passed: u64,
    /// When it was over; none while it is not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub cleared_at: Option<Timestamp>,
    /// Why it is over.
    pub cleared_why: Option<ControlEndV1>,
    /// Where it stands in the ledger.
    pub position: Position,
    /// The command that takes it back.
    pub undo: String,
}

/// Where a control stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlState {
    /// Gateways are being told.
    Setting,
    /// Every gateway that is there has it in force.
    InForce,
    /// It is over.
    Over,
}

/// Answer to [`SetControl`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ControlAnswer {
    /// Whom it concerns.
    pub preview: ControlPreview,
    /// What was set; none for a dry run.
    pub control: Option<Control>,
}
