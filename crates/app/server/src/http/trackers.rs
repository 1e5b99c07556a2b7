//! Other systems: whether they hear what they are to hear; and what trackers tell, that a ticket was closed there, or opened
//! again.
//!
//! A tracker proves itself by the signature that its file declares, or by a token that may send facts in.

use axum::Json;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use bytes::Bytes;
use http::{HeaderMap, Method};
use seaworthy_contract::api::{OutletState, TrackerHeard};
use seaworthy_contract::catalogue::{OutletWay, Tracker, TrackerSignature};
use seaworthy_core::{Input, OutwardDone, view};
use seaworthy_integrations::{at, hmac_sha256};
use seaworthy_model::OutletId;
use serde_json::Value;

use super::{App, Failure, Route};
use crate::access::{Digest, Who};

/// Largest message: a ticket with its whole text.
const BODY_BYTES_MAX: usize = 1024 * 1024;

pub(super) fn routes() -> Vec<Route> {
    let path = "/v1/trackers/{tracker}/changes";
    vec![
        Route::new(Method::GET, "/v1/outlets", Who::SignedIn, get(list)),
        Route::new(Method::POST, path, Who::InBody, post(changed)).accepting(BODY_BYTES_MAX),
    ]
}

#[utoipa::path(get, path = "/v1/outlets", responses((status = 200, body = Vec<OutletState>)))]
pub(super) async fn list(State(app): State<App>) -> Json<Vec<OutletState>> {
    Json(app.kernel.look(view::outlets))
}

/// Takes what a tracker sends when a ticket changes. The same again changes nothing.
#[utoipa::path(post, path = "/v1/trackers/{tracker}/changes", params(("tracker" = String, Path)), request_body = Object, responses((status = 200, body = TrackerHeard)))]
pub(super) async fn changed(
    State(app): State<App>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<TrackerHeard>, Failure> {
    let declared = name.parse::<OutletId>().ok().and_then(|outlet| Some((tracker(&app, &outlet)?, outlet)));
    let signature = declared.as_ref().and_then(|(tracker, _)| tracker.state.as_ref()?.told.as_ref()?.signature.clone());
    let actor = match &signature {
        Some(signature) if is_signed(&app, signature, &headers, &body) => format!("tracker/{name}"),
        // Whether there is such a tracker is not for whoever proves nothing.
        _ => held(&app, &headers).await?,
    };
    let (tracker, outlet) = declared.ok_or_else(|| Failure::unknown("tracker", name.as_str()))?;
    let told = tracker.state.as_ref().and_then(|state| state.told.as_ref());
    let told =
        told.ok_or_else(|| Failure::invalid("the tracker's file does not say where in this the ticket stands"))?;
    let said: Value = serde_json::from_slice(&body).map_err(|_| Failure::invalid("the body is no JSON"))?;
    let (Some(key), Some(word)) = (at(&said, &told.key), at(&said, &told.at)) else {
        // Trackers send much that is about other things.
        return Ok(Json(TrackerHeard { changed: false }));
    };
    let done = OutwardDone::Stands { outlet, key, word };
    let done = app.kernel.command(Input::Outward(Box::new(done)), actor).await?;
    Ok(Json(TrackerHeard { changed: !done.facts.is_empty() }))
}

fn tracker(app: &App, outlet: &OutletId) -> Option<Tracker> {
    app.kernel.look(|look| match &look.state.catalogue.outlet(outlet)?.way {
        OutletWay::Tracker(tracker) => Some(tracker.as_ref().clone()),
        OutletWay::Webhook { .. } | OutletWay::Rooms { .. } => None,
    })
}

/// Returns who sends, by a token; a session is a person's.
async fn held(app: &App, headers: &HeaderMap) -> Result<String, Failure> {
    let principal = app.access.principal(headers).await.map_err(|error| Failure::side(&error))?;
    match principal {
        Some(principal) if principal.may_call(Who::InBody) => Ok(principal.actor),
        Some(principal) => Err(Failure::not_for(&principal.holder)),
        None => Err(Failure::unauthenticated()),
    }
}

fn is_signed(app: &App, signature: &TrackerSignature, headers: &HeaderMap, body: &[u8]) -> bool {
    let given = headers.get(&signature.header).and_then(|value| value.to_str().ok());
    let given = given.and_then(|value| value.strip_prefix(signature.prefix.as_str()));
    let Ok(secret) = app.channels.secret(&signature.secret) else { return false };
    let wanted = Digest::from_bytes(&hmac_sha256(secret.as_bytes(), &[body]));
    let given = given.and_then(Digest::from_hex);
    given.zip(wanted).is_some_and(|(given, wanted)| given.equals(&wanted))
}
