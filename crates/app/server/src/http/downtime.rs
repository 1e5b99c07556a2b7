//! Downtime: the account, by month, windows that are declared, causes that are named.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Extension, Json};
use http::{Method, StatusCode};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use seaworthy_contract::api::{
    CauseRequest, DOWNTIME_CELLS_MAX, DOWNTIME_FUNCTIONS_MAX, DOWNTIME_STRETCHES_MAX, Downtime, DowntimeEvery,
    DowntimeMonths, DowntimeRule, DowntimeStretch, DowntimeWindow, WindowRequest,
};
use seaworthy_contract::events::Event;
use seaworthy_core::view::{self, DowntimeAsked, MonthsAsked};
use seaworthy_core::{CauseWanted, Input, WindowWanted};
use seaworthy_model::{ServiceId, WindowId};
use serde::Deserialize;

use super::rollouts::check_may_change;
use super::services::{named, unknown};
use super::{App, Failure, Route};
use crate::access::{Principal, Who};

/// Stretches of one answer, unless asked otherwise: what a person looks through.
const STRETCHES: usize = 100;

/// Cells of a table, unless asked otherwise: a year of months.
const CELLS: usize = 12;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/downtime", Who::SignedIn, get(account)),
        Route::new(Method::GET, "/v1/downtime/months", Who::SignedIn, get(months)),
        Route::new(Method::POST, "/v1/downtime/windows", Who::SignedIn, post(announce)),
        Route::new(Method::POST, "/v1/downtime/windows/{window}/cancel", Who::SignedIn, post(cancel)),
        Route::new(Method::POST, "/v1/downtime/cause", Who::SignedIn, post(name_cause)),
    ]
}

/// Which account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Period {
    service: Option<String>,
    from: Option<String>,
    to: Option<String>,
    rule: Option<String>,
    after: Option<String>,
    before: Option<String>,
    limit: Option<usize>,
}

#[utoipa::path(get, path = "/v1/downtime", params(
    ("service" = Option<String>, Query, description = "only its functions"),
    ("from" = Option<String>, Query, description = "a day, from its midnight in UTC, or an instant; the first of this month where it is not said"),
    ("to" = Option<String>, Query, description = "the day after the last, or an instant; now where it is not said or is ahead"),
    ("rule" = Option<DowntimeRule>, Query, description = "unplanned-merged where it is not said"),
    ("after" = Option<String>, Query, description = "functions behind this name"),
    ("before" = Option<String>, Query, description = "an earlier answer's next"),
    ("limit" = Option<usize>, Query, description = "stretches, at most 500; 100 where it is not said"),
), responses((status = 200, body = Downtime)))]
pub(super) async fn account(State(app): State<App>, Query(asked): Query<Period>) -> Result<Json<Downtime>, Failure> {
    let now = app.kernel.now();
    let month = now.to_zoned(TimeZone::UTC).date().first_of_month();
    let from = asked.from.as_deref().map_or_else(|| midnight(month), |text| instant("from", text))?;
    let to = asked.to.as_deref().map_or(Ok(now), |text| instant("to", text))?;
    if to <= from || from >= now {
        return Err(Failure::invalid(format!("from {from} to {to}: no time that has passed is between them")));
    }
    let asked = DowntimeAsked {
        service: known(&app, asked.service.as_deref())?,
        from,
        to,
        rule: rule(asked.rule.as_deref())?,
        after: asked.after,
        before: asked.before,
        limit: bounded("limit", asked.limit, STRETCHES, DOWNTIME_STRETCHES_MAX)?,
    };
    Ok(Json(app.kernel.look(|look| view::downtime(look, &asked))))
}

/// Which table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    service: Option<String>,
    every: Option<DowntimeEvery>,
    from: Option<String>,
    cells: Option<usize>,
    rule: Option<String>,
    after: Option<String>,
    limit: Option<usize>,
}

#[utoipa::path(get, path = "/v1/downtime/months", params(
    ("service" = Option<String>, Query, description = "only its functions"),
    ("every" = Option<DowntimeEvery>, Query, description = "month where it is not said"),
    ("from" = Option<String>, Query, description = "a day of the first cell; the last cell is the present one where it is not said"),
    ("cells" = Option<usize>, Query, description = "at most 120; 12 where it is not said"),
    ("rule" = Option<DowntimeRule>, Query, description = "unplanned-merged where it is not said"),
    ("after" = Option<String>, Query, description = "an earlier answer's next"),
    ("limit" = Option<usize>, Query, description = "functions, at most 100"),
), responses((status = 200, body = DowntimeMonths)))]
pub(super) async fn months(
    State(app): State<App>,
    Query(asked): Query<Table>,
) -> Result<Json<DowntimeMonths>, Failure> {
    let from = asked.from.as_deref().map(|text| day("from", text)).transpose()?;
    let asked = MonthsAsked {
        service: known(&app, asked.service.as_deref())?,
        rule: rule(asked.rule.as_deref())?,
        every: asked.every.unwrap_or_default(),
        from,
        cells: bounded("cells", asked.cells, CELLS, DOWNTIME_CELLS_MAX)?,
        after: asked.after,
        limit: bounded("limit", asked.limit, DOWNTIME_FUNCTIONS_MAX, DOWNTIME_FUNCTIONS_MAX)?,
    };
    Ok(Json(app.kernel.look(|look| view::downtime_months(look, &asked))))
}

#[utoipa::path(post, path = "/v1/downtime/windows", request_body = WindowRequest, responses((status = 201, body = DowntimeWindow)))]
pub(super) async fn announce(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<WindowRequest>, JsonRejection>,
) -> Result<(StatusCode, Json<DowntimeWindow>), Failure> {
    Ok((StatusCode::CREATED, Json(declare(&app, principal, body?.0).await?)))
}

/// Declares a window, whoever asks in whatever way.
pub(super) async fn declare(app: &App, principal: Principal, asked: WindowRequest) -> Result<DowntimeWindow, Failure> {
    let WindowRequest { service, function, start, end, reason } = asked;
    check_may_change(app, &principal, &service)?;
    let wanted = WindowWanted { service, function, start, end, reason };
    let done = app.kernel.command(Input::AnnounceWindow(Box::new(wanted)), principal.actor).await?;
    let window = done.facts.iter().find_map(|fact| match &fact.event {
        Event::DowntimeWindowAnnounced(event) => Some(event.window),
        _ => None,
    });
    let window = window.ok_or_else(|| Failure::unavailable("the window was not appended"))?;
    find(app, window)
}

#[utoipa::path(post, path = "/v1/downtime/windows/{window}/cancel", params(("window" = String, Path)), responses((status = 200, body = DowntimeWindow)))]
pub(super) async fn cancel(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(id): Path<String>,
) -> Result<Json<DowntimeWindow>, Failure> {
    take_back(&app, principal, &id).await.map(Json)
}

/// Takes a window back, whoever asks in whatever way.
pub(super) async fn take_back(app: &App, principal: Principal, id: &str) -> Result<DowntimeWindow, Failure> {
    let window: WindowId = id.parse().map_err(|_| no_window(id))?;
    check_may_change(app, &principal, &find(app, window)?.service)?;
    app.kernel.command(Input::CancelWindow { window }, principal.actor).await?;
    find(app, window)
}

/// Says why; answers with the stretch of time that this is now the cause of.
#[utoipa::path(post, path = "/v1/downtime/cause", request_body = CauseRequest, responses((status = 200, body = DowntimeStretch)))]
pub(super) async fn name_cause(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    body: Result<Json<CauseRequest>, JsonRejection>,
) -> Result<Json<DowntimeStretch>, Failure> {
    let Json(CauseRequest { service, function, at, cause }) = body?;
    check_may_change(&app, &principal, &service)?;
    let key = (service.clone(), function.clone());
    let wanted = CauseWanted { service, function, since: at, cause };
    app.kernel.command(Input::NameCause(Box::new(wanted)), principal.actor).await?;
    let found = app.kernel.look(|look| view::downtime_at(look, &key, at));
    found.map(Json).ok_or_else(|| Failure::unavailable("the cause was not appended"))
}

fn find(app: &App, window: WindowId) -> Result<DowntimeWindow, Failure> {
    app.kernel.look(|look| view::downtime_window(look, window)).ok_or_else(|| no_window(&window.to_string()))
}

fn no_window(id: &str) -> Failure {
    let mut failure = Failure::unknown("window", id);
    failure.0.hint = Some("`seaworthy downtime` lists windows with their ids".to_owned());
    failure
}

/// Returns the service that a name means; one that left the catalogue is still known by what was seen of it.
pub(super) fn known(app: &App, name: Option<&str>) -> Result<Option<ServiceId>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let service = named(app, name)?;
    let is_known = app.kernel.look(|look| {
        let seen = look.state.downtime.functions().any(|((of, _), _)| *of == service);
        seen || look.state.catalogue.service(&service).is_some()
    });
    if is_known { Ok(Some(service)) } else { Err(unknown(app, name)) }
}

/// Reads the name of a definition.
pub(super) fn rule(name: Option<&str>) -> Result<DowntimeRule, Failure> {
    let Some(name) = name else { return Ok(DowntimeRule::UnplannedMerged) };
    let read = serde_json::from_value(serde_json::Value::String(name.to_owned()));
    read.map_err(|_| {
        let known = view::downtime_rules().join(", ");
        Failure::invalid(format!("rule: no definition of downtime is called \"{name}\": there are {known}"))
    })
}

/// Reads a day, which is its midnight in UTC, or an instant.
pub(super) fn instant(field: &str, text: &str) -> Result<Timestamp, Failure> {
    match text.parse::<Date>() {
        Ok(date) if text.len() == DAY_CHARS => midnight(date),
        _ => text.parse().map_err(|_| {
            Failure::invalid(format!("{field} \"{text}\": write a day such as 2026-01-31, or 2026-01-31T08:00:00Z"))
        }),
    }
}

/// Characters of a day: what is longer has a time in it.
const DAY_CHARS: usize = "2026-01-31".len();

pub(super) fn day(field: &str, text: &str) -> Result<Date, Failure> {
    let read = text.parse().ok().filter(|_| text.len() == DAY_CHARS);
    let read = read.filter(|date| midnight(*date).is_ok());
    read.ok_or_else(|| Failure::invalid(format!("{field} \"{text}\": write a day such as 2026-01-31")))
}

fn midnight(date: Date) -> Result<Timestamp, Failure> {
    let midnight = date.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    midnight.map_err(|_| Failure::invalid(format!("{date}: no calendar has that day")))
}

fn bounded(field: &str, asked: Option<usize>, usual: usize, most: usize) -> Result<usize, Failure> {
    match asked {
        Some(asked) if !(1..=most).contains(&asked) => Err(Failure::invalid(format!("{field}: 1 to {most}"))),
        asked => Ok(asked.unwrap_or(usual)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_instants() {
        let read = |text: &str| instant("from", text).ok().map(|at| at.to_string());
        for (text, want) in [
            ("2026-01-31", Some("2026-01-31T00:00:00Z")),
            ("2026-01-31T08:00:00Z", Some("2026-01-31T08:00:00Z")),
            ("2026-01-31T08:00:00+01:00", Some("2026-01-31T07:00:00Z")),
            ("2026-02-30", None),
            ("2026-01-31T08:00:00", None),
            ("31.1.2026", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_deref(), want, "{text:?}");
        }
        assert!(day("from", "2026-01-31T08:00:00Z").is_err() && day("from", "-009999-01-01").is_err());
    }

    #[test]
    fn definitions_by_name_and_numbers_within_limits() {
        assert_eq!(rule(None).ok(), Some(DowntimeRule::UnplannedMerged));
        assert_eq!(rule(Some("maintenance-announced")).ok(), Some(DowntimeRule::MaintenanceAnnounced));
        for name in ["", "all", "Critical", "kindest"] {
            let refused = rule(Some(name)).expect_err(name);
            assert!(refused.0.message.contains("unplanned-merged"), "{}", refused.0.message);
        }
        assert_eq!([None, Some(1), Some(9)].map(|n| bounded("n", n, 5, 9).ok()), [Some(5), Some(1), Some(9)]);
        assert!(bounded("n", Some(0), 5, 9).is_err() && bounded("n", Some(10), 5, 9).is_err());
    }
}
