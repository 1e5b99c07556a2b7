//! What every page needs of its request: who reads, which page, whole or in part.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::response::{Html, IntoResponse, Response};
use http::header::{ACCEPT, SET_COOKIE, VARY};
use http::request::Parts;
use http::{HeaderMap, HeaderValue};
use seaworthy_core::view::Look;
use seaworthy_model::ServiceId;
use seaworthy_portal::{Chrome, Flash, PageView, Rights, State, render, render_part};

use super::flash;
use crate::access::Principal;
use crate::http::{App, Failure};

/// A request for a page.
pub(super) struct Visit {
    pub(super) app: App,
    pub(super) principal: Principal,
    path: String,
    part: bool,
    flash: Option<Flash>,
}

impl FromRequestParts<App> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let principal = parts.extensions.get::<Principal>().cloned().ok_or_else(Failure::unauthenticated)?;
        Ok(Self {
            app: app.clone(),
            principal,
            path: path_of(&parts.uri),
            part: is_part(&parts.headers),
            flash: flash::read(&parts.headers),
        })
    }
}

impl Visit {
    /// Answers with a page: whole, or what changes of it for a page that is open already.
    pub(super) fn show(self, page: &impl PageView) -> Response {
        let chrome = Chrome {
            state: Some(state(&self.app)),
            reader: reader(&self.app, &self.principal),
            csrf: self.principal.csrf,
            path: self.path,
            flash: self.flash.filter(|_| !self.part),
        };
        let mut response = html(&chrome, page, self.part);
        if chrome.flash.is_some() {
            response.headers_mut().append(SET_COOKIE, flash::said());
        }
        response
    }

    /// Says what the reader may do with a service's things.
    pub(super) fn rights(&self, service: &ServiceId) -> Rights {
        let owner = self.app.kernel.look(|look| look.state.catalogue.service(service).map(|s| s.owner.clone()));
        Rights {
            csrf: self.principal.csrf.clone(),
            may_change: owner.is_some_and(|owner| self.principal.may_change(&owner)),
        }
    }
}

/// Returns the services that a principal may change.
pub(super) fn changeable(principal: &Principal, look: &Look<'_>) -> BTreeSet<ServiceId> {
    let mine = look.state.catalogue.services().filter(|(service, _)| principal.may_change(&service.owner));
    mine.map(|(service, _)| service.name.clone()).collect()
}

/// Prints a page.
pub(super) fn html(chrome: &Chrome, page: &impl PageView, part: bool) -> Response {
    let text = if part { render_part(chrome, page) } else { render(chrome, page) };
    let mut response = Html(text).into_response();
    response.headers_mut().insert(VARY, HeaderValue::from_static("hx-request"));
    response
}

/// Says what pages are made from.
pub(super) fn state(app: &App) -> State {
    let writable = app.kernel.writable();
    app.kernel.look(|look| State { now: look.now, position: look.state.position, writable })
}

/// Returns what whoever reads is called.
pub(super) fn reader(app: &App, principal: &Principal) -> Option<String> {
    Some(match principal.person() {
        Some(person) => person.to_string(),
        None => app.kernel.look(|look| look.called(&principal.actor)),
    })
}

/// Returns path and query of a page.
pub(super) fn path_of(uri: &http::Uri) -> String {
    uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// Whether a browser asks, not a program.
pub(in crate::http) fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Whether an open page asks for what changes of it.
pub(in crate::http) fn is_part(headers: &HeaderMap) -> bool {
    headers.get("hx-request").is_some_and(|value| value == "true")
}
