//! Events of controls: what was set over a service's traffic to restore or protect it, how fast it worked, how it ended.
//!
//! A control has an end from the start. Users who may pass are named by a keyed hash alone: a user key may be a person's.

use jiff::Timestamp;
use seaworthy_model::{ControlId, ControlKind, GatewayName, ServiceId, Share};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a control does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ControlV1 {
    /// Users are told by a page, and programs by a problem document, that it is closed: 503.
    Shutter {
        /// The team's own text.
        text: String,
        /// Paths that pass, as they are.
        paths: Vec<String>,
        /// Users who pass: the hash of each key under the control's id.
        users: Vec<u64>,
    },
    /// No more than a rate, a share of users, or both.
    Throttle {
        /// Requests a second that each gateway lets in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        per_second: Option<u32>,
        /// Requests that may come at once before the rate holds.
        burst: u32,
        /// Share of users who are let in, in basis points, the same ones all the time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<u16>)]
        users: Option<Share>,
        /// The status of a refusal: 429 or 503.
        status: u16,
    },
    /// Calls of one service to another are refused at once.
    Isolate {
        /// The service that calls.
        #[schema(value_type = String)]
        caller: ServiceId,
        /// The service that is called.
        #[schema(value_type = String)]
        dependency: ServiceId,
        /// The status of a refusal.
        status: u16,
    },
}

impl ControlV1 {
    /// Returns which of the three it is.
    pub fn kind(&self) -> ControlKind {
        match self {
            Self::Shutter { .. } => ControlKind::Shutter,
            Self::Throttle { .. } => ControlKind::Throttle,
            Self::Isolate { .. } => ControlKind::Isolate,
        }
    }
}

/// A control was set. It is in force from here on, until its end or until it is cleared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ControlSetV1 {
    /// The control.
    #[schema(value_type = String)]
    pub control: ControlId,
    /// The service whose owner set it.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The route that it is for, by its name in counts; all of the service where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// What it does.
    pub what: ControlV1,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Why, in words.
    pub reason: String,
    /// Whether it is an exercise.
    pub drill: bool,
    /// The gateway on whose own socket it was set; none where the control plane set it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub gateway: Option<GatewayName>,
    /// Who did that, as the operating system knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A control ends at another time than it was to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ControlExtendedV1 {
    /// The control.
    #[schema(value_type = String)]
    pub control: ControlId,
    /// When it ends by itself now.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// Every gateway that is there has it in force, and let nothing in since that it refuses; measured by the gateways.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ControlConfirmedV1 {
    /// The control.
    #[schema(value_type = String)]
    pub control: ControlId,
    /// Gateways that confirmed.
    pub gateways: Vec<String>,
    /// From the decision until the last gateway had it in force, in seconds.
    pub took_s: f64,
    /// From the decision to the first request that it refused, in seconds; none where none came yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_refused_s: Option<f64>,
    /// Requests that it refused until then.
    pub refused: u64,
}

/// Why a control is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ControlEndV1 {
    /// A person cleared it through the control plane.
    Hand,
    /// Its time was over.
    Ended,
    /// Another of its kind took its place.
    Replaced,
    /// The service left the catalogue.
    Retired,
    /// A person cleared it on a gateway's own socket.
    BreakGlass,
}

/// A control is over: traffic goes as if it had never been set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ControlClearedV1 {
    /// The control.
    #[schema(value_type = String)]
    pub control: ControlId,
    /// Why.
    pub why: ControlEndV1,
    /// Who did it on a gateway's own socket, as the operating system knows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Requests that it refused, as far as gateways reported them.
    pub refused: u64,
    /// Requests that met it and passed, as far as gateways reported them.
    pub passed: u64,
}
