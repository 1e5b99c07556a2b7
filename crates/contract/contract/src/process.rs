//! What the server wants to run and what the supervisor sees running.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use jiff::Timestamp;
use seaworthy_model::{GatewayName, Position, ServiceId, VersionId};
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
    /// What it runs for. Older sets on disk do not say.
    #[serde(default)]
    pub duty: Duty,
}

/// What a version runs for: how long its start is tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Duty {
    /// It is on trial: one that does not start is given up, and its rollout ends.
    #[default]
    Trial,
    /// Users depend on it, or are to go back to it: its start is tried for ever.
    Serve,
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
    /// Version of the desired set that it works by; none before the first. What it says about a version that was
    /// shipped after that set is about an earlier life of the version.
    #[serde(default)]
    pub desired: Option<Position>,
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
        /// Since when, by the supervisor's clock; older ones do not say. A server that has just started knows it from here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
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

/// A credential on its way between our own processes. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps a credential.
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// Returns the credential itself: for a header or a hash, never for a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(not shown)")
    }
}

/// What the supervisor tells `seaworthy server` when it starts it, with the portal's listening socket.
///
/// A server that is started again by the same supervisor gets the same credentials again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServerBoot {
    /// The directory of ledger and side store.
    pub data: PathBuf,
    /// Address of the one socket that comes with it: API and portal.
    pub portal: SocketAddr,
    /// Where it offers its socket and this message to the next supervisor.
    pub handover: PathBuf,
    /// The gateway that joins with `gateway_token`.
    pub gateway: GatewayName,
    /// The gateway's credential, `sw_<token id>_<secret>`.
    pub gateway_token: Secret,
    /// The supervisor's credential, of the same form. It may take desired and report observed processes, apply the
    /// catalogue and make sign-in links: it acts for the person who started it on this machine.
    pub supervisor_token: Secret,
    /// Whether to make an admin credential where none was ever made, and tell it in [`Ready`].
    pub bootstrap_admin: bool,
}

/// What the supervisor tells `seaworthy gateway` when it starts it, with its listening sockets: inbound, outbound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GatewayBoot {
    /// Its name.
    pub name: GatewayName,
    /// Base address of the server, `http://host:port`.
    pub server: String,
    /// Its credential.
    pub token: Secret,
    /// Its own directory: the last good config, journals.
    pub data: PathBuf,
    /// Its own socket for break-glass.
    pub control: PathBuf,
    /// Where it offers its sockets and this message to the next supervisor.
    pub handover: PathBuf,
    /// Address of the first socket: users.
    pub inbound: SocketAddr,
    /// Address of the second socket: calls of services to their dependencies.
    pub outbound: SocketAddr,
}

/// What a child answers once, on the socket that its boot message came over, as soon as it serves.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ready {
    /// The admin credential, if this start made it; it is nowhere else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_token: Option<Secret>,
}

/// Exit code of a child that cannot work with what it was given, so that starting it again is no use (`EX_CONFIG` of
/// `sysexits.h`). The last lines of its log say why.
pub const EXIT_CONFIG: u8 = 78;
