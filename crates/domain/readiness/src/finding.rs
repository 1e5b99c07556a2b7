//! What a check answers.

use jiff::Timestamp;
use seaworthy_model::Position;

use crate::check::{Exposure, Section};

/// What proves a finding: where it stands in the ledger, who or what saw it, when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Ledger position.
    pub position: Position,
    /// When it was seen.
    pub at: Timestamp,
    /// Who or what saw it.
    pub seen_by: String,
}

/// A verdict with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The facts say yes.
    Holds {
        /// What was seen, in a sentence.
        seen: String,
        /// What proves it.
        evidence: Evidence,
        /// When it stops counting.
        expires_at: Timestamp,
    },
    /// The facts say no.
    DoesNotHold {
        /// What was seen, in a sentence.
        seen: String,
        /// What shows it, where one event does.
        evidence: Option<Evidence>,
    },
    /// A fact is missing or too old.
    Unknown {
        /// Which one, in a sentence.
        missing: String,
    },
    /// It cannot hold or fail for this service.
    DoesNotApply {
        /// Why.
        because: String,
    },
}

/// A row with its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Id of the practice: `DEP-12`.
    pub row: &'static str,
    /// The statement.
    pub title: &'static str,
    /// What to do unless it holds.
    pub remedy: &'static str,
    /// The part of a review that it belongs to.
    pub section: Section,
    /// From which exposure on it is required; never for none.
    pub required_at: Option<Exposure>,
    /// The verdict.
    pub verdict: Verdict,
}
