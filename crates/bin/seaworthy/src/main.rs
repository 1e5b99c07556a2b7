//! The composition root: one binary, roles are subcommands.

fn main() {}
