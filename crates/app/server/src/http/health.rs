//! The two routes that are anonymous by design: is the process alive, can it do its work.

use axum::extract::State;
use axum::routing::get;
use http::{Method, StatusCode};

use super::{App, Route};
use crate::access::Who;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/healthz", Who::Anyone, get(healthz)),
        Route::new(Method::GET, "/readyz", Who::Anyone, get(readyz)),
    ]
}

async fn healthz() -> &'static str {
    "ok\n"
}

/// Not ready means: reads are answered, writes are not. Nothing that an outsider could use is told.
async fn readyz(State(app): State<App>) -> (StatusCode, &'static str) {
    match app.kernel.writable() {
        true => (StatusCode::OK, "ready\n"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "the store takes no writes\n"),
    }
}
