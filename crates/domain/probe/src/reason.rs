//! Why a run did not pass: a code for programs, a sentence for people.

use std::fmt;

/// The kind of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Nobody accepts connections there, or the connection broke.
    Connection,
    /// No answer in time.
    Timeout,
    /// The name does not resolve, or not to what it should.
    Name,
    /// TLS did not come about, other than for the certificate.
    Tls,
    /// The certificate is not valid, not trusted or not for this name.
    Certificate,
    /// The answer has this status.
    Status(u16),
    /// The answer is not what is expected of it.
    Expectation,
    /// The answer cannot be read as what it claims to be, or is too large.
    Protocol,
    /// It passed, slower than it should.
    Slow,
    /// It passed, and its certificate ends soon.
    Expiring,
    /// The prober cannot do what the probe asks: a credential is missing, an address cannot be used.
    Unable,
    /// The prober reaches nothing else either, or has no sockets left.
    Offline,
    /// The prober started too late: its machine is overloaded or slept.
    Late,
    /// The prober's clock is ahead.
    Clock,
}

impl Code {
    /// Returns the code as it is written: `status-503`.
    pub fn text(self) -> String {
        let text = match self {
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Name => "name",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::Status(status) => return format!("status-{status}"),
            Self::Expectation => "expectation",
            Self::Protocol => "protocol",
            Self::Slow => "slow",
            Self::Expiring => "expiring",
            Self::Unable => "unable",
            Self::Offline => "offline",
            Self::Late => "late",
            Self::Clock => "clock",
        };
        text.to_owned()
    }

    /// Reads a code as [`Self::text`] writes it; none for one that is not known.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(status) = text.strip_prefix("status-") {
            return status.parse().ok().map(Self::Status);
        }
        let all = [
            Self::Connection,
            Self::Timeout,
            Self::Name,
            Self::Tls,
            Self::Certificate,
            Self::Expectation,
            Self::Protocol,
            Self::Slow,
            Self::Expiring,
            Self::Unable,
            Self::Offline,
            Self::Late,
            Self::Clock,
        ];
        all.into_iter().find(|code| code.text() == text)
    }
}

/// Why a run did not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Its kind.
    pub code: Code,
    /// One sentence in lower case, without anything of an answer's content and without credentials.
    pub text: String,
}

impl Reason {
    /// Makes a reason.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
