//! The HTTP edge: one table of routes with who may call each, one file a noun.
//!
//! Handlers parse, ask the kernel, answer. Rights are checked in one place, before a handler runs; a test walks the
//! table and calls every route without, and with the wrong, credential.

mod catalogue;
mod error;
mod events;
mod gate;
mod health;
mod ledger;
mod metrics;
mod openapi;
mod pages;
mod portal;
mod rollouts;
mod services;
mod sign_in;
mod status;
mod streams;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;
use http::Method;
use uuid::Uuid;

use crate::access::{Access, Who};
use crate::kernel::Kernel;

pub(crate) use error::Failure;
pub use openapi::document;

/// Largest request body: a catalogue of the largest size that is accepted, with room.
const BODY_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What handlers work with.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) kernel: Kernel,
    pub(crate) access: Access,
    pub(crate) boot: Uuid,
    /// `http://host:port` of API and portal, for links.
    pub(crate) base: Arc<str>,
    pub(crate) metrics: Arc<metrics::Metrics>,
}

/// A route and who may call it.
pub(crate) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "axum routes by handler; the test of rights walks the table"))]
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    handler: MethodRouter<App>,
}

impl Route {
    fn new(method: Method, path: &'static str, who: Who, handler: MethodRouter<App>) -> Self {
        Self { method, path, who, handler }
    }
}

/// Returns every route. A new noun adds a line.
pub(crate) fn routes() -> Vec<Route> {
    [
        health::routes(),
        metrics::routes(),
        status::routes(),
        services::routes(),
        rollouts::routes(),
        pages::routes(),
        ledger::routes(),
        catalogue::routes(),
        events::routes(),
        streams::routes(),
        sign_in::routes(),
        openapi::routes(),
        portal::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the whole service.
pub(crate) fn router(app: App) -> Router {
    let guarded = routes().into_iter().fold(Router::new(), |router, route| {
        let gate = axum::middleware::from_fn_with_state((app.clone(), route.who), gate::gate);
        router.route(route.path, route.handler.layer(gate))
    });
    guarded
        .fallback(error::unknown_route)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn_with_state(app.clone(), gate::observe))
        .with_state(app)
}
