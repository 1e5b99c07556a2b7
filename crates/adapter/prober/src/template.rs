//! Texts with `${name}` and `${secret:NAME}` in them. What is put in is not looked at again: an answer cannot ask for a
//! secret.

use std::collections::BTreeMap;

use seaworthy_probe::{Code, Outcome, Reason};

use crate::Secrets;

/// What a journey knows: variables from answers, secrets by name; and which secrets were used, so that none is shown.
pub(crate) struct Known<'a> {
    pub(crate) variables: BTreeMap<String, String>,
    secrets: &'a Secrets,
    used: Vec<String>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(secrets: &'a Secrets) -> Self {
        Self { variables: BTreeMap::new(), secrets, used: Vec::new() }
    }

    /// Fills a text in.
    ///
    /// # Errors
    /// When this prober lacks a secret, or no step before gave a variable.
    pub(crate) fn fill(&mut self, text: &str) -> Result<String, Outcome> {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, behind)) = after.split_once('}') else { break };
            filled.push_str(before);
            filled.push_str(&self.value(name)?);
            rest = behind;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn value(&mut self, name: &str) -> Result<String, Outcome> {
        if let Some(name) = name.strip_prefix("secret:") {
            let secret = self.secrets.get(name).ok_or_else(|| unable(Secrets::missing(name)))?;
            self.used.push(secret.clone());
            return Ok(secret);
        }
        let missing = || unable(format!("no step before takes a variable \"{name}\""));
        self.variables.get(name).cloned().ok_or_else(missing)
    }

    /// Takes every secret that was used out of what is said.
    pub(crate) fn hide(&self, outcome: Outcome) -> Outcome {
        let hide = |Reason { code, text }| Reason {
            code,
            text: self.used.iter().fold(text, |text, secret| text.replace(secret.as_str(), "(not shown)")),
        };
        match outcome {
            Outcome::Pass => Outcome::Pass,
            Outcome::Degraded(reason) => Outcome::Degraded(hide(reason)),
            Outcome::Fail(reason) => Outcome::Fail(hide(reason)),
            Outcome::CannotSee(reason) => Outcome::CannotSee(hide(reason)),
        }
    }
}

/// The probe itself is wrong, or this prober lacks what it needs: that says nothing of the target.
pub(crate) fn unable(text: impl Into<String>) -> Outcome {
    Outcome::CannotSee(Reason::new(Code::Unable, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_in_once() {
        let secrets = Secrets::new(None, [("SEAWORTHY_SECRET_KEY".to_owned(), "s3cret".to_owned())]);
        let mut known = Known::new(&secrets);
        known.variables.insert("id".to_owned(), "7".to_owned());
        known.variables.insert("evil".to_owned(), "${secret:KEY}".to_owned());
        for (text, want) in [
            ("", Some("")),
            ("/orders/${id}?x=${id}", Some("/orders/7?x=7")),
            ("Bearer ${secret:KEY}", Some("Bearer s3cret")),
            ("${evil}", Some("${secret:KEY}")),
            ("open ${id", Some("open ${id")),
            ("$id {id} $", Some("$id {id} $")),
            ("${other}", None),
            ("${secret:OTHER}", None),
            ("${}", None),
        ] {
            assert_eq!(known.fill(text).ok().as_deref(), want, "{text:?}");
        }
        let hidden = known.hide(Outcome::Fail(Reason::new(Code::Tls, "no s3cret here")));
        assert_eq!(hidden.reason().unwrap().text, "no (not shown) here");
    }
}
