//! Reads a repository's history and ownership files; changes nothing, sends nothing.

pub mod codeowners;
mod error;
pub mod finding;

pub use error::LookError;
