//! Pages to people: look, acknowledge.

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::Page;
use seaworthy_core::{Input, view};
use seaworthy_model::{PageId, PersonId};

use super::rollouts::check_may_change;
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/pages", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/pages/{page}", Who::SignedIn, get(show)),
        Route::new(Method::POST, "/v1/pages/{page}/acknowledge", Who::SignedIn, post(acknowledge)),
    ]
}

#[utoipa::path(get, path = "/v1/pages", responses((status = 200, body = Vec<Page>)))]
pub(super) async fn list(State(app): State<App>) -> Json<Vec<Page>> {
    Json(app.kernel.look(view::pages))
}

#[utoipa::path(get, path = "/v1/pages/{page}", params(("page" = String, Path)), responses((status = 200, body = Page)))]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Page>, Failure> {
    find(&app, &id).map(Json)
}

#[utoipa::path(post, path = "/v1/pages/{page}/acknowledge", params(("page" = String, Path)), responses((status = 200, body = Page)))]
pub(super) async fn acknowledge(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Page>, Failure> {
    take(&app, principal, &id).await.map(Json)
}

/// Acknowledges a page for a principal who may, and shows what it came to.
pub(super) async fn take(app: &App, principal: Principal, id: &str) -> Result<Page, Failure> {
    let page = find(app, id)?;
    check_may_press(app, &principal, &page)?;
    app.kernel.command(Input::Acknowledge { page: page.id }, principal.actor).await?;
    find(app, id)
}

/// Whoever was called for a page presses its buttons, whatever their team, as by the link that they were sent; and so does
/// the owning team.
pub(super) fn check_may_press(app: &App, principal: &Principal, page: &Page) -> Result<(), Failure> {
    match principal.person().is_some_and(|person| called(page).any(|one| one == person)) {
        true => Ok(()),
        false => check_may_change(app, principal, &page.service),
    }
}

/// Everybody who was called for a page, on whatever rung.
pub(super) fn called(page: &Page) -> impl Iterator<Item = &PersonId> {
    let called = page.ladder.calls.iter().flat_map(|call| &call.people).map(|called| &called.who.person);
    page.to.iter().chain(called)
}

pub(super) fn find(app: &App, id: &str) -> Result<Page, Failure> {
    let missing = || Failure::unknown("page", id);
    let page: PageId = id.parse().map_err(|_| missing())?;
    app.kernel.look(|look| view::page(look, page)).ok_or_else(missing)
}
