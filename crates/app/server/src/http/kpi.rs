//! Counts that a service sends itself: kept for the objectives that name their series, once however often they come.

mod keys;

use axum::extract::State;
use axum::routing::post;
use axum::{Extension, Json};
use bytes::Bytes;
use http::{HeaderMap, Method};
use seaworthy_contract::api::{Code, KpiRequest, KpiTaken};
use seaworthy_contract::catalogue::Indicator;
use seaworthy_metrics::kpi::{self, BODY_BYTES_MAX, Sent};
use seaworthy_model::ServiceId;

use super::rollouts::check_may_change;
use super::{App, Failure, Route, services};
use crate::access::{Principal, Who};
use crate::kernel::{CommandError, Counted, Pushed};

pub(crate) use keys::Keys;

/// Most series in a hint.
const SERIES_SAID_MAX: usize = 10;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::POST, "/v1/kpi", Who::Counts, post(take)).accepting(BODY_BYTES_MAX)]
}

/// Takes counts of one series. The same key of the same service again adds nothing.
#[utoipa::path(post, path = "/v1/kpi", request_body = KpiRequest, params(("idempotency-key" = Option<String>, Header, description = "names this sending, where the body does not")), responses((status = 200, body = KpiTaken)))]
pub(super) async fn take(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<KpiTaken>, Failure> {
    let key = headers.get("idempotency-key").map(|value| value.to_str().unwrap_or_default());
    let sent = kpi::read(&body, key, app.kernel.now()).map_err(|error| Failure::invalid(error.to_string()))?;
    check_may_send(&app, &principal, &sent.service)?;
    check_is_wanted(&app, &sent)?;
    let points = u32::try_from(sent.points.len()).unwrap_or(u32::MAX);
    // One sending after the other: of two with one key, the second finds it.
    let mut keys = app.keys.lock().await;
    let is_known = keys.knows(&app, &sent).await.map_err(|error| Failure::side(&error))?;
    let (service, series) = (sent.service.clone(), sent.series.clone());
    let pushed = Pushed { service, series, points: sent.points.clone() };
    let pushed = if is_known { Vec::new() } else { vec![pushed] };
    match app.kernel.count(Counted::Pushed(pushed)).await {
        Ok(_) => {}
        Err(error @ (CommandError::Refused(_) | CommandError::Busy)) => return Err(error.into()),
        Err(error) => {
            // They are in memory and stored later; the same sending again waits for that and adds nothing.
            keys.note(&app, &sent).await.map_err(|error| Failure::side(&error))?;
            return Err(error.into());
        }
    }
    if !is_known {
        keys.note(&app, &sent).await.map_err(|error| Failure::side(&error))?;
    }
    Ok(Json(KpiTaken { points, was_known: is_known }))
}

/// Admins and intake credentials speak for everybody, a team for what it owns.
fn check_may_send(app: &App, principal: &Principal, service: &ServiceId) -> Result<(), Failure> {
    if app.kernel.look(|look| look.state.catalogue.service(service).is_none()) {
        return Err(services::unknown(app, service.as_str()));
    }
    if principal.sends_for_all() {
        return Ok(());
    }
    check_may_change(app, principal, service)
}

/// What no objective names would be lost in silence.
fn check_is_wanted(app: &App, sent: &Sent) -> Result<(), Failure> {
    let wanted: Vec<String> = app.kernel.look(|look| {
        let of_service = look.state.catalogue.objectives().filter(|objective| objective.service == sent.service);
        let series = of_service.filter_map(|objective| match &objective.indicator {
            Indicator::Pushed { series } => Some(series.clone()),
            _ => None,
        });
        series.collect()
    });
    if wanted.contains(&sent.series) {
        return Ok(());
    }
    let hint = match wanted.as_slice() {
        [] => "declare an objective of it whose indicator is `pushed` with this series".to_owned(),
        some => format!("its objectives name {}", some[..some.len().min(SERIES_SAID_MAX)].join(", ")),
    };
    let message =
        format!("no objective of service \"{}\" names series \"{}\": it is not kept", sent.service, sent.series);
    Err(Failure::new(Code::NotFound, message, Some(&hint)))
}
