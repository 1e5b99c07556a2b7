//! What a control answers instead of a service: a page for people, a problem document (RFC 9457) for programs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use seaworthy_contract::events::control::ControlV1;
use seaworthy_traffic::control::{stay_away_s, wants_page};

use crate::compiled::Key;
use crate::held::{Held, Rule, Said};
use crate::worker::body::Answer;
use crate::worker::connection::{Connection, Side};
use crate::worker::reply;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Returns the refusal of the first control that refuses a request; none where all let it pass.
#[inline]
pub(crate) fn refusal(
    controls: &[Arc<Held>],
    connection: &Connection,
    key: Option<&Key>,
    path: &str,
    request: &Request<Incoming>,
) -> Option<Box<Response<Answer>>> {
    if controls.is_empty() {
        return None;
    }
    ask(controls, connection, key, path, request)
}

#[cold]
fn ask(
    controls: &[Arc<Held>],
    connection: &Connection,
    key: Option<&Key>,
    path: &str,
    request: &Request<Incoming>,
) -> Option<Box<Response<Answer>>> {
    let (now, key) = (Instant::now(), key.and_then(|key| key.find(request.headers())));
    let random = || connection.worker.random();
    let refused = |held: &Arc<Held>| match held.decide(path, key, now, random()) {
        Said::Pass => None,
        Said::Refuse(wait) => Some((held.clone(), wait)),
    };
    let (held, wait) = controls.iter().find_map(refused)?;
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let is_page = connection.side == Side::Inbound && wants_page(accept);
    Some(Box::new(answer(&held, wait, random(), is_page)))
}

fn answer(held: &Held, wait: Duration, random: u64, is_page: bool) -> Response<Answer> {
    let (status, code, page) = match &held.rule {
        Rule::Shutter { page, .. } => (StatusCode::SERVICE_UNAVAILABLE, "shuttered", Some(page)),
        Rule::Throttle { page, status, .. } => (*status, "throttled", Some(page)),
        Rule::Isolate { status, .. } => (*status, "isolated", None),
    };
    let (kind, body) = match page.filter(|_| is_page) {
        Some(page) => (HTML, page.clone()),
        None => (PROBLEM, problem(held, status)),
    };
    let mut response = Response::new(Answer::Own(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(RETRY_AFTER, HeaderValue::from(stay_away_s(wait, random)));
    // What is kept would outlive the control.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    headers.insert(reply::ERROR, HeaderValue::from_static(code));
    response
}

fn problem(held: &Held, status: StatusCode) -> Bytes {
    let service = &held.config.service;
    let (title, detail) = match &held.config.what {
        ControlV1::Shutter { text, .. } if !text.trim().is_empty() => ("Closed for a moment", text.clone()),
        ControlV1::Shutter { .. } => ("Closed for a moment", format!("\"{service}\" is closed by its team")),
        ControlV1::Throttle { .. } => ("Too many requests", format!("\"{service}\" takes fewer requests than come")),
        ControlV1::Isolate { caller, dependency, .. } => {
            ("Isolated", format!("calls of \"{caller}\" to \"{dependency}\" are refused for now"))
        }
    };
    let problem = serde_json::json!({ "title": title, "status": status.as_u16(), "detail": detail });
    Bytes::from(problem.to_string())
}
