//! One subcommand a file: a client of the API, and offline tools on files.

pub mod command;
