//! What gateways and supervisors hang on to: config and desired processes down, reports and observations up.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
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
use seaworthy_contract::api::Code;
use seaworthy_contract::gateway::{Report, ReportAck};
use seaworthy_contract::process::Observed;
use seaworthy_core::desired::{desired_processes, gateway_config};
use seaworthy_core::{Input, State as Folded};
use seaworthy_model::Position;
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::listen::Limits;
use super::{App, Failure, Route, report};
use crate::access::{Principal, Who};
use crate::kernel::Changed;

/// How often the newest line is sent again when nothing changes; a reader takes three times that for a dead server.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// Most instances in one observation.
const INSTANCES_MAX: usize = 10_000;

/// Largest report or observation, in bytes: the most counts or instances there may be, with room.
const MACHINE_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Most streams of pages that are open somewhere: half of the connections, so that everything else goes on.
const PAGE_STREAMS_MAX: usize = Limits::REAL.connections / 2;

/// Most streams of gateways and supervisors; each has one, and a second for a moment when it connects again.
const MACHINE_STREAMS_MAX: usize = 100;

/// Places for streams, which last as long as their readers like.
pub(crate) struct Places {
    pub(super) pages: Arc<Semaphore>,
    machines: Arc<Semaphore>,
}

impl Default for Places {
    fn default() -> Self {
        let places = |max| Arc::new(Semaphore::new(max));
        Self { pages: places(PAGE_STREAMS_MAX), machines: places(MACHINE_STREAMS_MAX) }
    }
}

/// Takes a place, which is free again when it is dropped.
pub(super) fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Failure> {
    places.clone().try_acquire_owned().map_err(|_| {
        let hint = "close pages that nobody reads, or try again in a moment";
        Failure::new(Code::Unavailable, "as many streams are open as there may be", Some(hint))
    })
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/gateways/{name}/config", Who::Gateway, get(config)),
        Route::new(Method::POST, "/v1/gateways/{name}/telemetry", Who::Gateway, post(telemetry))
            .accepting(MACHINE_BODY_BYTES_MAX),
        Route::new(Method::GET, "/v1/agents/{name}/desired", Who::Supervisor, get(desired)),
        Route::new(Method::POST, "/v1/agents/{name}/observed", Who::Supervisor, post(observed))
            .accepting(MACHINE_BODY_BYTES_MAX),
    ]
}

async fn config(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    check_is(&principal, "gateway", &name)?;
    lines(&app, |changed| changed.config, gateway_config)
}

async fn desired(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    check_is(&principal, "supervisor", &name)?;
    lines(&app, |changed| changed.desired, desired_processes)
}

/// A machine speaks for itself alone: what another is said to have seen would count as that one's.
fn check_is(principal: &Principal, kind: &str, name: &str) -> Result<(), Failure> {
    match principal.actor.strip_prefix(kind).and_then(|rest| rest.strip_prefix('/')) == Some(name) {
        true => Ok(()),
        false => Err(Failure::forbidden(&format!("this credential is not that of {kind} \"{name}\""))),
    }
}

async fn telemetry(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<Report>, JsonRejection>,
) -> Result<Json<ReportAck>, Failure> {
    check_is(&principal, "gateway", &name)?;
    let Json(report) = body?;
    if report.gateway.as_str() != name {
        return Err(Failure::invalid(format!("the report is of gateway \"{}\", not \"{name}\"", report.gateway)));
    }
    report::check(&report)?;
    Ok(Json(app.kernel.report(report).await?))
}

async fn observed(
    State(app): State<App>,
    Extension(principal): Extension<Principal>,
    Path(name): Path<String>,
    body: Result<Json<Observed>, JsonRejection>,
) -> Result<StatusCode, Failure> {
    check_is(&principal, "supervisor", &name)?;
    let Json(observed) = body?;
    if observed.instances.len() > INSTANCES_MAX {
        return Err(Failure::invalid(format!("an observation has at most {INSTANCES_MAX} instances")));
    }
    app.kernel.command(Input::Observed(observed), principal.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A line of JSON now, again whenever `version` moves, and as a heartbeat.
pub(super) fn lines<T: Serialize + 'static>(
    app: &App,
    version: fn(&Changed) -> Position,
    view: impl Fn(&Folded) -> T + Clone + Send + Unpin + 'static,
) -> Result<Response, Failure> {
    let place = place(&app.places.machines)?;
    let kernel = app.kernel.clone();
    let body = stream(place, app.kernel.changes(), move |mut changes, first| {
        let (kernel, view) = (kernel.clone(), view.clone());
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
    Ok(response)
}

type Pending = Pin<Box<dyn Future<Output = Option<(Bytes, watch::Receiver<Changed>)>> + Send>>;

/// A body that asks `next` for one piece after the other; nothing is made before somebody reads it, so a slow reader
/// holds one piece at most.
pub(super) struct Pieces<F> {
    next: F,
    pending: Pending,
    _place: OwnedSemaphorePermit,
}

/// Makes a body of pieces; `next` gets the changes to wait for, and whether it is asked for the first time.
pub(super) fn stream<F, Fut>(
    place: OwnedSemaphorePermit,
    changes: watch::Receiver<Changed>,
    mut next: F,
) -> Pieces<impl FnMut(watch::Receiver<Changed>) -> Pending + Unpin>
where
    F: FnMut(watch::Receiver<Changed>, bool) -> Fut + Unpin,
    Fut: Future<Output = Option<(Bytes, watch::Receiver<Changed>)>> + Send + 'static,
{
    let pending = Box::pin(next(changes, true)) as Pending;
    Pieces { next: move |changes| Box::pin(next(changes, false)) as Pending, pending, _place: place }
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
