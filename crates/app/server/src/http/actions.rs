//! Command hooks: what there is, running one, and how a run stands.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::{Method, StatusCode};
use seaworthy_contract::api::{ActionRun, Hook, RunAction};
use seaworthy_core::{ActionDone, view};
use seaworthy_model::{ActionRunId, ServiceId};

use super::alerts::OfService;
use super::rollouts::check_may_change;
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

/// What ends so soon is answered with its end; whoever asks for more looks again.
const SOON: Duration = Duration::from_secs(1);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/actions", Who::SignedIn, get(list)),
        Route::new(Method::POST, "/v1/actions/{action}/runs", Who::SignedIn, post(run)),
        Route::new(Method::GET, "/v1/action-runs/{run}", Who::SignedIn, get(show)),
    ]
}

#[utoipa::path(get, path = "/v1/actions", params(("service" = Option<String>, Query)), responses((status = 200, body = Vec<Hook>)))]
pub(super) async fn list(State(app): State<App>, Query(of): Query<OfService>) -> Result<Json<Vec<Hook>>, Failure> {
    let service = of.service(&app)?;
    Ok(Json(app.kernel.look(|look| view::hooks(look, service.as_ref()))))
}

#[utoipa::path(post, path = "/v1/actions/{action}/runs", params(("action" = String, Path)), request_body = RunAction, responses((status = 202, body = ActionRun)))]
pub(super) async fn run(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(action): Path<String>,
    body: Result<Json<RunAction>, JsonRejection>,
) -> Result<(StatusCode, Json<ActionRun>), Failure> {
    let service = service_of(&app, &action)?;
    check_may_change(&app, &principal, &service)?;
    let Json(RunAction { parameters, dry_run, elevation }) = body?;
    let wanted = ActionDone::Ask { action, parameters, dry_run, elevation };
    let run = app.actions.begin(&app.kernel, wanted, principal.actor).await?;
    app.actions.ended(&app.kernel, run, SOON).await;
    find(&app, run, Sees::Tail).map(|run| (StatusCode::ACCEPTED, Json(run)))
}

#[utoipa::path(get, path = "/v1/action-runs/{run}", params(("run" = String, Path)), responses((status = 200, body = ActionRun)))]
pub(super) async fn show(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<ActionRun>, Failure> {
    let run: ActionRunId = id.parse().map_err(|_| Failure::unknown("run", id.as_str()))?;
    let found = find(&app, run, Sees::State)?;
    // What it printed is for who may run it.
    let sees = match check_may_change(&app, &principal, &found.service) {
        Ok(()) => Sees::Tail,
        Err(_) => Sees::State,
    };
    find(&app, run, sees).map(Json)
}

/// What somebody may see of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sees {
    /// That it ran, and how it ended.
    State,
    /// The end of what it printed as well.
    Tail,
}

/// Returns the service of a hook.
pub(super) fn service_of(app: &App, action: &str) -> Result<ServiceId, Failure> {
    let service = app.kernel.look(|look| look.state.catalogue.hook(action).map(|hook| hook.service.clone()));
    service.ok_or_else(|| Failure::unknown("action", action))
}

/// Returns a run as somebody sees it.
pub(super) fn find(app: &App, run: ActionRunId, sees: Sees) -> Result<ActionRun, Failure> {
    let found = app.kernel.look(|look| view::run(look, run));
    let found = found.ok_or_else(|| Failure::unknown("run", run.to_string()))?;
    let tail = Arc::clone(&app.actions).tail(run).filter(|_| sees == Sees::Tail && found.state.is_over());
    Ok(ActionRun { tail, ..found })
}
