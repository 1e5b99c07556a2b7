//! When a way to reach a person is used: their own rule, kept with the way and never in the ledger.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Contact, HoursOfWeek};

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
    /// What it is used for.
    #[serde(default, rename = "for", skip_serializing_if = "Urgencies::is_all")]
    pub urgencies: Urgencies,
    /// When a ticket may come by it; at any hour where there are none. A page comes at any hour.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<HoursOfWeek>,
    /// IANA time zone of those hours; UTC where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// What a contact is used for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Urgencies {
    /// Pages and tickets.
    #[default]
    All,
    /// What cannot wait.
    Pages,
    /// What can wait.
    Tickets,
}

impl Urgencies {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
    fn is_all(&self) -> bool {
        *self == Self::All
    }
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
