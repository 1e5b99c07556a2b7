//! The five instants, each with how it is known, or why it is not.

use jiff::Timestamp;
use seaworthy_model::Position;

/// Which instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// Customers began to feel it.
    Started,
    /// Something or somebody noticed.
    Detected,
    /// Somebody began to work on it.
    Joined,
    /// Customers were served again.
    Restored,
    /// Nothing was left to repair.
    Healthy,
}

impl Moment {
    /// All of them, in the order in which they should come.
    pub const ALL: [Self; 5] = [Self::Started, Self::Detected, Self::Joined, Self::Restored, Self::Healthy];

    /// Returns its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Detected => "detected",
            Self::Joined => "joined",
            Self::Restored => "restored",
            Self::Healthy => "healthy",
        }
    }
}

/// An instant with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// When it was.
    pub at: Timestamp,
    /// Who or what says so, in words.
    pub source: String,
    /// Where that stands in the ledger.
    pub position: Position,
}

/// An instant, or why nobody knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock<'a> {
    /// It is known.
    Known(&'a Mark),
    /// It is not, or not yet.
    Unknown(Unknown),
}

/// Why an instant is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// It has not come yet, for all that is known.
    NotYet,
    /// It was opened by hand, and nobody has said since when.
    NobodySaid,
    /// It was closed, and nothing ever showed it.
    NeverSeen,
}

impl Unknown {
    /// Says why.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not yet",
            Self::NobodySaid => "nobody has said since when",
            Self::NeverSeen => "it was closed before anything showed it",
        }
    }
}
