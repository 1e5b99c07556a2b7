//! The account of downtime: every second in one class, under six definitions.
