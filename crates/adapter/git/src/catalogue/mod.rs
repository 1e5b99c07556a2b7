//! Owners that catalogue files claim: Backstage, OpsLevel, Compass, Datadog.
//!
//! Only the kind, the name and the owner are read; checking the whole of a catalogue is `seaworthy check`.

mod claims;
mod yaml;

pub use claims::{Catalogue, Entity, Format, read};
