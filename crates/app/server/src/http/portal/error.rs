//! Refusals and failures as pages, for browsers. Every handler answers with the same [`Failure`]; this is its other
//! form.

use axum::response::Response;
use http::{StatusCode, Uri};
use seaworthy_contract::api::ApiError;
use seaworthy_portal::Chrome;
use seaworthy_portal::view::ErrorPage;

use super::visit::{html, path_of, reader, state};
use crate::access::Principal;
use crate::http::App;

/// Prints an error and the name of the request that met it. Without a credential nothing of the state is around it.
pub(in crate::http) fn error_page(
    app: &App,
    principal: Option<&Principal>,
    uri: &Uri,
    part: bool,
    status: StatusCode,
    (error, request): (&ApiError, &str),
) -> Response {
    let chrome = Chrome {
        state: principal.map(|_| state(app)),
        csrf: principal.and_then(|principal| principal.csrf.clone()),
        reader: principal.and_then(|principal| reader(app, principal)),
        path: path_of(uri),
        flash: None,
    };
    let mut response = html(&chrome, &ErrorPage::new(status.as_u16(), uri.path(), error, request), part);
    *response.status_mut() = status;
    response
}
