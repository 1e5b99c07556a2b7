//! Facts: a key, a value and a place; bounded, and refused where they would name a person or hold a secret.

use jiff::Timestamp;
use seaworthy_model::ServiceId;

use crate::{Asked, CollectError};

/// Most facts of one observation.
pub const FACTS_MAX: usize = 200;
/// Longest text of a value, a place or a source, in bytes.
pub const TEXT_BYTES_MAX: usize = 512;
/// Most texts of a list; a figure beside it counts all.
pub const LIST_MAX: usize = 50;
/// Longest key.
const KEY_BYTES_MAX: usize = 80;
/// Starts of texts that are secrets whoever wrote them.
const SECRETS: [&str; 9] =
    ["ghp_", "gho_", "github_pat_", "glpat-", "xoxb-", "xoxp-", "AKIA", "sk_live_", "-----BEGIN"];

/// What a fact says.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text of one line.
    Text(String),
    /// Several of them.
    List(Vec<String>),
}

/// One thing that was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// `noun.field`.
    pub key: String,
    /// What it says.
    pub value: Value,
    /// `file:line` or a URL, where it is at one place.
    pub place: Option<String>,
}

/// What a collector saw of one service at one source.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// Who looked.
    pub collector: &'static str,
    /// At what: a file's, a repository's or a server's name, no path of anybody's machine.
    pub source: String,
    /// The service.
    pub service: ServiceId,
    /// When.
    pub seen_at: Timestamp,
    /// What.
    pub facts: Vec<Fact>,
}

/// Facts while they are put together.
#[derive(Debug, Default)]
pub struct Facts {
    source: String,
    seen_at: Option<Timestamp>,
    all: Vec<Fact>,
}

impl Facts {
    /// Starts with none.
    pub(crate) fn of(source: impl Into<String>) -> Self {
        Self { source: source.into(), seen_at: None, all: vec![] }
    }

    /// Says that it was seen before the time of collecting.
    pub(crate) fn seen(&mut self, at: Timestamp) {
        self.seen_at = Some(at);
    }

    /// Adds a count.
    pub(crate) fn count(&mut self, key: &str, count: usize) {
        self.number(key, u32::try_from(count).map_or(f64::from(u32::MAX), f64::from));
    }

    /// Adds a number.
    pub(crate) fn number(&mut self, key: &str, number: f64) {
        self.push(key, Value::Number(number), None);
    }

    /// Adds whole days between two times.
    pub(crate) fn days(&mut self, key: &str, from: Timestamp, until: Timestamp) {
        let days = until.duration_since(from).as_hours().max(0) / 24;
        self.number(key, i32::try_from(days).map_or(f64::from(i32::MAX), f64::from));
    }

    /// Adds yes or no.
    pub(crate) fn is(&mut self, key: &str, value: bool) {
        self.push(key, Value::Bool(value), None);
    }

    /// Adds a text.
    pub(crate) fn text(&mut self, key: &str, text: &str) {
        self.push(key, Value::Text(text.to_owned()), None);
    }

    /// Adds a list, sorted, each text once; the first [`LIST_MAX`] of it.
    pub(crate) fn list(&mut self, key: &str, texts: impl IntoIterator<Item = String>) {
        let mut texts: Vec<String> = texts.into_iter().collect();
        texts.sort();
        texts.dedup();
        texts.truncate(LIST_MAX);
        self.push(key, Value::List(texts), None);
    }

    /// Adds a fact.
    pub(crate) fn push(&mut self, key: &str, value: Value, place: Option<String>) {
        self.all.push(Fact { key: key.to_owned(), value, place });
    }

    /// Bounds and checks them.
    pub(crate) fn observed(self, collector: &'static str, asked: &Asked<'_>) -> Result<Observed, CollectError> {
        let mut facts = self.all;
        for fact in &mut facts {
            check(fact)?;
        }
        if facts.len() > FACTS_MAX {
            let why = format!("{} facts, over {FACTS_MAX}", facts.len());
            return Err(CollectError::Limit { path: asked.path.to_owned(), why });
        }
        let (service, seen_at) = (asked.service.clone(), self.seen_at.unwrap_or(asked.now));
        let mut source = self.source;
        cut(&mut source);
        Ok(Observed { collector, source, service, seen_at, facts })
    }
}

fn check(fact: &mut Fact) -> Result<(), CollectError> {
    let refused = |why| CollectError::Refused { key: fact.key.clone(), why };
    if !is_key(&fact.key) {
        return Err(refused("a key is noun.field in lower case, of letters, digits and \"_\""));
    }
    let texts: Vec<&mut String> = match &mut fact.value {
        Value::Text(text) => vec![text],
        Value::List(texts) => texts.iter_mut().collect(),
        Value::Number(number) if !number.is_finite() => return Err(refused("it is no number")),
        Value::Bool(_) | Value::Number(_) => vec![],
    };
    for text in texts.into_iter().chain(fact.place.as_mut()) {
        *text = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        cut(text);
        if is_address(text) {
            return Err(CollectError::Refused {
                key: fact.key.clone(),
                why: "it holds what looks like an e-mail address",
            });
        }
        if is_secret(text) {
            return Err(CollectError::Refused { key: fact.key.clone(), why: "it holds what looks like a secret" });
        }
    }
    Ok(())
}

/// Returns whether a text is a key.
pub(crate) fn is_key(key: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    key.len() <= KEY_BYTES_MAX && key.split_once('.').is_some_and(|(noun, field)| part(noun) && part(field))
}

fn cut(text: &mut String) {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

fn is_address(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || "<>(),;\"'".contains(c)).any(|word| {
        word.split_once('@').is_some_and(|(local, host)| {
            // `registry/image@sha256:...` and `@team/name` are none.
            !local.is_empty() && !word.contains('/') && host.contains('.') && !host.contains(':')
        })
    })
}

fn is_secret(text: &str) -> bool {
    let password_in_url = text.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split('/').next().unwrap_or_default();
        authority.split_once('@').is_some_and(|(user, _)| user.contains(':'))
    });
    password_in_url || SECRETS.iter().any(|start| text.contains(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_person_or_holds_a_secret_is_refused() {
        for (text, refused) in [
            ("ann@acme.example", true),
            ("Ann <ann@acme.example>", true),
            ("postgres://u:p@h/db", true),
            ("ghp_abc", true),
            ("@acme/team", false),
            ("images.example/acme/shop@sha256:1.2", false),
            ("postgres://h/db", false),
            ("orders", false),
        ] {
            let mut fact = Fact { key: "a.b".into(), value: Value::Text(text.into()), place: None };
            assert_eq!(check(&mut fact).is_err(), refused, "{text}");
        }
    }

    #[test]
    fn keys_and_sizes_are_bounded() {
        for (key, fits) in
            [("a.b", true), ("git.branches_older_than_7_days", true), ("a", false), ("A.b", false), ("a.b.c", false)]
        {
            assert_eq!(is_key(key), fits, "{key}");
        }
        let mut fact = Fact { key: "a.b".into(), value: Value::Text("ä\n".repeat(TEXT_BYTES_MAX)), place: None };
        check(&mut fact).unwrap();
        assert!(matches!(&fact.value, Value::Text(text) if text.len() <= TEXT_BYTES_MAX && !text.contains('\n')));
        let mut fact = Fact { key: "a.b".into(), value: Value::Number(f64::NAN), place: None };
        assert!(check(&mut fact).is_err());
    }
}
