//! Signing in on this machine: an operator makes a one-time link, a person opens it, a cookie is theirs.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use seaworthy_contract::api::{Code, SignInLink, SignInRequest};
use seaworthy_model::PersonId;

use super::{App, Failure, Route};
use crate::access::{Principal, SESSION_COOKIE, Who, cookie};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/sign-in-links", Who::Operator, post(make_link)),
        Route::new(Method::GET, "/sign-in/{code}", Who::Anyone, get(redeem)),
        Route::new(Method::POST, "/sign-out", Who::SignedIn, post(sign_out)),
    ]
}

#[utoipa::path(post, path = "/v1/sign-in-links", request_body(content = Option<SignInRequest>), responses((status = 200, body = SignInLink)))]
pub(super) async fn make_link(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Bytes,
) -> Result<Json<SignInLink>, Failure> {
    // Where nobody is named, the supervisor acts for the person who started it on this machine.
    let asked: Option<SignInRequest> = match body.is_empty() {
        true => None,
        false => serde_json::from_slice(&body).map_err(|why| Failure::invalid(why.to_string()))?,
    };
    let asked = asked.unwrap_or_default();
    let is_known =
        |person: &PersonId| app.kernel.look(|look| look.state.catalogue.get("person", person.as_str()).is_some());
    if let Some(person) = asked.person.as_ref().filter(|person| !is_known(person)) {
        return Err(Failure::unknown("person", person.as_str()));
    }
    let made = app.access.link(asked.person, &principal).await.map_err(|error| Failure::side(&error))?;
    let (code, expires_at) = made.ok_or_else(|| {
        let hint = "links end after ten minutes and sessions after a day: try again then";
        Failure::new(Code::Refused, "as many people are signed in as may be", Some(hint))
    })?;
    Ok(Json(SignInLink { url: format!("{}/sign-in/{code}", app.base), expires_at }))
}

async fn redeem(State(app): State<App>, method: Method, headers: HeaderMap, Path(code): Path<String>) -> Response {
    // Whoever only looks at what a link leads to, before a person opens it, must not use it up.
    if method != Method::GET {
        return StatusCode::NO_CONTENT.into_response();
    }
    match app.access.redeem(&code).await {
        Ok(Some(secret)) => with_cookie(Redirect::to("/").into_response(), &secret, "Max-Age=86400"),
        // A used link, opened again by the same browser, leads home; others learn why they are not let in.
        Ok(None) if matches!(app.access.principal(&headers).await, Ok(Some(_))) => Redirect::to("/").into_response(),
        Ok(None) => Redirect::to("/sign-in?refused=1").into_response(),
        Err(error) => Failure::side(&error).into_response(),
    }
}

async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Failure> {
    if let Some(secret) = cookie(&headers, SESSION_COOKIE) {
        app.access.end(secret).await.map_err(|error| Failure::side(&error))?;
    }
    Ok(signed_out())
}

/// Leads to the way in, and makes the browser forget its session.
pub(super) fn signed_out() -> Response {
    with_cookie(Redirect::to("/sign-in").into_response(), "", "Max-Age=0")
}

/// Sets the session's cookie. Not `Secure`: on loopback there is no TLS; a proxy that ends TLS in front adds it.
fn with_cookie(mut response: Response, secret: &str, age: &str) -> Response {
    let cookie = format!("{SESSION_COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; {age}");
    let value = HeaderValue::from_str(&cookie).expect("hex and constants are header text");
    response.headers_mut().insert(SET_COOKIE, value);
    response
}
