//! The OpenAPI document, made from the handlers; the committed copy is compared by a test.

use axum::Json;
use axum::routing::get;
use http::Method;
use utoipa::OpenApi;

use super::Route;
use crate::access::Who;

/// Gathers what the handlers say of themselves.
#[derive(OpenApi)]
#[openapi(
    info(title = "Seaworthy", description = "The loop as an API: who owns it, ship, judge, revert, page, evidence."),
    paths(
        super::status::status,
        super::services::list,
        super::services::show,
        super::services::readiness,
        super::services::who,
        super::objectives::list,
        super::objectives::show,
        super::objectives::series,
        super::downtime::account,
        super::downtime::months,
        super::downtime::announce,
        super::downtime::cancel,
        super::downtime::name_cause,
        super::rollouts::ship,
        super::rollouts::list,
        super::rollouts::show,
        super::rollouts::series,
        super::rollouts::revert,
        super::rollouts::hold,
        super::rollouts::resume,
        super::rollouts::revert_service,
        super::pages::list,
        super::pages::show,
        super::pages::acknowledge,
        super::alerts::list,
        super::alerts::unowned,
        super::alerts::show,
        super::alerts::silences,
        super::alerts::silence,
        super::alerts::unsilence,
        super::alerts::judge,
        super::rules::list,
        super::rules::change,
        super::rules::drill,
        super::rules::review,
        super::probers::list,
        super::probers::show,
        super::probers::places,
        super::intake::alertmanager,
        super::intake::events::enqueue,
        super::kpi::take,
        super::otlp::export,
        super::tokens::list,
        super::tokens::make,
        super::tokens::revoke,
        super::ledger::list,
        super::ledger::verify,
        super::catalogue::plan_only,
        super::catalogue::apply,
        super::sign_in::make_link,
    )
)]
struct Document;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/v1/openapi.json", Who::SignedIn, get(show))]
}

async fn show() -> Json<utoipa::openapi::OpenApi> {
    Json(document())
}

/// Returns the OpenAPI document of the API.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}
