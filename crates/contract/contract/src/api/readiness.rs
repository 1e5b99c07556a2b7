//! Readiness as outsiders see it: rows with evidence and age, never a score.

use jiff::Timestamp;
use seaworthy_model::{PersonId, Position, ServiceId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::events::row::RowSaysV1;

/// All rows of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Readiness {
    /// The service.
    #[schema(value_type = String)]
    pub service: ServiceId,
    /// Unknown first, then what does not hold, then what holds.
    pub findings: Vec<Finding>,
    /// What each step of exposure asks for, the smallest first: `internal`, `1%`, `10%`, `all`.
    #[serde(default)]
    pub ladder: Vec<ReadinessStep>,
    /// What answers or renews most rows for each minute of people's time; none where nothing would.
    #[serde(default)]
    pub next: Option<NextExercise>,
    /// Rows of the list that nothing answers, each with why.
    #[serde(default)]
    pub unseen: Vec<UnseenRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// Its id: `DEP-12`.
    pub row: String,
    /// The statement that holds or does not.
    pub title: String,
    /// The part of a review that it belongs to.
    #[serde(default)]
    pub section: String,
    /// The step of exposure that asks for it first; none for none, with this tier.
    #[serde(default)]
    pub required_at: Option<String>,
    /// The verdict.
    pub verdict: Verdict,
    /// What was seen or is missing, in a sentence.
    pub sentence: String,
    /// What to do, unless it holds.
    pub remedy: Option<String>,
    /// What proves it.
    pub evidence: Option<Evidence>,
    /// Why it does not apply, by whose word; then the sentence is still what was seen.
    #[serde(default)]
    pub exception: Option<RowException>,
    /// What somebody said of it: it makes nothing hold.
    #[serde(default)]
    pub attested: Option<RowAttested>,
    /// Whether what somebody said and what was seen differ.
    #[serde(default)]
    pub differs: bool,
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

/// Why a row does not apply, until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RowException {
    /// Why.
    pub because: String,
    /// Who said so.
    pub by: String,
    /// When it ends.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Ledger position.
    pub position: Position,
}

/// What somebody said of a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RowAttested {
    /// What they say.
    pub says: RowSaysV1,
    /// In their words.
    pub words: String,
    /// Who said so.
    pub by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Until when that counts.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
    /// Ledger position.
    pub position: Position,
}

/// A step of exposure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReadinessStep {
    /// `internal`, `1%`, `10%`, `all`.
    pub step: String,
    /// Rows that this step asks for and the one before did not.
    pub asks: Vec<String>,
    /// Rows that are open and that this step or one before it asks for.
    pub open: Vec<String>,
}

/// The one next exercise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NextExercise {
    /// Its name: `revert`.
    pub id: String,
    /// What is done, in a sentence.
    pub title: String,
    /// How, with the command.
    pub how: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// How many people it takes.
    pub people: u32,
    /// Rows that are unknown and that it can answer.
    pub answers: Vec<String>,
    /// Rows that run out soon and that it renews.
    pub renews: Vec<String>,
}

/// A row of the list that nothing answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnseenRow {
    /// Its id.
    pub row: String,
    /// The statement.
    pub title: String,
    /// Whether it is asked of the product and not of a service.
    pub of_product: bool,
    /// Why nothing answers it, or what keeps it.
    pub because: String,
}

/// Body of `POST /v1/services/{service}/readiness/{row}/exception`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExceptionRequest {
    /// Why the row does not apply, in 10 characters at least.
    pub because: String,
    /// Who says so: a member of the team that owns the service.
    #[schema(value_type = String)]
    pub by: PersonId,
    /// When it ends, at most a year ahead.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// Body of `POST /v1/services/{service}/readiness/{row}/attestation`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttestationRequest {
    /// What they say.
    pub says: RowSaysV1,
    /// In their words.
    pub words: String,
    /// Who says so: a member of the team that owns the service.
    #[schema(value_type = String)]
    pub by: PersonId,
    /// Until when that counts, at most half a year ahead.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}
