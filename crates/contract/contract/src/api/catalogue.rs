//! Plans: what applying a directory of files would change.

use seaworthy_model::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What applying would change, or has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// The changes; empty when the files say what is already so.
    pub changes: Vec<Change>,
    /// Where the ledger stands; after the changes where they were applied.
    pub position: Position,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Change {
    /// What happens.
    pub change: ChangeKind,
    /// `service`, `team`, `person`, `rotation`, `other`, `details`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What differs, in words, a line each.
    pub details: Vec<String>,
}

/// What happens to an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// It is new.
    Declare,
    /// It changes.
    Change,
    /// It leaves.
    Retire,
}
