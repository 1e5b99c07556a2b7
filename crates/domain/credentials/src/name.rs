//! Whether a name such as `DB_PASSWORD` or `apiKey` says that its value is a secret.

use crate::text::words;

/// What a name promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// A password, which a person may have made up.
    Password,
    /// A token, key or secret, which a machine made.
    Key,
    /// Neither.
    No,
}

/// Last words that turn a secret's name into the name of something about it.
const ABOUT: &[&str] = &[
    "algorithm",
    "alg",
    "arn",
    "attribute",
    "audience",
    "charset",
    "class",
    "column",
    "count",
    "description",
    "dir",
    "directory",
    "enabled",
    "endpoint",
    "env",
    "error",
    "exp",
    "expiration",
    "expires",
    "expiry",
    "field",
    "file",
    "filename",
    "format",
    "hash",
    "header",
    "help",
    "hint",
    "host",
    "id",
    "identifier",
    "in",
    "index",
    "input",
    "issuer",
    "label",
    "length",
    "len",
    "limit",
    "link",
    "location",
    "manager",
    "max",
    "message",
    "method",
    "min",
    "mode",
    "mount",
    "name",
    "namespace",
    "names",
    "page",
    "param",
    "parameter",
    "path",
    "pattern",
    "placeholder",
    "policy",
    "prefix",
    "prompt",
    "property",
    "provider",
    "ref",
    "reference",
    "regex",
    "region",
    "required",
    "rotation",
    "rule",
    "rules",
    "salt",
    "schema",
    "scope",
    "scopes",
    "server",
    "service",
    "size",
    "source",
    "status",
    "store",
    "suffix",
    "text",
    "timeout",
    "title",
    "ttl",
    "type",
    "uri",
    "url",
    "user",
    "username",
    "validation",
    "value",
    "version",
    "visible",
];

/// First words of switches and of sentences on buttons.
const NOT_FIRST: &[&str] = &[
    "allow",
    "change",
    "confirm",
    "disable",
    "enable",
    "enter",
    "forgot",
    "forgotten",
    "generate",
    "has",
    "hide",
    "invalid",
    "is",
    "max",
    "min",
    "missing",
    "need",
    "next",
    "no",
    "page",
    "public",
    "random",
    "require",
    "required",
    "requires",
    "reset",
    "show",
    "supports",
    "update",
    "use",
    "with",
    "without",
    "wrong",
    "continuation",
    "pagination",
];

/// Words before `key` that make it a secret.
const SECRET_KEYS: &[&str] = &[
    "access",
    "account",
    "admin",
    "api",
    "app",
    "application",
    "auth",
    "authentication",
    "aws",
    "deploy",
    "encryption",
    "hmac",
    "jwt",
    "master",
    "private",
    "secret",
    "security",
    "service",
    "session",
    "shared",
    "signing",
    "ssh",
    "storage",
    "webhook",
    "write",
];

/// Reads a name.
pub(crate) fn named(name: &str) -> Named {
    let words = words(name);
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return Named::No };
    if ABOUT.contains(&last.as_str()) || (words.len() > 1 && NOT_FIRST.contains(&first.as_str())) {
        return Named::No;
    }
    let ends = |ends: &[&str]| words.iter().any(|word| ends.iter().any(|end| word.ends_with(end)));
    if ends(&["password", "passwd", "passphrase", "pwd", "passwort"]) || last == "pass" || last == "pw" {
        return Named::Password;
    }
    let before = words.len().checked_sub(2).and_then(|at| words.get(at));
    let key = last == "key" && before.is_some_and(|word| SECRET_KEYS.contains(&word.as_str()));
    let whole = ["apikey", "secretkey", "accesskey", "authkey", "privatekey", "accountkey", "authtoken", "credential"];
    let secret = ends(&["secret"]) || last.ends_with("token") || last == "secrets" || last == "credentials";
    if key || secret || whole.iter().any(|end| last.ends_with(end)) || (words.len() == 1 && name == "_auth") {
        return Named::Key;
    }
    Named::No
}
