//! Credentials that a place gives away rather than a name: addresses with a password, `.netrc`, `.pgpass`, headers.

use crate::encoded::base64_text;
use crate::format::file_name;
use crate::holder::Holder;
use crate::kind::{self, Kind};
use crate::line::Pair;
use crate::name::Named;
use crate::value::{Value, judge};

/// A password with its place in a line, in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) kind: &'static Kind,
    pub(crate) at: usize,
    pub(crate) end: usize,
    pub(crate) secret: String,
    pub(crate) holder: Holder,
    pub(crate) value: Value,
}

/// Longest name and password of an address.
const AUTHORITY_MAX: usize = 1_024;
/// Hosts that documents use (RFC 2606): what stands before them is an example.
const EXAMPLE_HOSTS: &[&str] =
    &["example.com", "example.org", "example.net", "host", "hostname", "domain.com", "server", "myhost", "..."];

/// Finds `scheme://user:password@host`.
pub(crate) fn addresses(line: &str) -> Vec<Spot> {
    line.match_indices("://").filter_map(|(at, _)| address(line, at)).collect()
}

fn address(line: &str, at: usize) -> Option<Spot> {
    line.get(..at)?.bytes().next_back().filter(u8::is_ascii_alphanumeric)?;
    let start = at + 3;
    let rest = line.get(start..)?;
    let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '"' | '\'' | '`' | '<' | '>' | '\\' | ')' | ',');
    let authority = &rest[..rest.find(ends).unwrap_or(rest.len())];
    if authority.len() > AUTHORITY_MAX {
        return None;
    }
    let (login, host) = authority.rsplit_once('@')?;
    let (user, password) = login.split_once(':')?;
    let plain_host = host.split(':').next().unwrap_or(host).to_ascii_lowercase();
    let is_example =
        EXAMPLE_HOSTS.iter().any(|example| plain_host == *example || plain_host.ends_with(&format!(".{example}")));
    let same = password.eq_ignore_ascii_case(user);
    let value = match judge(password, Named::Password) {
        _ if is_example || host.is_empty() => Value::No,
        Value::Secret if same => Value::Default,
        other => other,
    };
    let from = start + user.len() + 1;
    let (end, secret, holder) = (from + password.len(), password.to_owned(), Holder::of_login(user));
    Some(Spot { kind: &kind::PASSWORD_IN_URL, at: from, end, secret, holder, value })
}

/// Reads `Authorization: Basic ..`, `Authorization: Bearer ..`, and the `auth` of Docker and npm.
pub(crate) fn header(pair: &Pair<'_>) -> Option<Spot> {
    let name = pair.name.to_ascii_lowercase();
    let end = pair.at + pair.value.len();
    let value = pair.value.trim_end_matches(['"', '\'']);
    let (word, token) = value.split_once(' ').unwrap_or(("", value));
    if name.ends_with("authorization") && word.eq_ignore_ascii_case("bearer") {
        let found = judge(token.trim(), Named::Key);
        let (kind, secret, holder) = (&kind::BEARER, token.trim().to_owned(), Holder::UNKNOWN);
        return Some(Spot { kind, at: pair.at, end, secret, holder, value: found });
    }
    let is_basic = name.ends_with("authorization") && word.eq_ignore_ascii_case("basic");
    if !is_basic && !matches!(name.as_str(), "auth" | "_auth") {
        return None;
    }
    let decoded = base64_text(token.trim()).filter(|decoded| decoded.chars().all(|c| !c.is_control()))?;
    let (user, password) = decoded.split_once(':').filter(|(user, _)| !user.is_empty())?;
    let found = judge(password, Named::Password);
    let (kind, secret, holder) = (&kind::BASIC_AUTH, password.to_owned(), Holder::of_login(user));
    Some(Spot { kind, at: pair.at, end, secret, holder, value: found })
}

/// Reads a line of a file whose name says how: `.netrc` (`machine h login u password p`), `.pgpass` (`h:p:d:u:password`).
pub(crate) fn by_file(path: &str, line: &str) -> Option<Spot> {
    match file_name(path) {
        ".netrc" | "_netrc" | "netrc" => netrc(line),
        ".pgpass" | "pgpass.conf" if !line.starts_with('#') => {
            let (before, password) = line.rsplit_once(':')?;
            let user = before.split(':').nth(3)?;
            Some(spot(line, password, Holder::of_login(user)))
        }
        _ => None,
    }
}

fn netrc(line: &str) -> Option<Spot> {
    let mut words = line.split_whitespace();
    let (mut holder, mut password) = (Holder::UNKNOWN, None);
    while let Some(word) = words.next() {
        match word {
            "login" => holder = words.next().map_or(holder, Holder::of_login),
            "password" => password = words.next(),
            _ => {}
        }
    }
    password.map(|password| spot(line, password, holder))
}

fn spot(line: &str, password: &str, holder: Holder) -> Spot {
    let at = password.as_ptr().addr().saturating_sub(line.as_ptr().addr());
    let value = judge(password, Named::Password);
    Spot { kind: &kind::PASSWORD, at, end: at + password.len(), secret: password.to_owned(), holder, value }
}
