//! Probes as outsiders see them: what places agree on, why, and the runs that say so.

use jiff::Timestamp;
use seaworthy_model::{AlertId, Position, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::Target;

/// A probe: `GET /v1/probes`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Probe {
    /// Its name.
    pub name: String,
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// The business function it stands for; the service as a whole where there is none.
    pub function: Option<String>,
    /// What is tried; credentials by reference.
    pub target: Target,
    /// How often from each place, in milliseconds.
    pub every_ms: u64,
    /// Longest time of one try, in milliseconds.
    pub timeout_ms: u64,
    /// Slower than this is degraded, in milliseconds.
    pub slow_ms: Option<u64>,
    /// What the target is.
    pub state: ProbeState,
    /// Why nobody can say, where the state is `unknown`.
    pub unseen: Option<ProbeUnseen>,
    /// Since when; none where nobody has looked.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
    /// One sentence: why it is so, with how many places say it.
    pub reason: String,
    /// Whether it went up and down so often that it must pass longer before it is up again.
    pub flapping: bool,
    /// What each place says.
    pub places: Vec<ProbePlace>,
    /// Its open alert.
    #[schema(value_type = Option<String>)]
    pub alert: Option<AlertId>,
    /// `file:line` the catalogue says it was read from.
    pub source: String,
    /// Ledger position of the declaration.
    pub position: Position,
}

/// What a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeState {
    /// Nobody can say.
    Unknown,
    /// It works.
    Up,
    /// It works, worse than it should.
    Degraded,
    /// It does not work.
    Down,
}

/// Why nobody can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeUnseen {
    /// It was only just begun, or nobody runs it.
    NotYet,
    /// It fails, and was never once up: rather the probe is wrong.
    NeverUp,
    /// Results are missing.
    Silent,
    /// Probers look and cannot see.
    Blind,
    /// Places see opposite things, or too few of them see.
    Undecided,
}

/// What one place says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProbePlace {
    /// The place.
    pub place: String,
    /// What it says; `unknown` where it does not see.
    pub state: ProbeState,
    /// Why, where there is a reason.
    pub reason: Option<String>,
    /// Its latest slot that was heard of.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_at: Option<Timestamp>,
}

/// A probe and its runs: `GET /v1/probes/{name}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProbeRuns {
    /// The probe.
    pub probe: Probe,
    /// The runs that are kept, newest slot first, at most 360: with their times a plot.
    pub runs: Vec<ProbeRun>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProbeRun {
    /// Where.
    pub place: String,
    /// Its slot.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// How long it took from its slot on, in milliseconds; a second try from its own beginning.
    pub took_ms: u64,
    /// How it ended; `unknown` where it could not see.
    pub state: ProbeState,
    /// Why it did not pass: a code, `timeout`, `status-503`.
    pub code: Option<String>,
    /// Why it did not pass, in words.
    pub reason: Option<String>,
    /// What the first try came to, where there was a second.
    pub retried: Option<String>,
}

/// A place that runs probes: `GET /v1/probers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Prober {
    /// The place.
    pub place: String,
    /// When it reported last; none where it has not since the server started.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub heard_at: Option<Timestamp>,
    /// How many probes it runs.
    pub probes: usize,
    /// Whether it works by what the server wants now.
    pub current: bool,
}
