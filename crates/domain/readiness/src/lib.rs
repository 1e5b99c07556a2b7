//! Turns facts seen in production into findings, one file per check.
