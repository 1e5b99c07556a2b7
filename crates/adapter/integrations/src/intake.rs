//! What other systems say is wrong, in their own formats: one file each, one shape out.
//!
//! Nothing of a payload is kept but what the alert needs: labels may hold anything.

mod alertmanager;
mod events_v2;
mod sender;
mod shown;
mod words;

use jiff::Timestamp;
use seaworthy_contract::catalogue::Urgency;

pub use alertmanager::{BODY_BYTES_MAX as ALERTMANAGER_BYTES_MAX, read as alertmanager};
pub use events_v2::{Action, BODY_BYTES_MAX as EVENTS_V2_BYTES_MAX, Enqueued, read as events_v2};
pub use sender::Sender;

/// Most alerts of one payload: what Alertmanager sends of one group at most, where it is not told to truncate.
pub const ALERTS_MAX: usize = 2_000;

/// Longest sentence, in characters, of what somebody is told at night.
const SENTENCE_CHARS_MAX: usize = 300;

/// One thing that another system says is wrong, or no longer is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The rule and its instance: `alertmanager/HighErrorRate#7036ace5c7e8d0a9`.
    pub rule: String,
    /// Names that the service may have, best first: what owns the alert is found by the catalogue.
    pub services: Vec<String>,
    /// `availability`, `latency`, or the other system's own name for it.
    pub symptom: String,
    /// Whether customers feel it; as far as its words tell.
    pub is_cause: bool,
    /// What it asks for.
    pub urgency: Urgency,
    /// Whether it holds now.
    pub is_firing: bool,
    /// Since when.
    pub began_at: Option<Timestamp>,
    /// One sentence.
    pub sentence: String,
}

/// Why a payload was not understood: what, in lower case, with what to send instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotUnderstood(pub String);

/// Cuts a text to one line that fits on a phone.
fn sentence(text: &str) -> String {
    let text = shown::shown(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SENTENCE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}
