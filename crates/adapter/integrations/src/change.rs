//! One change as a signed webhook tells it: the event as it stands in the ledger, with its place and what it is of.

use jiff::Timestamp;
use seaworthy_contract::catalogue::SecretName;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::exchange::Receiver;
use crate::outlet::refused;
use crate::signature::{HEADER, header};
use crate::{Channels, NotTaken};

/// A change.
#[derive(Debug, Serialize)]
pub struct ChangeNote<'a> {
    /// The same for every try: drop what you have seen.
    pub key: String,
    /// The event's type: `incident.opened`.
    pub event: &'a str,
    /// The version of its payload's shape.
    pub version: u16,
    /// Its place in the ledger: later ones are higher.
    pub position: u64,
    /// When it was recorded.
    pub at: Timestamp,
    /// The service.
    pub service: &'a str,
    /// What it belongs to: changes of one leave in order.
    pub thread: &'a str,
    /// Who or what did it, as the ledger has it.
    pub by: &'a str,
    /// What happened, in one sentence.
    pub sentence: String,
    /// The payload, as it stands in the ledger.
    pub data: &'a RawValue,
}

impl Channels {
    /// Sends a change to an address, signed.
    ///
    /// # Errors
    /// When it was not taken.
    pub async fn tell_change(&self, url: &str, secret: &SecretName, change: &ChangeNote<'_>) -> Result<(), NotTaken> {
        let receiver = Receiver::at(url, "the webhook")?;
        let secret = self.secret(secret).map_err(|not| NotTaken { again: true, ..not })?;
        let body = serde_json::to_vec(change).map_err(|_| NotTaken::for_good("the change could not be written"))?;
        let signature = header(&secret, &body, self.now());
        let answer =
            receiver.post(body, &[("idempotency-key", change.key.as_str()), (HEADER, signature.as_str())]).await?;
        if answer.status.is_success() { Ok(()) } else { Err(refused("the webhook", &answer)) }
    }
}
