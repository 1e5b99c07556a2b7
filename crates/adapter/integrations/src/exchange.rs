//! One POST of JSON to somebody else's server, and what its answer means for a page.

use std::time::Duration;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use seaworthy_client::{Client, Response};

use crate::NotTaken;

/// Longest time a receiver has: it only needs to put the message into its own queue.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Longest that a receiver may ask us to stay away: a page that waits longer is better tried in vain.
const AWAY_MAX: Duration = Duration::from_secs(60);

/// Where a receiver is, taken apart.
pub(crate) struct Receiver {
    client: Client,
    path: String,
    /// What it is called in what stands in the ledger.
    name: &'static str,
}

impl Receiver {
    /// Takes an address of HTTP. It may be a secret, so no failure repeats it.
    pub(crate) fn at(url: &str, name: &'static str) -> Result<Self, NotTaken> {
        let bad = || NotTaken::for_good(format!("{name}'s address is not https://host/path"));
        let (base, path) = split(url).ok_or_else(bad)?;
        let client = Client::new(base, None).map_err(|_| bad())?.with_timeout(ANSWER_WITHIN);
        Ok(Self { client, path: path.to_owned(), name })
    }

    /// Gives it another time to answer in.
    pub(crate) fn within(self, time: Duration) -> Self {
        Self { client: self.client.with_timeout(time), ..self }
    }

    /// Posts; whatever comes back is for the caller to judge.
    pub(crate) async fn post(&self, body: Vec<u8>, more: &[(&'static str, &str)]) -> Result<Response, NotTaken> {
        let unfit = || NotTaken::for_good(format!("a header for {} cannot be written", self.name));
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        for (header, value) in more {
            let value = HeaderValue::from_str(value).map_err(|_| unfit())?;
            headers.insert(HeaderName::from_static(header), value);
        }
        let answer = self.client.request(Method::POST, &self.path, body.into(), headers).await;
        // What the client says has the address in it.
        answer.map_err(|_| NotTaken::for_now(format!("{} could not be reached", self.name)))
    }

    /// Sends a request with these headers and no others.
    pub(crate) async fn request(
        &self,
        method: Method,
        body: Vec<u8>,
        headers: HeaderMap,
    ) -> Result<Response, NotTaken> {
        let answer = self.client.request(method, &self.path, body.into(), headers).await;
        answer.map_err(|_| NotTaken::for_now(format!("{} could not be reached", self.name)))
    }

    /// Says what an answer other than the wanted one means: 4xx is for good, but for those that ask for patience.
    pub(crate) fn refusal(&self, answer: &Response) -> NotTaken {
        let status = answer.status;
        let why = format!("{} answered {}", self.name, status.as_u16());
        let patience = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
        match status.is_client_error() && !patience.contains(&status) {
            true => NotTaken::for_good(why),
            false => NotTaken { away: away(&answer.headers), ..NotTaken::for_now(why) },
        }
    }
}

/// How long the receiver wants to be left alone (RFC 9110 §10.2.3, in seconds), within our limit. A date there is not
/// read: none of the receivers sends one.
pub(crate) fn away(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(AWAY_MAX))
}

/// Splits into base and path; the path starts with a slash.
fn split(url: &str) -> Option<(&str, &str)> {
    let scheme = ["http://", "https://"].into_iter().find(|scheme| url.starts_with(scheme))?;
    let rest = &url[scheme.len()..];
    let slash = rest.find('/').unwrap_or(rest.len());
    let (base, path) = url.split_at(scheme.len() + slash);
    (slash > 0).then_some((base, if path.is_empty() { "/" } else { path }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split() {
        assert_eq!(split("http://a:1/x/y?z"), Some(("http://a:1", "/x/y?z")));
        assert_eq!(split("https://a"), Some(("https://a", "/")));
        for bad in ["", "a/b", "ftp://a", "https://", "https:///x"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }

    #[test]
    fn patience_has_a_limit_and_a_wrong_wish_is_none() {
        let of =
            |value: &str| away(&HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_str(value).expect("text"))]));
        assert_eq!(of("7"), Some(Duration::from_secs(7)));
        assert_eq!(of("86400"), Some(AWAY_MAX));
        for wrong in ["", "-1", "soon", "Sat, 21 Nov 2026 02:01:09 GMT"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
