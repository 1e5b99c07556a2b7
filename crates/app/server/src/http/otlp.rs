//! Metrics of OpenTelemetry, over HTTP: counts of the series that objectives name; everything else is passed over.

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use jiff::Timestamp;
use seaworthy_contract::api::{ApiError, Code};
use seaworthy_contract::catalogue::Indicator;
use seaworthy_core::view::Look;
use seaworthy_metrics::NotUnderstood;
use seaworthy_metrics::otlp::{
    BODY_BYTES_MAX, Encoding, InflateError, Intake, Taken, Wanted, answer, inflate, refusal,
};
use seaworthy_model::{ServiceId, Tally};
use tokio::sync::Mutex;

use super::{App, Failure, Route};
use crate::access::{Principal, Who};
use crate::kernel::{CommandError, Counted, Pushed};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::POST, "/v1/metrics", Who::Counts, post(export)).accepting(BODY_BYTES_MAX)]
}

/// Exports so far. One after the other: where a stream stands must be known before its next point is read.
pub(crate) struct Exports(Mutex<Standing>);

struct Standing {
    intake: Intake,
    /// Whether something was counted that is not stored yet.
    owes: bool,
}

impl Exports {
    /// Begins to watch at `now`: what counters say they counted before is not ours.
    pub(super) fn new(now: Timestamp) -> Self {
        Self(Mutex::new(Standing { intake: Intake::new(now), owes: false }))
    }
}

/// Takes an export of metrics, protobuf or JSON, plain or compressed by gzip. The same export again adds nothing.
#[utoipa::path(post, path = "/v1/metrics", request_body = Object, responses((status = 200, body = Object)))]
pub(super) async fn export(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let Some(encoding) = text(&CONTENT_TYPE).and_then(Encoding::of) else {
        return Failure::invalid("content-type: send application/x-protobuf or application/json").into_response();
    };
    let body = match plain(body, text(&CONTENT_ENCODING)) {
        Ok(body) => body,
        Err((code, error)) => return refused(encoding, code, &error),
    };
    let now = app.kernel.now();
    let wanted = app.kernel.look(|look| wanted(look, &principal));
    let mut standing = app.exports.0.lock().await;
    let taken = match standing.intake.read(&body, encoding, &wanted, now) {
        Ok(taken) => taken,
        Err(error) => return refused(encoding, Code::Invalid, &error),
    };
    let reply = answer(encoding, &taken);
    match standing.keep(&app, taken, now).await {
        Ok(()) => ([(CONTENT_TYPE, encoding.content_type())], reply).into_response(),
        Err(error) => Failure::from(error).into_response(),
    }
}

/// Returns the body as it was before it was compressed.
fn plain(body: Bytes, how: Option<&str>) -> Result<Bytes, (Code, NotUnderstood)> {
    match how {
        None => Ok(body),
        Some(how) if how.eq_ignore_ascii_case("identity") => Ok(body),
        Some(how) if how.eq_ignore_ascii_case("gzip") => inflate(&body).map(Bytes::from).map_err(|error| {
            let code = if matches!(error, InflateError::TooLarge) { Code::TooLarge } else { Code::Invalid };
            (code, NotUnderstood(error.to_string()))
        }),
        Some(how) => {
            let why = format!("the body is compressed by {how}; set \"compression: gzip\" in the exporter");
            Err((Code::Invalid, NotUnderstood(why)))
        }
    }
}

impl Standing {
    /// Stores what an export adds, and remembers where its streams stand.
    async fn keep(&mut self, app: &App, taken: Taken, now: Timestamp) -> Result<(), CommandError> {
        let pushed = by_series(&taken);
        if !pushed.is_empty() || self.owes {
            match app.kernel.count(Counted::Pushed(pushed)).await {
                Ok(_) => self.owes = false,
                // Nothing was added, so the same export again is counted.
                Err(error @ (CommandError::Refused(_) | CommandError::Busy)) => return Err(error),
                Err(error) => {
                    // It is in memory and stored later; the same export again waits for that and adds nothing.
                    self.owes = true;
                    self.intake.keep(taken, now);
                    return Err(error);
                }
            }
        }
        self.intake.keep(taken, now);
        Ok(())
    }
}

fn by_series(taken: &Taken) -> Vec<Pushed> {
    let mut series: BTreeMap<(&ServiceId, &str), Vec<(Timestamp, Tally)>> = BTreeMap::new();
    for one in &taken.pushed {
        series.entry((&one.service, &one.series)).or_default().push((one.at, one.tally));
    }
    let pushed = |((service, series), points): ((&ServiceId, &str), _)| Pushed {
        service: service.clone(),
        series: series.to_owned(),
        points,
    };
    series.into_iter().map(pushed).collect()
}

/// The series that objectives name, of services that the sender may speak for.
fn wanted(look: &Look<'_>, principal: &Principal) -> Wanted {
    let mut wanted = Wanted::default();
    for objective in look.state.catalogue.objectives() {
        let Indicator::Pushed { series } = &objective.indicator else { continue };
        let owner = look.state.catalogue.service(&objective.service).map(|service| &service.owner);
        let is_its = owner.is_some_and(|owner| principal.may_change(owner)) || principal.sends_for_all();
        if is_its && let Err(error) = wanted.add(&objective.service, series) {
            tracing::warn!(%error, "a series is not counted");
        }
    }
    wanted
}

/// Refuses in the sender's own encoding; it does not send the same again.
fn refused(encoding: Encoding, code: Code, error: &NotUnderstood) -> Response {
    let body = refusal(encoding, error);
    let status = if code == Code::TooLarge { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
    let mut response = (status, [(CONTENT_TYPE, encoding.content_type())], body).into_response();
    // Said so that the answer stays in the shape of the format.
    response.extensions_mut().insert(ApiError { code, message: error.to_string(), hint: None });
    response
}
