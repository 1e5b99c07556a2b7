//! One source: where it is, how we show ourselves, and one exchange with it.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use seaworthy_client::Client;

use super::{Access, Answer, AskError, Why, answer};

/// Longest query, in bytes: above any that a person wrote. Prometheus takes 1 MiB.
pub const QUERY_BYTES_MAX: usize = 16 * 1024;

/// What the source may spend on one question; told to it, so that it gives up when we do.
const EVALUATE_WITHIN: Duration = Duration::from_secs(10);

/// Longest exchange: the evaluation, and the way there and back.
const EXCHANGE_WITHIN: Duration = Duration::from_secs(12);

/// A Prometheus, a VictoriaMetrics, or whatever else has their query API. Clones share the one idle connection.
#[derive(Clone)]
pub struct Source {
    client: Client,
    authorization: Option<HeaderValue>,
    shown: String,
}

impl Source {
    /// Makes a source of its address as documents write it: `https://${secret:NAME}@host:9090` is asked with a bearer token,
    /// `https://USER:${secret:NAME}@host:9090` with a name and a password. `secret` knows the secrets.
    ///
    /// # Errors
    /// When the address cannot be used, holds a secret itself, or names one that is not there.
    pub fn parse(text: &str, secret: impl Fn(&str) -> Option<String>) -> Result<Self, AskError> {
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let Some((shown_by, host)) = authority.rsplit_once('@') else { return Self::new(text, &Access::Open) };
        let base = format!("{scheme}://{host}{path}");
        let kind = if shown_by.starts_with("${") { "bearer" } else { "basic" };
        let access = Access::parse(&format!("{kind} {shown_by}"), secret);
        let access = access.map_err(|error| AskError { source_shown: shown(&base), why: error.into() })?;
        Self::new(&base, &access)
    }

    /// Makes a source of its base address, before `/api/v1/query`. Nothing is sent yet.
    ///
    /// # Errors
    /// When the address or the access cannot be used.
    pub fn new(base: &str, access: &Access) -> Result<Self, AskError> {
        let shown = shown(base);
        let fail = |why| AskError { source_shown: shown.clone(), why };
        let authorization = access.header().map_err(|error| fail(error.into()))?;
        let client = Client::new(base, None).map_err(|error| fail(Why::Unreachable(Box::new(error))))?;
        Ok(Self { client: client.with_timeout(EXCHANGE_WITHIN), authorization, shown })
    }

    /// Asks an instant query, as of `at`.
    ///
    /// # Errors
    /// When there is no answer, or none that is understood; see [`Why`].
    pub async fn query(&self, query: &str, at: Timestamp) -> Result<Answer, AskError> {
        self.exchange(query, at).await.map_err(|why| self.fail(why))
    }

    pub(super) fn fail(&self, why: impl Into<Why>) -> AskError {
        AskError { source_shown: self.shown.clone(), why: why.into() }
    }

    async fn exchange(&self, query: &str, at: Timestamp) -> Result<Answer, Why> {
        if query.len() > QUERY_BYTES_MAX {
            return Err(Why::TooLong(query.len()));
        }
        let time = at.as_duration().as_secs_f64();
        let body = format!("query={}&time={time:.3}&timeout={}s", form(query), EVALUATE_WITHIN.as_secs());
        let request = self.client.request(Method::POST, "/api/v1/query", Bytes::from(body), self.headers());
        let response = request.await.map_err(|error| Why::Unreachable(Box::new(error)))?;
        match response.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Err(Why::NotAllowed(response.status))
            }
            // What stands before it says this in words of its own.
            StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
            | StatusCode::TOO_MANY_REQUESTS => Err(Why::Busy(format!("it answered {}", response.status))),
            _ => answer::read(&response.body),
        }
    }

    fn headers(&self) -> HeaderMap {
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        let mut headers =
            HeaderMap::from_iter([(CONTENT_TYPE, form), (ACCEPT, HeaderValue::from_static("application/json"))]);
        headers.extend(self.authorization.clone().map(|value| (AUTHORIZATION, value)));
        headers
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("base", &self.shown).finish_non_exhaustive()
    }
}

/// An address without what may be a secret: a query, and what stands before the host.
fn shown(base: &str) -> String {
    base.split(['?', '@']).next().unwrap_or_default().trim_end_matches('/').to_owned()
}

/// Text as a form carries it: everything but unreserved characters by its bytes.
fn form(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
