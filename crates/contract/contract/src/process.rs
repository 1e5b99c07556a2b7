//! What the server wants to run and what the supervisor sees running.

use std::collections::BTreeMap;

use seaworthy_model::{Position, ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Every version that should run on this machine; anything else of ours should not.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Desired {
    /// Position of the last event that changed it.
    pub version: Position,
    /// The versions.
    pub instances: Vec<Instance>,
}

/// One version that should run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// The service.
    pub service: ServiceId,
    /// The version.
    pub version: VersionId,
    /// How.
    pub launch: Launch,
    /// Services it may call: the supervisor gives it `<NAME>_URL` for each, through the gateway.
    pub dependencies: Vec<ServiceId>,
}

/// How a version comes to be, with every placeholder already replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Launch {
    /// Where it comes from.
    pub from: LaunchFrom,
    /// The path that answers 2xx when it can serve; none means that an open port is enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<String>,
    /// Longest time from start to healthy, in milliseconds.
    pub start_timeout_ms: u64,
    /// Longest time it has to finish its requests when told to stop, in milliseconds.
    pub stop_timeout_ms: u64,
}

/// A process of ours, or somebody else's server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchFrom {
    /// Start this program; it listens on `PORT`.
    Command {
        /// Program and arguments, not empty.
        command: Vec<String>,
        /// Environment added to a minimal one.
        #[serde(default)]
        env: BTreeMap<String, String>,
        /// Working directory; the directory of files where it is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        directory: Option<String>,
    },
    /// It runs already, at this `host:port`; only its health is watched.
    Address(String),
}

/// What the supervisor sees: the whole picture, each time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Every instance it knows, wanted or not.
    pub instances: Vec<ObservedInstance>,
}

/// One instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ObservedInstance {
    /// The service.
    pub service: ServiceId,
    /// The version.
    pub version: VersionId,
    /// `pid-starttime` of a process of ours, `at-host:port` of somebody else's: another life, another instance.
    pub instance: String,
    /// Its state.
    pub state: InstanceState,
}

/// State of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum InstanceState {
    /// Started, not yet healthy.
    Starting,
    /// Answers its health check.
    Healthy {
        /// `host:port`.
        address: String,
        /// From start to the first good health check, in milliseconds.
        took_ms: u64,
    },
    /// Was healthy, now its health check fails; it keeps its traffic: the judge and the guards decide on users' requests.
    Failing {
        /// What was seen.
        reason: String,
    },
    /// Never became healthy in time, or could not be started.
    Failed {
        /// What was seen, with the last lines of its output left out: they may hold personal data.
        reason: String,
    },
    /// The process ended, and nobody asked it to.
    Exited {
        /// Exit code or signal: `exit 1`, `signal 9`.
        how: String,
    },
}
