//! Events of people's accounts: who may sign in here, as what, and who no longer. What proves it is not in the ledger.

use seaworthy_model::PersonId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an account is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountRoleV1 {
    /// Reads what is not private, changes what the person's teams own.
    #[default]
    Person,
    /// May do everything.
    Admin,
}

/// A person may sign in here, or from now on in another role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountOpenedV1 {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
    /// As what.
    pub role: AccountRoleV1,
}

/// Somebody made a link by which a person signs in once, and may choose a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountInvitedV1 {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
}

/// A person may not sign in here any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountClosedV1 {
    /// Who.
    #[schema(value_type = String)]
    pub person: PersonId,
}
