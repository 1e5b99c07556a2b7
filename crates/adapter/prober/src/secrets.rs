//! Credentials that a prober has. A probe names one, `${secret:NAME}`; its text comes from where this prober runs.
//!
//! A catalogue is read by many and written by some, so a name is all that it can give: it can point neither at any file
//! nor at any variable of the machine, only at what was put there for probes.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

/// What the names of variables begin with that hold secrets for probes.
const PREFIX: &str = "SEAWORTHY_SECRET_";

/// Longest secret, in bytes: a signed token with room, and a header may have it.
const SECRET_BYTES_MAX: u64 = 16 * 1024;

/// Longest name.
const NAME_CHARS_MAX: usize = 64;

/// Where secrets are found: a file of the name in a directory, then a variable `SEAWORTHY_SECRET_NAME`.
#[derive(Clone, Default)]
pub struct Secrets {
    directory: Option<PathBuf>,
    variables: BTreeMap<String, String>,
}

impl Secrets {
    /// Takes a directory, and what of these variables is meant for probes.
    pub fn new(directory: Option<PathBuf>, variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let ours = |(name, value): (String, String)| Some((name.strip_prefix(PREFIX)?.to_owned(), value));
        Self { directory, variables: variables.into_iter().filter_map(ours).collect() }
    }

    /// Returns a secret; a file is read each time, so that a new one counts at once.
    pub fn get(&self, name: &str) -> Option<String> {
        if !is_name(name) {
            return None;
        }
        let in_file = self.directory.as_ref().and_then(|directory| {
            let mut text = String::new();
            File::open(directory.join(name)).ok()?.take(SECRET_BYTES_MAX).read_to_string(&mut text).ok()?;
            Some(text.trim_end_matches(['\r', '\n']).to_owned())
        });
        let in_variable = || self.variables.get(&variable(name)).cloned();
        in_file.or_else(in_variable).filter(|secret| !secret.is_empty())
    }

    /// Returns what is said where one is missing.
    pub(crate) fn missing(name: &str) -> String {
        match is_name(name) {
            true => format!("this prober has no secret \"{name}\": set {PREFIX}{}", variable(name)),
            false => "a secret is named by letters, digits, \"-\" and \"_\" only".to_owned(),
        }
    }
}

fn variable(name: &str) -> String {
    name.to_ascii_uppercase().replace('-', "_")
}

/// No dot and no slash: a name never leaves the directory.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=NAME_CHARS_MAX).contains(&name.len()) && name.chars().all(fits)
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Secrets").field("directory", &self.directory).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_finds_what_was_put_there_for_probes_and_nothing_else() {
        let directory = std::env::temp_dir().join(format!("seaworthy-secrets-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(directory.join("shop-token"), "from a file\n").unwrap();
        let variables = [("SEAWORTHY_SECRET_API_KEY", "from a variable"), ("HOME", "/root"), ("SEAWORTHY_TOKEN", "x")];
        let secrets = Secrets::new(Some(directory.clone()), variables.map(|(k, v)| (k.to_owned(), v.to_owned())));
        for (name, want) in [
            ("shop-token", Some("from a file")),
            ("api-key", Some("from a variable")),
            ("API_KEY", Some("from a variable")),
            ("HOME", None),
            ("../shop-token", None),
            ("/etc/hostname", None),
            ("", None),
            ("SEAWORTHY_TOKEN", None),
        ] {
            assert_eq!(secrets.get(name).as_deref(), want, "{name:?}");
        }
        assert!(!format!("{secrets:?}").contains("from a variable"));
        assert!(Secrets::missing("api-key").ends_with("set SEAWORTHY_SECRET_API_KEY"));
        std::fs::remove_dir_all(directory).unwrap();
    }
}
