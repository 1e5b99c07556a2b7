//! Events of the catalogue.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::Entity;

/// An entity was declared or changed: the whole of it, and where it was read.
///
/// Kinds of entity and fields of one are added as the catalogue grows, and what stands in a ledger stays readable: so
/// the entity's own shape is that of [`crate::catalogue`], not frozen here. V1 froze it and knew five kinds; every
/// payload of V1 is one of V2.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntityDeclaredV2 {
    /// The entity as it is from now on.
    #[schema(value_type = Object)]
    pub entity: Entity,
    /// `file:line`.
    pub source: String,
}

/// An entity left the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntityRetiredV1 {
    /// Its kind: `team`, `person`, `service`, `rotation`, `other`, `objective`, `probe`, `tolerance`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// An entity belongs to a source from now on: nobody else changes or retires it. One that no source has claimed, as in
/// ledgers from before there were sources, goes to the first that declares it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EntityClaimedV1 {
    /// Its kind: `team`, `person`, `service`, `rotation`, `other`, `objective`, `probe`, `tolerance`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The source, by the name that its documents bear.
    pub source: String,
}
