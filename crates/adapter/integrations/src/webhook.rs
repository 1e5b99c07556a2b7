//! A POST of the note as JSON, with `Idempotency-Key`; signed where its owner gave a secret ([`crate::signature`]).

use jiff::Timestamp;

use crate::exchange::Receiver;
use crate::signature::{HEADER, header};
use crate::{NotTaken, Note};

pub(crate) async fn send(url: &str, secret: Option<&str>, note: &Note, now: Timestamp) -> Result<(), NotTaken> {
    let receiver = Receiver::at(url, "the webhook")?;
    let body = serde_json::to_vec(note).map_err(|_| NotTaken::for_good("the page could not be written as JSON"))?;
    let signature = secret.map(|secret| header(secret, &body, now));
    let mut headers = vec![("idempotency-key", note.key.as_str())];
    headers.extend(signature.as_deref().map(|signature| (HEADER, signature)));
    let answer = receiver.post(body, &headers).await?;
    if answer.status.is_success() { Ok(()) } else { Err(receiver.refusal(&answer)) }
}
