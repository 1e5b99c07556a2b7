//! The whole in one answer.

use axum::Json;
use axum::extract::State;
use axum::routing::get;
use http::Method;
use seaworthy_contract::api::Status;
use seaworthy_core::view;

use super::{App, Route};
use crate::access::Who;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/v1/status", Who::SignedIn, get(status))]
}

#[utoipa::path(get, path = "/v1/status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(app): State<App>) -> Json<Status> {
    let writable = app.kernel.writable();
    Json(app.kernel.look(|look| view::status(look, app.boot, writable)))
}
