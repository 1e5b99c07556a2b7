//! Incidents: look, open, join, tell, restore, close; and what can be done for a service.
//!
//! Joining and asking for help is anybody's who may read: who comes to help is not asked for their team. What is told, restored
//! and closed belongs to the owning team or an admin.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::{Method, StatusCode};
use seaworthy_contract::api::{
    Action, ClockRequest, Incident, IncidentBrief, IncidentRequest, RoleRequest, UpdateRequest,
};
use seaworthy_contract::events::Event;
use seaworthy_core::{IncidentDone, IncidentWanted, Input, view};
use seaworthy_model::{IncidentId, ServiceId};
use serde::Deserialize;

use super::rollouts::check_may_change;
use super::services::named;
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

pub(super) fn routes() -> Vec<Route> {
    let act = |path, handler| Route::new(Method::POST, path, Who::SignedIn, handler);
    vec![
        Route::new(Method::GET, "/v1/incidents", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/incidents/{incident}", Who::SignedIn, get(show)),
        Route::new(Method::GET, "/v1/services/{service}/actions", Who::SignedIn, get(actions)),
        act("/v1/incidents", post(open)),
        act("/v1/incidents/{incident}/join", post(join)),
        act("/v1/incidents/{incident}/help", post(help)),
        act("/v1/incidents/{incident}/role", post(role)),
        act("/v1/incidents/{incident}/update", post(update)),
        act("/v1/incidents/{incident}/clock", post(clock)),
        act("/v1/incidents/{incident}/restored", post(restored)),
        act("/v1/incidents/{incident}/close", post(close)),
    ]
}

/// Which incidents.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    #[serde(default)]
    open: bool,
    service: Option<ServiceId>,
}

#[utoipa::path(get, path = "/v1/incidents", params(("open" = Option<bool>, Query), ("service" = Option<String>, Query)), responses((status = 200, body = Vec<IncidentBrief>)))]
pub(super) async fn list(State(app): State<App>, Query(wanted): Query<Wanted>) -> Json<Vec<IncidentBrief>> {
    let filter = view::IncidentFilter { open: wanted.open, service: wanted.service };
    Json(app.kernel.look(|look| view::incidents(look, &filter)))
}

#[utoipa::path(get, path = "/v1/incidents/{incident}", params(("incident" = String, Path)), responses((status = 200, body = Incident)))]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Incident>, Failure> {
    find(&app, identified(&id)?).map(Json)
}

#[utoipa::path(get, path = "/v1/services/{service}/actions", params(("service" = String, Path)), responses((status = 200, body = Vec<Action>)))]
pub(super) async fn actions(State(app): State<App>, Path(name): Path<String>) -> Result<Json<Vec<Action>>, Failure> {
    let service = named(&app, &name)?;
    Ok(Json(app.kernel.look(|look| view::actions(look, &service))))
}

#[utoipa::path(post, path = "/v1/incidents", request_body = IncidentRequest, responses((status = 201, body = Incident)))]
pub(super) async fn open(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<IncidentRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<Incident>), Failure> {
    let Json(request) = body?;
    begin(&app, principal, request).await.map(|incident| (StatusCode::CREATED, Json(incident)))
}

/// Opens an incident for a principal whose team owns the service, and shows it.
pub(super) async fn begin(app: &App, principal: Principal, request: IncidentRequest) -> Result<Incident, Failure> {
    check_may_change(app, &principal, &request.service)?;
    let IncidentRequest { service, sentence, began_at, drill } = request;
    let wanted = IncidentWanted::Open { service, sentence, began_at, drill };
    let done = app.kernel.command(Input::Incident(Box::new(wanted)), principal.actor).await?;
    let opened = done.facts.iter().find_map(|fact| match &fact.event {
        Event::IncidentOpened(event) => Some(event.incident),
        _ => None,
    });
    find(app, opened.ok_or_else(|| Failure::unavailable("the incident was not appended"))?)
}

#[utoipa::path(post, path = "/v1/incidents/{incident}/join", params(("incident" = String, Path)), responses((status = 200, body = Incident)))]
pub(super) async fn join(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Incident>, Failure> {
    act(&app, principal, &id, IncidentDone::Joined).await.map(Json)
}

#[utoipa::path(post, path = "/v1/incidents/{incident}/help", params(("incident" = String, Path)), responses((status = 200, body = Incident)))]
pub(super) async fn help(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Incident>, Failure> {
    act(&app, principal, &id, IncidentDone::HelpAsked).await.map(Json)
}

#[utoipa::path(post, path = "/v1/incidents/{incident}/role", params(("incident" = String, Path)), request_body = RoleRequest, responses((status = 200, body = Incident)))]
pub(super) async fn role(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    body: Result<Json<RoleRequest>, JsonRejection>,
) -> Result<Json<Incident>, Failure> {
    let Json(RoleRequest { role }) = body?;
    act(&app, principal, &id, IncidentDone::RoleTaken(role)).await.map(Json)
}

#[utoipa::path(post, path = "/v1/incidents/{incident}/update", params(("incident" = String, Path)), request_body = UpdateRequest, responses((status = 200, body = Incident)))]
pub(super) async fn update(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    body: Result<Json<UpdateRequest>, JsonRejection>,
) -> Result<Json<Incident>, Failure> {
    let Json(UpdateRequest { sentence, next_update_at }) = body?;
    act(&app, principal, &id, IncidentDone::Updated { sentence, next_update_at }).await.map(Json)
}

#[utoipa::path(post, path = "/v1/incidents/{incident}/clock", params(("incident" = String, Path)), request_body = ClockRequest, responses((status = 200, body = Incident)))]
pub(super) async fn clock(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    body: Result<Json<ClockRequest>, JsonRejection>,
) -> Result<Json<Incident>, Failure> {
    let Json(ClockRequest { clock, at, source }) = body?;
    act(&app, principal, &id, IncidentDone::ClockSet { clock, at, source }).await.map(Json)
}

#[utoipa::path(post, path = "/v1/incidents/{incident}/restored", params(("incident" = String, Path)), responses((status = 200, body = Incident)))]
pub(super) async fn restored(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Incident>, Failure> {
    act(&app, principal, &id, IncidentDone::Restored).await.map(Json)
}

#[utoipa::path(post, path = "/v1/incidents/{incident}/close", params(("incident" = String, Path)), responses((status = 200, body = Incident)))]
pub(super) async fn close(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Incident>, Failure> {
    act(&app, principal, &id, IncidentDone::Closed).await.map(Json)
}

/// Does something in an incident for a principal who may, and shows what it came to.
pub(super) async fn act(app: &App, principal: Principal, id: &str, done: IncidentDone) -> Result<Incident, Failure> {
    let incident = identified(id)?;
    let known = find(app, incident)?;
    if !matches!(done, IncidentDone::Joined | IncidentDone::HelpAsked) {
        check_may_change(app, &principal, &known.brief.service)?;
    }
    let wanted = IncidentWanted::In(incident, done);
    app.kernel.command(Input::Incident(Box::new(wanted)), principal.actor).await?;
    find(app, incident)
}

pub(super) fn find(app: &App, incident: IncidentId) -> Result<Incident, Failure> {
    let found = app.kernel.look(|look| view::incident(look, incident));
    found.ok_or_else(|| Failure::unknown("incident", incident.to_string()))
}

pub(super) fn identified(id: &str) -> Result<IncidentId, Failure> {
    id.parse().map_err(|_| Failure::unknown("incident", id))
}
