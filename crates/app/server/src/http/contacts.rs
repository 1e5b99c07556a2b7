//! How people are reached: which contacts are confirmed, and writing to them by hand.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::{ContactsTried, PersonContacts};
use seaworthy_core::view;
use seaworthy_model::PersonId;

use super::{App, Failure, Route};
use crate::access::{Principal, Who};
use crate::contacts::Writing;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/people/{person}/contacts", Who::SignedIn, get(show)),
        Route::new(Method::POST, "/v1/people/{person}/contacts/verify", Who::SignedIn, post(verify)),
        Route::new(Method::POST, "/v1/people/{person}/contacts/test", Who::SignedIn, post(test)),
    ]
}

#[utoipa::path(get, path = "/v1/people/{person}/contacts", params(("person" = String, Path)), responses((status = 200, body = PersonContacts)))]
pub(super) async fn show(State(app): State<App>, Path(name): Path<String>) -> Result<Json<PersonContacts>, Failure> {
    known(&app, &name).map(Json)
}

/// Sends each contact that is not confirmed a link by which its owner says that it is theirs. Asked twice, it is sent twice;
/// at most three times in ten minutes.
#[utoipa::path(post, path = "/v1/people/{person}/contacts/verify", params(("person" = String, Path)), responses((status = 200, body = ContactsTried)))]
pub(super) async fn verify(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Json<ContactsTried>, Failure> {
    write(&app, &principal, &name, Writing::Verify).await.map(Json)
}

/// Sends a test to every contact. Asked twice, it is sent twice; at most three times in ten minutes.
#[utoipa::path(post, path = "/v1/people/{person}/contacts/test", params(("person" = String, Path)), responses((status = 200, body = ContactsTried)))]
pub(super) async fn test(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Json<ContactsTried>, Failure> {
    write(&app, &principal, &name, Writing::Test).await.map(Json)
}

/// Returns the contacts of a person.
pub(super) fn known(app: &App, name: &str) -> Result<PersonContacts, Failure> {
    let missing = || Failure::unknown("person", name);
    let person: PersonId = name.parse().map_err(|_| missing())?;
    app.kernel.look(|look| view::contacts(look, &person)).ok_or_else(missing)
}

/// Writes to a person, for somebody of a team of theirs.
pub(super) async fn write(
    app: &App,
    principal: &Principal,
    name: &str,
    why: Writing,
) -> Result<ContactsTried, Failure> {
    let person = known(app, name)?.person;
    if !may_write(app, principal, &person) {
        return Err(Failure::forbidden("only a team that the person is in writes to them"));
    }
    let tried = app.contacts.write(&app.kernel, &person, why).await?;
    tracing::info!(actor = principal.actor, %person, ?why, contacts = tried.tried.len(), "wrote to a person by hand");
    Ok(tried)
}

/// Whether somebody is that person, of a team that they are in, or an admin.
pub(super) fn may_write(app: &App, principal: &Principal, person: &PersonId) -> bool {
    if principal.person() == Some(person) {
        return true;
    }
    app.kernel.look(|look| {
        let teams = look.state.catalogue.teams().filter(|team| team.members.contains(person));
        let builds = look.state.catalogue.rotations().filter(|(rotation, _)| rotation.participants.contains(person));
        let mut teams = teams.map(|team| &team.name).chain(builds.map(|(rotation, _)| &rotation.team));
        teams.any(|team| principal.may_change(team))
    })
}
