//! The HTTP edge: one table of routes with who may call each, one file a noun.
//!
//! Handlers parse, ask the kernel, answer. Rights are checked in one place, before a handler runs; a test walks the
//! table and calls every route without, and with the wrong, credential.

mod accounts;
mod actions;
mod alerts;
mod catalogue;
mod caught;
mod contacts;
mod controls;
mod downtime;
mod error;
mod events;
mod gate;
pub(crate) mod glass;
mod health;
mod incidents;
mod intake;
pub(crate) mod joining;
mod kpi;
mod ledger;
mod listen;
mod metrics;
mod objectives;
mod observations;
mod oncall;
mod openapi;
mod otlp;
mod pages;
mod portal;
mod probers;
mod readiness;
mod report;
mod rollouts;
mod room;
mod rotas;
mod rules;
mod runbooks;
mod services;
mod sign_in;
mod status;
mod streams;
mod tickets;
mod tokens;
mod trackers;
mod weeks;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::MethodRouter;
use http::Method;
use seaworthy_integrations::Channels;
use uuid::Uuid;

use crate::access::{Access, Who};
use crate::actions::Actions;
use crate::calendars::Calendars;
use crate::contacts::Contacts;
use crate::kernel::Kernel;
use crate::runbooks::Runbooks;

pub(crate) use error::Failure;
pub(crate) use listen::{Limits, serve};
pub use openapi::document;

/// Largest request body, unless a route needs more: what ships a version, with room. An event has no more than that.
const BODY_BYTES_MAX: usize = 128 * 1024;

/// What handlers work with.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) kernel: Kernel,
    pub(crate) access: Access,
    pub(crate) boot: Uuid,
    /// `http://host:port` of API and portal, for links.
    pub(crate) base: Arc<str>,
    /// The data directory of whoever started this, for commands that people are told; none where nobody said.
    pub(crate) data: Option<Arc<Path>>,
    pub(crate) metrics: Arc<metrics::Metrics>,
    /// What other systems said of services that nobody declared.
    pub(crate) unowned: Arc<intake::Unowned>,
    /// Keys of counts that services sent; one sending is taken after the other.
    pub(crate) keys: Arc<tokio::sync::Mutex<kpi::Keys>>,
    /// Where counters of other people's metrics stand.
    pub(crate) exports: Arc<otlp::Exports>,
    /// What teams wrote for the night.
    pub(crate) runbooks: Arc<Runbooks>,
    /// Runs command hooks.
    pub(crate) actions: Arc<Actions>,
    /// Calendars that rotations follow.
    pub(crate) calendars: Arc<Calendars>,
    /// Ways out, with the secrets that files name.
    pub(crate) channels: Arc<Channels>,
    /// Writes to people by hand.
    pub(crate) contacts: Arc<Contacts>,
    /// Requests so far, for their names.
    requests: Arc<AtomicU64>,
    pub(crate) places: Arc<streams::Places>,
    /// Told when somebody is to be asked to join a rota.
    pub(crate) invited: Arc<tokio::sync::Notify>,
    /// Findings of services as the last look left them; held for the time of a look.
    pub(crate) kept: Arc<std::sync::Mutex<seaworthy_core::readiness::Kept>>,
    /// Held by whoever applies a catalogue: names and entities of one document go together.
    pub(crate) applying: Arc<tokio::sync::Mutex<()>>,
    /// Held by whoever verifies the ledger: one reading of the whole at a time.
    pub(crate) verifying: Arc<tokio::sync::Mutex<()>>,
}

/// What an answer, an error page and the log call a request.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// The name of a request that is not numbered.
    fn nobodys() -> Self {
        Self("private".to_owned())
    }
}

impl App {
    pub(crate) fn new(kernel: Kernel, access: Access, boot: Uuid, base: Arc<str>, channels: Arc<Channels>) -> Self {
        let (metrics, places, unowned) = <_>::default();
        let (applying, verifying, kept) = <_>::default();
        let (requests, keys, invited, runbooks, calendars) = <_>::default();
        let exports = Arc::new(otlp::Exports::new(kernel.now()));
        let actions = Arc::new(Actions::new(channels.clone()));
        let contacts = Arc::new(Contacts::new(channels.clone(), base.clone()));
        Self {
            kernel,
            access,
            boot,
            base,
            data: None,
            metrics,
            unowned,
            keys,
            exports,
            runbooks,
            actions,
            calendars,
            channels,
            contacts,
            requests,
            places,
            invited,
            kept,
            applying,
            verifying,
        }
    }

    /// Says where everything is kept.
    pub(crate) fn keeping(self, data: &Path) -> Self {
        Self { data: Some(data.into()), ..self }
    }

    /// Names a request: the random end of this start's id, and which one it is since then. Short enough to be read out.
    fn next_request(&self) -> RequestId {
        let boot = self.boot.simple().to_string();
        RequestId(format!("{}-{}", &boot[boot.len() - 8..], self.requests.fetch_add(1, Relaxed) + 1))
    }
}

/// A route and who may call it.
pub(crate) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "axum routes by handler; the test of rights walks the table"))]
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    handler: MethodRouter<App>,
    body_bytes_max: usize,
}

impl Route {
    pub(crate) fn new(method: Method, path: &'static str, who: Who, handler: MethodRouter<App>) -> Self {
        Self { method, path, who, handler, body_bytes_max: BODY_BYTES_MAX }
    }

    /// Lets its requests have bodies of up to so many bytes.
    fn accepting(self, bytes: usize) -> Self {
        Self { body_bytes_max: bytes, ..self }
    }
}

/// Returns every route. A new noun adds a line.
pub(crate) fn routes() -> Vec<Route> {
    [
        health::routes(),
        metrics::routes(),
        status::routes(),
        services::routes(),
        objectives::routes(),
        observations::routes(),
        downtime::routes(),
        rollouts::routes(),
        controls::routes(),
        actions::routes(),
        pages::routes(),
        alerts::routes(),
        incidents::routes(),
        tickets::routes(),
        runbooks::routes(),
        rules::routes(),
        weeks::routes(),
        rotas::routes(),
        joining::routes(),
        oncall::routes(),
        contacts::routes(),
        probers::routes(),
        readiness::routes(),
        intake::routes(),
        kpi::routes(),
        otlp::routes(),
        tokens::routes(),
        accounts::routes(),
        trackers::routes(),
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
    router_of(app, routes())
}

/// Returns a service of these routes, each behind the gate, all under one observer.
pub(crate) fn router_of(app: App, routes: Vec<Route>) -> Router {
    let guarded = routes.into_iter().fold(Router::new(), |router, route| {
        let gate = axum::middleware::from_fn_with_state((app.clone(), route.who), gate::gate);
        let limit = DefaultBodyLimit::max(route.body_bytes_max);
        router.route(route.path, route.handler.layer(limit).layer(gate))
    });
    guarded
        .fallback(error::unknown_route)
        .layer(axum::middleware::from_fn_with_state(app.clone(), gate::observe))
        .with_state(app)
}
