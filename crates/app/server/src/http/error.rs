//! Refusals and failures as answers: one shape, one table of status codes.

use std::time::Duration;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use seaworthy_contract::api::{ApiError, Code};
use seaworthy_contract::events::server::ScopeV4;
use seaworthy_core::Refusal;
use seaworthy_model::TeamId;
use seaworthy_store::{AppendError, EventError, SideError};

use super::App;
use crate::access::{Holder, Principal};
use crate::kernel::{CommandError, chain};

/// Most members of a team that a refusal names: a sentence, not a list.
const MEMBERS_SAID: usize = 8;

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

    /// The same to somebody at a terminal who asked for a page.
    pub(crate) fn not_signed_in() -> Self {
        let hint = "this is a page for browsers: open the link that `seaworthy sign-in` prints; \
                    programs ask below /v1 and send `Authorization: Bearer TOKEN`";
        Self::new(Code::Unauthenticated, "not signed in", Some(hint))
    }

    pub(crate) fn forbidden(message: &str) -> Self {
        Self::new(Code::Forbidden, message, Some("writes need the owning team, signed in or by its token, or an admin"))
    }

    /// Refuses to change what another team owns, and says who may.
    pub(crate) fn not_owned(app: &App, principal: &Principal, what: &str, owner: &TeamId) -> Self {
        let team = app.kernel.look(|look| look.state.catalogue.team(owner).map(|team| team.members.clone()));
        let members: Vec<String> = team.into_iter().flatten().take(MEMBERS_SAID).map(|one| one.to_string()).collect();
        let members = if members.is_empty() { "nobody by the catalogue".to_owned() } else { members.join(", ") };
        let hint = match principal.person() {
            Some(person) => format!("you are {person}; who may: {members}, of team {owner}, and admins"),
            None => format!("who may: team {owner}'s token, an admin's, or one of the team who signed in: {members}"),
        };
        Self::new(Code::Forbidden, format!("{what} belongs to team {owner}"), Some(&hint))
    }

    /// Refuses what somebody does as themselves to a credential that nobody in particular has.
    pub(crate) fn nobody() -> Self {
        let hint = "sign in as yourself: `seaworthy sign-in --as HANDLE` makes the link";
        Self::new(Code::Forbidden, "this is done by a person, and this session is a credential's", Some(hint))
    }

    /// Refuses a call that whoever makes it is not for.
    pub(crate) fn not_for(holder: &Holder) -> Self {
        let Holder::Credential(scope) = holder else {
            return Self::new(Code::Forbidden, "this call is for admins and for machines", Some("ask an admin"));
        };
        let hint = match scope {
            ScopeV4::Intake | ScopeV4::Facts => {
                "a token of scope intake only sends in alerts and counts; reading takes one of scope read, probing one of \
                 scope prober: `seaworthy token create --scope read --label NAME`"
            }
            ScopeV4::Prober => {
                "a token of scope prober only runs probes; alerts and counts take one of scope intake: \
                 `seaworthy token create --scope intake --label NAME`"
            }
            ScopeV4::Observe => {
                "a token of scope observe only sends in what collectors saw; reading takes one of scope read: \
                 `seaworthy token create --scope read --label NAME`"
            }
            ScopeV4::Gateway | ScopeV4::Supervisor => "this credential is for a process of ours, not for people",
            ScopeV4::Read => "a token of scope read changes nothing: writes need the owning team's or an admin's",
            ScopeV4::Admin | ScopeV4::Team { .. } => "this call is for a process of ours or an admin",
        };
        Self::new(Code::Forbidden, "this credential may not call this", Some(hint))
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

    /// What stands beside the ledger failed. Why is in the log: it names files, and anybody may be asking.
    pub(crate) fn side(error: &SideError) -> Self {
        tracing::error!(error = %chain(error), "the side store failed");
        Self::unavailable("sessions, names and counts could not be read or written")
    }

    /// A bug, caught where it would have ended the connection.
    pub(crate) fn bug() -> Self {
        Self::new(Code::Internal, "the server made a mistake", Some("what it was is in the server's log; report it"))
    }

    /// No answer in time: the request came too slowly, or what it waits for does.
    pub(crate) fn late(after: Duration) -> Self {
        Self::unavailable(format!("no answer within {} s", after.as_secs()))
    }

    /// An answer of the framework in our shape: a text that is no JSON, a method that no route has.
    pub(crate) fn plain(status: StatusCode, text: &str) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => Code::NotFound,
            StatusCode::PAYLOAD_TOO_LARGE => Code::TooLarge,
            _ => Code::Invalid,
        };
        let known = status.canonical_reason().unwrap_or("refused");
        Self::new(code, uncapitalised(if text.is_empty() { known } else { text }), None)
    }

    /// Answers with a sentence, where nobody reads JSON.
    pub(crate) fn into_text(self) -> Response {
        let text = format!("{}\n{}\n", self.0.message, self.0.hint.as_deref().unwrap_or_default());
        let (mut parts, _) = self.into_response().into_parts();
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        parts.headers.remove(CONTENT_LENGTH);
        Response::from_parts(parts, text.into())
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
            CommandError::Store(error) => not_appended(&error),
            CommandError::Side(error) => Self::side(&error),
            CommandError::Series(error) => {
                tracing::warn!(error = %chain(&error), "counts were not stored");
                Self::unavailable("could not store what was counted; send it again in a moment")
            }
            CommandError::Busy => Self::unavailable(error.to_string()),
        }
    }
}

/// Says why without the path of a file: that is in the log.
fn not_appended(error: &AppendError) -> Failure {
    match error {
        AppendError::Full { .. } => Failure::unavailable("could not write to the ledger: the disk is full"),
        AppendError::Stopped { .. } => Failure::unavailable("could not write to the ledger: it has stopped"),
        AppendError::Busy => Failure::unavailable("could not write to the ledger: too much waits for it"),
        AppendError::Event { why: EventError::PayloadTooLong { .. }, .. } | AppendError::BatchSize { .. } => {
            Failure::new(Code::TooLarge, "it does not fit into an event of the ledger", Some("leave something out"))
        }
        AppendError::Event { why, .. } => Failure::invalid(why.to_string()),
        AppendError::Conflict { .. } | AppendError::KeyReused { .. } | AppendError::IdTaken(_) => {
            Failure::new(Code::Conflict, "somebody else was faster", Some("look again, and try once more"))
        }
    }
}

impl From<axum::extract::rejection::JsonRejection> for Failure {
    fn from(rejection: axum::extract::rejection::JsonRejection) -> Self {
        let status = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::plain(status, &rejection.body_text())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        // The error travels beside its JSON: a browser gets it as a page, see `gate::observe`.
        let mut response = (self.status(), Json(&self.0)).into_response();
        if self.0.code == Code::Unauthenticated {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert::<ApiError>(self.0);
        response
    }
}

/// The framework's sentences as the rest of a line, as ours are.
fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// What answers a path that is not in the table.
pub(super) async fn unknown_route(uri: http::Uri) -> Failure {
    let hint = "`GET /v1/openapi.json` lists every route";
    Failure::new(Code::NotFound, format!("nothing at {}", uri.path()), Some(hint))
}
