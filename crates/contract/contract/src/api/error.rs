//! One error shape for every refusal: a code for programs, a sentence for people, a remedy.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiError {
    /// What kind of refusal.
    pub code: Code,
    /// What was attempted and what stood in the way.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Error codes; never reused. The exit code of the CLI and the HTTP status follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// 400: the request is malformed.
    Invalid,
    /// 401: no credential, or one that is not known or has ended.
    Unauthenticated,
    /// 403: the credential may not do this.
    Forbidden,
    /// 404: no such thing.
    NotFound,
    /// 409: the domain says no in the present state.
    Refused,
    /// 409: somebody else was faster.
    Conflict,
    /// 413: over a limit.
    TooLarge,
    /// 503: the store does not take writes now; reads go on.
    Unavailable,
    /// 500: a bug.
    Internal,
}
