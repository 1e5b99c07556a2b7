//! Objectives: how much budget is left, what burns it, what would page.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use http::Method;
use seaworthy_contract::api::{Code, Objective, ObjectiveSeries};
use seaworthy_core::view::{self, Plot};
use seaworthy_model::ServiceId;
use seaworthy_signals::{Bucket, PAST_DAYS_MAX, Resolution};
use serde::Deserialize;

use super::{App, Failure, Route, services};
use crate::access::Who;
use crate::kernel::chain;

/// Longest time that is drawn, in seconds: what is kept.
pub(super) const WINDOW_SECONDS_MAX: u32 = PAST_DAYS_MAX as u32 * 86_400;

/// What is drawn where nobody says how much, in seconds: an hour.
pub(super) const WINDOW_SECONDS: u32 = 3_600;

/// Objectives of one answer, unless asked otherwise: what a person looks through.
const SHOWN: usize = 100;

/// Most objectives of one answer: with all that is told of each, a quarter of a megabyte.
const SHOWN_MAX: usize = 500;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/objectives", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/objectives/{name}", Who::SignedIn, get(show)),
        Route::new(Method::GET, "/v1/objectives/{name}/series", Who::SignedIn, get(series)),
    ]
}

/// Which objectives.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    service: Option<String>,
    #[serde(default)]
    after: String,
    limit: Option<usize>,
}

/// Lists objectives by name, from the one after `after` on.
#[utoipa::path(get, path = "/v1/objectives", params(("service" = Option<String>, Query), ("after" = Option<String>, Query, description = "the last name of the answer before"), ("limit" = Option<usize>, Query, description = "100 where it is not said, at most 500")), responses((status = 200, body = Vec<Objective>)))]
pub(super) async fn list(
    State(app): State<App>,
    Query(filter): Query<Filter>,
) -> Result<Json<Vec<Objective>>, Failure> {
    let service: Option<ServiceId> = match filter.service {
        Some(name) => {
            let service = services::named(&app, &name)?;
            let is_known = app.kernel.look(|look| look.state.catalogue.service(&service).is_some());
            Some(service).filter(|_| is_known).ok_or_else(|| services::unknown(&app, &name))?.into()
        }
        None => None,
    };
    let limit = filter.limit.unwrap_or(SHOWN).clamp(1, SHOWN_MAX);
    Ok(Json(app.kernel.look(|look| view::objectives_after(look, service.as_ref(), &filter.after, limit))))
}

#[utoipa::path(get, path = "/v1/objectives/{name}", params(("name" = String, Path)), responses((status = 200, body = Objective)))]
pub(super) async fn show(State(app): State<App>, Path(name): Path<String>) -> Result<Json<Objective>, Failure> {
    app.kernel.look(|look| view::objective(look, &name)).map(Json).ok_or_else(|| unknown(&name))
}

pub(super) fn unknown(name: &str) -> Failure {
    let mut failure = Failure::unknown("objective", name);
    failure.0.hint = Some("`seaworthy slo status` lists those that are declared".to_owned());
    failure
}

/// How much is drawn.
#[derive(Deserialize)]
pub(super) struct Window {
    window: Option<String>,
}

/// Draws an objective. What memory holds is drawn from there; more than three days come from the disk.
#[utoipa::path(get, path = "/v1/objectives/{name}/series", params(("name" = String, Path), ("window" = Option<String>, Query, description = "such as 5m, 6h, 3d; an hour where it is not said, at most 92d")), responses((status = 200, body = ObjectiveSeries)))]
pub(super) async fn series(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(window): Query<Window>,
) -> Result<Json<ObjectiveSeries>, Failure> {
    let window_s = match window.window.as_deref() {
        None => WINDOW_SECONDS,
        Some(text) => seconds(text).ok_or_else(|| {
            Failure::invalid(format!("window \"{text}\": write a number and s, m, h or d, at most {PAST_DAYS_MAX}d"))
        })?,
    };
    if app.kernel.look(|look| look.watch.objectives.get(&name).is_none()) {
        return Err(unknown(&name));
    }
    over(&app, &name, window_s).await?.map(Json).ok_or_else(|| {
        Failure::new(
            Code::Refused,
            format!("nothing is counted here for objective \"{name}\""),
            Some("another system measures it, or it cannot be watched: draw it there"),
        )
    })
}

/// Draws the last so many seconds of an objective; none where nothing of it is counted here.
pub(super) async fn over(app: &App, name: &str, window_s: u32) -> Result<Option<ObjectiveSeries>, Failure> {
    match app.kernel.look(|look| view::plot(look, name, window_s)) {
        Some(Plot::Ready(plot)) => Ok(Some(plot)),
        Some(Plot::OnDisk(drawing)) => {
            let slots = drawing.slots.clone();
            let rows = app.kernel.series.read(&drawing.series, Resolution::FiveMinutes, slots).await;
            let rows = rows.map_err(|error| {
                tracing::warn!(error = %chain(&error), "could not draw an objective");
                Failure::new(Code::Unavailable, "could not read what was counted; try again in a moment", None)
            })?;
            let buckets: Vec<Bucket> = rows.iter().map(seaworthy_store::Row::bucket).collect();
            Ok(Some(drawing.draw(&buckets)))
        }
        None => Ok(None),
    }
}

/// Reads `90s`, `5m`, `6h`, `3d`.
fn seconds(text: &str) -> Option<u32> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = number.parse::<u32>().ok().filter(|_| is_number)?.checked_mul(unit)?;
    (1..=WINDOW_SECONDS_MAX).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn windows_as_people_write_them() {
        for (text, want) in [
            ("90s", Some(90)),
            ("5m", Some(300)),
            ("6h", Some(21_600)),
            ("92d", Some(92 * 86_400)),
            ("93d", None),
            ("0s", None),
            ("+5m", None),
            ("5", None),
            ("", None),
            ("m", None),
            ("5é", None),
            ("99999999999d", None),
        ] {
            assert_eq!(seconds(text), want, "{text:?}");
        }
    }
}
