//! Channels a page leaves by, and formats that other systems' alerts come in: one file each.
//!
//! A channel either takes a message or says why not and whether trying again may help. The caller retries; a message
//! carries the same key each time, so a receiver that saw it can drop it.

mod change;
mod channels;
mod command;
mod exchange;
mod hook;
pub mod intake;
mod mail;
mod note;
mod outlet;
mod pagerduty;
mod relay;
mod rooms;
mod signature;
mod slack;
mod smtp;
mod text;
mod tracker;
mod webhook;

use std::time::Duration;

pub use change::ChangeNote;
pub use channels::{Channels, Clock, Lookup, Settings, hears_what_follows};
pub use hook::{Ran, run_program};
pub use note::{Kind, Note};
pub use pagerduty::EVENTS as PAGERDUTY;
pub use relay::{NotARelay, Relay, Security};
pub use rooms::Room;
pub use signature::hmac_sha256;
pub use tracker::{Gaps, TrackerStep, at};

/// Why a channel did not take a message. Never holds an address or a secret: it ends up in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotTaken {
    /// What was seen.
    pub why: String,
    /// Whether trying again may help.
    pub again: bool,
    /// How long the receiver asks to be left alone. [`Channels`] sees to it.
    pub away: Option<Duration>,
}

impl NotTaken {
    /// Later it may work.
    pub fn for_now(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: true, away: None }
    }

    /// It is no use to try again.
    pub fn for_good(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: false, away: None }
    }
}

#[cfg(test)]
mod tests;
