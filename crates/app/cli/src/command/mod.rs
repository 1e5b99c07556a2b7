//! One subcommand a file.

pub mod judge;
pub mod look;
