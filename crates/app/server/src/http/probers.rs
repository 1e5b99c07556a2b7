//! Probes and the places that run them: what is tried, what it came to, what a prober is told and what it tells.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::routing::{get, post};
use http::Method;
use seaworthy_contract::api::{Probe, ProbeRuns, Prober};
use seaworthy_contract::prober::{
    ProbeAck, ProbeOutcome, ProbeReason, ProbeReport, ProbeResult, RESULTS_MAX, SERVER_PLACE,
};
use seaworthy_core::desired::probe_set;
use seaworthy_core::view;
use seaworthy_model::ServiceId;
use serde::Deserialize;

use super::streams::lines;
use super::{App, Failure, Route, services};
use crate::access::Who;

/// Largest report, in bytes: the most results with their reasons, with room.
const REPORT_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Longest name of a place: it is shown beside others.
const PLACE_CHARS_MAX: usize = 40;

/// Longest code and sentence of a reason, in bytes: they reach the ledger and a telephone.
const CODE_BYTES_MAX: usize = 40;
const TEXT_BYTES_MAX: usize = 400;

/// Longest time that a run can have taken, in milliseconds: a day.
const TOOK_MS_MAX: u64 = 86_400_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/probes", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/probes/{name}", Who::SignedIn, get(show)),
        Route::new(Method::GET, "/v1/probers", Who::SignedIn, get(places)),
        Route::new(Method::GET, "/v1/probers/{place}/probes", Who::Prober, get(follow)),
        Route::new(Method::POST, "/v1/probers/{place}/results", Who::Prober, post(take)).accepting(REPORT_BYTES_MAX),
    ]
}

/// Which probes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    service: Option<String>,
}

#[utoipa::path(get, path = "/v1/probes", params(("service" = Option<String>, Query)), responses((status = 200, body = Vec<Probe>)))]
pub(super) async fn list(State(app): State<App>, Query(filter): Query<Filter>) -> Result<Json<Vec<Probe>>, Failure> {
    let service: Option<ServiceId> = match filter.service {
        Some(name) => {
            let service = services::named(&app, &name)?;
            let is_known = app.kernel.look(|look| look.state.catalogue.service(&service).is_some());
            Some(service).filter(|_| is_known).ok_or_else(|| services::unknown(&app, &name))?.into()
        }
        None => None,
    };
    Ok(Json(app.kernel.look(|look| view::probes(look, service.as_ref()))))
}

#[utoipa::path(get, path = "/v1/probes/{name}", params(("name" = String, Path)), responses((status = 200, body = ProbeRuns)))]
pub(super) async fn show(State(app): State<App>, Path(name): Path<String>) -> Result<Json<ProbeRuns>, Failure> {
    app.kernel.look(|look| view::probe(look, &name)).map(Json).ok_or_else(|| {
        let mut failure = Failure::unknown("probe", name);
        failure.0.hint = Some("`seaworthy probes` lists those that are declared".to_owned());
        failure
    })
}

#[utoipa::path(get, path = "/v1/probers", responses((status = 200, body = Vec<Prober>)))]
pub(super) async fn places(State(app): State<App>) -> Json<Vec<Prober>> {
    Json(app.kernel.look(view::probers))
}

/// What a place should try: a line now, at each change, and as a heartbeat.
async fn follow(State(app): State<App>, Path(place): Path<String>) -> Result<Response, Failure> {
    check_place(&place)?;
    lines(&app, |changed| changed.config, move |state| probe_set(state, &place))
}

/// Takes the results of a place; acknowledged is what is stored.
async fn take(
    State(app): State<App>,
    Path(place): Path<String>,
    body: Result<Json<ProbeReport>, JsonRejection>,
) -> Result<Json<ProbeAck>, Failure> {
    check_place(&place)?;
    let Json(report) = body?;
    if report.place != place {
        return Err(Failure::invalid("the report is of another place"));
    }
    if report.results.len() > RESULTS_MAX {
        return Err(Failure::invalid(format!("a report has at most {RESULTS_MAX} results")));
    }
    report.results.iter().try_for_each(check)?;
    Ok(Json(app.kernel.probes(report).await?))
}

fn check_place(place: &str) -> Result<(), Failure> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !(1..=PLACE_CHARS_MAX).contains(&place.len()) || !place.chars().all(fits) {
        let why = format!("a place is named by 1 to {PLACE_CHARS_MAX} lower-case letters, digits and \"-\"");
        return Err(Failure::invalid(why));
    }
    match place == SERVER_PLACE {
        true => Err(Failure::invalid(format!("\"{SERVER_PLACE}\" is the server's own place: give yours another name"))),
        false => Ok(()),
    }
}

fn check(result: &ProbeResult) -> Result<(), Failure> {
    let reason = match &result.outcome {
        ProbeOutcome::Pass => None,
        ProbeOutcome::Degraded(why) | ProbeOutcome::Fail(why) | ProbeOutcome::CannotSee(why) => Some(why),
    };
    let is_line = |text: &str, max: usize| text.len() <= max && !text.chars().any(char::is_control);
    let fits = |why: &ProbeReason| is_line(&why.code, CODE_BYTES_MAX) && is_line(&why.text, TEXT_BYTES_MAX);
    if !reason.into_iter().chain(&result.retried).all(fits) {
        return Err(Failure::invalid(format!("a reason of a result is one line of at most {TEXT_BYTES_MAX} bytes")));
    }
    match result.took_ms <= TOOK_MS_MAX {
        true => Ok(()),
        false => Err(Failure::invalid("a run took less than a day")),
    }
}
