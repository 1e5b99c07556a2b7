//! The portal's pages: the same views as the API's, printed for people.
//!
//! Reading is [`read`], forms are [`act`]; what is watched has a file a noun. What every page needs of its request is a
//! [`visit::Visit`].

mod act;
mod alerts;
mod asked;
mod contacts;
mod controls;
mod downtime;
mod error;
mod flash;
mod incidents;
mod me;
mod objectives;
mod page;
mod password;
mod probes;
mod read;
mod ready;
mod rotas;
mod rules;
mod take;
mod tickets;
mod visit;
mod week;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{Method, StatusCode};
use seaworthy_portal::asset_at;

use super::Route;
use crate::access::Who;

pub(super) use error::error_page;
pub(super) use visit::{is_part, wants_page};

pub(super) fn routes() -> Vec<Route> {
    let page = |path, handler| Route::new(Method::GET, path, Who::SignedIn, handler);
    let form = |path, handler| Route::new(Method::POST, path, Who::SignedIn, handler);
    vec![
        page("/", get(read::home)),
        page("/services", get(read::services)),
        page("/services/{service}", get(read::service)),
        page("/services/{service}/ready", get(read::ready)),
        form("/services/{service}/ready/{verb}", post(ready::act)),
        page("/services/{service}/controls", get(controls::show)),
        form("/services/{service}/controls", post(controls::set)),
        form("/controls/{control}/clear", post(controls::clear)),
        form("/controls/{control}/extend", post(controls::extend)),
        page("/rollouts", get(read::rollouts)),
        page("/rollouts/{rollout}", get(read::rollout)),
        page("/objectives", get(objectives::list)),
        page("/objectives/{name}", get(objectives::show)),
        page("/alerts", get(alerts::list)),
        page("/alerts/{alert}", get(alerts::show)),
        page("/tickets", get(tickets::list)),
        form("/tickets/{ticket}/{verb}", post(tickets::act)),
        page("/rules", get(rules::list)),
        page("/review", get(rules::review)),
        page("/week", get(week::list)),
        page("/week/{team}", get(week::show)),
        page("/rotations", get(rotas::list)),
        page("/rotations/{rotation}", get(rotas::show)),
        form("/rotations/{rotation}/override", post(rotas::set)),
        form("/rotations/{rotation}/clear", post(rotas::clear)),
        form("/rotations/{rotation}/offer", post(rotas::offer)),
        form("/rotations/{rotation}/withdraw", post(rotas::withdraw)),
        page("/people/{person}", get(contacts::show)),
        form("/people/{person}/{what}", post(contacts::write)),
        form("/rotations/{rotation}/invite", post(rotas::invite)),
        form("/rotations/{rotation}/start", post(rotas::start)),
        // Whoever was asked answers without signing in, by the link that they alone were sent.
        Route::new(Method::GET, "/accept/{rotation}/{person}/{end}/{mark}", Who::InLink, get(asked::accept)),
        Route::new(Method::POST, "/accept/{rotation}/{person}/{end}/{mark}", Who::InLink, post(asked::accepted)),
        Route::new(Method::GET, "/leave/{rotation}/{person}/{end}/{mark}", Who::InLink, get(asked::leave)),
        Route::new(Method::POST, "/leave/{rotation}/{person}/{end}/{mark}", Who::InLink, post(asked::left)),
        Route::new(Method::GET, "/swap/{offer}/{person}/{end}/{mark}", Who::InLink, get(asked::swap)),
        Route::new(Method::POST, "/swap/{offer}/{person}/{end}/{mark}", Who::InLink, post(asked::swapped)),
        page("/me", get(me::show)),
        page("/me/rotations/{rotation}", get(me::rotation)),
        form("/me/rotations/{rotation}", post(me::answer)),
        page("/me/swaps/{offer}", get(me::swap)),
        form("/me/swaps/{offer}", post(me::swapped)),
        page("/me/password", get(password::show)),
        form("/me/password", post(password::set)),
        form("/me/sign-out", post(me::sign_out)),
        page("/probes", get(probes::list)),
        page("/probes/{name}", get(probes::show)),
        page("/incidents", get(incidents::list)),
        page("/incidents/{incident}", get(incidents::show)),
        form("/incidents/{incident}/{verb}", post(incidents::act)),
        page("/pages", get(read::pages)),
        page("/pages/{page}", get(page::show)),
        page("/downtime", get(downtime::month)),
        page("/ledger", get(read::ledger)),
        page("/who", get(read::who)),
        form("/rollouts/{rollout}/revert", post(act::revert)),
        form("/rollouts/{rollout}/hold", post(act::hold)),
        form("/rollouts/{rollout}/resume", post(act::resume)),
        form("/pages/{page}/judge", post(alerts::judge)),
        form("/pages/{page}/{button}", post(page::act)),
        form("/alerts/{alert}/silence", post(alerts::silence)),
        form("/silences/end", post(alerts::unsilence)),
        form("/downtime/announce", post(downtime::announce)),
        form("/downtime/cancel", post(downtime::cancel)),
        form("/rules/change", post(rules::change)),
        form("/rules/drill", post(rules::drill)),
        // Whom a page was sent to sees it and presses its buttons without signing in, by the link that they alone were sent.
        Route::new(Method::GET, "/take/{page}/{end}/{mark}", Who::InLink, get(take::show)),
        Route::new(Method::POST, "/take/{page}/{end}/{mark}", Who::InLink, post(take::take)),
        Route::new(Method::POST, "/take/{page}/{end}/{mark}/{button}", Who::InLink, post(take::act)),
        // Whoever gets a message by a contact says that it is theirs.
        Route::new(Method::GET, "/confirm/{contact}/{person}/{end}/{mark}", Who::InLink, get(contacts::ask)),
        Route::new(Method::POST, "/confirm/{contact}/{person}/{end}/{mark}", Who::InLink, post(contacts::confirm)),
        Route::new(Method::GET, "/confirm/{contact}/{person}/{end}/{mark}/done", Who::InLink, get(contacts::done)),
        // Signing in comes before any credential, and its page needs a style. Neither holds data of anybody.
        Route::new(Method::GET, "/sign-in", Who::Anyone, get(read::sign_in)),
        Route::new(Method::POST, "/sign-in", Who::Anyone, post(act::sign_in)),
        Route::new(Method::GET, "/static/{hash}/{name}", Who::Anyone, get(file)),
    ]
}

/// A file whose address carries the hash of its content never changes.
async fn file(Path((hash, name)): Path<(String, String)>) -> Response {
    match asset_at(&hash, &name) {
        Some(asset) => {
            let keep = "public, max-age=31536000, immutable";
            ([(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, keep)], asset.bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
