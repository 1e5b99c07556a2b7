//! Headers on their way through (RFC 9110 §7.6): what stops here, what is added.

use http::header::{CONNECTION, COOKIE, EXPECT, HOST, HeaderName, SET_COOKIE, UPGRADE, VIA};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Uri, Version};
use seaworthy_contract::gateway::SESSION_COOKIE;
use seaworthy_traffic::headers::{HOP_BY_HOP, connection_has, named_by_connection, sets_cookie, without_cookie};

use crate::worker::connection::{Connection, Side};
use crate::worker::reply;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// The names, parsed at compile time.
const STOPPED: [HeaderName; HOP_BY_HOP.len()] = [
    HeaderName::from_static(HOP_BY_HOP[0]),
    HeaderName::from_static(HOP_BY_HOP[1]),
    HeaderName::from_static(HOP_BY_HOP[2]),
    HeaderName::from_static(HOP_BY_HOP[3]),
    HeaderName::from_static(HOP_BY_HOP[4]),
    HeaderName::from_static(HOP_BY_HOP[5]),
];
const OURS: HeaderValue = HeaderValue::from_static("1.1 seaworthy");
const HTTP: HeaderValue = HeaderValue::from_static("http");
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");
const UPGRADES: HeaderValue = HeaderValue::from_static("upgrade");

/// The host that a request is for; none if it does not say, or says it in two ways.
pub(crate) fn host<'a>(uri: &'a Uri, headers: &'a HeaderMap, version: Version) -> Option<&'a str> {
    let mut values = headers.get_all(HOST).iter();
    let first = values.next();
    if values.next().is_some() {
        return None;
    }
    // The target's own authority is stronger than the header (RFC 9112 §3.2.2).
    match (uri.authority(), first) {
        (Some(authority), _) => Some(authority.as_str()),
        (None, Some(value)) => value.to_str().ok().filter(|host| !host.is_empty()),
        (None, None) => (version == Version::HTTP_10).then_some(""),
    }
}

/// Whether a request asks for a WebSocket. Other upgrades (`h2c`) are not carried: they would hide requests from us.
pub(crate) fn wants_websocket(headers: &HeaderMap) -> bool {
    let has_upgrade = headers.get_all(CONNECTION).iter().any(|value| has_option(value, "upgrade"));
    let is_websocket = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(WEBSOCKET.as_bytes());
    has_upgrade && headers.get(UPGRADE).is_some_and(is_websocket)
}

/// Turns a request's headers into what the version gets.
pub(crate) fn request(headers: &mut HeaderMap, uri: &Uri, connection: &Connection) {
    remove_hop_by_hop(headers);
    // hyper has answered it, and sends the body without waiting.
    headers.remove(EXPECT);
    remove_session(headers);
    if let Some(host) = uri.authority().and_then(|authority| HeaderValue::from_str(authority.as_str()).ok()) {
        headers.insert(HOST, host);
    }
    if !headers.contains_key(HOST) {
        // An HTTP/1.0 request may come without; an HTTP/1.1 one may not.
        headers.insert(HOST, HeaderValue::from_static("localhost"));
    }
    if connection.side == Side::Inbound {
        add_forwarded(headers, connection);
    }
    headers.append(VIA, OURS);
}

/// Takes the portal's session out, on either side: a service that had it could act as the person.
fn remove_session(headers: &mut HeaderMap) {
    let values: Vec<HeaderValue> = headers.get_all(COOKIE).iter().cloned().collect();
    headers.remove(COOKIE);
    for left in values.iter().filter_map(|value| without_cookie(value.as_bytes(), SESSION_COOKIE)) {
        // Parts of a value without control characters are one.
        headers.extend(HeaderValue::from_bytes(&left).ok().map(|value| (COOKIE, value)));
    }
}

/// A second line is as good as a longer list (RFC 9110 §5.3), and copies nothing.
fn add_forwarded(headers: &mut HeaderMap, connection: &Connection) {
    headers.append(FORWARDED_FOR, connection.peer.clone());
    if !headers.contains_key(FORWARDED_PROTO) {
        headers.insert(FORWARDED_PROTO, HTTP);
    }
    if !headers.contains_key(FORWARDED_HOST)
        && let Some(host) = headers.get(HOST).cloned()
    {
        headers.insert(FORWARDED_HOST, host);
    }
}

/// Asks the version for the WebSocket that the user asked for.
pub(crate) fn ask_for_websocket(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, UPGRADES);
    headers.insert(UPGRADE, WEBSOCKET);
}

/// Turns a response's headers into what the user gets.
pub(crate) fn response(headers: &mut HeaderMap) {
    remove_hop_by_hop(headers);
    // Only we say these.
    headers.remove(reply::ERROR);
    headers.remove(reply::RESCUED);
    remove_new_session(headers);
}

/// Takes out what would put another session in place of the portal's: it opens nothing, and signs the person out. A
/// service can set every other cookie it likes.
fn remove_new_session(headers: &mut HeaderMap) {
    let is_session = |value: &HeaderValue| sets_cookie(value.as_bytes(), SESSION_COOKIE);
    if !headers.get_all(SET_COOKIE).iter().any(is_session) {
        return;
    }
    let kept: Vec<_> = headers.get_all(SET_COOKIE).iter().filter(|value| !is_session(value)).cloned().collect();
    headers.remove(SET_COOKIE);
    headers.extend(kept.into_iter().map(|value| (SET_COOKIE, value)));
}

/// The target as a version gets it: origin form, with another path where one is given.
pub(crate) fn target(uri: &Uri, path: Option<&str>) -> Option<Uri> {
    let Some(path) = path else {
        let kept = uri.path_and_query().cloned().unwrap_or_else(|| PathAndQuery::from_static("/"));
        return Some(Uri::from(kept));
    };
    let path = if path.is_empty() { "/" } else { path };
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    text.parse::<PathAndQuery>().ok().map(Uri::from)
}

fn remove_hop_by_hop(headers: &mut HeaderMap) {
    if headers.contains_key(CONNECTION) {
        remove_named(headers);
    }
    for name in &STOPPED {
        headers.remove(name);
    }
}

fn remove_named(headers: &mut HeaderMap) {
    let values: Vec<HeaderValue> = headers.get_all(CONNECTION).iter().cloned().collect();
    for name in values.iter().filter_map(|value| value.to_str().ok()).flat_map(named_by_connection) {
        headers.remove(name);
    }
}

fn has_option(value: &HeaderValue, option: &str) -> bool {
    value.to_str().is_ok_and(|value| connection_has(value, option))
}
