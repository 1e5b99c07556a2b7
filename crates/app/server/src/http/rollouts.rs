//! Rollouts: ship, look, revert, hold, resume.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use bytes::Bytes;
use http::{Method, StatusCode};
use seaworthy_contract::api::{ActRequest, Rollout, Series, ShipRequest, Shipped};
use seaworthy_contract::events::Event;
use seaworthy_core::{Input, view};
use seaworthy_model::{RolloutId, ServiceId};
use serde::Deserialize;

use super::services::{named, unknown};
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

/// Longest reason, in characters: a sentence or three, not a log.
pub(super) const REASON_CHARS_MAX: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::POST, "/v1/services/{service}/rollouts", Who::SignedIn, post(ship)),
        Route::new(Method::POST, "/v1/services/{service}/revert", Who::SignedIn, post(revert_service)),
        Route::new(Method::GET, "/v1/rollouts", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/rollouts/{rollout}", Who::Reader, get(show)),
        Route::new(Method::GET, "/v1/rollouts/{rollout}/series", Who::SignedIn, get(series)),
        Route::new(Method::POST, "/v1/rollouts/{rollout}/revert", Who::SignedIn, post(revert)),
        Route::new(Method::POST, "/v1/rollouts/{rollout}/hold", Who::SignedIn, post(hold)),
        Route::new(Method::POST, "/v1/rollouts/{rollout}/resume", Who::SignedIn, post(resume)),
    ]
}

#[utoipa::path(post, path = "/v1/services/{service}/rollouts", params(("service" = String, Path)), request_body = ShipRequest, responses((status = 201, body = Shipped)))]
pub(super) async fn ship(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<ShipRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<Shipped>), Failure> {
    let service = named(&app, &name)?;
    let Json(request) = body?;
    check_known(&app, &service)?;
    check_may_change(&app, &principal, &service)?;
    let done = app.kernel.command(Input::Ship { service, request: Box::new(request) }, principal.actor).await?;
    let rollout = done.facts.iter().find_map(|fact| match &fact.event {
        Event::RolloutStarted(event) => Some((event.rollout, event.steps.iter().map(|share| share.ratio()).collect())),
        _ => None,
    });
    let (rollout, steps) = rollout.ok_or_else(|| Failure::unavailable("the rollout was not appended"))?;
    Ok((StatusCode::CREATED, Json(Shipped { rollout, steps, position: done.position })))
}

/// Which rollouts to list.
#[derive(Deserialize)]
pub(super) struct Filter {
    service: Option<String>,
}

#[utoipa::path(get, path = "/v1/rollouts", params(("service" = Option<String>, Query)), responses((status = 200, body = Vec<Rollout>)))]
pub(super) async fn list(State(app): State<App>, Query(filter): Query<Filter>) -> Result<Json<Vec<Rollout>>, Failure> {
    let service = filter.service.as_deref().map(|name| named(&app, name)).transpose()?;
    let rollouts = app.kernel.look(|look| view::rollouts(look, service.as_ref()));
    // A service that left the catalogue is still known by what was shipped of it.
    if let Some(service) = service.as_ref().filter(|_| rollouts.is_empty()) {
        check_known(&app, service)?;
    }
    Ok(Json(rollouts))
}

#[utoipa::path(get, path = "/v1/rollouts/{rollout}", params(("rollout" = String, Path)), responses((status = 200, body = Rollout)))]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Rollout>, Failure> {
    find(&app, identified(&id)?).map(Json)
}

#[utoipa::path(get, path = "/v1/rollouts/{rollout}/series", params(("rollout" = String, Path)), responses((status = 200, body = Series)))]
pub(super) async fn series(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Series>, Failure> {
    let rollout = identified(&id)?;
    let missing = || Failure::unknown("counts of rollout", id);
    app.kernel.look(|look| view::series(look, rollout)).map(Json).ok_or_else(missing)
}

#[utoipa::path(post, path = "/v1/rollouts/{rollout}/revert", params(("rollout" = String, Path)), request_body = ActRequest, responses((status = 200, body = Rollout)))]
pub(super) async fn revert(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Rollout>, Failure> {
    let (rollout, reason) = (identified(&id)?, reason(&body)?);
    act(&app, principal, rollout, Input::Revert { rollout, reason }).await.map(Json)
}

#[utoipa::path(post, path = "/v1/rollouts/{rollout}/hold", params(("rollout" = String, Path)), request_body = ActRequest, responses((status = 200, body = Rollout)))]
pub(super) async fn hold(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Rollout>, Failure> {
    let (rollout, reason) = (identified(&id)?, reason(&body)?);
    act(&app, principal, rollout, Input::Hold { rollout, reason }).await.map(Json)
}

#[utoipa::path(post, path = "/v1/rollouts/{rollout}/resume", params(("rollout" = String, Path)), request_body = ActRequest, responses((status = 200, body = Rollout)))]
pub(super) async fn resume(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Rollout>, Failure> {
    reason(&body)?;
    let rollout = identified(&id)?;
    act(&app, principal, rollout, Input::Resume { rollout }).await.map(Json)
}

#[utoipa::path(post, path = "/v1/services/{service}/revert", params(("service" = String, Path)), request_body = ActRequest, responses((status = 200, body = Rollout)))]
pub(super) async fn revert_service(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Json<Rollout>, Failure> {
    let service = named(&app, &name)?;
    let reason = reason(&body)?;
    check_known(&app, &service)?;
    let latest = app.kernel.look(|look| look.state.serving.get(&service).and_then(|serving| serving.latest));
    let rollout = latest.ok_or_else(|| Failure::unknown("rollout", format!("of {name}")))?;
    act(&app, principal, rollout, Input::Revert { rollout, reason }).await.map(Json)
}

/// Carries out what a person asks of a rollout, if their team owns the service, and shows what it came to.
pub(super) async fn act(app: &App, principal: Principal, rollout: RolloutId, input: Input) -> Result<Rollout, Failure> {
    let service = find(app, rollout)?.service;
    check_may_change(app, &principal, &service)?;
    app.kernel.command(input, principal.actor).await?;
    find(app, rollout)
}

pub(super) fn check_may_change(app: &App, principal: &Principal, service: &ServiceId) -> Result<(), Failure> {
    let owner = app.kernel.look(|look| look.state.catalogue.service(service).map(|service| service.owner.clone()));
    match owner {
        Some(owner) if principal.may_change(&owner) => Ok(()),
        Some(owner) => Err(Failure::not_owned(app, principal, service.as_str(), &owner)),
        // What a service left behind when it left the catalogue belongs to no team.
        None if principal.is_admin() => Ok(()),
        None => Err(unknown(app, service.as_str())),
    }
}

fn check_known(app: &App, service: &ServiceId) -> Result<(), Failure> {
    let known = app.kernel.look(|look| look.state.catalogue.service(service).is_some());
    if known { Ok(()) } else { Err(unknown(app, service.as_str())) }
}

pub(super) fn identified(id: &str) -> Result<RolloutId, Failure> {
    id.parse().map_err(|_| Failure::unknown("rollout", id))
}

fn find(app: &App, rollout: RolloutId) -> Result<Rollout, Failure> {
    let found = app.kernel.look(|look| view::rollout(look, rollout));
    found.ok_or_else(|| Failure::unknown("rollout", rollout.to_string()))
}

/// Reads the optional body of an act.
fn reason(body: &Bytes) -> Result<Option<String>, Failure> {
    if body.is_empty() {
        return Ok(None);
    }
    let request: ActRequest = serde_json::from_slice(body).map_err(|why| Failure::invalid(why.to_string()))?;
    match request.reason {
        Some(reason) if reason.chars().count() > REASON_CHARS_MAX => {
            Err(Failure::invalid(format!("a reason has at most {REASON_CHARS_MAX} characters")))
        }
        reason => Ok(reason.filter(|reason| !reason.trim().is_empty())),
    }
}
