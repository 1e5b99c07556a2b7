//! Why a source gave no answer, each with what to do about it.

use http::StatusCode;

use super::{AccessError, SERIES_MAX, WindowError};

/// A question that was not answered.
#[derive(Debug, thiserror::Error)]
#[error("could not ask \"{source_shown}\": {why}")]
pub struct AskError {
    /// The source's base address.
    pub source_shown: String,
    /// What happened.
    pub why: Why,
}

/// The kinds of it.
#[derive(Debug, thiserror::Error)]
pub enum Why {
    /// There is no connection, it broke, or took too long.
    #[error("{0}")]
    Unreachable(Box<seaworthy_client::Error>),
    /// It wants to know who we are, and was not content.
    #[error("it answered {0}")]
    NotAllowed(StatusCode),
    /// The access that is set for it cannot be used.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// What answers there is no query API.
    #[error("what it answered is not of a query API")]
    NoApi,
    /// It does not understand the query.
    #[error("it refused the query: {0}")]
    BadQuery(String),
    /// It takes no questions now, or gave up on this one.
    #[error("it is too busy: {0}")]
    Busy(String),
    /// It answered something other than numbers.
    #[error("the query answers {0}")]
    NotAsked(&'static str),
    /// It answered with too many series.
    #[error("{0} series, at most {SERIES_MAX}")]
    TooMany(usize),
    /// The query is longer than we send.
    #[error("the query has {0} bytes")]
    TooLong(usize),
    /// The window cannot be put into the query.
    #[error(transparent)]
    Window(#[from] WindowError),
}

impl AskError {
    /// Says what to do about it.
    pub fn remedy(&self) -> &'static str {
        match &self.why {
            Why::Unreachable(_) => "see that it runs, and that this machine reaches it: curl -s ADDRESS/-/healthy",
            Why::NotAllowed(_) => "name its token or password where the source is set, as ${secret:NAME}",
            Why::Access(_) => "correct the source's access",
            Why::NoApi => {
                "write the base address before /api/v1/query; a VictoriaMetrics cluster's ends in /select/0/prometheus"
            }
            Why::BadQuery(_) => "try the query in the source's own page, with a duration in place of {{.window}}",
            Why::Busy(_) => "it is asked again soon; if this stays, record the query by a rule and ask for that",
            Why::NotAsked(_) | Why::TooMany(_) => "put sum(..) around it, so that one number is left",
            Why::TooLong(_) => "record it by a rule in the source, and ask for the recorded name",
            Why::Window(_) => "write {{.window}} where the window belongs, and nothing else in such braces",
        }
    }

    /// Tells whether the same question may be answered later without anybody changing anything.
    pub fn may_pass(&self) -> bool {
        matches!(self.why, Why::Unreachable(_) | Why::Busy(_))
    }
}
