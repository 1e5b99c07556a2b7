//! Ways to reach a person, and when each is used: their own rule, kept with the way and never in the ledger.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One way to reach a person. A way that is a secret itself is named here, never written out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "channel", rename_all = "kebab-case")]
pub enum Contact {
    /// A POST of the page as JSON to this `http://` or `https://` address.
    Webhook {
        /// The address.
        url: String,
        /// What signs the message, so that its receiver knows who sent it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        secret: Option<SecretName>,
    },
    /// A program run with the page as JSON on its standard input.
    Command {
        /// Program and arguments.
        command: Vec<String>,
    },
    /// A mail, by the relay that the server is told.
    Email {
        /// The address.
        address: String,
    },
    /// A message in Slack.
    Slack {
        /// The secret that is the address of an incoming webhook.
        #[schema(value_type = String)]
        secret: SecretName,
    },
    /// An event to PagerDuty's Events API v2.
    #[serde(rename = "pagerduty")]
    PagerDuty {
        /// The secret that is the routing key.
        #[schema(value_type = String)]
        secret: SecretName,
    },
}

impl Contact {
    /// Returns the word for this way, as files and pages have it. It tells nothing that could be used to reach anybody.
    pub fn channel(&self) -> &'static str {
        match self {
            Self::Webhook { .. } => "webhook",
            Self::Command { .. } => "command",
            Self::Email { .. } => "email",
            Self::Slack { .. } => "slack",
            Self::PagerDuty { .. } => "pagerduty",
        }
    }
}

/// The name of a secret that the server has: `${secret:NAME}` in files. It can point at nothing else of its machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SecretName(String);

impl SecretName {
    /// Longest name.
    pub const CHARS_MAX: usize = 64;

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads `${secret:NAME}`.
    pub fn of_reference(text: &str) -> Option<Self> {
        text.strip_prefix("${secret:")?.strip_suffix('}')?.to_owned().try_into().ok()
    }
}

impl TryFrom<String> for SecretName {
    type Error = NotASecretName;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        match (1..=Self::CHARS_MAX).contains(&name.len()) && name.chars().all(fits) {
            true => Ok(Self(name)),
            // The text is not repeated: it may be the secret itself.
            false => Err(NotASecretName),
        }
    }
}

impl From<SecretName> for String {
    fn from(name: SecretName) -> Self {
        name.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text is not the name of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a secret has 1 to 64 letters, digits, \"-\" and \"_\"")]
pub struct NotASecretName;

/// One way to reach a person, and when it is used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PersonContact {
    /// The way.
    #[serde(flatten)]
    pub contact: Contact,
    /// When it is used.
    #[serde(flatten)]
    pub rule: ContactRule,
}

/// When a way to reach a person is used. Those without `after` are tried in order until one takes the message; each other
/// one is used as well, so long after the call, unless somebody has taken the page by then.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContactRule {
    /// How long after the person was called, in milliseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after_ms: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_zero(ms: &u64) -> bool {
    *ms == 0
}

impl From<Contact> for PersonContact {
    fn from(contact: Contact) -> Self {
        Self { contact, rule: ContactRule::default() }
    }
}
