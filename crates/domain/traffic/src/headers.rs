//! Which header fields stop here (RFC 9110 §7.6.1).

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
}
