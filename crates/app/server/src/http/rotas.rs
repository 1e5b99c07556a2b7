//! Rotas: who is on call, now and ahead; overrides, and offers to swap.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{
    ROTA_DAYS_MAX, Rota, RotaNow, RotaOffer, RotaOfferRequest, RotaOverride, RotaOverrideRequest, RotaTime,
};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::rota::HeldV1;
use seaworthy_core::view;
use seaworthy_core::{Input, OfferWanted, OverrideWanted};
use seaworthy_model::{OfferId, OverrideId, RotationId, ServiceId, TeamId};
use serde::Deserialize;

use super::downtime::instant;
use super::{App, Failure, Route, oncall};
use crate::access::{Principal, Who};

/// How far ahead a rota is shown, unless asked otherwise: four weeks.
const AHEAD: SignedDuration = SignedDuration::from_hours(28 * 24);

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/rotations", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/rotations/{rotation}", Who::SignedIn, get(show)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/overrides", Who::SignedIn, post(set)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/overrides/{id}/clear", Who::SignedIn, post(clear)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/offers", Who::SignedIn, post(offer)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/offers/{id}/agree", Who::SignedIn, post(agree)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/offers/{id}/withdraw", Who::SignedIn, post(withdraw)),
    ]
}

/// Which rotas.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    team: Option<TeamId>,
    service: Option<ServiceId>,
}

#[utoipa::path(get, path = "/v1/rotations", params(
    ("team" = Option<String>, Query), ("service" = Option<String>, Query, description = "the rota that its pages go to"),
), responses((status = 200, body = Vec<RotaNow>)))]
pub(super) async fn list(State(app): State<App>, Query(filter): Query<Filter>) -> Json<Vec<RotaNow>> {
    let mut rotas = app.kernel.look(view::rotas);
    rotas.retain(|one| filter.team.as_ref().is_none_or(|team| one.team == *team));
    rotas.retain(|one| filter.service.as_ref().is_none_or(|service| one.services.contains(service)));
    Json(rotas)
}

/// Which time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Period {
    from: Option<String>,
    to: Option<String>,
}

#[utoipa::path(get, path = "/v1/rotations/{rotation}", params(
    ("rotation" = String, Path),
    ("from" = Option<String>, Query, description = "a day in UTC or an instant; now where it is not said"),
    ("to" = Option<String>, Query, description = "exclusive; four weeks later where it is not said; at most two years"),
), responses((status = 200, body = Rota)))]
pub(super) async fn show(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    Query(period): Query<Period>,
) -> Result<Json<Rota>, Failure> {
    let rotation = identified(&app, &name)?;
    let from = period.from.as_deref().map_or_else(|| Ok(app.kernel.now()), |text| instant("from", text))?;
    let to = period
        .to
        .as_deref()
        .map_or_else(|| Ok(from.saturating_add(AHEAD).unwrap_or(from)), |text| instant("to", text))?;
    if to <= from || from.duration_until(to).as_hours() / 24 > ROTA_DAYS_MAX {
        return Err(Failure::invalid(format!(
            "from {from} to {to}: at least a moment and at most {ROTA_DAYS_MAX} days"
        )));
    }
    over(&app, &rotation, (from, to), builds(&app, &principal, &rotation)).await.map(Json)
}

/// Returns a rota over a time; for whoever builds it with when people are away.
pub(super) async fn over(
    app: &App,
    rotation: &RotationId,
    period: (Timestamp, Timestamp),
    builds: bool,
) -> Result<Rota, Failure> {
    let away = if builds { oncall::time_off(app, rotation).await? } else { Vec::new() };
    let rota = app.kernel.look(|look| view::rota(look, rotation, period, away));
    rota.ok_or_else(|| Failure::unknown("rotation", rotation.as_str()))
}

/// Sets an override; one that is there already is answered as it is.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/overrides", params(("rotation" = String, Path)), request_body = RotaOverrideRequest, responses((status = 201, body = RotaOverride)))]
pub(super) async fn set(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<RotaOverrideRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<RotaOverride>), Failure> {
    let Json(asked) = body?;
    put(&app, principal, &name, asked).await.map(|set| (StatusCode::CREATED, Json(set)))
}

/// Sets an override for whoever may.
pub(super) async fn put(
    app: &App,
    principal: Principal,
    name: &str,
    asked: RotaOverrideRequest,
) -> Result<RotaOverride, Failure> {
    let rotation = changeable(app, &principal, name)?;
    let RotaOverrideRequest { change, level, from, until } = asked;
    let wanted = OverrideWanted { rotation: rotation.clone(), change: change.clone(), level, from, until };
    let done = app.kernel.command(Input::SetOverride(Box::new(wanted)), principal.actor).await?;
    let set = done.facts.iter().find_map(|fact| match &fact.event {
        Event::RotaOverrideSet(event) => Some(event.id),
        _ => None,
    });
    let rota = over(app, &rotation, (app.kernel.now(), until), true).await?;
    let is_it = |one: &RotaOverride| match set {
        Some(id) => one.id == id,
        None => (&one.change, one.level, one.until) == (&change, level, until),
    };
    rota.overrides.into_iter().find(is_it).ok_or_else(|| Failure::unavailable("the override was not appended"))
}

/// Takes an override back; doing it twice is refused, since it is no longer there.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/overrides/{id}/clear", params(("rotation" = String, Path), ("id" = String, Path)), responses((status = 200, body = Rota)))]
pub(super) async fn clear(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<Rota>, Failure> {
    take_back(&app, principal, &name, &id).await.map(Json)
}

/// Takes an override back for whoever may.
pub(super) async fn take_back(app: &App, principal: Principal, name: &str, id: &str) -> Result<Rota, Failure> {
    let rotation = changeable(app, &principal, name)?;
    let id: OverrideId = id.parse().map_err(|_| Failure::unknown("override", id))?;
    app.kernel.command(Input::ClearOverride { rotation: rotation.clone(), id }, principal.actor).await?;
    let now = app.kernel.now();
    over(app, &rotation, (now, now.saturating_add(AHEAD).unwrap_or(now)), true).await
}

/// Offers somebody's time; both are sent a link, and it counts when both have agreed. An offer that waits already is
/// answered as it is.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/offers", params(("rotation" = String, Path)), request_body = RotaOfferRequest, responses((status = 201, body = RotaOffer)))]
pub(super) async fn offer(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<RotaOfferRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<RotaOffer>), Failure> {
    let Json(asked) = body?;
    ask(&app, principal, &name, asked).await.map(|offer| (StatusCode::CREATED, Json(offer)))
}

/// Makes an offer for whoever may.
pub(super) async fn ask(
    app: &App,
    principal: Principal,
    name: &str,
    asked: RotaOfferRequest,
) -> Result<RotaOffer, Failure> {
    let rotation = changeable(app, &principal, name)?;
    let held = |time: &RotaTime| HeldV1 { level: time.level, from: time.from, until: time.until };
    let wanted = OfferWanted {
        rotation: rotation.clone(),
        by: asked.by.clone(),
        gives: held(&asked.gives),
        to: asked.to.clone(),
        takes: asked.takes.as_ref().map(held),
    };
    let done = app.kernel.command(Input::OfferSwap(Box::new(wanted)), principal.actor).await?;
    let made = done.facts.iter().find_map(|fact| match &fact.event {
        Event::RotaSwapOffered(event) => Some(event.id),
        _ => None,
    });
    let now = app.kernel.now();
    let rota = over(app, &rotation, (now, now.saturating_add(AHEAD).unwrap_or(now)), true).await?;
    let is_it = |one: &RotaOffer| match made {
        Some(id) => one.id == id,
        None => (&one.by, &one.gives, &one.to, &one.takes) == (&asked.by, &asked.gives, &asked.to, &asked.takes),
    };
    rota.offers.into_iter().find(is_it).ok_or_else(|| Failure::unavailable("the offer was not appended"))
}

/// Agrees to a swap as the person who is signed in; doing it twice changes nothing.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/offers/{id}/agree", params(("rotation" = String, Path), ("id" = String, Path)), responses((status = 200, body = RotaOffer)))]
pub(super) async fn agree(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<RotaOffer>, Failure> {
    let person = principal.person().cloned().ok_or_else(Failure::nobody)?;
    let offer = offered(&app, &name, &id)?;
    app.kernel.command(Input::AgreeSwap { id: offer.id, person }, principal.actor).await?;
    offered(&app, &name, &id).map(Json)
}

fn offered(app: &App, name: &str, id: &str) -> Result<RotaOffer, Failure> {
    let (unknown, rotation) = (|| Failure::unknown("offer", id), identified(app, name)?);
    let offer: OfferId = id.parse().map_err(|_| unknown())?;
    let found = app.kernel.look(|look| view::rota_offer(look, offer));
    found.filter(|one| one.rotation == rotation).ok_or_else(unknown)
}

/// Takes an offer back; doing it twice changes nothing.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/offers/{id}/withdraw", params(("rotation" = String, Path), ("id" = String, Path)), responses((status = 200, body = RotaOffer)))]
pub(super) async fn withdraw(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path((name, id)): Path<(String, String)>,
) -> Result<Json<RotaOffer>, Failure> {
    not_needed(&app, principal, &name, &id).await.map(Json)
}

/// Takes an offer back for whoever may.
pub(super) async fn not_needed(app: &App, principal: Principal, name: &str, id: &str) -> Result<RotaOffer, Failure> {
    let offer = offered(app, name, id)?;
    // Whoever offered their own time takes it back themselves.
    if principal.person() != Some(&offer.by) {
        changeable(app, &principal, name)?;
    }
    app.kernel.command(Input::WithdrawSwap { id: offer.id }, principal.actor).await?;
    offered(app, name, id)
}

/// Returns the rotation that a name means.
pub(super) fn identified(app: &App, name: &str) -> Result<RotationId, Failure> {
    let rotation: RotationId = name.parse().map_err(|_| Failure::unknown("rotation", name))?;
    let is_known = app.kernel.look(|look| look.state.catalogue.rotation(&rotation).is_some());
    if is_known { Ok(rotation) } else { Err(Failure::unknown("rotation", name)) }
}

/// The same, for whoever may change it: its team, and admins.
pub(super) fn changeable(app: &App, principal: &Principal, name: &str) -> Result<RotationId, Failure> {
    let rotation = identified(app, name)?;
    match builds(app, principal, &rotation) {
        true => Ok(rotation),
        false => {
            let team = app.kernel.look(|look| look.state.catalogue.rotation(&rotation).map(|one| one.team.clone()));
            let team = team.ok_or_else(|| Failure::unknown("rotation", name))?;
            Err(Failure::not_owned(app, principal, &format!("the rota {name}"), &team))
        }
    }
}

/// Whether somebody builds a rota.
pub(super) fn builds(app: &App, principal: &Principal, rotation: &RotationId) -> bool {
    let team = app.kernel.look(|look| look.state.catalogue.rotation(rotation).map(|one| one.team.clone()));
    team.is_some_and(|team| principal.may_change(&team))
}
