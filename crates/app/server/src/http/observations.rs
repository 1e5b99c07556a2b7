//! What collectors saw of services: sent in by machines and teams, read by everybody.

use std::collections::BTreeSet;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::{Observation, ObservationsRequest, ObservationsTaken};
use seaworthy_core::{Input, view};
use seaworthy_model::ServiceId;
use serde::Deserialize;

use super::rollouts::check_may_change;
use super::{App, Failure, Route, services};
use crate::access::{Principal, Who};

/// Largest body: some dozens of full observations; more are sent in several.
const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/observations", Who::SignedIn, get(list)),
        Route::new(Method::POST, "/v1/observations", Who::Observer, post(take)).accepting(BODY_BYTES_MAX),
    ]
}

/// Of which service.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    service: String,
}

#[utoipa::path(get, path = "/v1/observations", params(("service" = String, Query)), responses((status = 200, body = Vec<Observation>)))]
pub(super) async fn list(
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Json<Vec<Observation>>, Failure> {
    let service = services::named(&app, &asked.service)?;
    check_known(&app, &service)?;
    Ok(Json(app.kernel.look(|look| view::observations(look, &service))))
}

/// Takes what collectors saw: all of it, or nothing. What is known already is not appended again.
#[utoipa::path(post, path = "/v1/observations", request_body = ObservationsRequest, responses((status = 200, body = ObservationsTaken)))]
pub(super) async fn take(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<ObservationsRequest>, JsonRejection>,
) -> Result<Json<ObservationsTaken>, Failure> {
    let Json(ObservationsRequest { observations }) = body?;
    let services: BTreeSet<&ServiceId> = observations.iter().map(|one| &one.service).collect();
    services.into_iter().try_for_each(|service| check_may_send(&app, &principal, service))?;
    let sent = observations.len();
    let appended = app.kernel.command(Input::ObservationsTaken(observations), principal.actor).await?;
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let taken = appended.facts.len().min(sent);
    Ok(Json(ObservationsTaken { taken: count(taken), known: count(sent - taken) }))
}

/// Admins and collectors' credentials speak for everybody, a team for what it owns.
fn check_may_send(app: &App, principal: &Principal, service: &ServiceId) -> Result<(), Failure> {
    check_known(app, service)?;
    match principal.observes_for_all() {
        true => Ok(()),
        false => check_may_change(app, principal, service),
    }
}

fn check_known(app: &App, service: &ServiceId) -> Result<(), Failure> {
    match app.kernel.look(|look| look.state.catalogue.service(service).is_some()) {
        true => Ok(()),
        false => Err(services::unknown(app, service.as_str())),
    }
}
