//! Before and after every handler: who asks, may they, what came of it.
//!
//! Whatever a handler does, the answer is ours: one shape of error, safe headers, a time limit, and a panic ends here.

use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{ACCEPT, ALLOW, HOST, HeaderName, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tracing::Instrument;

use seaworthy_contract::api::ApiError;

use super::caught::caught;
use super::portal::{error_page, is_part, wants_page};
use super::{App, Failure, RequestId};
use crate::access::{Principal, Who};

/// Headers of every answer: nothing of ours is framed, sniffed, or sent on as a referrer; no script or style that did
/// not come from here.
const SAFE_HEADERS: [(&str, &str); 4] = [
    ("content-security-policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cache-control", "no-store"),
];

/// Where an answer says which request it is to.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest time from the head of a request to the head of its answer, its body included: four times what the slowest
/// takes, verifying a ledger of some millions of events. Streams have answered by then.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);

/// Most bytes of a refusal in the framework's words; they are a line.
const TEXT_BYTES_MAX: usize = 4 * 1024;

/// Most bytes of a path in the log.
const PATH_BYTES_SHOWN: usize = 200;

/// Lets a request through to its handler, or refuses it.
pub(super) async fn gate(State((app, who)): State<(App, Who)>, mut request: Request, next: Next) -> Response {
    if matches!(who, Who::Anyone | Who::InBody | Who::InLink) {
        return next.run(request).await;
    }
    let principal = match app.access.principal(request.headers()).await {
        Ok(principal) => principal,
        // Who asks cannot be known now, which is not to say that they may not.
        Err(error) => return Failure::side(&error).into_response(),
    };
    let path = shown(request.uri().path());
    let Some(principal) = principal else {
        tracing::info!(http.path = path, "refused: no credential");
        return match (wants_page(request.headers()), is_for_people(&request)) {
            (true, _) => Redirect::to("/sign-in").into_response(),
            (false, true) => Failure::not_signed_in().into_text(),
            (false, false) => Failure::unauthenticated().into_response(),
        };
    };
    if !principal.may_call(who) {
        tracing::warn!(http.path = path, actor = principal.actor, "refused: not theirs");
        return Failure::not_for(&principal.holder).into_response();
    }
    if principal.csrf.is_some() && !request.method().is_safe() && !same_origin(request.headers()) {
        tracing::warn!(http.path = path, actor = principal.actor, "refused: another site's form");
        return Failure::forbidden("a form of another site cannot act here").into_response();
    }
    request.extensions_mut().insert::<Principal>(principal);
    next.run(request).await
}

/// Whether a page is asked for by something that has not said what it reads, as `curl` does.
fn is_for_people(request: &Request) -> bool {
    let wants_json = request.headers().get(ACCEPT).is_some_and(|accept| accept.as_bytes() == b"application/json");
    !wants_json && request.method() == Method::GET && !request.uri().path().starts_with("/v1/")
}

/// A name for every request, counts and safe headers for every answer; errors as pages, for browsers.
///
/// The name stands in the answer's header, on error pages, and before every line that the request writes to the log.
pub(super) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_private = request.extensions().get::<MatchedPath>().is_some_and(|path| is_private(path.as_str()));
    let id = if is_private { RequestId::nobodys() } else { app.next_request() };
    let span = tracing::error_span!("request", id = %id.0);
    let mut response = observed(&app, &id, request, next).instrument(span).await;
    let value = HeaderValue::from_str(&id.0).expect("hex, a dash and digits are header text");
    response.headers_mut().insert(REQUEST_ID, value);
    response
}

async fn observed(app: &App, id: &RequestId, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let browser = wants_page(request.headers()).then(|| (request.headers().clone(), request.uri().clone()));
    let mut response = in_our_shape(answer(&path, request, next).await).await;
    if let Some(((headers, uri), error)) = browser.zip(response.extensions_mut().remove::<ApiError>()) {
        // A page that says what is wrong needs no reader to be known.
        let principal = app.access.principal(&headers).await.unwrap_or_default();
        response = error_page(app, principal.as_ref(), &uri, is_part(&headers), response.status(), (&error, &id.0));
    }
    if !is_private(&path) {
        app.metrics.answered(&path, response.status().as_u16());
    }
    for (name, value) in SAFE_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Whether a route is neither counted nor numbered: that an invitation was read, and not followed by a name in the rota,
/// would tell what its reader decided.
fn is_private(route: &str) -> bool {
    ["/accept/", "/leave/", "/me/rotations/"].iter().any(|private| route.starts_with(private))
}

/// Answers whatever happens: a bug and a wait without end are answers too.
async fn answer(route: &str, request: Request, next: Next) -> Response {
    match tokio::time::timeout(ANSWER_TIME_MAX, caught(next.run(request))).await {
        Ok(Some(response)) => response,
        Ok(None) => {
            // Not the path: it may be a sign-in link.
            tracing::error!(http.route = route, "a handler panicked");
            Failure::bug().into_response()
        }
        Err(_) => Failure::late(ANSWER_TIME_MAX).into_response(),
    }
}

/// Gives the framework's own refusals the shape of ours; they say what is wrong with the request and nothing else.
async fn in_our_shape(response: Response) -> Response {
    let status = response.status();
    if response.extensions().get::<ApiError>().is_some() {
        return response;
    }
    if status == StatusCode::INTERNAL_SERVER_ERROR {
        return Failure::bug().into_response();
    }
    if !status.is_client_error() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = to_bytes(body, TEXT_BYTES_MAX).await.unwrap_or_default();
    let mut response = Failure::plain(status, &String::from_utf8_lossy(&text)).into_response();
    *response.status_mut() = status;
    response.headers_mut().extend(parts.headers.get(ALLOW).map(|allow| (ALLOW, allow.clone())));
    response
}

/// Returns the part of a path that is worth a line: strangers choose it.
fn shown(path: &str) -> &str {
    path.get(..PATH_BYTES_SHOWN).unwrap_or(path)
}

/// A browser names the page that a request comes from; a cookie alone is not enough to act.
pub(super) fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let (host, asked) = (origin.split_once("://").map(|(_, host)| host), text(HOST.as_str()));
            host.is_some() && host == asked
        }
        (None, None) => false,
    }
}
