//! Which header fields stop here (RFC 9110 §7.6.1), and which cookie.

use std::borrow::Cow;

/// Fields that belong to one connection and are never passed on, whether `Connection` names them or not.
pub const HOP_BY_HOP: [&str; 6] =
    ["connection", "proxy-connection", "keep-alive", "te", "transfer-encoding", "upgrade"];

/// Fields that `Connection` cannot take away: without them the message means something else.
const KEPT: [&str; 4] = ["host", "content-length", "content-type", "authorization"];

/// Returns the names in one `Connection` value that are to be removed as well; names we keep are left out.
///
/// A sender that names `Host` or `Authorization` there is either broken or attacking what stands behind us.
pub fn named_by_connection(value: &str) -> impl Iterator<Item = &str> {
    value
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty() && !KEPT.iter().any(|kept| kept.eq_ignore_ascii_case(name)))
}

/// Returns whether one `Connection` value holds `option`.
pub fn connection_has(value: &str, option: &str) -> bool {
    value.split(',').any(|name| name.trim().eq_ignore_ascii_case(option))
}

/// Returns one `Cookie` value without the cookies of one name (RFC 6265 §4.2.1); none when nothing is left.
///
/// The others stay byte for byte as they are, in their order. Names are compared as servers do: letter case matters.
pub fn without_cookie<'a>(value: &'a [u8], name: &str) -> Option<Cow<'a, [u8]>> {
    let is_named = |pair: &&[u8]| {
        let equals = pair.iter().position(|&byte| byte == b'=');
        equals.is_some_and(|at| pair[..at].trim_ascii() == name.as_bytes())
    };
    let pairs = || value.split(|&byte| byte == b';');
    if !pairs().any(|pair| is_named(&pair)) {
        return Some(Cow::Borrowed(value));
    }
    let kept = pairs().filter(|pair| !is_named(pair) && !pair.trim_ascii().is_empty());
    let kept = kept.collect::<Vec<_>>().join(&b';').trim_ascii().to_vec();
    (!kept.is_empty()).then_some(Cow::Owned(kept))
}

/// Returns whether one `Set-Cookie` value makes browsers send a cookie of this name (RFC 6265 §5.2).
///
/// Browsers send a cookie without a name as its value alone, so `=sid=1` comes back as `sid=1`.
pub fn sets_cookie(value: &[u8], name: &str) -> bool {
    let pair = value.split(|&byte| byte == b';').next().unwrap_or_default();
    let mut parts = pair.split(|&byte| byte == b'=').map(<[u8]>::trim_ascii);
    let first = parts.next().unwrap_or_default();
    let found = if first.is_empty() { parts.next().unwrap_or_default() } else { first };
    // What no `=` follows is a value, and sent as one.
    found == name.as_bytes() && parts.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed() {
        for (value, want) in [
            ("", &[][..]),
            ("close", &["close"]),
            ("keep-alive, X-Secret ,,upgrade", &["keep-alive", "X-Secret", "upgrade"]),
            ("Host, x-a", &["x-a"]),
            ("AUTHORIZATION,Content-Length", &[]),
        ] {
            assert_eq!(named_by_connection(value).collect::<Vec<_>>(), want, "{value:?}");
        }
    }

    #[test]
    fn options_are_found_whole() {
        assert!(connection_has("keep-alive, Upgrade", "upgrade"));
        assert!(!connection_has("x-upgrade", "upgrade"));
        assert!(!connection_has("", "upgrade"));
    }

    #[test]
    fn a_cookie_that_is_set_is_known_by_its_name() {
        for (value, want) in [
            ("sid=1", true),
            ("sid=", true),
            (" sid = 1 ; Path=/", true),
            ("\tsid=a=b; Domain=x; Secure", true),
            ("=sid=1", true),
            (" = sid=1; Path=/", true),
            ("=sid", false),
            ("==sid=1", false),
            ("sid", false),
            ("sid; Path=/", false),
            ("", false),
            ("=", false),
            (";sid=1", false),
            ("SID=1", false),
            ("xsid=1", false),
            ("sids=1", false),
            ("a=sid=1", false),
            ("a=1; sid=2", false),
            ("a=1; Path=/; sid=", false),
        ] {
            assert_eq!(sets_cookie(value.as_bytes(), "sid"), want, "{value:?}");
        }
        assert!(sets_cookie(b"sid=\xff", "sid"), "bytes, not text");
    }

    #[test]
    fn one_cookie_is_taken_out_and_the_others_stay() {
        for (value, want) in [
            ("sid=1", None),
            (" sid=1 ;", None),
            ("sid=1; sid=2", None),
            ("sid=", None),
            ("sid =1", None),
            ("a=1; sid=x; b=2", Some("a=1; b=2")),
            ("sid=x; b=2", Some("b=2")),
            ("a=1; sid=x", Some("a=1")),
            ("a=1;sid=x;b=2", Some("a=1;b=2")),
            ("sid=x=y; b=\"1 2\"", Some("b=\"1 2\"")),
            ("a=\"x;sid=y\"; b=2", Some("a=\"x; b=2")),
            ("a=1; ; sid=x", Some("a=1")),
            ("", Some("")),
            ("a=1", Some("a=1")),
            (" a=1;; b=2 ", Some(" a=1;; b=2 ")),
            ("sid", Some("sid")),
            ("SID=1", Some("SID=1")),
            ("xsid=1; sidx=2", Some("xsid=1; sidx=2")),
            ("a=sid=1", Some("a=sid=1")),
        ] {
            let left = without_cookie(value.as_bytes(), "sid");
            assert_eq!(left.as_deref(), want.map(str::as_bytes), "{value:?}");
        }
        assert_eq!(without_cookie(b"a=\xff; sid=1", "sid").as_deref(), Some(&b"a=\xff"[..]), "bytes, not text");
    }
}
