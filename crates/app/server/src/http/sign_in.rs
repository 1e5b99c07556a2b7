//! Signing in on this machine: an operator makes a one-time link, a person opens it, a cookie is theirs.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use seaworthy_contract::api::{Code, SignInLink, SignInRequest};
use seaworthy_core::Input;
use seaworthy_model::PersonId;
use seaworthy_store::SideError;

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
    match asked.person {
        Some(person) => invited(&app, &principal, person).await.map(Json),
        None => link(&app, &principal, None).await.map(Json),
    }
}

/// Makes a link by which a person signs in as themselves, on record: whoever opens it acts as them.
pub(super) async fn invited(app: &App, principal: &Principal, person: PersonId) -> Result<SignInLink, Failure> {
    app.kernel.command(Input::InviteAccount { person: person.clone() }, principal.actor.clone()).await?;
    link(app, principal, Some(person)).await
}

async fn link(app: &App, principal: &Principal, person: Option<PersonId>) -> Result<SignInLink, Failure> {
    let made = app.access.link(person, principal).await.map_err(|error| Failure::side(&error))?;
    let (code, expires_at) = made.ok_or_else(|| {
        let hint = "links and sessions end after a day at most: try again then";
        Failure::new(Code::Refused, "as many people are signed in as may be", Some(hint))
    })?;
    Ok(SignInLink { url: format!("{}/sign-in/{code}", app.base), expires_at })
}

async fn redeem(State(app): State<App>, method: Method, headers: HeaderMap, Path(code): Path<String>) -> Response {
    // Whoever only looks at what a link leads to, before a person opens it, must not use it up.
    if method != Method::GET {
        return StatusCode::NO_CONTENT.into_response();
    }
    match redeemed(&app, &headers, &code).await {
        Ok(Some((secret, place))) => with_session(Redirect::to(place).into_response(), &secret),
        // A used link, opened again by the same browser, leads home; others learn why they are not let in.
        Ok(None) if matches!(app.access.principal(&headers).await, Ok(Some(_))) => Redirect::to("/").into_response(),
        Ok(None) => Redirect::to("/sign-in?refused=1").into_response(),
        Err(error) => Failure::side(&error).into_response(),
    }
}

/// Turns a link into a session, and ends the one that the browser had. Whoever has no password yet chooses one first.
async fn redeemed(app: &App, headers: &HeaderMap, code: &str) -> Result<Option<(String, &'static str)>, SideError> {
    let Some((secret, person)) = app.access.redeem(code).await? else { return Ok(None) };
    if let Some(before) = cookie(headers, SESSION_COOKIE) {
        app.access.end(before).await?;
    }
    let is_set = match &person {
        Some(person) => app.access.has_password(person).await?,
        None => true,
    };
    Ok(Some((secret, if is_set { "/" } else { "/me/password" })))
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

/// Gives the browser its session, for as long as one may last.
pub(super) fn with_session(response: Response, secret: &str) -> Response {
    with_cookie(response, secret, "Max-Age=86400")
}

/// Sets the session's cookie. Not `Secure`: on loopback there is no TLS; a proxy that ends TLS in front adds it.
fn with_cookie(mut response: Response, secret: &str, age: &str) -> Response {
    let cookie = format!("{SESSION_COOKIE}={secret}; Path=/; HttpOnly; SameSite=Lax; {age}");
    let value = HeaderValue::from_str(&cookie).expect("hex and constants are header text");
    response.headers_mut().insert(SET_COOKIE, value);
    response
}
