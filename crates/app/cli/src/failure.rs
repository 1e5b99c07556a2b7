//! Why a command could not be carried out, what to do about it, and the exit code of each kind.

use std::io;
use std::path::{Path, PathBuf};

use http::StatusCode;
use seaworthy_client::{Error, Kind};
use seaworthy_contract::gateway::revert_command;
use seaworthy_model::ServiceId;

use crate::Exit;
use crate::table::harmless;

/// A command that was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The exchange with the server failed, or the server refused.
    #[error("{}", server_text(.0))]
    Server(#[from] Error),
    /// The exchange with the server failed, or the server refused, while users wait for a revert.
    #[error("{}", server_text(.error))]
    Revert {
        /// What went wrong.
        error: Box<Error>,
        /// The service whose version is to be taken off.
        service: ServiceId,
    },
    /// What was asked makes no sense.
    #[error("{message}")]
    Usage {
        /// What was attempted and what stood in the way.
        message: String,
        /// What to do.
        hint: String,
    },
    /// What the server holds does not allow it; nothing was changed.
    #[error("{message}")]
    Refused {
        /// The API's code for it.
        code: &'static str,
        /// What was attempted and what stood in the way.
        message: String,
        /// What to do.
        hint: String,
    },
    /// A file cannot be read.
    #[error("could not read \"{}\": {source}", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The answer could not be written.
    #[error("could not write the answer: {0}")]
    Write(#[from] io::Error),
    /// The server did, but not all gateways have said so in time.
    #[error("{0}")]
    Unconfirmed(String),
    /// Ctrl-C while waiting.
    #[error("stopped waiting; {0}")]
    Interrupted(String),
}

impl Failure {
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage { message: message.into(), hint: hint.into() }
    }

    pub(crate) fn refused(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into(), hint: hint.into() }
    }

    /// Returns the exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Server(error) => server_exit(error),
            Self::Revert { error, .. } => server_exit(error),
            Self::Usage { .. } | Self::Read { .. } => Exit::Usage,
            Self::Refused { .. } => Exit::Refused,
            Self::Write(_) => Exit::Unavailable,
            Self::Unconfirmed(_) => Exit::No,
            Self::Interrupted(_) => Exit::Interrupted,
        }
    }

    /// Returns the code for programs: the server's where it gave one.
    pub fn code(&self) -> &str {
        match self {
            Self::Server(error) => server_code(error),
            Self::Revert { error, .. } => server_code(error),
            Self::Usage { .. } | Self::Read { .. } => "invalid",
            Self::Refused { code, .. } => code,
            Self::Write(_) => "not-written",
            Self::Unconfirmed(_) => "unconfirmed",
            Self::Interrupted(_) => "interrupted",
        }
    }

    /// Returns what to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Server(error) => server_hint(error),
            Self::Revert { error, service } if is_away(error) => Some(break_glass(service.as_str())),
            Self::Revert { error, .. } => server_hint(error),
            Self::Usage { hint, .. } | Self::Refused { hint, .. } => Some(hint.clone()),
            Self::Read { .. } => Some("give a file or directory that you may read".to_owned()),
            Self::Unconfirmed(_) => Some("`seaworthy status` shows which gateway was not heard".to_owned()),
            Self::Write(_) | Self::Interrupted(_) => None,
        }
        .filter(|hint| !hint.is_empty())
    }

    /// Returns what the server's log calls the request, where the server refused or failed.
    pub fn request(&self) -> Option<String> {
        match self {
            Self::Server(error) => error.request().map(harmless),
            Self::Revert { error, .. } => error.request().map(harmless),
            _ => None,
        }
    }
}

/// Says what the server says: which request it was is of no use to a person.
fn server_text(error: &Error) -> String {
    match &error.kind {
        Kind::Status { error: Some(said), .. } if !said.message.is_empty() => harmless(&said.message),
        _ => error.to_string(),
    }
}

fn server_code(error: &Error) -> &str {
    error.code().unwrap_or(match &error.kind {
        Kind::Unusable(_) | Kind::Encode(_) => "invalid",
        Kind::Connect(_) | Kind::Timeout(_) | Kind::Broken(_) | Kind::Cut => "unreachable",
        Kind::TooLarge(_) | Kind::Decode(_) | Kind::Status { .. } => "not-understood",
    })
}

fn server_exit(error: &Error) -> Exit {
    match (&error.kind, error.status()) {
        (Kind::Unusable(_) | Kind::Encode(_), _) => Exit::Usage,
        (_, Some(status)) if status.is_server_error() || error.code().is_none() => Exit::Unavailable,
        (_, Some(StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE)) => Exit::Usage,
        (_, Some(_)) => Exit::Refused,
        (_, None) => Exit::Unavailable,
    }
}

/// Tells whether nothing came back: the server is dead, hangs, or is being started again.
fn is_away(error: &Error) -> bool {
    matches!(error.kind, Kind::Connect(_) | Kind::Timeout(_) | Kind::Broken(_) | Kind::Cut)
}

/// Says how a canary is taken off without the server.
fn break_glass(target: &str) -> String {
    let command = revert_command(target, Path::new("DIR/.seaworthy"));
    format!("gateways serve users without the server; `{command}` takes a canary off on the gateway itself")
}

fn server_hint(error: &Error) -> Option<String> {
    if error.status() == Some(StatusCode::UNAUTHORIZED) {
        let hint = "set SEAWORTHY_TOKEN, or SEAWORTHY_TOKEN_FILE to the file that holds the token";
        return Some(hint.to_owned());
    }
    if let Some(hint) = error.hint() {
        return Some(hint.to_owned());
    }
    let hint = match &error.kind {
        Kind::Connect(_) => "start it with `seaworthy up DIR`, or name the right address in SEAWORTHY_SERVER",
        Kind::Timeout(_) | Kind::Broken(_) | Kind::Cut => {
            return Some(format!("try again, the server may be starting; {}", break_glass("SERVICE")));
        }
        Kind::Unusable(_) => "an address is `http://HOST:PORT`, a token one line of plain text",
        Kind::TooLarge(_) | Kind::Decode(_) | Kind::Status { error: None, .. } => {
            "is a seaworthy server of this version at that address? SEAWORTHY_SERVER names another"
        }
        Kind::Status { .. } | Kind::Encode(_) => return None,
    };
    Some(hint.to_owned())
}
