//! Where a client talks to: a checked base address.

use http::Uri;

use crate::{Error, Kind};

/// The port of `http://` where none is written (RFC 9110 §4.2.1).
const HTTP_PORT: u16 = 80;

/// The port of `https://` where none is written (RFC 9110 §4.2.2).
const HTTPS_PORT: u16 = 443;

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

/// A base address, taken apart once.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) scheme: Scheme,
    /// Without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// As it goes into the `Host` header.
    pub(crate) authority: String,
    /// Put before every path; empty or without a slash at its end.
    prefix: String,
    /// The path and query as written, for a request to the base itself.
    whole: String,
}

impl Target {
    /// Parses `http://host[:port][/path][?query]`, or the same with `https`.
    pub(crate) fn parse(base: &str) -> Result<Self, Error> {
        let fail = |why: &str| Err(Error::new(&format!("use the address {base:?}"), Kind::Unusable(why.to_owned())));
        let Ok(uri) = base.parse::<Uri>() else { return fail("it is not a URL; write http://host:port") };
        let (scheme, port) = match uri.scheme_str() {
            Some("http") => (Scheme::Http, HTTP_PORT),
            Some("https") => (Scheme::Https, HTTPS_PORT),
            _ => return fail("it must start with http:// or https://"),
        };
        let Some(authority) = uri.authority() else { return fail("it names no host") };
        if authority.as_str().contains('@') {
            // Not echoed: what stands before the @ is a secret.
            let kind = Kind::Unusable("it holds a name or password; pass a token instead".to_owned());
            return Err(Error::new("use the address (not shown)", kind));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return fail("it names no host");
        }
        Ok(Self {
            scheme,
            host,
            port: authority.port_u16().unwrap_or(port),
            authority: authority.as_str().to_owned(),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            whole: uri.path_and_query().map_or("/", |whole| whole.as_str()).to_owned(),
        })
    }

    /// Returns scheme and authority: `https://shop.example`.
    pub(crate) fn origin(&self) -> String {
        let scheme = if self.scheme == Scheme::Https { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }

    /// Returns the request target for a path below the base; an empty path means the base itself, with its query.
    pub(crate) fn path(&self, path: &str) -> String {
        if path.is_empty() { self.whole.clone() } else { format!("{}{path}", self.prefix) }
    }
}
