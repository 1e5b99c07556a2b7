//! Server-sent events: "something changed, the ledger stands at n". Pages fetch what they show anew.

use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method};
use tokio::time::Instant;

use super::streams::{place, stream};
use super::{App, Failure, Route};
use crate::access::Who;

/// Shortest time between two events: four a second is as fast as anybody reads, and as the judge looks.
const EVERY: Duration = Duration::from_millis(250);

/// Time after which a comment keeps the connection alive, and a page with nothing new refreshes its ages.
const HEARTBEAT: Duration = Duration::from_secs(5);

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/v1/events", Who::SignedIn, get(events))]
}

/// Tells the position whenever it grows; while a rollout is live also its counts change, so once a second then.
async fn events(State(app): State<App>) -> Result<Response, Failure> {
    let place = place(&app.places.pages)?;
    let changes = app.kernel.changes();
    let body = stream(place, changes, move |mut changes, first| {
        let app = app.clone();
        async move {
            let wait = if first { Duration::ZERO } else { pause(&app) };
            let deadline = Instant::now() + wait;
            tokio::select! {
                changed = changes.changed(), if !first => {
                    if changed.is_err() {
                        return None;
                    }
                    tokio::time::sleep_until(deadline.min(Instant::now() + EVERY)).await;
                }
                () = tokio::time::sleep_until(deadline) => {}
            }
            let position = changes.borrow_and_update().position;
            let text = format!("event: position\ndata: {position}\n\n");
            Some((Bytes::from(text), changes))
        }
    });
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    Ok(response)
}

fn pause(app: &App) -> Duration {
    let live = app.kernel.look(|look| look.state.rollouts.values().any(|record| record.needs_canary()));
    if live { Duration::from_secs(1) } else { HEARTBEAT }
}
