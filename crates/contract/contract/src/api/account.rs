//! Accounts of people as an admin sees them. What proves who somebody is leaves the server never.

use seaworthy_model::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::SignInLink;
use crate::events::account::AccountRoleV1;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// Whose.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// As what they sign in.
    pub role: AccountRoleV1,
    /// Whether they may sign in.
    pub open: bool,
    /// Whether they have a password; who has none signs in by a link.
    pub has_password: bool,
    /// Whether the catalogue knows them. Who left it should have no open account.
    pub in_catalogue: bool,
}

/// Body of `POST /v1/accounts`; the same again changes nothing, another role changes the role. Not shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// Whose; somebody whom the catalogue knows.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// As what they sign in.
    #[serde(default)]
    pub role: AccountRoleV1,
    /// Their password, where it is not left to them to choose one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// Answer to `POST /v1/accounts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AccountMade {
    /// The account.
    pub account: Account,
    /// The link to hand to the person; none where a password was set.
    pub link: Option<SignInLink>,
}
