//! Events of the catalogue.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::Entity;

/// An entity was declared or changed: the whole of it, and where it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntityDeclaredV1 {
    /// The entity as it is from now on.
    pub entity: Entity,
    /// `file:line`.
    pub source: String,
}

/// An entity left the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntityRetiredV1 {
    /// Its kind: `team`, `person`, `service`, `rotation`, `other`.
    pub kind: String,
    /// Its name.
    pub name: String,
}
