//! Beside rotas: when people are away, hours for pay, and calendars that programs follow.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::{Code, ROTA_DAYS_MAX, RotaAway, RotaCalendar, RotaCalendarOf, RotaHours};
use seaworthy_core::view;
use seaworthy_model::{RotationId, TeamId};
use seaworthy_oncall::TimeOff;
use seaworthy_store::{SideError, Table, Write};
use serde::{Deserialize, Serialize};

use super::downtime::instant;
use super::rotas::changeable;
use super::{App, Failure, Route};
use crate::access::{Digest, Principal, Secret, Who};
use crate::kernel::Kernel;

/// Times of one installation in which people are away: a dozen of each of a thousand people.
const AWAY_MAX: usize = 12_000;

/// Longest time away: who is gone for longer leaves the rota.
const AWAY_LENGTH_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// Calendars that are followed at once: two of each of a thousand people.
const CALENDARS_MAX: usize = 2_000;

/// Characters of a calendar's id: enough of its digest to tell it from the others.
const ID_CHARS: usize = 16;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/rotations/{rotation}/away", Who::SignedIn, get(list_away)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/away", Who::SignedIn, post(add_away)),
        Route::new(Method::POST, "/v1/rotations/{rotation}/away/end", Who::SignedIn, post(end_away)),
        Route::new(Method::GET, "/v1/oncall/hours", Who::SignedIn, get(hours)),
        Route::new(Method::POST, "/v1/calendars", Who::SignedIn, post(make)),
        Route::new(Method::GET, "/v1/calendars", Who::SignedIn, get(list)),
        Route::new(Method::POST, "/v1/calendars/{id}/revoke", Who::SignedIn, post(revoke)),
        // Calendars cannot send a credential: the address is the key, and can be withdrawn.
        Route::new(Method::GET, "/calendars/{secret}", Who::InLink, get(follow)),
    ]
}

fn away_key(away: &RotaAway) -> String {
    format!("away/{}/{}", away.person, away.from.as_second())
}

async fn all_away(kernel: &Kernel) -> Result<Vec<RotaAway>, SideError> {
    let (all, now) = (kernel.side.list(Table::Rota).await?, kernel.now());
    let read = |(key, bytes): (String, Vec<u8>)| {
        key.starts_with("away/").then(|| serde_json::from_slice::<RotaAway>(&bytes).ok()).flatten()
    };
    Ok(all.into_iter().filter_map(read).filter(|one| one.until > now).collect())
}

/// The times in which members of a rota are away, for whoever builds it.
async fn away_of(app: &App, rotation: &RotationId) -> Result<Vec<RotaAway>, Failure> {
    let now = app.kernel.now();
    let rota = app.kernel.look(|look| view::rota(look, rotation, (now, now), vec![]));
    let members = rota.map(|rota| rota.members).unwrap_or_default();
    let all = all_away(&app.kernel).await.map_err(|error| Failure::side(&error))?;
    Ok(all.into_iter().filter(|one| members.iter().any(|member| member.person == one.person)).collect())
}

/// The same, as the scheduler takes them.
pub(super) async fn time_off(app: &App, rotation: &RotationId) -> Result<Vec<TimeOff>, Failure> {
    let away = away_of(app, rotation).await?;
    Ok(away.into_iter().map(|one| TimeOff { person: one.person, start: one.from, end: one.until }).collect())
}

/// Lists when members of a rota are away, for the team whose rota it is.
#[utoipa::path(get, path = "/v1/rotations/{rotation}/away", params(("rotation" = String, Path)), responses((status = 200, body = Vec<RotaAway>)))]
pub(super) async fn list_away(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Json<Vec<RotaAway>>, Failure> {
    let rotation = changeable(&app, &principal, &name)?;
    away_of(&app, &rotation).await.map(Json)
}

/// Notes when a member is away; twice is once.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/away", params(("rotation" = String, Path)), request_body = RotaAway, responses((status = 200, body = Vec<RotaAway>)))]
pub(super) async fn add_away(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<RotaAway>, JsonRejection>,
) -> Result<Json<Vec<RotaAway>>, Failure> {
    let Json(away) = body?;
    let rotation = changeable(&app, &principal, &name)?;
    let now = app.kernel.now();
    if away.until <= away.from.max(now) || away.from.duration_until(away.until) > AWAY_LENGTH_MAX {
        return Err(Failure::invalid("until: after its from and after now, at most a year long"));
    }
    let side = |error: SideError| Failure::side(&error);
    if all_away(&app.kernel).await.map_err(side)?.len() >= AWAY_MAX {
        return Err(Failure::new(Code::Refused, format!("{AWAY_MAX} times are noted already"), None));
    }
    let rota = app.kernel.look(|look| view::rota(look, &rotation, (now, now), vec![]));
    if !rota.is_some_and(|rota| rota.members.iter().any(|member| member.person == away.person)) {
        return Err(Failure::invalid(format!("{} is not in the rota {name}", away.person)));
    }
    let value = serde_json::to_vec(&away).expect("a time away has string keys only");
    let put = Write::Put { table: Table::Rota, key: away_key(&away), value };
    app.kernel.side.write(vec![put]).await.map_err(side)?;
    away_of(&app, &rotation).await.map(Json)
}

/// Forgets a time away; one that is not there stays not there.
#[utoipa::path(post, path = "/v1/rotations/{rotation}/away/end", params(("rotation" = String, Path)), request_body = RotaAway, responses((status = 200, body = Vec<RotaAway>)))]
pub(super) async fn end_away(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<RotaAway>, JsonRejection>,
) -> Result<Json<Vec<RotaAway>>, Failure> {
    let Json(away) = body?;
    let rotation = changeable(&app, &principal, &name)?;
    if away_of(&app, &rotation).await?.iter().any(|one| away_key(one) == away_key(&away)) {
        let forget = Write::Delete { table: Table::Rota, key: away_key(&away) };
        app.kernel.side.write(vec![forget]).await.map_err(|error| Failure::side(&error))?;
    }
    away_of(&app, &rotation).await.map(Json)
}

/// Whose hours, of which time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Period {
    team: TeamId,
    from: String,
    to: String,
}

/// Tells how long everybody was on call for a team: for that team, and admins.
#[utoipa::path(get, path = "/v1/oncall/hours", params(
    ("team" = String, Query), ("from" = String, Query, description = "a day in UTC or an instant"),
    ("to" = String, Query, description = "exclusive; what is ahead is not counted"),
), responses((status = 200, body = RotaHours)))]
pub(super) async fn hours(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Query(asked): Query<Period>,
) -> Result<Json<RotaHours>, Failure> {
    let is_known = app.kernel.look(|look| look.state.catalogue.team(&asked.team).is_some());
    if !is_known {
        return Err(Failure::unknown("team", asked.team.as_str()));
    }
    if !principal.may_change(&asked.team) {
        return Err(Failure::forbidden("hours are for the team itself"));
    }
    let (from, to) = (instant("from", &asked.from)?, instant("to", &asked.to)?);
    if to <= from || from.duration_until(to).as_hours() / 24 > ROTA_DAYS_MAX {
        return Err(Failure::invalid(format!(
            "from {from} to {to}: at least a moment and at most {ROTA_DAYS_MAX} days"
        )));
    }
    Ok(Json(app.kernel.look(|look| view::rota_hours(look, &asked.team, (from, to)))))
}

/// A calendar, as it is kept: under the digest of its secret.
#[derive(Serialize, Deserialize)]
struct Kept {
    of: RotaCalendarOf,
    made_at: Timestamp,
}

async fn calendars(kernel: &Kernel) -> Result<Vec<(String, RotaCalendarOf)>, Failure> {
    let all = kernel.side.list(Table::Rota).await.map_err(|error| Failure::side(&error))?;
    let read = |(key, bytes): (String, Vec<u8>)| {
        let digest = key.strip_prefix("calendar/")?.to_owned();
        Some((digest, serde_json::from_slice::<Kept>(&bytes).ok()?.of))
    };
    Ok(all.into_iter().filter_map(read).collect())
}

/// Whether somebody may make and withdraw a calendar: of a team that team, of a person they and a team they are in, and admins.
fn may_keep(app: &App, principal: &Principal, of: &RotaCalendarOf) -> bool {
    app.kernel.look(|look| match of {
        RotaCalendarOf::Team(team) => look.state.catalogue.team(team).is_some() && principal.may_change(team),
        RotaCalendarOf::Person(person) if principal.person() == Some(person) => true,
        RotaCalendarOf::Person(person) => {
            look.state.catalogue.teams().any(|team| team.members.contains(person) && principal.may_change(&team.name))
        }
    })
}

fn no_calendar(id: &str) -> Failure {
    Failure::new(
        Code::NotFound,
        format!("no calendar \"{id}\" of yours"),
        Some("`seaworthy oncall calendar` lists them"),
    )
}

/// Makes a calendar's address, which is told once.
#[utoipa::path(post, path = "/v1/calendars", request_body = RotaCalendarOf, responses((status = 201, body = RotaCalendar)))]
pub(super) async fn make(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<RotaCalendarOf>, JsonRejection>,
) -> Result<(StatusCode, Json<RotaCalendar>), Failure> {
    let Json(of) = body?;
    if !may_keep(&app, &principal, &of) {
        return Err(Failure::forbidden("a calendar is made by the team whose shifts it shows"));
    }
    if calendars(&app.kernel).await?.len() >= CALENDARS_MAX {
        return Err(Failure::new(Code::Refused, format!("{CALENDARS_MAX} calendars are followed"), None));
    }
    let secret = Secret::random();
    let digest = Digest::for_purpose("calendar", secret.reveal()).hex();
    let kept = Kept { of: of.clone(), made_at: app.kernel.now() };
    let value = serde_json::to_vec(&kept).expect("a calendar has string keys only");
    let put = Write::Put { table: Table::Rota, key: format!("calendar/{digest}"), value };
    app.kernel.side.write(vec![put]).await.map_err(|error| Failure::side(&error))?;
    let url = Some(format!("{}/calendars/{}", app.base, secret.reveal()));
    Ok((StatusCode::CREATED, Json(RotaCalendar { id: digest[..ID_CHARS].to_owned(), of, url })))
}

/// Lists calendars that the asker may withdraw, without their addresses: nobody has these any more.
#[utoipa::path(get, path = "/v1/calendars", responses((status = 200, body = Vec<RotaCalendar>)))]
pub(super) async fn list(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
) -> Result<Json<Vec<RotaCalendar>>, Failure> {
    let all = calendars(&app.kernel).await?.into_iter().filter(|(_, of)| may_keep(&app, &principal, of));
    Ok(Json(all.map(|(id, of)| RotaCalendar { id: id[..ID_CHARS].to_owned(), of, url: None }).collect()))
}

/// Withdraws a calendar: its address shows nothing from now on.
#[utoipa::path(post, path = "/v1/calendars/{id}/revoke", params(("id" = String, Path)), responses((status = 200, body = RotaCalendar)))]
pub(super) async fn revoke(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<RotaCalendar>, Failure> {
    let found = calendars(&app.kernel).await?.into_iter().find(|(digest, _)| digest[..ID_CHARS] == *id);
    let (digest, of) = found.filter(|(_, of)| may_keep(&app, &principal, of)).ok_or_else(|| no_calendar(&id))?;
    let forget = Write::Delete { table: Table::Rota, key: format!("calendar/{digest}") };
    app.kernel.side.write(vec![forget]).await.map_err(|error| Failure::side(&error))?;
    Ok(Json(RotaCalendar { id, of, url: None }))
}

/// The calendar itself (RFC 5545).
async fn follow(State(app): State<App>, Path(secret): Path<String>) -> Result<Response, Failure> {
    let refused =
        || Failure::new(Code::Forbidden, "this address shows no calendar: it was withdrawn, or is not whole", None);
    let key = format!("calendar/{}", Digest::for_purpose("calendar", &secret).hex());
    let kept = app.kernel.side.get(Table::Rota, &key).await.map_err(|error| Failure::side(&error))?;
    let kept: Kept = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(refused)?;
    let text = app.kernel.look(|look| view::calendar(&view::calendar_shifts(look, &kept.of), look.state.position));
    Ok(([(CONTENT_TYPE, "text/calendar; charset=utf-8")], text).into_response())
}
