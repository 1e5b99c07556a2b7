//! Runbooks: sent from a repository, shown by the section for an alert.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::{RUNBOOK_FILES_MAX, RunbookKept, RunbookRequest, RunbookSection};
use seaworthy_incident::runbook::RUNBOOK_BYTES_MAX;
use serde::Deserialize;

use super::rollouts::check_may_change;
use super::services::named;
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

/// Largest request: a runbook, with room for how JSON writes it.
const BODY_BYTES_MAX: usize = 2 * RUNBOOK_BYTES_MAX;

pub(super) fn routes() -> Vec<Route> {
    let keep = Route::new(Method::POST, "/v1/services/{service}/runbook", Who::SignedIn, post(keep));
    vec![
        keep.accepting(BODY_BYTES_MAX),
        Route::new(Method::GET, "/v1/services/{service}/runbook", Who::SignedIn, get(show)),
    ]
}

#[utoipa::path(post, path = "/v1/services/{service}/runbook", params(("service" = String, Path)), request_body = RunbookRequest, responses((status = 200, body = RunbookKept)))]
pub(super) async fn keep(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<RunbookRequest>, JsonRejection>,
) -> Result<Json<RunbookKept>, Failure> {
    let Json(RunbookRequest { files }) = body?;
    let service = named(&app, &name)?;
    check_may_change(&app, &principal, &service)?;
    let bytes: usize = files.iter().map(String::len).sum();
    if files.len() > RUNBOOK_FILES_MAX || bytes > RUNBOOK_BYTES_MAX {
        let why = format!(
            "files: at most {RUNBOOK_FILES_MAX} and {RUNBOOK_BYTES_MAX} bytes, {} and {bytes} came",
            files.len()
        );
        return Err(Failure::invalid(why));
    }
    let kept = app.runbooks.keep(app.kernel.side.as_ref(), &service, files, app.kernel.now()).await;
    kept.map(Json).map_err(|error| Failure::side(&error))
}

/// For which alert.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    alert: String,
}

#[utoipa::path(get, path = "/v1/services/{service}/runbook", params(("service" = String, Path), ("alert" = String, Query)), responses((status = 200, body = RunbookSection)))]
pub(super) async fn show(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(Asked { alert }): Query<Asked>,
) -> Result<Json<RunbookSection>, Failure> {
    let service = named(&app, &name)?;
    let section = app.runbooks.section(&service, &[&alert]);
    section.map(Json).ok_or_else(|| Failure::unknown("section of a runbook for the alert", alert))
}
