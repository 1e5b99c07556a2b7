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
        super::readiness::show,
        super::readiness::except,
        super::readiness::end_exception,
        super::readiness::attest,
        super::readiness::end_attestation,
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
        super::controls::list,
        super::controls::show,
        super::controls::set,
        super::controls::extend,
        super::controls::clear,
        super::actions::list,
        super::actions::run,
        super::actions::show,
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
        super::incidents::list,
        super::incidents::show,
        super::incidents::actions,
        super::incidents::open,
        super::incidents::join,
        super::incidents::help,
        super::incidents::role,
        super::incidents::update,
        super::incidents::clock,
        super::incidents::restored,
        super::incidents::close,
        super::tickets::list,
        super::tickets::show,
        super::tickets::close,
        super::tickets::reopen,
        super::trackers::list,
        super::trackers::changed,
        super::runbooks::keep,
        super::runbooks::show,
        super::rules::list,
        super::rules::change,
        super::rules::drill,
        super::rules::review,
        super::weeks::show,
        super::rotas::list,
        super::rotas::show,
        super::rotas::set,
        super::rotas::clear,
        super::rotas::offer,
        super::rotas::agree,
        super::rotas::withdraw,
        super::joining::list,
        super::joining::invite,
        super::joining::start,
        super::oncall::list_away,
        super::oncall::add_away,
        super::oncall::end_away,
        super::oncall::hours,
        super::oncall::make,
        super::oncall::list,
        super::oncall::revoke,
        super::contacts::show,
        super::contacts::verify,
        super::contacts::test,
        super::probers::list,
        super::probers::show,
        super::probers::places,
        super::intake::alertmanager,
        super::intake::events::enqueue,
        super::kpi::take,
        super::otlp::export,
        super::observations::list,
        super::observations::take,
        super::accounts::list,
        super::accounts::open,
        super::accounts::close,
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
