//! Outlets: requests to other systems that are no person's phone. One exchange for all of them, and what an answer means.

use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use seaworthy_client::Response;
use serde_json::Value;

use crate::NotTaken;
use crate::exchange::Receiver;

/// Statuses that say that the request itself is wrong, so that it never works as it is. Whatever else is refused may be a
/// missing secret or right, which somebody puts right while the message waits.
const FINAL: [u16; 9] = [400, 405, 406, 409, 410, 411, 413, 414, 422];

/// What another system is asked by.
pub(crate) struct Asked<'a> {
    /// Its address: what paths stand behind.
    pub(crate) base: &'a str,
    /// What it is called in the ledger.
    pub(crate) name: &'static str,
    /// Headers of every request.
    pub(crate) headers: HeaderMap,
}

impl Asked<'_> {
    /// Sends a request and returns its answer as JSON, null where it is none.
    pub(crate) async fn json(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, NotTaken> {
        let answer = self.send(method, path, body).await?;
        match answer.status.is_success() {
            true => Ok(serde_json::from_slice(&answer.body).unwrap_or(Value::Null)),
            false => Err(refused(self.name, &answer)),
        }
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Response, NotTaken> {
        let unfit = || NotTaken::for_good(format!("\"{method}\" is no method for {}", self.name));
        let method = Method::from_bytes(method.as_bytes()).map_err(|_| unfit())?;
        let receiver = Receiver::at(&format!("{}{path}", self.base.trim_end_matches('/')), self.name)?;
        let mut headers = self.headers.clone();
        headers.entry("accept").or_insert(HeaderValue::from_static("application/json"));
        headers.entry("user-agent").or_insert(HeaderValue::from_static("seaworthy"));
        if body.is_some() {
            headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        }
        let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        receiver.request(method, body, headers).await
    }
}

/// Says what an answer other than the wanted one means for a message that may wait a day.
pub(crate) fn refused(name: &str, answer: &Response) -> NotTaken {
    let why = format!("{name} answered {}", answer.status.as_u16());
    let hint = match answer.status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ": look at its secret and rights",
        _ => "",
    };
    NotTaken {
        why: format!("{why}{hint}"),
        again: !FINAL.contains(&answer.status.as_u16()),
        away: crate::exchange::away(&answer.headers),
    }
}

/// Makes headers; a value that a header cannot hold is a mistake of its secret or file.
pub(crate) fn headers<'a>(all: impl IntoIterator<Item = (&'a str, String)>) -> Result<HeaderMap, NotTaken> {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        let bad = || NotTaken::for_now(format!("the header \"{name}\" cannot be written: look at its secret"));
        let key = HeaderName::from_bytes(name.to_ascii_lowercase().as_bytes()).map_err(|_| bad())?;
        let mut value = HeaderValue::from_str(value.trim()).map_err(|_| bad())?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}
