//! Backstage entity references, and how their names are written here.

/// `[kind:][namespace/]name`, with the namespace of the entity it stands in where it names none.
pub(crate) struct Reference {
    /// Lower case.
    pub kind: Option<String>,
    /// Lower case.
    pub namespace: String,
    pub name: String,
}

impl Reference {
    /// Reads a reference; anything is one, perhaps with a strange name.
    pub(crate) fn parse(text: &str, namespace: &str) -> Self {
        let (kind, rest) = match text.trim().split_once(':') {
            Some((kind, rest)) => (Some(kind.trim().to_ascii_lowercase()), rest),
            None => (None, text.trim()),
        };
        let (namespace, name) = rest.split_once('/').unwrap_or((namespace, rest));
        Self { kind, namespace: namespace.trim().to_ascii_lowercase(), name: name.trim().to_owned() }
    }
}

/// Returns a name as it is written here: `namespace.name` outside the default namespace, and `-` for every character
/// that does not fit. The result may still be no name: empty, too long, or without a letter or digit first.
pub(crate) fn ours(namespace: &str, name: &str) -> String {
    let fits = |c: char| if c.is_ascii_alphanumeric() || "-_.+".contains(c) { c } else { '-' };
    let name: String = name.trim().trim_start_matches(['@', '/', '_', '.', '-']).chars().map(fits).collect();
    match namespace {
        "default" | "" => name,
        namespace => format!("{}.{name}", namespace.chars().map(fits).collect::<String>()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read() {
        for (text, want) in [
            ("group:default/pets", (Some("group"), "default", "pets")),
            ("Group:Default/pets", (Some("group"), "default", "pets")),
            ("pets", (None, "own", "pets")),
            ("user:ann", (Some("user"), "own", "ann")),
            ("github/pets", (None, "github", "pets")),
            (" a:b/c/d ", (Some("a"), "b", "c/d")),
            ("", (None, "own", "")),
        ] {
            let got = Reference::parse(text, "own");
            assert_eq!((got.kind.as_deref(), got.namespace.as_str(), got.name.as_str()), want, "{text:?}");
        }
    }

    #[test]
    fn names_are_made_ours() {
        for (namespace, name, want) in [
            ("default", "pets", "pets"),
            ("acme", "pets", "acme.pets"),
            ("default", "@acme/pets shop", "acme-pets-shop"),
            ("default", "", ""),
        ] {
            assert_eq!(ours(namespace, name), want);
        }
    }
}
