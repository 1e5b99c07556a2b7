//! Channels a page leaves by, and formats that other systems' alerts come in: one file each.
//!
//! A channel either takes a message or says why not and whether trying again may help. The caller retries; a message
//! carries the same key each time, so a receiver that saw it can drop it.

mod command;
pub mod intake;
mod note;
mod webhook;

use seaworthy_contract::catalogue::Contact;

pub use note::Note;

/// Why a channel did not take a message. Never holds an address: it ends up in the ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotTaken {
    /// What was seen.
    pub why: String,
    /// Whether trying again may help.
    pub again: bool,
}

impl NotTaken {
    fn for_now(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: true }
    }

    fn for_good(why: impl Into<String>) -> Self {
        Self { why: why.into(), again: false }
    }
}

/// Sends a note to one contact. A new channel is a file and a line here.
///
/// # Errors
/// When the channel did not take it.
pub async fn send(contact: &Contact, note: &Note) -> Result<(), NotTaken> {
    match contact {
        Contact::Webhook { url } => webhook::send(url, note).await,
        Contact::Command { command } => command::send(command, note).await,
        Contact::Email { .. } => Err(NotTaken::for_good("e-mail is not sent yet")),
    }
}
