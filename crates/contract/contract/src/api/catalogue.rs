//! Plans: what applying a directory of files would change.

use seaworthy_model::Position;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What applying would change, or has changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// The changes; empty when the files say what is already so.
    pub changes: Vec<Change>,
    /// What the files leave out or say otherwise and what stays as it is all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
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

/// Something that stays as it is although the files do not say so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Kept {
    /// `service`, `team`, `person`, `rotation`, `other`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: KeptReason,
    /// Why, in words.
    pub why: String,
}

/// Why something stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum KeptReason {
    /// It is a service that users met a short while ago.
    Users,
    /// It is a service with a rollout under way.
    Rollout,
    /// It is a service that serves, and nobody has watched it for long enough to say that it has no users.
    NotKnown,
    /// Something that stays refers to it, or is what it is said of.
    Needed,
    /// Another source declares it, otherwise.
    OtherSource,
}

impl KeptReason {
    /// Tells whether it is a service that goes as soon as somebody names it in the document's `retire`.
    pub fn waits_for_a_word(self) -> bool {
        matches!(self, Self::Users | Self::Rollout | Self::NotKnown)
    }
}
