//! Readiness of a service: its rows, and what people say of one beside what was seen.

use std::sync::PoisonError;

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use seaworthy_contract::api::{AttestationRequest, ExceptionRequest, Readiness};
use seaworthy_core::{Input, RowWanted, RowWord, view};
use seaworthy_model::ServiceId;

use super::rollouts::check_may_change;
use super::services::{named, unknown};
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

pub(super) fn routes() -> Vec<Route> {
    let of_row = "/v1/services/{service}/readiness/{row}/exception";
    vec![
        Route::new(Method::GET, "/v1/services/{service}/readiness", Who::SignedIn, get(show)),
        Route::new(Method::POST, of_row, Who::SignedIn, post(except)),
        Route::new(
            Method::POST,
            "/v1/services/{service}/readiness/{row}/exception/end",
            Who::SignedIn,
            post(end_exception),
        ),
        Route::new(Method::POST, "/v1/services/{service}/readiness/{row}/attestation", Who::SignedIn, post(attest)),
        Route::new(
            Method::POST,
            "/v1/services/{service}/readiness/{row}/attestation/end",
            Who::SignedIn,
            post(end_attestation),
        ),
    ]
}

/// Shows every row, what each step of exposure asks for, and the one next exercise.
#[utoipa::path(get, path = "/v1/services/{service}/readiness", params(("service" = String, Path)), responses((status = 200, body = Readiness)))]
pub(super) async fn show(State(app): State<App>, Path(name): Path<String>) -> Result<Json<Readiness>, Failure> {
    let service = named(&app, &name)?;
    found(&app, &service).map(Json)
}

/// Says that a row does not apply, until when.
#[utoipa::path(post, path = "/v1/services/{service}/readiness/{row}/exception", request_body = ExceptionRequest, params(("service" = String, Path), ("row" = String, Path)), responses((status = 200, body = Readiness)))]
pub(super) async fn except(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path((service, row)): Path<(String, String)>,
    body: Result<Json<ExceptionRequest>, JsonRejection>,
) -> Result<Json<Readiness>, Failure> {
    let Json(ExceptionRequest { because, by, until }) = body?;
    say(&app, principal, (&service, row), RowWord::Excepted { because, by, until }).await.map(Json)
}

/// Takes an exception back.
#[utoipa::path(post, path = "/v1/services/{service}/readiness/{row}/exception/end", params(("service" = String, Path), ("row" = String, Path)), responses((status = 200, body = Readiness)))]
pub(super) async fn end_exception(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path((service, row)): Path<(String, String)>,
) -> Result<Json<Readiness>, Failure> {
    say(&app, principal, (&service, row), RowWord::ExceptionEnded).await.map(Json)
}

/// Says how a row stands, beside what was seen.
#[utoipa::path(post, path = "/v1/services/{service}/readiness/{row}/attestation", request_body = AttestationRequest, params(("service" = String, Path), ("row" = String, Path)), responses((status = 200, body = Readiness)))]
pub(super) async fn attest(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path((service, row)): Path<(String, String)>,
    body: Result<Json<AttestationRequest>, JsonRejection>,
) -> Result<Json<Readiness>, Failure> {
    let Json(AttestationRequest { says, words, by, until }) = body?;
    say(&app, principal, (&service, row), RowWord::Attested { says, words, by, until }).await.map(Json)
}

/// Takes an attestation back.
#[utoipa::path(post, path = "/v1/services/{service}/readiness/{row}/attestation/end", params(("service" = String, Path), ("row" = String, Path)), responses((status = 200, body = Readiness)))]
pub(super) async fn end_attestation(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path((service, row)): Path<(String, String)>,
) -> Result<Json<Readiness>, Failure> {
    say(&app, principal, (&service, row), RowWord::AttestationEnded).await.map(Json)
}

/// Carries out what somebody says of a row, if their team owns the service, and shows what it came to.
pub(super) async fn say(
    app: &App,
    principal: Principal,
    (service, row): (&str, String),
    word: RowWord,
) -> Result<Readiness, Failure> {
    let service = named(app, service)?;
    check_may_change(app, &principal, &service)?;
    let wanted = RowWanted { service: service.clone(), row, word };
    app.kernel.command(Input::SayOfRow(Box::new(wanted)), principal.actor).await?;
    found(app, &service)
}

/// Reads the rows of a service; what was found at an earlier look and has not changed is not looked for again.
pub(super) fn found(app: &App, service: &ServiceId) -> Result<Readiness, Failure> {
    let found = app.kernel.look(|look| {
        // A look that panicked has left what it kept half way at worst: the next one finds the difference.
        let mut kept = app.kept.lock().unwrap_or_else(PoisonError::into_inner);
        view::readiness_kept(look, &mut kept, service)
    });
    found.ok_or_else(|| unknown(app, service.as_str()))
}
