//! What can go wrong in an exchange, said with what was attempted.

use std::io;
use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;

/// A failed exchange. `Display` says all of it: there is no further source to print.
#[derive(Debug, thiserror::Error)]
#[error("could not {attempted}: {kind}")]
pub struct Error {
    /// Method and address: `GET "http://127.0.0.1:7070/readyz"`.
    pub attempted: String,
    /// What happened.
    pub kind: Kind,
}

/// The kind of a failure, for those who act on it.
#[derive(Debug, thiserror::Error)]
pub enum Kind {
    /// The address, the token or a header cannot be used; nothing was sent.
    #[error("{0}")]
    Unusable(String),
    /// No connection: nobody listens there, or the name does not resolve. Nothing was sent.
    #[error("no connection ({0})")]
    Connect(io::Error),
    /// No answer, or not all of it, within this time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// The connection broke, or what came over it is not HTTP.
    #[error("the exchange broke off ({0})")]
    Broken(hyper::Error),
    /// A stream ended inside a line.
    #[error("the stream ended inside a line")]
    Cut,
    /// The answer is longer than this many bytes.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(usize),
    /// The server answered with a status other than 2xx.
    #[error("{}", describe(*.status, .error.as_ref()))]
    Status {
        /// The status.
        status: StatusCode,
        /// What the server said about it, if it is one of ours.
        error: Option<ApiError>,
    },
    /// The answer is not the JSON that was expected.
    #[error("the answer is not as expected ({0})")]
    Decode(serde_json::Error),
    /// The request could not be written as JSON; nothing was sent.
    #[error("the request cannot be written as JSON ({0})")]
    Encode(serde_json::Error),
}

/// What our API says about a failure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ApiError {
    /// A code in kebab case, documented and never reused.
    pub code: String,
    /// One sentence for people.
    #[serde(default)]
    pub message: String,
    /// What to do about it.
    #[serde(default)]
    pub hint: Option<String>,
    /// What the server's log calls the request: its header `x-request-id`.
    #[serde(skip)]
    pub request: Option<Box<str>>,
}

impl Error {
    pub(crate) fn new(attempted: &str, kind: Kind) -> Self {
        Self { attempted: attempted.to_owned(), kind }
    }

    /// Returns the status of the answer, if there was one and it was not 2xx.
    pub fn status(&self) -> Option<StatusCode> {
        match &self.kind {
            Kind::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// Returns the code that our API gave, if it gave one.
    pub fn code(&self) -> Option<&str> {
        self.api().map(|error| error.code.as_str())
    }

    /// Returns what our API advises to do, if it does.
    pub fn hint(&self) -> Option<&str> {
        self.api().and_then(|error| error.hint.as_deref())
    }

    /// Returns what the server's log calls the request, if our API said so.
    pub fn request(&self) -> Option<&str> {
        self.api().and_then(|error| error.request.as_deref())
    }

    /// Tells whether the request surely never reached the server, so that sending it again cannot act twice.
    pub fn never_sent(&self) -> bool {
        matches!(self.kind, Kind::Unusable(_) | Kind::Connect(_) | Kind::Encode(_))
    }

    fn api(&self) -> Option<&ApiError> {
        match &self.kind {
            Kind::Status { error, .. } => error.as_ref(),
            _ => None,
        }
    }
}

fn describe(status: StatusCode, error: Option<&ApiError>) -> String {
    match error {
        Some(ApiError { code, message, .. }) if !message.is_empty() => format!("{message} ({status}, {code})"),
        Some(ApiError { code, .. }) => format!("{status}, {code}"),
        None => format!("the server answered {status}"),
    }
}
