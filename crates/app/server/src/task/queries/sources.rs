//! Whom to ask: sources by their address, each with few turns, and the secrets that addresses name.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

use seaworthy_metrics::promql::{AskError, Source, Why};
use tokio::sync::Semaphore;

use crate::kernel::chain;

/// The address that is asked where an objective names none.
const DEFAULT: &str = "SEAWORTHY_PROMETHEUS";

/// What the names of secrets begin with in the environment: `${secret:PROM}` is `SEAWORTHY_SECRET_PROM`.
const SECRET: &str = "SEAWORTHY_SECRET_";

/// Questions at one source at a time: it has other people to answer, and evaluates a few at once itself.
const TURNS: usize = 4;

/// Most sources that are remembered; more are made anew each time.
const SOURCES_MAX: usize = 100;

/// The sources.
#[derive(Default)]
pub(crate) struct Sources {
    default: Option<String>,
    secrets: BTreeMap<String, String>,
    known: BTreeMap<String, (Source, Arc<Semaphore>)>,
}

impl Sources {
    /// Reads the environment, once: the default source and the secrets.
    pub(crate) fn of(environment: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let mut sources = Self::default();
        for (name, value) in environment {
            let (Some(name), Ok(value)) = (name.to_str(), value.into_string()) else { continue };
            if name == DEFAULT && !value.is_empty() {
                sources.default = Some(value);
            } else if let Some(secret) = name.strip_prefix(SECRET) {
                sources.secrets.insert(secret.to_owned(), value);
            }
        }
        sources
    }

    /// Returns a source and its turns.
    ///
    /// # Errors
    /// When there is none, or its address cannot be used: why, and what to do about it.
    pub(super) fn get(&mut self, address: Option<&str>) -> Result<(Source, Arc<Semaphore>), String> {
        let Some(address) = address.or(self.default.as_deref()) else {
            return Err(format!(
                "the objective names no source and there is no default; set {DEFAULT}=http://HOST:9090"
            ));
        };
        if let Some(known) = self.known.get(address) {
            return Ok(known.clone());
        }
        let source =
            Source::parse(address, |name| self.secrets.get(name).cloned()).map_err(|error| in_words(&error))?;
        if self.known.len() == SOURCES_MAX {
            self.known.pop_first();
        }
        let made = (source, Arc::new(Semaphore::new(TURNS)));
        self.known.insert(address.to_owned(), made.clone());
        Ok(made)
    }
}

/// Says why a question was not answered, and what to do about it.
pub(super) fn in_words(error: &AskError) -> String {
    let why = match &error.why {
        Why::Unreachable(inner) => chain(inner.as_ref()),
        _ => error.to_string(),
    };
    format!("{why}; {}", error.remedy())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(environment: &[(&str, &str)]) -> Sources {
        Sources::of(environment.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn the_environment_names_the_default_and_the_secrets() {
        let mut known = sources(&[
            ("SEAWORTHY_PROMETHEUS", "https://${secret:PROM}@prom.example"),
            ("SEAWORTHY_SECRET_PROM", "hush"),
            ("PROM_OTHER", "loud"),
        ]);
        let shown = |found: Result<(Source, Arc<Semaphore>), String>| found.map(|(source, _)| format!("{source:?}"));
        assert!(shown(known.get(None)).expect("a source").contains("https://prom.example"));
        assert!(shown(known.get(Some("http://127.0.0.1:9090"))).is_ok());
        for (address, expected) in [
            ("http://${secret:PROM_OTHER}@x", "there is no secret \"PROM_OTHER\" here"),
            ("http://hush@x", "correct the source's access"),
            ("x", "see that it runs"),
        ] {
            let why = shown(known.get(Some(address))).expect_err("refused");
            assert!(why.contains(expected) && !why.contains("hush"), "{why}");
        }
        for environment in [&[][..], &[("SEAWORTHY_PROMETHEUS", "")]] {
            let why = shown(sources(environment).get(None)).expect_err("nobody to ask");
            assert!(why.ends_with("set SEAWORTHY_PROMETHEUS=http://HOST:9090"), "{why}");
        }
    }

    #[test]
    fn one_source_has_one_set_of_turns() {
        let mut sources = Sources::default();
        let turns = |sources: &mut Sources| sources.get(Some("http://127.0.0.1:9090")).expect("a source").1;
        let all: Vec<_> = (0..TURNS).map(|_| turns(&mut sources).try_acquire_owned().expect("a turn")).collect();
        assert!(turns(&mut sources).try_acquire_owned().is_err(), "it has {} already", all.len());
        for n in 0..2 * SOURCES_MAX {
            assert!(sources.get(Some(&format!("http://h{n}"))).is_ok());
        }
        assert!(sources.known.len() <= SOURCES_MAX);
    }
}
