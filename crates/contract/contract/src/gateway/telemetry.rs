//! What a gateway reports every 250 ms: counts and ages, never clocks, never anything of a request's content.

use seaworthy_model::{Arm, ControlId, GatewayName, Position, RolloutId, ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How often a gateway reports, in milliseconds: the judge's tick.
pub const REPORT_EVERY_MS: u64 = 250;

/// Most counts in one report: 100 services with two arms and five routes each.
pub const COUNTS_MAX: usize = 1_000;

/// Length of the epoch in which a user counts once, in milliseconds.
///
/// A user's failures come in bursts; counting a user once an epoch keeps a burst from looking like many independent
/// failures, and a fault that begins after every user was seen is still found, one epoch later at most.
pub const USER_EPOCH_MS: u64 = 10_000;

/// How long a user has waited for response headers, in milliseconds, before their going away is told apart from a change
/// of mind: by one second a person's train of thought is broken, and programs that set a limit seldom set a shorter one.
pub const GAVE_UP_MS: u64 = 1_000;

/// One report. `(gateway, boot, seq)` is its identity; a report sent again is dropped by the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The gateway.
    pub gateway: GatewayName,
    /// This start of its process.
    pub boot: Uuid,
    /// Grows by one a report, from 1.
    pub seq: u64,
    /// Version of the config that the gateway applied last.
    pub applied: Position,
    /// How long ago the interval of this report ended, in milliseconds: more than 0 when it is sent late or again.
    pub age_ms: u64,
    /// Length of the interval, in milliseconds.
    pub interval_ms: u64,
    /// What was counted in the interval.
    pub counts: Vec<Count>,
    /// When things happened, as ages at the end of the interval.
    pub moments: Vec<Moment>,
    /// Requests inside the gateway now.
    pub in_flight: Vec<InFlight>,
    /// Canaries ejected by the local guard in the interval.
    pub trips: Vec<Trip>,
    /// Break-glass reverts not yet acknowledged.
    pub break_glass: Vec<BreakGlass>,
    /// Controls in force, and what they did. None from a gateway that is older than controls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub controls: Vec<ControlSeen>,
    /// What was done to controls on the gateway's own socket and is not yet acknowledged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub control_hands: Vec<ControlHand>,
}

/// What a control did on one gateway. What it refuses meets no version, so it stands in no [`Count`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlSeen {
    /// The control.
    pub control: ControlId,
    /// How long it has been in force here, in milliseconds.
    pub in_force_ms: u64,
    /// Age of the first request that it refused since then.
    pub first_refused_age_ms: Option<u64>,
    /// Requests refused in the interval.
    pub refused: u64,
    /// Requests that met it and passed, in the interval.
    pub passed: u64,
    /// All that it refused since it is in force here.
    pub refused_total: u64,
    /// All that met it and passed since then.
    pub passed_total: u64,
}

/// A control set or cleared on the gateway's own socket, from its journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case")]
pub enum ControlHand {
    /// It was set: from here on it belongs to the control plane, which clears it or lets it end.
    Set {
        /// Identity in the journal.
        id: Uuid,
        /// What is in force.
        control: Box<super::ControlConfig>,
        /// Why, in words.
        reason: String,
        /// Who did it, as the operating system knows them.
        by: String,
        /// When, as an age.
        age_ms: u64,
    },
    /// It was cleared.
    Cleared {
        /// Identity in the journal.
        id: Uuid,
        /// The control.
        control: ControlId,
        /// Who did it.
        by: String,
        /// When, as an age.
        age_ms: u64,
    },
}

impl ControlHand {
    /// Returns its identity in the journal.
    pub fn id(&self) -> Uuid {
        match self {
            Self::Set { id, .. } | Self::Cleared { id, .. } => *id,
        }
    }
}

/// The server has persisted the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAck {
    /// The boot of the report.
    pub boot: Uuid,
    /// Everything up to this sequence is persisted.
    pub seq: u64,
}

/// Counts of one route, version and arm, by the config version that assigned the requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Count {
    /// The service.
    pub service: ServiceId,
    /// The route's name; `from/<service>` for a call between services.
    pub route: String,
    /// The version.
    pub version: VersionId,
    /// The arm.
    pub arm: Arm,
    /// The config version that assigned them.
    pub config: Position,
    /// Requests assigned.
    pub starts: u64,
    /// Attempts that ended, by class. A canary failure that stable answered counts here, on the canary, once.
    pub ended: Classes,
    /// Canary failures that stable answered, so that the user saw none.
    pub rescued: u64,
    /// Failures that a user saw, of requests that may be repeated (GET, HEAD, OPTIONS).
    pub seen_idempotent: u64,
    /// Failures that a user saw, of other requests.
    pub seen_other: u64,
    /// Users first assigned since the step began. For the ratio check.
    pub users_in_step: u64,
    /// Users of whom a request of this epoch ended with a verdict for the first time; not counted before: a user who still
    /// waits has not been served well. A request without user key is a user of its own.
    pub users: u64,
    /// Users whose first failure in this epoch it was. For promotion: who fails again and again is not served well.
    pub users_failed: u64,
    /// Users whose first failure since the step began it was, also where they were seen before. For an abort: one client
    /// that always fails is one failure, not one more every epoch. None from a gateway that does not count it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users_failed_in_step: Option<u64>,
    /// Attempts by latency bucket (`seaworthy_model::latency`) and count; sparse, ascending.
    pub latency: Vec<(u8, u64)>,
}

impl Count {
    /// Returns the users whose first failure of the step it was; each epoch's stands for it where the gateway does not say.
    pub fn failed_first(&self) -> u64 {
        self.users_failed_in_step.unwrap_or(self.users_failed)
    }
}

/// How attempts ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classes {
    /// 1xx to 3xx.
    pub ok: u64,
    /// 4xx: the caller's mistake, no failure of the version.
    pub client_error: u64,
    /// 5xx.
    pub server_error: u64,
    /// No connection.
    pub connect_error: u64,
    /// The connection broke before the response was complete.
    pub reset: u64,
    /// No response headers in time, or the whole took too long.
    pub timeout: u64,
    /// The user went away first; neither success nor failure.
    pub cancelled: u64,
    /// The user went away after [`GAVE_UP_MS`] without response headers. Bad for the user, so objectives and downtime count
    /// it; no evidence of the judge's, since people leave for reasons of their own. None from a gateway that does not tell
    /// it from `cancelled`.
    #[serde(default)]
    pub gave_up: u64,
}

impl Classes {
    /// Returns the failures of the version.
    pub fn failed(&self) -> u64 {
        [self.connect_error, self.reset, self.timeout].into_iter().fold(self.server_error, u64::saturating_add)
    }

    /// Returns all that ended with a verdict.
    pub fn judged(&self) -> u64 {
        self.ok.saturating_add(self.client_error).saturating_add(self.failed())
    }

    /// Returns all that users were answered, or waited for in vain.
    pub fn met(&self) -> u64 {
        self.judged().saturating_add(self.gave_up)
    }
}

/// Ages of what matters for the time to revert, for a version that was a canary since the gateway started.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// The service.
    pub service: ServiceId,
    /// The version.
    pub version: VersionId,
    /// The rollout it is about: the same version may be shipped again.
    pub rollout: RolloutId,
    /// Age of its first failure since it became canary of the current rollout.
    pub first_failure_age_ms: Option<u64>,
    /// Age of the last request assigned to it.
    pub last_assigned_age_ms: Option<u64>,
    /// Age of the last response of it that ended.
    pub last_response_age_ms: Option<u64>,
}

/// Requests of a version that are inside the gateway now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InFlight {
    /// The service.
    pub service: ServiceId,
    /// The version.
    pub version: VersionId,
    /// How many.
    pub requests: u64,
}

/// The local guard ejected a canary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trip {
    /// The service.
    pub service: ServiceId,
    /// The version.
    pub version: VersionId,
    /// The rollout it is about: the same version may be shipped again.
    pub rollout: RolloutId,
    /// What it saw: `5 failures in a row`, `10 of the last 20 failed`.
    pub why: String,
    /// When, as an age.
    pub age_ms: u64,
}

/// A revert done on the gateway's own socket, from its journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BreakGlass {
    /// Identity in the journal: the server appends it once.
    pub id: Uuid,
    /// The service.
    pub service: ServiceId,
    /// The version that was taken off.
    pub version: VersionId,
    /// The rollout it is about: the same version may be shipped again.
    pub rollout: RolloutId,
    /// Who did it, as the operating system knows them (`uid 1000`).
    pub by: String,
    /// When, as an age.
    pub age_ms: u64,
}
