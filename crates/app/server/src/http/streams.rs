//! What gateways and supervisors hang on to: config and desired processes down, reports and observations up.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Json};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use http_body::Frame;
use seaworthy_contract::gateway::{COUNTS_MAX, Report, ReportAck};
use seaworthy_contract::process::Observed;
use seaworthy_core::desired::{desired_processes, gateway_config};
use seaworthy_core::{Input, State as Folded};
use seaworthy_model::Position;
use serde::Serialize;
use tokio::sync::watch;

use super::{App, Failure, Route};
use crate::access::{Principal, Who};
use crate::kernel::Changed;

/// How often the newest line is sent again when nothing changes; a reader takes three times that for a dead server.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Most instances in one observation.
const INSTANCES_MAX: usize = 10_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/gateways/{name}/config", Who::Gateway, get(config)),
        Route::new(Method::POST, "/v1/gateways/{name}/telemetry", Who::Gateway, post(telemetry)),
        Route::new(Method::GET, "/v1/agents/{name}/desired", Who::Supervisor, get(desired)),
        Route::new(Method::POST, "/v1/agents/{name}/observed", Who::Supervisor, post(observed)),
    ]
}

async fn config(State(app): State<App>) -> Response {
    lines(&app, |changed| changed.config, gateway_config)
}

async fn desired(State(app): State<App>) -> Response {
    lines(&app, |changed| changed.desired, desired_processes)
}

async fn telemetry(
    State(app): State<App>,
    Path(name): Path<String>,
    body: Result<Json<Report>, JsonRejection>,
) -> Result<Json<ReportAck>, Failure> {
    let Json(report) = body?;
    if report.gateway.as_str() != name {
        return Err(Failure::invalid(format!("the report is of gateway \"{}\", not \"{name}\"", report.gateway)));
    }
    if report.counts.len() > COUNTS_MAX {
        return Err(Failure::invalid(format!("a report has at most {COUNTS_MAX} counts")));
    }
    Ok(Json(app.kernel.report(report).await?))
}

async fn observed(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(_): Path<String>,
    body: Result<Json<Observed>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    let Json(observed) = body?;
    if observed.instances.len() > INSTANCES_MAX {
        return Err(Failure::invalid(format!("an observation has at most {INSTANCES_MAX} instances")));
    }
    app.kernel.command(Input::Observed(observed), principal.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A line of JSON now, again whenever `version` moves, and as a heartbeat.
fn lines<T: Serialize + 'static>(app: &App, version: fn(&Changed) -> Position, view: fn(&Folded) -> T) -> Response {
    let kernel = app.kernel.clone();
    let body = stream(app.kernel.changes(), move |mut changes, first| {
        let kernel = kernel.clone();
        async move {
            let seen = version(&changes.borrow_and_update());
            if !first {
                let moved = changes.wait_for(|changed| version(changed) > seen);
                match tokio::time::timeout(HEARTBEAT, moved).await {
                    Ok(Ok(_)) | Err(_) => {}
                    Ok(Err(_)) => return None,
                }
            }
            changes.mark_unchanged();
            let line = kernel.look(|look| serde_json::to_string(&view(look.state)));
            let mut line = line.expect("desired state has string keys only");
            line.push('\n');
            Some((Bytes::from(line), changes))
        }
    });
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/jsonl"));
    response
}

type Pending = Pin<Box<dyn Future<Output = Option<(Bytes, watch::Receiver<Changed>)>> + Send>>;

/// A body that asks `next` for one piece after the other; nothing is made before somebody reads it, so a slow reader
/// holds one piece at most.
pub(super) struct Pieces<F> {
    next: F,
    pending: Pending,
}

/// Makes a body of pieces; `next` gets the changes to wait for, and whether it is asked for the first time.
pub(super) fn stream<F, Fut>(
    changes: watch::Receiver<Changed>,
    mut next: F,
) -> Pieces<impl FnMut(watch::Receiver<Changed>) -> Pending + Unpin>
where
    F: FnMut(watch::Receiver<Changed>, bool) -> Fut + Unpin,
    Fut: Future<Output = Option<(Bytes, watch::Receiver<Changed>)>> + Send + 'static,
{
    let pending = Box::pin(next(changes, true)) as Pending;
    Pieces { next: move |changes| Box::pin(next(changes, false)) as Pending, pending }
}

impl<F: FnMut(watch::Receiver<Changed>) -> Pending + Unpin> http_body::Body for Pieces<F> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        match this.pending.as_mut().poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some((bytes, changes))) => {
                this.pending = (this.next)(changes);
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
        }
    }
}
