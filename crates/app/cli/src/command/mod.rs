//! One subcommand a file.

pub mod check;
pub mod judge;
pub mod ledger;
pub mod look;
