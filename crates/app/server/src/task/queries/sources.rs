//! Whom to ask: sources by their address, each with few turns, and the secrets that addresses name.

use std::collections::BTreeMap;
use std::sync::Arc;

use seaworthy_metrics::promql::{AskError, Source, Why};
use seaworthy_prober::Secrets;
use tokio::sync::Semaphore;

use crate::kernel::chain;

/// Questions at one source at a time: it has other people to answer, and evaluates a few at once itself.
const TURNS: usize = 4;

/// Most sources whose turns are counted; those of further ones begin anew.
const SOURCES_MAX: usize = 100;

/// The sources.
#[derive(Default)]
pub(crate) struct Sources {
    default: Option<String>,
    secrets: Secrets,
    turns: BTreeMap<String, Arc<Semaphore>>,
}

impl Sources {
    /// Takes the address that is asked where an objective names none, and what addresses may name.
    pub(crate) fn new(default: Option<String>, secrets: Secrets) -> Self {
        Self { default: default.filter(|address| !address.is_empty()), secrets, turns: BTreeMap::new() }
    }

    /// Returns a source and its turns. Made anew each time, so that a secret that was changed counts at once.
    ///
    /// # Errors
    /// When there is none, or its address cannot be used: why, and what to do about it.
    pub(super) fn get(&mut self, address: Option<&str>) -> Result<(Source, Arc<Semaphore>), String> {
        let Some(address) = address.or(self.default.as_deref()) else {
            return Err(
                "the objective names no source and there is no default; set SEAWORTHY_PROMETHEUS=http://HOST:9090"
                    .to_owned(),
            );
        };
        let source = Source::parse(address, |name| self.secrets.get(name)).map_err(|error| in_words(&error))?;
        if self.turns.len() == SOURCES_MAX && !self.turns.contains_key(address) {
            self.turns.pop_first();
        }
        let turns = self.turns.entry(address.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(TURNS)));
        Ok((source, turns.clone()))
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

    fn sources(default: &str) -> Sources {
        let variables =
            [("SEAWORTHY_SECRET_PROM".to_owned(), "hush".to_owned()), ("OTHER".to_owned(), "loud".to_owned())];
        Sources::new(Some(default.to_owned()), Secrets::new(None, variables))
    }

    #[test]
    fn an_address_is_the_objectives_or_the_default() {
        let mut known = sources("https://${secret:prom}@prom.example");
        let shown = |found: Result<(Source, Arc<Semaphore>), String>| found.map(|(source, _)| format!("{source:?}"));
        assert!(shown(known.get(None)).expect("a source").contains("https://prom.example"));
        assert!(shown(known.get(Some("http://127.0.0.1:9090"))).is_ok());
        for (address, expected) in [
            ("http://${secret:OTHER}@x", "there is no secret \"OTHER\" here"),
            ("http://hush@x", "correct the source's access"),
            ("x", "see that it runs"),
        ] {
            let why = shown(known.get(Some(address))).expect_err("refused");
            assert!(why.contains(expected) && !why.contains("hush"), "{why}");
        }
        for nobody in [&mut sources(""), &mut Sources::default()] {
            let why = shown(nobody.get(None)).expect_err("nobody to ask");
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
        assert!(sources.turns.len() <= SOURCES_MAX);
    }
}
