//! Rules: what each is worth, changing what it may ask for, firing it as a drill, and the weekly review.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::{Method, StatusCode};
use seaworthy_alert::LOOK_BACK_DAYS_MAX;
use seaworthy_contract::api::{Alert, DrillRequest, Proposal, Rule, RuleChangeRequest};
use seaworthy_contract::events::Event;
use seaworthy_core::{Input, view};
use serde::Deserialize;

use super::alerts::{OfService, find};
use super::rollouts::check_may_change;
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/rules", Who::SignedIn, get(list)),
        Route::new(Method::POST, "/v1/rules/change", Who::SignedIn, post(change)),
        Route::new(Method::POST, "/v1/rules/drill", Who::SignedIn, post(drill)),
        Route::new(Method::GET, "/v1/review", Who::SignedIn, get(review)),
    ]
}

#[utoipa::path(get, path = "/v1/rules", params(("service" = Option<String>, Query)), responses((status = 200, body = Vec<Rule>)))]
pub(super) async fn list(State(app): State<App>, Query(of): Query<OfService>) -> Result<Json<Vec<Rule>>, Failure> {
    let service = of.service(&app)?;
    Ok(Json(app.kernel.look(|look| view::rules(look, service.as_ref()))))
}

/// What to look back on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookBack {
    days: Option<u32>,
}

#[utoipa::path(get, path = "/v1/review", params(("days" = Option<u32>, Query)), responses((status = 200, body = Vec<Proposal>)))]
pub(super) async fn review(
    State(app): State<App>,
    Query(LookBack { days }): Query<LookBack>,
) -> Result<Json<Vec<Proposal>>, Failure> {
    if days.is_some_and(|days| !(1..=LOOK_BACK_DAYS_MAX).contains(&days)) {
        return Err(Failure::invalid(format!("days: from 1 to {LOOK_BACK_DAYS_MAX}")));
    }
    Ok(Json(app.kernel.look(|look| view::review(look, days))))
}

#[utoipa::path(post, path = "/v1/rules/change", request_body = RuleChangeRequest, responses((status = 200, body = Rule)))]
pub(super) async fn change(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<RuleChangeRequest>, JsonRejection>,
) -> Result<Json<Rule>, Failure> {
    let Json(request) = body?;
    amend(&app, principal, request).await.map(Json)
}

/// Changes a rule for a principal whose team owns what it speaks of, and shows it.
pub(super) async fn amend(app: &App, principal: Principal, request: RuleChangeRequest) -> Result<Rule, Failure> {
    let RuleChangeRequest { rule, change } = request;
    check_owns(app, &principal, &rule)?;
    app.kernel.command(Input::ChangeRule { rule: rule.clone(), change }, principal.actor).await?;
    let found = app.kernel.look(|look| view::rule(look, &rule));
    found.ok_or_else(|| Failure::unknown("rule", rule))
}

#[utoipa::path(post, path = "/v1/rules/drill", request_body = DrillRequest, responses((status = 201, body = Alert)))]
pub(super) async fn drill(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<DrillRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<Alert>), Failure> {
    let Json(DrillRequest { rule }) = body?;
    Ok((StatusCode::CREATED, Json(fire(&app, principal, rule).await?)))
}

/// Fires a rule as a drill for a principal whose team owns what it speaks of, and shows the alert.
pub(super) async fn fire(app: &App, principal: Principal, rule: String) -> Result<Alert, Failure> {
    check_owns(app, &principal, &rule)?;
    let done = app.kernel.command(Input::Drill { rule }, principal.actor).await?;
    let fired = done.facts.iter().find_map(|fact| match &fact.event {
        Event::AlertFired(event) => Some(event.alert),
        _ => None,
    });
    let alert = fired.ok_or_else(|| Failure::unavailable("the drill was not appended"))?;
    find(app, alert)
}

/// A rule belongs to whoever owns every service that it speaks of: another system's rule may speak of many.
fn check_owns(app: &App, principal: &Principal, rule: &str) -> Result<(), Failure> {
    let services = app.kernel.look(|look| view::rule_services(look, rule));
    if services.is_empty() {
        return Err(Failure::unknown("rule", rule));
    }
    services.iter().try_for_each(|service| check_may_change(app, principal, service))
}
