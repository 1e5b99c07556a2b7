//! What a page says to another system: the JSON that webhooks and commands get.

use jiff::Timestamp;
use serde::Serialize;

/// A page as a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Note {
    /// The same for every try: drop what you have seen.
    pub key: String,
    /// The page.
    pub page: String,
    /// The service it is about.
    pub service: String,
    /// The owning team.
    pub team: String,
    /// The person paged.
    pub to: String,
    /// What customers cannot do, since when.
    pub sentence: String,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// The page in the portal.
    pub link: String,
    /// Where the person takes it, without signing in; for nobody else. Works for a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<String>,
}
