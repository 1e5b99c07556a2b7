//! What happens while `up` runs, for people and for programs.

use std::fmt;

use seaworthy_contract::process::Secret;
use serde::Serialize;

/// The two processes that `up` keeps running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessName {
    /// The control plane.
    Server,
    /// The data plane.
    Gateway,
}

impl fmt::Display for ProcessName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "server",
            Self::Gateway => "gateway",
        })
    }
}

/// One thing that happened. As JSON it is one object with its name in `event`; readers ignore what they do not know.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum UpEvent {
    /// Something is on its way up.
    Starting {
        /// In words.
        what: String,
    },
    /// Server and gateway serve, and the files are applied. Comes once.
    Ready {
        /// Base address of portal and API.
        portal: String,
        /// Base address for users.
        gateway: String,
        /// Base address for calls of services to their dependencies.
        outbound: String,
        /// The admin credential, if it was made just now: it is nowhere else.
        admin_token: Option<Secret>,
        /// A link that signs a person in, once.
        sign_in: Option<String>,
        /// The command that takes a canary off when the server does not answer; it names a `SERVICE` to replace.
        break_glass: String,
        /// Process id of the server.
        server_pid: u32,
        /// Process id of the gateway.
        gateway_pid: u32,
    },
    /// Server or gateway died.
    Down {
        /// Which one.
        process: ProcessName,
        /// Its process id.
        pid: u32,
        /// `exit 1`, `signal 9`.
        how: String,
    },
    /// It serves again.
    Up {
        /// Which one.
        process: ProcessName,
        /// Its new process id.
        pid: u32,
        /// How long it did not serve, in milliseconds.
        down_ms: u64,
    },
    /// Changed files were applied.
    Applied {
        /// How many things of the catalogue changed.
        changes: usize,
    },
    /// Files that could not be read or applied are good again, and applied.
    FilesGood,
    /// A version changed its state.
    Version {
        /// The service.
        service: String,
        /// The version.
        version: String,
        /// What it does now, in words.
        state: String,
        /// The last line of its output, where it failed; without what looks like a secret.
        #[serde(skip_serializing_if = "Option::is_none")]
        said: Option<String>,
    },
    /// A rollout took a step: another share of users, a hold, a promotion, a revert.
    Rollout {
        /// The service.
        service: String,
        /// The version on trial.
        version: String,
        /// What it did, in words.
        state: String,
    },
    /// Somebody is paged.
    Page {
        /// The service.
        service: String,
        /// What customers cannot do, since when.
        sentence: String,
        /// The command that takes its canary off when the server does not answer; none where it has no canary.
        #[serde(skip_serializing_if = "Option::is_none")]
        break_glass: Option<String>,
    },
    /// Something is wrong and `up` goes on: bad files keep the last good ones, a full disk keeps what runs.
    Problem {
        /// What.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// `up` ends because of this; the same error is returned.
    Failed {
        /// What.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// `up` stops because somebody asked it to.
    Stopping,
    /// Everything is stopped: the last event.
    Stopped,
}

impl UpEvent {
    /// Tells whether a person should read it as a complaint.
    pub fn is_complaint(&self) -> bool {
        matches!(self, Self::Down { .. } | Self::Page { .. } | Self::Problem { .. } | Self::Failed { .. })
    }
}

impl fmt::Display for UpEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starting { what } => write!(f, "starting  {what}"),
            Self::Ready { portal, gateway, admin_token, sign_in, break_glass, .. } => {
                write!(f, "portal    {portal}\ngateway   {gateway}")?;
                write!(f, "\nrevert    {break_glass}  (works when the portal does not)")?;
                if let Some(link) = sign_in {
                    write!(f, "\nsign in   {link}  (works once)")?;
                }
                match admin_token {
                    Some(token) => write!(f, "\nadmin     {}  (shown once: keep it)", token.expose()),
                    None => Ok(()),
                }
            }
            Self::Down { process, pid, how } => write!(f, "down      {process} (process {pid}): {how}"),
            Self::Up { process, pid, down_ms } => write!(f, "up        {process} (process {pid}) after {down_ms} ms"),
            Self::Applied { changes: 1 } => f.write_str("applied   1 change of the files"),
            Self::Applied { changes } => write!(f, "applied   {changes} changes of the files"),
            Self::FilesGood => f.write_str("files     good again, and applied"),
            Self::Version { service, version, state, said } => {
                write!(f, "version   {service} {version}: {state}")?;
                said.as_ref().map_or(Ok(()), |said| write!(f, "\n          it said last: {said}"))
            }
            Self::Rollout { service, version, state } => write!(f, "rollout   {service} {version}: {state}"),
            Self::Page { service, sentence, break_glass } => {
                write!(f, "page      {service}: {sentence}")?;
                break_glass.as_ref().map_or(Ok(()), |command| {
                    write!(f, "\nhint: when the portal does not answer, `{command}` takes its canary off")
                })
            }
            Self::Problem { message, hint } => complain(f, "problem", message, hint.as_deref()),
            Self::Failed { message, hint } => complain(f, "error", message, hint.as_deref()),
            Self::Stopping => f.write_str("stopping  (once more to stop at once)"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

fn complain(f: &mut fmt::Formatter<'_>, word: &str, message: &str, hint: Option<&str>) -> fmt::Result {
    write!(f, "{word}: {message}")?;
    hint.map_or(Ok(()), |hint| write!(f, "\nhint: {hint}"))
}
