//! Reads a repository's history and ownership files; changes nothing, sends nothing.

pub mod catalogue;
pub mod codeowners;
mod error;
pub mod finding;
pub mod folders;
pub mod history;
pub mod release;

pub use error::LookError;
