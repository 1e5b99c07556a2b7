//! Alerts, silences, and what a page was worth.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::Method;
use jiff::SignedDuration;
use seaworthy_contract::api::{
    Alert, AlertPage, JudgeRequest, Page, Silence, SilenceRequest, UnownedAlert, UnsilenceRequest,
};
use seaworthy_contract::events::alert::{AlertSilencedV1, AlertUnsilencedV1, VerdictV1};
use seaworthy_core::Input;
use seaworthy_core::view::{self, AlertFilter};
use seaworthy_model::{AlertId, ServiceId};
use serde::Deserialize;

use super::pages;
use super::rollouts::check_may_change;
use super::services::named;
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

/// Alerts of one answer, unless asked otherwise: what a person looks through.
const SHOWN: usize = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/alerts", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/alerts/unowned", Who::SignedIn, get(unowned)),
        Route::new(Method::GET, "/v1/alerts/{alert}", Who::SignedIn, get(show)),
        Route::new(Method::GET, "/v1/silences", Who::SignedIn, get(silences)),
        Route::new(Method::POST, "/v1/silences", Who::SignedIn, post(silence)),
        Route::new(Method::POST, "/v1/silences/end", Who::SignedIn, post(unsilence)),
        Route::new(Method::POST, "/v1/pages/{page}/judge", Who::SignedIn, post(judge)),
    ]
}

/// Which alerts to list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    #[serde(default)]
    open: bool,
    service: Option<String>,
    before: Option<AlertId>,
    limit: Option<usize>,
}

#[utoipa::path(get, path = "/v1/alerts", params(("open" = Option<bool>, Query), ("service" = Option<String>, Query), ("before" = Option<String>, Query), ("limit" = Option<usize>, Query)), responses((status = 200, body = AlertPage)))]
pub(super) async fn list(State(app): State<App>, Query(filter): Query<Filter>) -> Result<Json<AlertPage>, Failure> {
    let service = filter.service.as_deref().map(|name| named(&app, name)).transpose()?;
    let limit = filter.limit.unwrap_or(SHOWN);
    let filter = AlertFilter { open: filter.open, service, before: filter.before, limit };
    Ok(Json(app.kernel.look(|look| view::alerts(look, &filter))))
}

#[utoipa::path(get, path = "/v1/alerts/{alert}", params(("alert" = String, Path)), responses((status = 200, body = Alert)))]
pub(super) async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Alert>, Failure> {
    let missing = || Failure::unknown("alert", id.as_str());
    let alert: AlertId = id.parse().map_err(|_| missing())?;
    find(&app, alert).map(Json)
}

pub(super) fn find(app: &App, alert: AlertId) -> Result<Alert, Failure> {
    let found = app.kernel.look(|look| view::alert(look, alert));
    found.ok_or_else(|| Failure::unknown("alert", alert.to_string()))
}

#[utoipa::path(get, path = "/v1/alerts/unowned", responses((status = 200, body = Vec<UnownedAlert>)))]
pub(super) async fn unowned(State(app): State<App>) -> Json<Vec<UnownedAlert>> {
    Json(app.unowned.list())
}

/// Which silences to list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfService {
    service: Option<String>,
}

impl OfService {
    /// Returns the service's name.
    pub(super) fn service(&self, app: &App) -> Result<Option<ServiceId>, Failure> {
        self.service.as_deref().map(|name| named(app, name)).transpose()
    }
}

#[utoipa::path(get, path = "/v1/silences", params(("service" = Option<String>, Query)), responses((status = 200, body = Vec<Silence>)))]
pub(super) async fn silences(
    State(app): State<App>,
    Query(of): Query<OfService>,
) -> Result<Json<Vec<Silence>>, Failure> {
    let service = of.service(&app)?;
    Ok(Json(app.kernel.look(|look| view::silences(look, service.as_ref()))))
}

#[utoipa::path(post, path = "/v1/silences", request_body = SilenceRequest, responses((status = 200, body = Silence)))]
pub(super) async fn silence(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<SilenceRequest>, JsonRejection>,
) -> Result<Json<Silence>, Failure> {
    let Json(request) = body?;
    hush(&app, principal, request).await.map(Json)
}

/// Silences for a principal whose team owns the service, and shows what holds then.
pub(super) async fn hush(app: &App, principal: Principal, request: SilenceRequest) -> Result<Silence, Failure> {
    let SilenceRequest { service, rule, until, for_s, reason } = request;
    check_may_change(app, &principal, &service)?;
    let until = match (until, for_s) {
        (Some(until), None) => until,
        (None, Some(seconds)) => {
            let length = SignedDuration::from_secs(seconds.into());
            app.kernel.now().checked_add(length).map_err(|_| Failure::invalid("for_s: too long"))?
        }
        _ => return Err(Failure::invalid("a silence needs an end: exactly one of \"until\" and \"for_s\"")),
    };
    let wanted = AlertSilencedV1 { service, rule, until, reason };
    app.kernel.command(Input::Silence(wanted.clone()), principal.actor).await?;
    let AlertSilencedV1 { service, rule, until, reason } = wanted;
    Ok(Silence { service, rule, until, reason })
}

#[utoipa::path(post, path = "/v1/silences/end", request_body = UnsilenceRequest, responses((status = 200, body = Vec<Silence>)))]
pub(super) async fn unsilence(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<UnsilenceRequest>, JsonRejection>,
) -> Result<Json<Vec<Silence>>, Failure> {
    let Json(request) = body?;
    speak_up(&app, principal, request).await.map(Json)
}

/// Ends a silence for a principal whose team owns the service, and returns those of it that still hold.
pub(super) async fn speak_up(
    app: &App,
    principal: Principal,
    request: UnsilenceRequest,
) -> Result<Vec<Silence>, Failure> {
    let UnsilenceRequest { service, rule } = request;
    check_may_change(app, &principal, &service)?;
    let wanted = AlertUnsilencedV1 { service: service.clone(), rule };
    app.kernel.command(Input::Unsilence(wanted), principal.actor).await?;
    Ok(app.kernel.look(|look| view::silences(look, Some(&service))))
}

#[utoipa::path(post, path = "/v1/pages/{page}/judge", params(("page" = String, Path)), request_body = JudgeRequest, responses((status = 200, body = Page)))]
pub(super) async fn judge(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
    body: Result<Json<JudgeRequest>, JsonRejection>,
) -> Result<Json<Page>, Failure> {
    pages::find(&app, &id)?;
    let Json(JudgeRequest { verdict }) = body?;
    weigh(&app, principal, &id, verdict).await.map(Json)
}

/// Says what a page was worth, for a principal who may press its buttons, and shows the page.
pub(super) async fn weigh(app: &App, principal: Principal, id: &str, verdict: VerdictV1) -> Result<Page, Failure> {
    let page = pages::find(app, id)?;
    pages::check_may_press(app, &principal, &page)?;
    app.kernel.command(Input::JudgePage { page: page.id, verdict }, principal.actor).await?;
    pages::find(app, id)
}
