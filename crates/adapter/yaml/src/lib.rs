//! YAML in which every value knows its place, read field by field, with mistakes collected instead of ending the run.
//!
//! What files of every kind have in common, whoever wrote their format: `tree` within limits, [`fields`] with types
//! checked where they are asked for, [`diagnostic`] with a rule and a remedy. What a document means is left to others.

pub mod diagnostic;
pub mod fields;
pub mod rule;
pub mod scalar;
pub mod tree;
