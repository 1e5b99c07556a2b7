//! Why `up` does not run, each with a remedy.

use std::io;
use std::path::PathBuf;

use seaworthy_process::{BindError, LaunchError};

use crate::ProcessName;

/// Why `up` does not run, or stopped by itself. `Display` says all of it; [`UpError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum UpError {
    /// The data directory cannot be used.
    #[error("could not use the data directory \"{path}\": {error}")]
    Data {
        /// The directory or the file in it.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Another supervisor has it.
    #[error("could not use the data directory \"{path}\": another `seaworthy up` ({holder}) runs on it")]
    Locked {
        /// The directory.
        path: PathBuf,
        /// `process 812`.
        holder: String,
    },
    /// A port is taken, or not ours to use.
    #[error("{error}")]
    Bind {
        /// Which one: `--portal`, `--gateway`, `--outbound`.
        option: &'static str,
        /// Why.
        error: BindError,
    },
    /// A server or gateway of ours runs, but cannot be adopted.
    #[error("could not adopt the running {name}: {why}")]
    Adopt {
        /// Which one.
        name: ProcessName,
        /// Why.
        why: String,
        /// What to do.
        hint: String,
    },
    /// The server or the gateway cannot be started.
    #[error("could not start the {name}: {error}")]
    Start {
        /// Which one.
        name: ProcessName,
        /// Why.
        error: LaunchError,
    },
    /// The server or the gateway ends again and again, or says that starting it is no use.
    #[error("could not keep the {name} running: it ended with {how}{}", said(.last))]
    Ended {
        /// Which one.
        name: ProcessName,
        /// `exit 78`.
        how: String,
        /// Its last lines.
        last: Vec<String>,
        /// Where the others are.
        log: PathBuf,
    },
    /// The server refuses the files.
    #[error("could not apply the files: {error}")]
    Catalogue {
        /// Why.
        error: seaworthy_client::Error,
    },
    /// The system refuses something that every program needs.
    #[error("could not {attempted}: {error}")]
    System {
        /// What.
        attempted: &'static str,
        /// Why.
        error: io::Error,
    },
}

fn said(last: &[String]) -> String {
    last.iter().map(|line| format!("\n  {line}")).collect()
}

impl UpError {
    /// Returns what to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Data { .. } => {
                Some("give another directory with `--data DIR`, or make room and rights on this one".into())
            }
            Self::Locked { .. } => Some("stop the other one, or give another directory with `--data DIR`".into()),
            Self::Bind { option, error } => Some(free_port(option, error)),
            Self::Adopt { hint, .. } => Some(hint.clone()),
            Self::Ended { log, .. } => Some(format!("the whole of what it said is in \"{}\"", log.display())),
            Self::Catalogue { error } => error.hint().map_or_else(
                || Some("`seaworthy check DIR` shows every mistake in the files".into()),
                |hint| Some(hint.to_owned()),
            ),
            Self::Start { .. } | Self::System { .. } => None,
        }
    }
}

fn free_port(option: &str, error: &BindError) -> String {
    match &error.holder {
        Some(_) => format!("stop it, or listen elsewhere: `{option} {}:0` takes any free port", error.address.ip()),
        None => format!("listen elsewhere: `{option} 127.0.0.1:0` takes any free port of this machine"),
    }
}
