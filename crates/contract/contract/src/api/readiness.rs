//! Readiness as outsiders see it: rows with evidence and age, never a score.

use jiff::Timestamp;
use seaworthy_model::{Position, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// All rows of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// Unknown first, then what does not hold, then what holds.
    pub findings: Vec<Finding>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Its id: `DEP-12`.
    pub row: String,
    /// The statement that holds or does not.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What was seen or is missing, in a sentence.
    pub sentence: String,
    /// What to do, unless it holds.
    pub remedy: Option<String>,
    /// What proves it.
    pub evidence: Option<Evidence>,
}

/// A verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A fact is missing.
    Unknown,
    /// The facts say no.
    DoesNotHold,
    /// The facts say yes, recently.
    Holds,
    /// Somebody said why not, until when.
    DoesNotApply,
}

/// What proves a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Evidence {
    /// Ledger position.
    pub position: Position,
    /// When it was seen.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who or what saw it.
    pub seen_by: String,
    /// When it stops counting.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}
