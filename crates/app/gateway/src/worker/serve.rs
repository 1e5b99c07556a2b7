//! From a request to the service that it is for; what has no service is answered here.

use std::borrow::Cow;
use std::rc::Rc;

use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use seaworthy_traffic::route;
use tokio::sync::oneshot;

use crate::control::pages::{self, Question};
use crate::shared::Own;
use crate::worker::body::Answer;
use crate::worker::connection::{Connection, Side};
use crate::worker::view::{View, Way};
use crate::worker::{forward, hold, proxy, reply};

/// Where a request goes.
pub(crate) struct Target {
    /// Index of the service.
    pub(crate) service: usize,
    pub(crate) way: Way,
    /// What the version gets as target.
    pub(crate) uri: http::Uri,
}

/// Answers one request.
pub(crate) async fn answer(connection: Rc<Connection>, request: Request<Incoming>) -> Response<Answer> {
    let (number, _waiting) = connection.begin();
    if let Some(why) = connection.wire.refused(number) {
        return *bad_request(&connection, &format!("the request is refused: {why}"));
    }
    if connection.side == Side::Outbound && request.uri().path().starts_with("/-/") {
        return own_page(&connection, &request).await;
    }
    let view = connection.worker.view();
    let found = match connection.side {
        Side::Inbound => by_route(&connection, &view, &request),
        Side::Outbound => by_call(&connection, &view, &request),
    };
    match found {
        Ok(target) => proxy::carry(connection.clone(), view, target, request).await,
        Err(response) => *response,
    }
}

/// Asks the control thread for a page about the gateway itself.
async fn own_page(connection: &Connection, request: &Request<Incoming>) -> Response<Answer> {
    let (answer, answered) = oneshot::channel();
    let path = request.uri().path().to_owned();
    let question = Question { path, token: pages::bearer(request.headers()), answer };
    let is_asked = connection.worker.shared.questions.try_send(question).is_ok();
    let page = tokio::time::timeout(pages::ANSWER_MAX, answered).await;
    let Some(page) = page.ok().and_then(Result::ok).filter(|_| is_asked) else {
        return reply::own(StatusCode::SERVICE_UNAVAILABLE, "busy", "the gateway's control thread does not answer");
    };
    let mut response = Response::new(Answer::Own(page.text.into()));
    *response.status_mut() = page.status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    response
}

type Found = Result<Target, Box<Response<Answer>>>;

fn by_route(connection: &Connection, view: &View, request: &Request<Incoming>) -> Found {
    check_method(connection, request.method())?;
    let no_host = || bad_request(connection, "the request needs exactly one Host header that names a host");
    let host = forward::host(request.uri(), request.headers(), request.version()).ok_or_else(no_host)?;
    let name = if host.is_empty() { Cow::Borrowed("") } else { route::host_name(host).ok_or_else(no_host)? };
    let path = request.uri().path();
    let index = view.compiled.table.find(&name, path).ok_or_else(|| no_route(connection, &name, path))?;
    let route = &view.compiled.routes[index];
    // Before a version is asked for: what has none can be shuttered all the same.
    if let Some(refusal) = hold::refusal(&route.controls, connection, route.reach.key.as_ref(), path, request) {
        return Err(refusal);
    }
    let service = route.service.ok_or_else(|| no_version(connection, &route.name))?;
    let uri = forward::target(request.uri(), None).ok_or_else(no_host)?;
    Ok(Target { service, way: Way::Route(index), uri })
}

fn by_call(connection: &Connection, view: &View, request: &Request<Incoming>) -> Found {
    check_method(connection, request.method())?;
    let bad = || bad_request(connection, "a call's path is /<caller>/<dependency>/..., both names of services");
    let (caller, dependency, rest) = route::outbound(request.uri().path()).ok_or_else(bad)?;
    let service = view.compiled.by_name.get(dependency).copied();
    let service = service.ok_or_else(|| no_version(connection, dependency))?;
    let uri = forward::target(request.uri(), Some(rest)).ok_or_else(bad)?;
    let called = &view.compiled.services[service];
    if !called.controls.is_empty() {
        let mine = called.controls.iter().filter(|held| held.is_for_calls_of(caller)).cloned().collect::<Vec<_>>();
        if let Some(refusal) = hold::refusal(&mine, connection, called.reach.key.as_ref(), rest, request) {
            return Err(refusal);
        }
    }
    let caller = view.compiled.by_name.get(caller).copied();
    Ok(Target { service, way: Way::Call(caller), uri })
}

/// Tunnels are not carried, and TRACE would show a user the headers that were added behind them.
fn check_method(connection: &Connection, method: &Method) -> Result<(), Box<Response<Answer>>> {
    if *method != Method::CONNECT && *method != Method::TRACE {
        return Ok(());
    }
    connection.worker.shared.count_own(Own::NotSupported);
    let text = format!("{method} is not carried");
    Err(Box::new(reply::own(StatusCode::NOT_IMPLEMENTED, "method-not-supported", text)))
}

fn bad_request(connection: &Connection, text: &str) -> Box<Response<Answer>> {
    connection.worker.shared.count_own(Own::BadRequest);
    let mut response = reply::own(StatusCode::BAD_REQUEST, "bad-request", text);
    response.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
    Box::new(response)
}

fn no_route(connection: &Connection, host: &str, path: &str) -> Box<Response<Answer>> {
    connection.worker.shared.count_own(Own::NoRoute);
    let text = format!("no route for host \"{host}\" and path \"{path}\": a service's file lists its routes");
    Box::new(reply::own(StatusCode::NOT_FOUND, "no-route", text))
}

/// The answer while a service has nothing healthy.
pub(crate) fn no_version(connection: &Connection, what: &str) -> Box<Response<Answer>> {
    connection.worker.shared.count_own(Own::NoVersion);
    let text = format!("\"{what}\" has no healthy version");
    Box::new(reply::own(StatusCode::SERVICE_UNAVAILABLE, "no-healthy-version", text))
}
