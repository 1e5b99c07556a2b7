//! Refusals and failures as answers: one shape, one table of status codes.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use seaworthy_contract::api::{ApiError, Code};
use seaworthy_core::Refusal;

use crate::kernel::CommandError;

/// An answer that is not a success.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) ApiError);

impl Failure {
    pub(crate) fn new(code: Code, message: impl Into<String>, hint: Option<&str>) -> Self {
        Self(ApiError { code, message: message.into(), hint: hint.map(str::to_owned) })
    }

    pub(crate) fn unauthenticated() -> Self {
        let hint = "send `Authorization: Bearer TOKEN`, or sign in with the link that `seaworthy up` prints";
        Self::new(Code::Unauthenticated, "no credential that is known and in force", Some(hint))
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(Code::Forbidden, message, Some("writes need the owning team's token or an admin's"))
    }

    pub(crate) fn unknown(kind: &'static str, name: impl Into<String>) -> Self {
        Refusal::Unknown(kind, name.into()).into()
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message, None)
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, message, Some("reads go on; look at the server's log and the disk"))
    }

    /// Returns the status of a code.
    pub(crate) fn status(&self) -> StatusCode {
        match self.0.code {
            Code::Invalid => StatusCode::BAD_REQUEST,
            Code::Unauthenticated => StatusCode::UNAUTHORIZED,
            Code::Forbidden => StatusCode::FORBIDDEN,
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::Refused | Code::Conflict => StatusCode::CONFLICT,
            Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code(), refusal.to_string(), refusal.hint())
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            other => Self::unavailable(crate::kernel::chain(&other)),
        }
    }
}

impl From<axum::extract::rejection::JsonRejection> for Failure {
    fn from(rejection: axum::extract::rejection::JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::new(Code::TooLarge, rejection.body_text(), None),
            _ => Self::invalid(rejection.body_text()),
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // The error travels beside its JSON: a browser gets it as a page, see `gate::observe`.
        let mut response = (self.status(), Json(&self.0)).into_response();
        response.extensions_mut().insert::<ApiError>(self.0);
        response
    }
}

/// What answers a path that is not in the table.
pub(super) async fn unknown_route(uri: http::Uri) -> Failure {
    let hint = "`GET /v1/openapi.json` lists every route";
    Failure::new(Code::NotFound, format!("nothing at {}", uri.path()), Some(hint))
}
