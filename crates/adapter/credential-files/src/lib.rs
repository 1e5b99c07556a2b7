//! Scans files for credentials: walks within limits, reads, and keeps fingerprints in place of what was found.
//!
//! The secret lives from the read of a file to the fingerprint and no longer; nothing this crate returns, not even an
//! error, holds one. Files are opened for reading and nothing else.

mod fingerprint;
mod read;
mod scan;
mod walk;

pub use fingerprint::{Fingerprint, KEY_BYTES, Key, KeyError};
pub use scan::{Finding, Progress, Report, ScanError, Skipped, scan};
pub use walk::Cut;

#[cfg(test)]
mod tests;
