//! What is said on a gateway's own unix socket: one JSON line there, one JSON line back. It needs no control plane.

use std::path::Path;

use seaworthy_model::{ControlId, GatewayName, Position, RolloutId, ServiceId, VersionId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ControlConfig;
use crate::api::ApiError;
use crate::events::control::ControlV1;

/// Longest request line, in bytes: a shutter's text of 2,000 characters, escaped, is the longest honest one.
pub const CONTROL_LINE_MAX: u64 = 32_768;

/// One request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum ControlRequest {
    /// Says what the gateway does.
    Status,
    /// Takes the canary off, at once, until another rollout begins.
    Revert {
        /// A service, or the name of a route.
        target: String,
    },
    /// The same text as `/-/metrics` on the outbound address.
    Metrics,
    /// Sets a control, at once, until its end.
    Hold(Box<ControlWanted>),
    /// Clears a control, or all of a service.
    LetGo {
        /// The control's id, or a service.
        target: String,
    },
}

/// A control that somebody wants on a gateway's own socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlWanted {
    /// A service, or the name of a route.
    pub target: String,
    /// What it is to do.
    pub what: ControlV1,
    /// How long, in milliseconds.
    pub for_ms: u64,
    /// Why.
    pub reason: String,
    /// Whether it is an exercise.
    #[serde(default)]
    pub drill: bool,
}

/// A control in force on a gateway, and what it did there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlHeld {
    /// The control.
    #[serde(flatten)]
    pub control: ControlConfig,
    /// Whether it was set on the gateway's own socket and the control plane does not name it yet.
    pub by_hand: bool,
    /// Requests that it refused.
    pub refused: u64,
    /// Requests that met it and passed.
    pub passed: u64,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ControlReply {
    /// What the gateway does.
    Status(ControlStatus),
    /// The canary takes no new request from here on.
    Reverted(Reverted),
    /// The control is journaled and in force.
    Held(Box<ControlHeld>),
    /// The controls are cleared.
    LetGo {
        /// Which.
        controls: Vec<ControlId>,
    },
    /// OpenMetrics text.
    Metrics {
        /// The text.
        text: String,
    },
    /// It was not done.
    Refused(ApiError),
}

/// What a gateway does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlStatus {
    /// Its name.
    pub gateway: GatewayName,
    /// This start of its process.
    pub boot: Uuid,
    /// Its process.
    pub pid: u32,
    /// The config it applies; none before the first.
    pub config: Option<Position>,
    /// How long ago the control plane was last heard, in milliseconds.
    pub control_plane_age_ms: Option<u64>,
    /// Why the last config was refused, if it was.
    pub refused: Option<String>,
    /// Reports that the control plane has not acknowledged.
    pub reports_waiting: usize,
    /// The canaries.
    pub canaries: Vec<ControlCanary>,
    /// The controls in force.
    #[serde(default)]
    pub controls: Vec<ControlHeld>,
}

/// One canary, as the gateway treats it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlCanary {
    /// The service.
    pub service: ServiceId,
    /// The version.
    pub version: VersionId,
    /// The rollout.
    pub rollout: RolloutId,
    /// Its share, as the control plane gave it: `5%`.
    pub share: String,
    /// Why it takes nothing all the same: `local guard`, `break-glass`.
    pub off: Option<String>,
}

/// A break-glass revert that is journaled and in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reverted {
    /// The service.
    pub service: ServiceId,
    /// The version that was taken off.
    pub version: VersionId,
    /// Its rollout.
    pub rollout: RolloutId,
    /// Identity in the gateway's journal; the ledger gets it later.
    pub journal: Uuid,
}

/// Returns the command that takes a canary off on the gateway's own socket, when nothing else answers. The target is
/// a service or a route; the data directory is that of `seaworthy up`.
pub fn revert_command(target: &str, data: &Path) -> String {
    format!("seaworthy gateway revert {target} --data {}", quoted(&data.display().to_string()))
}

/// Writes a path as a shell reads it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-+,:@%".contains(c);
    match !path.is_empty() && path.chars().all(plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_can_be_pasted() {
        for (data, want) in [
            ("/srv/shop/.seaworthy", "/srv/shop/.seaworthy"),
            ("/home/a b/.seaworthy", "'/home/a b/.seaworthy'"),
            ("it's", r"'it'\''s'"),
            ("$(x)", "'$(x)'"),
        ] {
            assert_eq!(
                revert_command("checkout", Path::new(data)),
                format!("seaworthy gateway revert checkout --data {want}")
            );
        }
    }
}
