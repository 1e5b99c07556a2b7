//! One subcommand a file: a client of the API, and offline tools on files.
//!
//! Answers go to standard output, everything said on the way to standard error. Meaning is never only in a colour, and
//! an exit code says how it ended ([`Exit`]).

pub mod command;
mod context;
mod exit;
mod failure;
#[cfg(test)]
mod fake;
#[cfg(test)]
mod fixture;
mod follow;
mod global;
mod ids;
mod progress;
mod report;
mod table;
mod view;
mod words;

pub use command::{Command, run};
pub use exit::Exit;
pub use failure::Failure;
pub use global::{Global, Level};
pub use report::report;

#[cfg(test)]
mod tests;
