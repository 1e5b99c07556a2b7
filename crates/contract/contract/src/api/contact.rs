//! How a person is reached, without a word that could be used to reach them: kinds of channels, in their order.

use jiff::Timestamp;
use seaworthy_model::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The contacts of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PersonContacts {
    /// The person.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// What people call them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Their contacts, in the order in which pages try them.
    pub contacts: Vec<PersonContactState>,
}

/// A contact, by what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PersonContactState {
    /// Its place, from 1.
    pub contact: u16,
    /// `email`, `slack`, `pagerduty`, `webhook`, `command`.
    pub channel: String,
    /// When its owner said, by a link that went through it, that it is theirs; none where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub confirmed_at: Option<Timestamp>,
}

/// What came of writing to the contacts of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContactsTried {
    /// The person.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// Each contact that was written to.
    pub tried: Vec<ContactTried>,
}

/// What came of writing to a contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContactTried {
    /// Its place, from 1.
    pub contact: u16,
    /// What it is.
    pub channel: String,
    /// Why it did not take the message; none where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// Whether a person has said of a contact that it is theirs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Of one at least.
    #[default]
    Confirmed,
    /// Of none: pages are tried there all the same.
    Unconfirmed,
    /// There is none: pages stand in the portal.
    None,
}
