//! Services: what they are, how ready, who owns them.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use http::Method;
use seaworthy_contract::api::{Service, WhoAnswer};
use seaworthy_core::view;
use seaworthy_model::ServiceId;
use serde::Deserialize;

use super::{App, Failure, Route};
use crate::access::Who;

/// Longest question that is looked at: an error line of a log.
const QUESTION_CHARS_MAX: usize = 2_000;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::new(Method::GET, "/v1/services", Who::SignedIn, get(list)),
        Route::new(Method::GET, "/v1/services/{service}", Who::Reader, get(show)),
        Route::new(Method::GET, "/v1/who", Who::SignedIn, get(who)),
    ]
}

/// Reads a service's name from a path.
pub(super) fn named(app: &App, name: &str) -> Result<ServiceId, Failure> {
    name.parse().map_err(|_| unknown(app, name))
}

/// Says that no service has this name, and which one was most likely meant.
pub(super) fn unknown(app: &App, name: &str) -> Failure {
    let mut failure = Failure::unknown("service", name);
    if let Some(meant) = app.kernel.look(|look| view::nearest_service(look, name)) {
        failure.0.hint = Some(format!("did you mean \"{meant}\"? `seaworthy services` lists what is known"));
    }
    failure
}

#[utoipa::path(get, path = "/v1/services", responses((status = 200, body = Vec<Service>)))]
pub(super) async fn list(State(app): State<App>) -> Json<Vec<Service>> {
    Json(app.kernel.look(view::services))
}

#[utoipa::path(get, path = "/v1/services/{service}", params(("service" = String, Path)), responses((status = 200, body = Service)))]
pub(super) async fn show(State(app): State<App>, Path(name): Path<String>) -> Result<Json<Service>, Failure> {
    let service = named(&app, &name)?;
    app.kernel.look(|look| view::service(look, &service)).map(Json).ok_or_else(|| unknown(&app, &name))
}

/// A question.
#[derive(Deserialize)]
pub(super) struct Question {
    #[serde(default)]
    pub(super) q: String,
}

impl Question {
    /// Returns the question, cut to what is looked at.
    pub(super) fn text(&self) -> String {
        self.q.chars().take(QUESTION_CHARS_MAX).collect()
    }
}

#[utoipa::path(get, path = "/v1/who", params(("q" = String, Query)), responses((status = 200, body = WhoAnswer)))]
pub(super) async fn who(State(app): State<App>, Query(question): Query<Question>) -> Json<WhoAnswer> {
    Json(app.kernel.look(|look| view::who(look, &question.text())))
}
