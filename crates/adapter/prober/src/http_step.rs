//! One request of a journey over a connection of its own, as a new user has it; redirects are followed as a browser does.
//!
//! `seaworthy-client` is not used: it says "no connection" where a probe must know whether it was the name, the socket or
//! the certificate.

use bytes::Bytes;
use http::header::{ACCEPT, CONNECTION, CONTENT_LENGTH, HOST, LOCATION, USER_AGENT};
use http::uri::{Authority, Scheme};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::Builder;
use hyper_util::rt::TokioIo;
use seaworthy_probe::{Code, Outcome};
use seaworthy_tls::Connector;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::net::{connect, fail, secure};
use crate::template::unable;

/// Most bytes of an answer that are read: no page of a person is as long, and a probe downloads nothing.
const BODY_MAX: usize = 4 * 1024 * 1024;

/// Most redirects in a row; a browser follows 20, a site that needs more than a few is slow at best.
const REDIRECTS_MAX: usize = 5;

/// A request, filled in.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) method: Method,
    pub(crate) url: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Whether redirects are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// They are, of requests that change nothing.
    Follow,
    /// The redirect is the answer.
    Keep,
}

/// Sends a request and reads the answer; the caller puts a time limit around it.
///
/// # Errors
/// With whose fault it is that there is none.
pub(crate) async fn send(connector: &Connector, mut ready: Ready, redirects: Redirects) -> Result<Answer, Outcome> {
    let follow = redirects == Redirects::Follow && ready.method.is_safe();
    for _ in 0..=REDIRECTS_MAX {
        let answer = exchange(connector, &ready).await?;
        let there = follow.then(|| target(&ready.url, &answer)).flatten();
        let Some(there) = there else { return Ok(answer) };
        let there = there.map_err(|()| fail(Code::Protocol, "it redirects to what is no address"))?;
        if origin(&there) != origin(&ready.url) {
            // Credentials are for whom the probe names, not for whomever that one names.
            ready.headers.clear();
        }
        ready.url = there;
    }
    Err(fail(Code::Protocol, format!("it redirects more than {REDIRECTS_MAX} times")))
}

/// Returns where an answer sends whoever asked; none where it is no redirect.
fn target(from: &Uri, answer: &Answer) -> Option<Result<Uri, ()>> {
    let is_redirect = matches!(answer.status.as_u16(), 301 | 302 | 303 | 307 | 308);
    let location = answer.headers.get(LOCATION).filter(|_| is_redirect)?;
    Some(location.to_str().map_err(drop).and_then(|location| resolve(from, location).ok_or(())))
}

/// Finds the address that a reference means, as far as servers use them (RFC 3986 §5.2).
fn resolve(from: &Uri, location: &str) -> Option<Uri> {
    let location = location.split('#').next().unwrap_or_default();
    let (scheme, authority) = (from.scheme_str()?, from.authority()?);
    let text = if location.contains("://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else if location.starts_with('?') {
        format!("{scheme}://{authority}{}{location}", from.path())
    } else {
        let directory = from.path().rsplit_once('/').map_or("", |(directory, _)| directory);
        format!("{scheme}://{authority}{directory}/{location}")
    };
    text.parse().ok().filter(is_web)
}

/// Whether an address is one of HTTP with a host and without a name and password.
pub(crate) fn is_web(url: &Uri) -> bool {
    let is_http = matches!(url.scheme_str(), Some("http" | "https"));
    is_http
        && url.authority().is_some_and(|authority| !authority.as_str().contains('@') && !authority.host().is_empty())
}

fn origin(url: &Uri) -> (Option<&Scheme>, Option<&str>, u16) {
    (url.scheme(), url.host(), port(url))
}

fn port(url: &Uri) -> u16 {
    url.port_u16().unwrap_or(if url.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 })
}

async fn exchange(connector: &Connector, ready: &Ready) -> Result<Answer, Outcome> {
    let host = ready.url.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let stream = connect(host, port(&ready.url)).await?;
    if ready.url.scheme() == Some(&Scheme::HTTPS) {
        return speak(secure(connector, host, stream).await?, ready).await;
    }
    speak(stream, ready).await
}

async fn speak(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, ready: &Ready) -> Result<Answer, Outcome> {
    let (mut sender, connection) =
        Builder::new().handshake(TokioIo::new(stream)).await.map_err(|error| broken(&error))?;
    // Its failure reaches us through the sender or the body. It ends with them, also when time is up.
    tokio::spawn(async move { drop(connection.await) });
    let answer = sender.send_request(message(ready)?).await.map_err(|error| broken(&error))?;
    let (parts, body) = answer.into_parts();
    let body =
        Limited::new(body, BODY_MAX).collect().await.map_err(|error| match error.downcast::<hyper::Error>() {
            Ok(error) => broken(&error),
            Err(other) if other.is::<LengthLimitError>() => {
                fail(Code::Protocol, format!("the answer is longer than {} MiB", BODY_MAX >> 20))
            }
            Err(_) => fail(Code::Connection, "the answer broke off"),
        })?;
    Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
}

fn message(ready: &Ready) -> Result<http::Request<Full<Bytes>>, Outcome> {
    let path = ready.url.path_and_query().map_or("/", |path| path.as_str());
    let mut request = http::Request::new(Full::new(ready.body.clone()));
    *request.method_mut() = ready.method.clone();
    *request.uri_mut() = path.parse().map_err(|_| unable("the address has a path that cannot be sent"))?;
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("seaworthy-probe/", env!("CARGO_PKG_VERSION"))));
    let authority = ready.url.authority().map_or("", Authority::as_str);
    headers.insert(HOST, HeaderValue::from_str(authority).map_err(|_| unable("the address has no host"))?);
    headers.extend(ready.headers.clone());
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    // The body says how long it is.
    headers.remove(CONTENT_LENGTH);
    Ok(request)
}

fn broken(error: &hyper::Error) -> Outcome {
    if error.is_parse() || error.is_parse_too_large() {
        return fail(Code::Protocol, "what answers does not speak HTTP");
    }
    fail(Code::Connection, "the connection broke off before the answer was whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found() {
        let from: Uri = "https://shop.example:8443/a/b?x=1".parse().unwrap();
        for (location, want) in [
            ("/c", Some("https://shop.example:8443/c")),
            ("c?y=2", Some("https://shop.example:8443/a/c?y=2")),
            ("?y=2", Some("https://shop.example:8443/a/b?y=2")),
            ("//other.example/c", Some("https://other.example/c")),
            ("http://other.example/c#d", Some("http://other.example/c")),
            ("ftp://other.example/", None),
            ("https://user:secret@other.example/", None),
            ("https:///nothing", None),
            ("javascript://x", None),
        ] {
            assert_eq!(resolve(&from, location).map(|url| url.to_string()).as_deref(), want, "{location:?}");
        }
    }

    #[test]
    fn another_port_or_scheme_is_another_origin() {
        let url = |text: &str| text.parse::<Uri>().unwrap();
        for (one, other, is_same) in [
            ("https://a/", "https://a:443/x", true),
            ("https://a/", "http://a:443/x", false),
            ("http://a/", "http://a:81/", false),
            ("http://a/", "http://b/", false),
        ] {
            assert_eq!(origin(&url(one)) == origin(&url(other)), is_same, "{one} {other}");
        }
    }
}
