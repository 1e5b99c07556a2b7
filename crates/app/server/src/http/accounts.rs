//! Accounts of people: opened, listed and closed by admins; entered by their owners.

use axum::extract::rejection::{FormRejection, JsonRejection};
use axum::extract::{Form, Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::{HeaderMap, Method, StatusCode};
use seaworthy_contract::api::{Account, AccountMade, AccountRequest};
use seaworthy_core::Input;
use seaworthy_model::PersonId;
use serde::Deserialize;

use super::gate::same_origin;
use super::listen::Peer;
use super::sign_in::{invited, with_session};
use super::{App, Failure, Route};
use crate::access::{NotIn, Principal, SESSION_COOKIE, Who, cookie, password_fault};

/// Largest form of somebody who is not known yet, in bytes: a handle and the longest password, each byte written as three.
const FORM_BYTES_MAX: usize = 4 * 1024;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/accounts", Who::Operator, get(list)),
        Route::new(Method::POST, "/v1/accounts", Who::Operator, post(open)),
        Route::new(Method::POST, "/v1/accounts/{person}/close", Who::Operator, post(close)),
        // Whoever signs in is nobody yet.
        Route::new(Method::POST, "/sign-in/password", Who::Anyone, post(enter)).accepting(FORM_BYTES_MAX),
    ]
}

#[utoipa::path(get, path = "/v1/accounts", responses((status = 200, body = Vec<Account>)))]
pub(super) async fn list(State(app): State<App>) -> Result<Json<Vec<Account>>, Failure> {
    let people: Vec<PersonId> =
        app.kernel.look(|look| look.state.accounts.iter().map(|(person, _)| person.clone()).collect());
    let mut accounts = Vec::with_capacity(people.len());
    for person in people {
        accounts.extend(shown(&app, &person).await?);
    }
    Ok(Json(accounts))
}

/// Opens an account, or gives it another role; the same again changes nothing, and makes another link.
#[utoipa::path(post, path = "/v1/accounts", request_body = AccountRequest, responses((status = 201, body = AccountMade)))]
pub(super) async fn open(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<AccountRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<AccountMade>), Failure> {
    let Json(AccountRequest { person, role, password }) = body?;
    if let Some(why) = password.as_ref().and_then(|password| password_fault(person.as_str(), password)) {
        return Err(Failure::invalid(format!("password: {why}")));
    }
    app.kernel.command(Input::OpenAccount { person: person.clone(), role }, principal.actor.clone()).await?;
    let link = match password {
        Some(password) => {
            let set = app.access.set_password(&person, None, password).await.map_err(|error| Failure::side(&error))?;
            set.map_err(|_| Failure::unavailable("too much waits to be hashed: the account is open, set it again"))?;
            None
        }
        None => Some(invited(&app, &principal, person.clone()).await?),
    };
    let account = shown(&app, &person).await?.ok_or_else(|| Failure::unknown("account", person.as_str()))?;
    Ok((StatusCode::CREATED, Json(AccountMade { account, link })))
}

/// Closes an account, ends every session of it and forgets its password. Closing it twice changes nothing.
#[utoipa::path(post, path = "/v1/accounts/{person}/close", params(("person" = String, Path)), responses((status = 200, body = Account)))]
pub(super) async fn close(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Json<Account>, Failure> {
    let unknown = || Failure::unknown("account", name.as_str());
    let person: PersonId = name.parse().map_err(|_| unknown())?;
    app.kernel.command(Input::CloseAccount { person: person.clone() }, principal.actor).await?;
    app.access.forget(&person).await.map_err(|error| Failure::side(&error))?;
    shown(&app, &person).await?.ok_or_else(unknown).map(Json)
}

async fn shown(app: &App, person: &PersonId) -> Result<Option<Account>, Failure> {
    let has_password = app.access.has_password(person).await.map_err(|error| Failure::side(&error))?;
    Ok(app.kernel.look(|look| {
        let record = look.state.accounts.get(person)?;
        let in_catalogue = look.state.catalogue.get("person", person.as_str()).is_some();
        Some(Account { person: person.clone(), role: record.role, open: record.is_open, has_password, in_catalogue })
    }))
}

/// What whoever signs in sends.
#[derive(Deserialize)]
pub(super) struct Entering {
    #[serde(default)]
    handle: String,
    #[serde(default)]
    password: String,
}

/// Signs in by handle and password. A form of another site signs nobody in as somebody else.
async fn enter(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    form: Result<Form<Entering>, FormRejection>,
) -> Result<Response, Failure> {
    let refused = |why: &str| Redirect::to(&format!("/sign-in?refused={why}")).into_response();
    let Ok(Form(Entering { handle, password })) = form else { return Ok(refused("password")) };
    if !same_origin(&headers) {
        return Err(Failure::forbidden("a form of another site cannot act here"));
    }
    let from = peer.map(|Extension(Peer(address))| address);
    let entered = app.access.enter(handle.trim(), password, from).await.map_err(|error| Failure::side(&error))?;
    match entered {
        Ok(secret) => {
            // A session of somebody else in the same browser is over: what it was is not taken along.
            if let Some(before) = cookie(&headers, SESSION_COOKIE) {
                app.access.end(before).await.map_err(|error| Failure::side(&error))?;
            }
            Ok(with_session(Redirect::to("/").into_response(), &secret))
        }
        Err(NotIn::Later) => Ok(refused("later")),
        Err(_) => Ok(refused("password")),
    }
}
