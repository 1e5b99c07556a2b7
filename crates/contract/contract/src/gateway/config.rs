//! The gateway's whole config: immutable, versioned by the last event that changed it, kept on the gateway's disk.

use jiff::Timestamp;
use seaworthy_model::{Arm, ControlId, Position, RolloutId, ServiceId, Share, VersionId};
use serde::{Deserialize, Serialize};

use crate::catalogue::Sticky;
use crate::events::control::ControlV1;

/// Everything a gateway needs to carry requests. Sent whole: it is small, and a whole snapshot cannot be half applied.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Position of the last event that changed it; 0 before the first.
    pub version: Position,
    /// How users reach services: hosts and paths. More specific first is the gateway's business, not the order here.
    pub routes: Vec<RouteConfig>,
    /// Every service that has a version to serve, for routes and for outbound calls.
    pub services: Vec<ServiceConfig>,
    /// What holds traffic back now. A gateway that is older than controls skips them; it never names one in its reports, so
    /// none of them counts as confirmed there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<ControlConfig>,
}

/// A control that is in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlConfig {
    /// The control: it salts the users' hash.
    pub control: ControlId,
    /// The service.
    pub service: ServiceId,
    /// The one route that it is for; every route of the service where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// What it does.
    pub what: ControlV1,
    /// When it ends, by the gateway's own clock, also where nobody says so.
    pub until: Timestamp,
    /// Whether it is an exercise: the page says so.
    #[serde(default)]
    pub drill: bool,
}

/// Hosts and a path prefix that lead to a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteConfig {
    /// Its name in counts: `host/path`, `*` for every host.
    pub name: String,
    /// Host names without port; empty means every host.
    pub hosts: Vec<String>,
    /// The path prefix, on segment boundaries.
    pub path: String,
    /// The service behind it.
    pub service: ServiceId,
    /// Where the user key is.
    pub sticky: Option<Sticky>,
    /// Longest time for a whole request, in milliseconds.
    pub timeout_ms: u64,
    /// Longest time until an attempt's response headers, in milliseconds.
    pub attempt_timeout_ms: u64,
}

/// The arms of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceConfig {
    /// The service.
    pub service: ServiceId,
    /// The version that serves everybody else; none while nothing healthy exists.
    pub stable: Option<ArmConfig>,
    /// The version on trial.
    pub canary: Option<Upstream>,
}

/// One arm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmConfig {
    /// The version.
    pub version: VersionId,
    /// `host:port` of each healthy instance.
    pub addresses: Vec<String>,
}

/// The canary: an arm, its share, and the rollout it belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Upstream {
    /// The rollout: it salts the users' hash, so that another rollout meets other users first.
    pub rollout: RolloutId,
    /// Position of the event that entered the current step: first-seen users are counted from there.
    pub step: Position,
    /// The arm.
    pub arm: ArmConfig,
    /// Its share of users.
    pub share: Share,
}

impl ServiceConfig {
    /// Returns the version that serves `arm`.
    pub fn version(&self, arm: Arm) -> Option<&VersionId> {
        match arm {
            Arm::Stable => self.stable.as_ref().map(|a| &a.version),
            Arm::Canary => self.canary.as_ref().map(|c| &c.arm.version),
        }
    }
}
