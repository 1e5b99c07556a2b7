//! Controls over services' traffic: what is set, what one would do, setting, extending and clearing.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::{Control, ControlAnswer, ControlPreview, ExtendControl, SetControl};
use seaworthy_contract::events::Event;
use seaworthy_core::{ControlDone, Input, view};
use seaworthy_model::{ControlId, ServiceId};

use super::alerts::OfService;
use super::rollouts::check_may_change;
use super::services::named;
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/controls", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/controls/{control}", Who::SignedIn, get(show)),
        Route::new(Method::POST, "/v1/services/{service}/controls", Who::SignedIn, post(set)),
        Route::new(Method::POST, "/v1/controls/{control}/extend", Who::SignedIn, post(extend)),
        Route::new(Method::POST, "/v1/controls/{control}/clear", Who::SignedIn, post(clear)),
    ]
}

#[utoipa::path(get, path = "/v1/controls", params(("service" = Option<String>, Query)), responses((status = 200, body = Vec<Control>)))]
pub(super) async fn list(State(app): State<App>, Query(of): Query<OfService>) -> Result<Json<Vec<Control>>, Failure> {
    let service = of.service(&app)?;
    Ok(Json(app.kernel.look(|look| view::controls(look, service.as_ref()))))
}

#[utoipa::path(get, path = "/v1/controls/{control}", params(("control" = String, Path)), responses((status = 200, body = Control)))]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Control>, Failure> {
    find(&app, identified(&id)?).map(Json)
}

#[utoipa::path(post, path = "/v1/services/{service}/controls", params(("service" = String, Path)), request_body = SetControl, responses((status = 200, body = ControlAnswer)))]
pub(super) async fn set(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<SetControl>, JsonRejection>,
) -> Result<Json<ControlAnswer>, Failure> {
    let service = named(&app, &name)?;
    let Json(asked) = body?;
    let preview = preview(&app, &service, &asked)?;
    let control = match asked.dry_run {
        true => None,
        false => Some(hold(&app, principal, service, asked).await?),
    };
    Ok(Json(ControlAnswer { preview, control }))
}

#[utoipa::path(post, path = "/v1/controls/{control}/extend", params(("control" = String, Path)), request_body = ExtendControl, responses((status = 200, body = Control)))]
pub(super) async fn extend(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    body: Result<Json<ExtendControl>, JsonRejection>,
) -> Result<Json<Control>, Failure> {
    let control = identified(&id)?;
    let Json(ExtendControl { for_ms }) = body?;
    act(&app, principal, control, ControlDone::Extend { control, for_ms }).await.map(Json)
}

#[utoipa::path(post, path = "/v1/controls/{control}/clear", params(("control" = String, Path)), responses((status = 200, body = Control)))]
pub(super) async fn clear(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<Control>, Failure> {
    let_go(&app, principal, identified(&id)?).await.map(Json)
}

/// Says whom a control would concern; anybody who reads may ask.
pub(super) fn preview(app: &App, service: &ServiceId, asked: &SetControl) -> Result<ControlPreview, Failure> {
    Ok(app.kernel.look(|look| view::control_preview(look, service, asked))?)
}

/// Sets a control for a principal whose team owns the service, and shows it.
pub(super) async fn hold(
    app: &App,
    principal: Principal,
    service: ServiceId,
    asked: SetControl,
) -> Result<Control, Failure> {
    check_may_change(app, &principal, &service)?;
    let seen = app.kernel.look(|look| look.watch.controls.totals());
    let input = Input::Control(Box::new(ControlDone::Set { service, asked, seen }));
    let done = app.kernel.command(input, principal.actor).await?;
    let set = done.facts.iter().find_map(|fact| match &fact.event {
        Event::ControlSet(event) => Some(event.control),
        _ => None,
    });
    find(app, set.ok_or_else(|| Failure::unavailable("the control was not appended"))?)
}

/// Clears a control for a principal whose team owns the service, and shows what it did.
pub(super) async fn let_go(app: &App, principal: Principal, control: ControlId) -> Result<Control, Failure> {
    let seen = app.kernel.look(|look| look.watch.controls.totals());
    act(app, principal, control, ControlDone::Clear { control, seen }).await
}

/// Does something with a control for a principal whose team owns the service, and shows it.
pub(super) async fn act(
    app: &App,
    principal: Principal,
    control: ControlId,
    done: ControlDone,
) -> Result<Control, Failure> {
    let known = find(app, control)?;
    check_may_change(app, &principal, &known.service)?;
    app.kernel.command(Input::Control(Box::new(done)), principal.actor).await?;
    find(app, control)
}

/// Reads the id of a control.
pub(super) fn identified(id: &str) -> Result<ControlId, Failure> {
    id.parse().map_err(|_| Failure::unknown("control", id))
}

pub(super) fn find(app: &App, control: ControlId) -> Result<Control, Failure> {
    let found = app.kernel.look(|look| view::control(look, control));
    found.ok_or_else(|| Failure::unknown("control", control.to_string()))
}
