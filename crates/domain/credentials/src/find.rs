//! Finds the credentials of one text: known shapes first, then keys in PEM, addresses, and names with values.
//!
//! What is surer goes first, and nothing that overlaps it is told again. A text inside a text (a Kubernetes Secret, a
//! kubeconfig) is read as well, to a fixed depth.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::encoded::{base64_text, claims};
use crate::format::Format;
use crate::holder::{Class, Holder, Sure};
use crate::kind::{self, Kind};
use crate::line::{Pair, pairs};
use crate::name::{Named, named};
use crate::secret::Secret;
use crate::special::{Spot, addresses, by_file, header};
use crate::text::words;
use crate::value::{Value, judge};
use crate::{pem, shape};

/// Most findings of one text; a text with more is a list of them, and the number of the rest is told.
pub const FOUND_MAX: usize = 1_000;
/// Texts inside texts that are read: a Docker configuration inside a Kubernetes Secret is one.
const DEPTH_MAX: usize = 2;
/// Lines between a login and the password that is its own.
const NEAR: usize = 3;
/// Longest line that is read for names and values; a longer one is data, read for shapes alone.
const LINE_MAX: usize = 64 * 1_024;

/// A credential that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub kind: &'static Kind,
    /// Who holds it.
    pub holder: Holder,
    /// When it ends, where it says so itself.
    pub expires: Option<Timestamp>,
    /// Itself.
    pub secret: Secret,
}

/// What a text holds.
#[derive(Debug, Clone, Default)]
pub struct Founds {
    /// The credentials, by line.
    pub found: Vec<Found>,
    /// Passwords that everybody knows, such as `postgres`; not told one by one.
    pub defaults: usize,
    /// How many more there are than [`FOUND_MAX`].
    pub more: usize,
}

/// Finds the credentials of a text; the path, of which the name alone matters, says how it is read.
pub fn find(path: &str, text: &str) -> Founds {
    let mut founds = search(path, Format::of(path), text, 0);
    founds.found.sort_by_key(|found| found.line);
    founds.more = founds.found.len().saturating_sub(FOUND_MAX);
    founds.found.truncate(FOUND_MAX);
    founds
}

/// Where each line begins.
fn starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

struct Search<'a> {
    path: &'a str,
    format: Format,
    starts: Vec<usize>,
    /// Ranges that were told, in bytes of the text, by where they begin; no two overlap.
    taken: BTreeMap<usize, usize>,
    founds: Founds,
}

impl Search<'_> {
    /// Takes a range; false where something surer stands in it.
    fn take(&mut self, (at, end): (usize, usize)) -> bool {
        let before = self.taken.range(..end.max(at + 1)).next_back();
        let free = before.is_none_or(|(_, to)| *to <= at);
        if free {
            self.taken.insert(at, end);
        }
        free
    }

    /// Adds a finding unless something surer was found at the same place.
    fn add(
        &mut self,
        range: (usize, usize),
        kind: &'static Kind,
        holder: Holder,
        expires: Option<Timestamp>,
        secret: &str,
    ) {
        if self.take(range) {
            let line = self.line(range.0);
            self.founds.found.push(Found { line, kind, holder, expires, secret: Secret::new(secret) });
        }
    }

    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    fn keys(&mut self, text: &str) {
        let service_account = text.contains("\"service_account\"");
        for block in pem::private_keys(text) {
            let kind = if block.is_encrypted { &kind::PRIVATE_KEY_ENCRYPTED } else { &kind::PRIVATE_KEY };
            let why = "its file is the key of a service account";
            let account = Holder { class: Class::Workload, sure: Sure::Certain, why };
            let holder = if service_account { account } else { kind.holder };
            self.add((block.at, block.end), kind, holder, None, &block.body);
        }
    }

    fn shapes(&mut self, text: &str) {
        for fit in shape::fits(text) {
            self.add((fit.at, fit.end), fit.kind, fit.kind.holder, None, text.get(fit.at..fit.end).unwrap_or_default());
        }
    }

    /// JSON Web Tokens: two parts of JSON in base64, and a signature.
    fn tokens(&mut self, text: &str) {
        for (at, _) in text.match_indices("eyJ") {
            let rest = text.get(at..).unwrap_or_default();
            let length = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(byte)).count();
            let token = rest.get(..length).unwrap_or_default().trim_end_matches('.');
            let parts: Vec<&str> = token.split('.').collect();
            if parts.len() != 3 || parts[2].len() < 20 {
                continue;
            }
            if let Some(claims) = claims(token) {
                self.add((at, at + token.len()), &kind::JWT, claims.holder, claims.expires, token);
            }
        }
    }

    fn lines(&mut self, text: &str, depth: usize) {
        let mut near = Near::default();
        let mut secret_data = SecretData::of(text);
        for (number, line) in text.lines().enumerate().filter(|(_, line)| line.len() <= LINE_MAX) {
            let base = self.starts.get(number).copied().unwrap_or_default();
            let in_data = secret_data.is_inside(line);
            if let Some(spot) = by_file(self.path, line) {
                self.spot(base, spot);
            }
            for spot in addresses(line) {
                self.spot(base, spot);
            }
            if self.format == Format::Prose {
                continue;
            }
            for pair in pairs(line, self.format) {
                self.pair(base, number, &pair, in_data, &mut near, depth);
            }
        }
    }

    fn spot(&mut self, base: usize, spot: Spot) {
        let range = (base + spot.at, base + spot.end);
        match spot.value {
            Value::Secret => self.add(range, spot.kind, spot.holder, None, &spot.secret),
            Value::Default => self.default(range),
            // What is a placeholder as a whole is none in its parts.
            Value::No => drop(self.take(range)),
        }
    }

    fn default(&mut self, range: (usize, usize)) {
        if self.take(range) {
            self.founds.defaults += 1;
        }
    }

    fn pair(&mut self, base: usize, number: usize, pair: &Pair<'_>, in_data: bool, near: &mut Near, depth: usize) {
        let range = (base + pair.at, base + pair.at + pair.value.len());
        if let Some(spot) = header(pair) {
            return self.spot(base, spot);
        }
        let name = near.name_of(number, pair);
        let encoded = in_data || pair.value.starts_with(PEM_IN_BASE64);
        if encoded
            && depth < DEPTH_MAX
            && let Some(inside) = base64_text(pair.value)
        {
            return self.inside(range, &name, &inside, depth);
        }
        let named = named(&name);
        match judge(pair.value, named) {
            Value::No => {}
            Value::Default => self.default(range),
            Value::Secret if name.eq_ignore_ascii_case(pair.value) => self.default(range),
            Value::Secret => {
                let kind = if named == Named::Password { &kind::PASSWORD } else { &kind::NAMED_SECRET };
                self.add(range, kind, near.holder(number), None, pair.value);
            }
        }
    }

    /// Reads a text that stood in base64: what is found in it stands where the text stood.
    fn inside(&mut self, range: (usize, usize), name: &str, inside: &str, depth: usize) {
        let of_name =
            if name.contains("dockercfg") || name.contains("dockerconfigjson") { "config.json" } else { name };
        let founds = search(of_name, Format::Config, inside, depth + 1);
        let line = self.line(range.0);
        self.founds.defaults += founds.defaults;
        if !founds.found.is_empty() {
            self.take(range);
            return self.founds.found.extend(founds.found.into_iter().map(|found| Found { line, ..found }));
        }
        let value = inside.trim_end_matches(['\n', '\r']);
        let is_named = named(name) != Named::No;
        match judge(value, Named::Password) {
            Value::Secret if is_named => self.add(range, &kind::PASSWORD, Holder::UNKNOWN, None, value),
            Value::Default if is_named => self.default(range),
            _ => drop(self.take(range)),
        }
    }
}

fn search(path: &str, format: Format, text: &str, depth: usize) -> Founds {
    let taken = BTreeMap::new();
    let mut search = Search { path, format, starts: starts(text), taken, founds: Founds::default() };
    search.keys(text);
    search.shapes(text);
    search.tokens(text);
    search.lines(text, depth);
    search.founds
}

/// `-----BEGIN ` in base64, as kubeconfigs and environments hold keys.
const PEM_IN_BASE64: &str = "LS0tLS1CRUdJTi";

/// What stood on the lines before: a login, and the name of an entry whose value follows.
#[derive(Default)]
struct Near {
    login: Option<(usize, Holder)>,
    name: Option<(usize, String)>,
}

impl Near {
    /// Returns the name of a pair; that of `name: X` just before, where the pair is `value: ..`.
    fn name_of(&mut self, number: usize, pair: &Pair<'_>) -> String {
        let lower = pair.name.to_ascii_lowercase();
        let value = pair.value.trim_matches(['"', '\'']);
        if matches!(lower.as_str(), "name" | "key") {
            self.name = Some((number, value.to_owned()));
        }
        if words(pair.name).last().is_some_and(|last| matches!(last.as_str(), "user" | "username" | "login" | "email"))
        {
            self.login = Some((number, Holder::of_login(value)));
        }
        let before = self.name.as_ref().filter(|(at, _)| lower == "value" && number - at <= 1);
        before.map_or_else(|| pair.name.to_owned(), |(_, name)| name.clone())
    }

    fn holder(&self, number: usize) -> Holder {
        self.login.filter(|(at, _)| number - at <= NEAR).map_or(Holder::UNKNOWN, |(_, holder)| holder)
    }
}

/// Follows whether a line stands below `data:` of a Kubernetes Secret.
struct SecretData {
    is_secret: bool,
    indent: Option<usize>,
}

impl SecretData {
    fn of(text: &str) -> Self {
        let is_kind = |line: &str| {
            let plain: String = line.chars().filter(|c| !matches!(c, '"' | '\'' | ',' | ' ' | '-')).collect();
            plain == "kind:Secret" || plain.contains("kind:Secret,") || plain.contains("{kind:Secret")
        };
        Self { is_secret: text.lines().any(|line| is_kind(line.trim_end())), indent: None }
    }

    fn is_inside(&mut self, line: &str) -> bool {
        if !self.is_secret || line.trim().is_empty() {
            return false;
        }
        let indent = line.len() - line.trim_start().len();
        if self.indent.is_some_and(|data| indent <= data) {
            self.indent = None;
        }
        let inside = self.indent.is_some();
        if matches!(line.trim(), "data:" | "\"data\": {" | "\"data\":{") {
            self.indent = Some(indent);
        }
        inside
    }
}
