//! The route table: host and path to a route. The most specific wins: an exact host before every host, then the
//! longest path prefix, on segment boundaries.
//!
//! Paths are compared as they were sent: nothing is decoded, no dot segment is resolved, so that a service sees what
//! the route was chosen by.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

/// What a route matches.
#[derive(Debug, Clone, Copy)]
pub struct Pattern<'a> {
    /// Host names without port; empty, or one that is `*`, means every host.
    pub hosts: &'a [String],
    /// The path prefix; `/` for all.
    pub path: &'a str,
}

/// Why a route cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteError {
    /// The path does not begin with `/`.
    Path(String),
    /// This is not a host name without port.
    Host(String),
}

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "a route's path begins with \"/\", found \"{path}\""),
            Self::Host(host) => write!(f, "a route's host is a name without scheme and port, found \"{host}\""),
        }
    }
}

impl std::error::Error for RouteError {}

/// Every route of a config, ready to be searched.
#[derive(Debug, Default)]
pub struct Routes {
    hosts: BTreeMap<Box<str>, Vec<Entry>>,
    every: Vec<Entry>,
}

/// A prefix without its trailing slash, and the index of its route.
#[derive(Debug)]
struct Entry {
    prefix: Box<str>,
    route: usize,
}

impl Routes {
    /// Builds the table; `find` answers with indexes into `patterns`. Of two equal patterns the first wins.
    ///
    /// # Errors
    /// When a path does not begin with `/` or a host is not a plain host name.
    pub fn build<'a>(patterns: impl IntoIterator<Item = Pattern<'a>>) -> Result<Self, RouteError> {
        let mut routes = Self::default();
        for (route, pattern) in patterns.into_iter().enumerate() {
            routes.add(pattern, route)?;
        }
        // Stable sort: equal prefixes keep their order.
        let longest_first = |list: &mut Vec<Entry>| list.sort_by_key(|e| std::cmp::Reverse(e.prefix.len()));
        routes.hosts.values_mut().for_each(longest_first);
        longest_first(&mut routes.every);
        Ok(routes)
    }

    fn add(&mut self, pattern: Pattern<'_>, route: usize) -> Result<(), RouteError> {
        if !pattern.path.starts_with('/') {
            return Err(RouteError::Path(pattern.path.to_owned()));
        }
        let entry = || Entry { prefix: pattern.path.trim_end_matches('/').into(), route };
        if pattern.hosts.is_empty() {
            self.every.push(entry());
        }
        for host in pattern.hosts {
            if host == "*" {
                self.every.push(entry());
                continue;
            }
            let name = host_name(host).filter(|name| name.len() == host.trim_end_matches('.').len());
            let name = name.ok_or_else(|| RouteError::Host(host.clone()))?;
            self.hosts.entry(name.into()).or_default().push(entry());
        }
        Ok(())
    }

    /// Returns the index of the route for a host name (see [`host_name`]) and a path.
    pub fn find(&self, host: &str, path: &str) -> Option<usize> {
        let exact = self.hosts.get(host).map_or(&[][..], Vec::as_slice);
        exact.iter().chain(&self.every).find(|entry| is_under(path, &entry.prefix)).map(|entry| entry.route)
    }
}

/// Returns whether `path` is `prefix` or lies under it.
fn is_under(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the lower-case name in a `Host` value, without port and trailing dot; none if it is not a host at all
/// (RFC 9110 §7.2, RFC 3986 §3.2.2).
pub fn host_name(value: &str) -> Option<Cow<'_, str>> {
    let (name, port) = match value.strip_prefix('[') {
        Some(literal) => {
            let end = literal.find(']')? + 2;
            (&value[..end], &value[end..])
        }
        None => value.split_at(value.find(':').unwrap_or(value.len())),
    };
    let port_is_fine = port.is_empty() || port.strip_prefix(':').is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~[]:%".contains(&b);
    if !port_is_fine || name.is_empty() || !name.bytes().all(is_plain) {
        return None;
    }
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        return Some(Cow::Owned(name.to_ascii_lowercase()));
    }
    Some(Cow::Borrowed(name))
}

/// Splits the path of a call between services, `/<caller>/<dependency>/rest`, into caller, dependency and the rest
/// with its slash; the rest is empty where nothing follows.
pub fn outbound(path: &str) -> Option<(&str, &str, &str)> {
    let (caller, behind) = path.strip_prefix('/')?.split_once('/')?;
    let (dependency, rest) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
    (!caller.is_empty() && !dependency.is_empty()).then_some((caller, dependency, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[(&[&str], &str)]) -> Result<Routes, RouteError> {
        let owned: Vec<(Vec<String>, &str)> =
            rows.iter().map(|(hosts, path)| (hosts.iter().map(|h| (*h).to_owned()).collect(), *path)).collect();
        Routes::build(owned.iter().map(|(hosts, path)| Pattern { hosts, path }))
    }

    #[test]
    fn the_most_specific_wins() {
        let routes = table(&[
            (&[], "/"),
            (&["shop.example"], "/"),
            (&["shop.example", "shop.test"], "/cart"),
            (&[], "/cart/items/"),
            (&["shop.example"], "/cart"),
            (&["*"], "/any"),
        ])
        .unwrap();
        for (host, path, want) in [
            ("shop.example", "/", Some(1)),
            ("shop.example", "/cart", Some(2)),
            ("shop.example", "/cart/x", Some(2)),
            ("shop.example", "/cartoon", Some(1)),
            ("shop.example", "/cart/items", Some(2)),
            ("shop.test", "/cart/", Some(2)),
            ("shop.test", "/other", Some(0)),
            ("else.example", "/cart/items/7", Some(3)),
            ("else.example", "/cart/item", Some(0)),
            ("else.example", "/any", Some(5)),
            ("", "/x", Some(0)),
            ("else.example", "*", None),
        ] {
            assert_eq!(routes.find(host, path), want, "{host} {path}");
        }
    }

    #[test]
    fn nothing_matches_nothing() {
        assert_eq!(Routes::default().find("a", "/"), None);
        let routes = table(&[(&["a"], "/x")]).unwrap();
        assert_eq!(routes.find("b", "/x"), None);
        assert_eq!(routes.find("a", "/"), None);
    }

    #[test]
    fn bad_patterns_are_refused() {
        assert_eq!(table(&[(&[], "cart")]).unwrap_err(), RouteError::Path("cart".to_owned()));
        for host in ["", "a:80", "http://a", "a b", "a/b"] {
            assert_eq!(table(&[(&[host], "/")]).unwrap_err(), RouteError::Host(host.to_owned()), "{host:?}");
        }
    }

    #[test]
    fn host_names() {
        for (value, want) in [
            ("shop.example", Some("shop.example")),
            ("Shop.Example:8080", Some("shop.example")),
            ("shop.example.", Some("shop.example")),
            ("[::1]:80", Some("[::1]")),
            ("127.0.0.1:1", Some("127.0.0.1")),
            ("", None),
            (":80", None),
            ("a:b", None),
            ("a b", None),
            ("user@a", None),
            ("[::1", None),
            ("a,b", None),
        ] {
            assert_eq!(host_name(value).as_deref(), want, "{value:?}");
        }
    }

    #[test]
    fn outbound_paths() {
        for (path, want) in [
            ("/checkout/payments/pay/7", Some(("checkout", "payments", "/pay/7"))),
            ("/checkout/payments", Some(("checkout", "payments", ""))),
            ("/checkout/payments/", Some(("checkout", "payments", "/"))),
            ("/checkout", None),
            ("/checkout/", None),
            ("//payments/x", None),
            ("", None),
        ] {
            assert_eq!(outbound(path), want, "{path:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(host in ".*", path in ".*") {
            let routes = table(&[(&[], "/"), (&["a"], "/b")]).unwrap();
            let _ = host_name(&host).map(|name| routes.find(&name, &path));
            let _ = outbound(&path);
        }

        #[test]
        fn a_prefix_never_matches_inside_a_segment(segment in "[a-z]{1,5}", more in "[a-z]{1,5}") {
            let routes = table(&[(&[], &format!("/{segment}"))]).unwrap();
            let (beside, below) = (format!("/{segment}{more}"), format!("/{segment}/{more}"));
            prop_assert_eq!(routes.find("h", &beside), None);
            prop_assert_eq!(routes.find("h", &below), Some(0));
        }
    }
}
