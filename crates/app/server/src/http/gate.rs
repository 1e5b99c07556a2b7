//! Before and after every handler: who asks, may they, what came of it.

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderValue, Method};

use seaworthy_contract::api::ApiError;

use super::portal::{error_page, is_part, wants_page};
use super::{App, Failure};
use crate::access::{Principal, Who};

/// Headers of every answer: nothing of ours is framed, sniffed, or sent on as a referrer; no script or style that did
/// not come from here.
const SAFE_HEADERS: [(&str, &str); 4] = [
    ("content-security-policy", "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cache-control", "no-store"),
];

/// Lets a request through to its handler, or refuses it.
pub(super) async fn gate(State((app, who)): State<(App, Who)>, mut request: Request, next: Next) -> Response {
    let principal = app.access.principal(request.headers()).await;
    if who == Who::Anyone {
        return next.run(request).await;
    }
    let page = wants_page(request.headers());
    let Some(principal) = principal else {
        tracing::info!(http.path = request.uri().path(), "refused: no credential");
        return if page {
            Redirect::to("/sign-in").into_response()
        } else {
            Failure::unauthenticated().into_response()
        };
    };
    if !principal.may_call(who) {
        tracing::warn!(http.path = request.uri().path(), actor = principal.actor, "refused: not theirs");
        return Failure::forbidden("this credential may not call this").into_response();
    }
    if principal.csrf.is_some() && request.method() != Method::GET && !same_origin(request.headers()) {
        tracing::warn!(http.path = request.uri().path(), actor = principal.actor, "refused: another site's form");
        return Failure::forbidden("a form of another site cannot act here").into_response();
    }
    request.extensions_mut().insert::<Principal>(principal);
    next.run(request).await
}

/// Counts and safe headers, for every answer; errors as pages, for browsers.
pub(super) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let browser = wants_page(request.headers()).then(|| (request.headers().clone(), request.uri().clone()));
    let mut response: Response<Body> = next.run(request).await;
    if let Some(((headers, uri), error)) = browser.zip(response.extensions_mut().remove::<ApiError>()) {
        let principal = app.access.principal(&headers).await;
        response = error_page(&app, principal.as_ref(), &uri, is_part(&headers), response.status(), &error);
    }
    app.metrics.answered(&path, response.status().as_u16());
    for (name, value) in SAFE_HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// A browser names the page that a request comes from; a cookie alone is not enough to act.
fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text(HOST.as_str()),
        (None, None) => false,
    }
}
