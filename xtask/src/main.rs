//! The project's own chores: test, tidy, fmt, bench, crash.

fn main() {}
