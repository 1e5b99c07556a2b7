//! Tickets: list, look, close, open again. The owning team's, or an admin's.

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::Ticket;
use seaworthy_core::{Input, TicketDone, view};
use seaworthy_model::{ServiceId, TeamId, TicketId};
use serde::Deserialize;

use super::rollouts::check_may_change;
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/tickets", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/tickets/{ticket}", Who::SignedIn, get(show)),
        Route::new(Method::POST, "/v1/tickets/{ticket}/close", Who::SignedIn, post(close)),
        Route::new(Method::POST, "/v1/tickets/{ticket}/reopen", Who::SignedIn, post(reopen)),
    ]
}

/// Which tickets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default)]
    all: bool,
    service: Option<ServiceId>,
    team: Option<TeamId>,
}

#[utoipa::path(get, path = "/v1/tickets", params(("all" = Option<bool>, Query), ("service" = Option<String>, Query), ("team" = Option<String>, Query)), responses((status = 200, body = Vec<Ticket>)))]
pub(super) async fn list(State(app): State<App>, Query(wanted): Query<Wanted>) -> Json<Vec<Ticket>> {
    let filter = view::TicketFilter { all: wanted.all, service: wanted.service, team: wanted.team };
    Json(app.kernel.look(|look| view::tickets(look, &filter)))
}

#[utoipa::path(get, path = "/v1/tickets/{ticket}", params(("ticket" = String, Path)), responses((status = 200, body = Ticket)))]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Ticket>, Failure> {
    find(&app, identified(&id)?).map(Json)
}

/// Closes a ticket; closing a closed one changes nothing.
#[utoipa::path(post, path = "/v1/tickets/{ticket}/close", params(("ticket" = String, Path)), responses((status = 200, body = Ticket)))]
pub(super) async fn close(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Ticket>, Failure> {
    act(&app, principal, &id, TicketDone::Closed).await.map(Json)
}

/// Opens a closed ticket again; an open one stays as it is.
#[utoipa::path(post, path = "/v1/tickets/{ticket}/reopen", params(("ticket" = String, Path)), responses((status = 200, body = Ticket)))]
pub(super) async fn reopen(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Ticket>, Failure> {
    act(&app, principal, &id, TicketDone::Reopened).await.map(Json)
}

/// Does something with a ticket for a principal who may, and shows what it came to.
pub(super) async fn act(app: &App, principal: Principal, id: &str, done: TicketDone) -> Result<Ticket, Failure> {
    let ticket = identified(id)?;
    check_may_change(app, &principal, &find(app, ticket)?.service)?;
    app.kernel.command(Input::Ticket { ticket, done }, principal.actor).await?;
    find(app, ticket)
}

fn find(app: &App, ticket: TicketId) -> Result<Ticket, Failure> {
    let found = app.kernel.look(|look| view::ticket(look, ticket));
    found.ok_or_else(|| Failure::unknown("ticket", ticket.to_string()))
}

fn identified(id: &str) -> Result<TicketId, Failure> {
    id.parse().map_err(|_| Failure::unknown("ticket", id))
}
