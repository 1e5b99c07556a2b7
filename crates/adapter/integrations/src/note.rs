//! What is said to a contact: the JSON that webhooks and commands get, and what the other channels make words of.

use jiff::Timestamp;
use serde::Serialize;

/// What a message is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Somebody is called.
    #[default]
    Page,
    /// Somebody has taken the page.
    Taken,
    /// What the page was about is over.
    Resolved,
    /// Whose contact is this? It counts once they say.
    Confirm,
    /// A try, so that a person knows how a page would come.
    Test,
    /// A person is asked something, by a link of their own; they may let it be.
    Ask,
    /// Somebody who learns is told of another's page.
    Shadow,
}

/// A message to a contact.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Note {
    /// What it is for.
    pub kind: Kind,
    /// The same for every try: drop what you have seen.
    pub key: String,
    /// The page; empty where it is about none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page: String,
    /// The service it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The owning team.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub team: String,
    /// The person it goes to.
    pub to: String,
    /// What customers cannot do, since when; of what follows a page, who took it and when.
    pub sentence: String,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
    /// The page in the portal.
    pub link: String,
    /// Where the person takes it, without signing in; for nobody else. Works for a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub take: Option<String>,
    /// Where the person says that the contact is theirs; for nobody else. Works for a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm: Option<String>,
    /// Where the person answers what is asked, without signing in; for nobody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// The key of the call that this follows; none for what follows nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<String>,
}

impl Note {
    /// Returns the key under which a receiver keeps the one thing that this and what follows it are about.
    pub(crate) fn thread(&self) -> &str {
        self.follows.as_deref().unwrap_or(&self.key)
    }
}
