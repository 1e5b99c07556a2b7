//! A POST of the page as JSON, with `Idempotency-Key`. Cleartext HTTP: what needs TLS goes through a command for now.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use seaworthy_client::Client;

use crate::{NotTaken, Note};

/// Longest time a receiver has: it only needs to put the page into its own queue.
const TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) async fn send(url: &str, note: &Note) -> Result<(), NotTaken> {
    let (base, path) = split(url).ok_or_else(|| NotTaken::for_good("the webhook's address is not http://host/path"))?;
    let client = Client::new(base, None).map_err(|_| NotTaken::for_good("the webhook's address cannot be used"))?;
    let body = serde_json::to_vec(note).map_err(|_| NotTaken::for_good("the page could not be written as JSON"))?;
    let key = HeaderValue::from_str(&note.key).map_err(|_| NotTaken::for_good("the page's key is no header text"))?;
    let headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("idempotency-key"), key),
    ]);
    let answer = client.with_timeout(TIMEOUT).request(Method::POST, path, body.into(), headers).await;
    match answer.map(|answer| answer.status) {
        Ok(status) if status.is_success() => Ok(()),
        Ok(status) if status.is_client_error() && status.as_u16() != 429 && status.as_u16() != 408 => {
            Err(NotTaken::for_good(format!("the webhook answered {status}")))
        }
        Ok(status) => Err(NotTaken::for_now(format!("the webhook answered {status}"))),
        Err(_) => Err(NotTaken::for_now("the webhook could not be reached")),
    }
}

/// Splits into base and path; the path starts with a slash.
fn split(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://")?;
    let slash = rest.find('/').unwrap_or(rest.len());
    let (base, path) = url.split_at("http://".len() + slash);
    Some((base, if path.is_empty() { "/" } else { path }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split() {
        assert_eq!(split("http://a:1/x/y?z"), Some(("http://a:1", "/x/y?z")));
        assert_eq!(split("http://a"), Some(("http://a", "/")));
        assert_eq!(split("https://a/x"), None);
    }
}
