//! Facts about what was seen of a service: by gateways, by objectives and probes, and by collectors outside.

use jiff::Timestamp;
use seaworthy_model::Position;

/// One thing that it needs, as files say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// What it needs.
    pub to: String,
    /// Whether it does not work without.
    pub hard: bool,
    /// Whether its file says why it is needed.
    pub has_reason: bool,
}

/// What it was seen to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// When a gateway was asked last.
    pub looked_at: Timestamp,
    /// Services that it called.
    pub to: Vec<Called>,
}

/// A service that was called, by name.
pub type Called = String;

/// The last time that a dependency was away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The dependency.
    pub dependency: String,
    /// Since when it was away.
    pub at: Timestamp,
    /// Ledger position of that.
    pub position: Position,
    /// How: `isolated on purpose`, `down`.
    pub how: &'static str,
    /// How the service fared meanwhile.
    pub fared: Fared,
}

/// How a service fared while something was away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fared {
    /// It was seen to serve as promised all the time.
    Well,
    /// Nobody looked for some of it.
    NotSeen,
    /// It served with less.
    Degraded,
    /// It did not serve.
    Down,
}

/// An objective of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Objective {
    /// Its name.
    pub name: String,
    /// Ledger position of its declaration.
    pub position: Position,
    /// Whether nobody wrote it.
    pub by_default: bool,
    /// When something was counted for it last, to the minute.
    pub counted_at: Option<Timestamp>,
}

/// How much of its time somebody watched.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// Seconds that were looked at: 30 days, or since it was first seen.
    pub whole_s: f64,
    /// Those of which nobody knows.
    pub unknown_s: f64,
    /// Who watched: `gateway`, `probes`, `supervisor`.
    pub by: Vec<&'static str>,
    /// When that was added up, to the hour.
    pub looked_at: Timestamp,
    /// Ledger position of the newest event of it.
    pub position: Position,
}

/// The tolerance for planned downtime that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// How much, in words.
    pub planned: String,
    /// Who said so, by role.
    pub by: String,
    /// Since when.
    pub since: Timestamp,
    /// Where it stands: `file:line`.
    pub source: String,
    /// Ledger position of its declaration.
    pub position: Position,
    /// Work that was planned since then though none is tolerated: sentences.
    pub broken: Vec<String>,
}

/// What a collector saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// `noun.field`.
    pub key: String,
    /// What it is.
    pub value: Value,
    /// Where, more closely.
    pub place: Option<String>,
    /// When it looked.
    pub at: Timestamp,
    /// Ledger position.
    pub position: Position,
    /// `collector git at shop.git`.
    pub seen_by: String,
}

/// A value that was seen.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Several.
    List(Vec<String>),
}
