//! Whether a value is a secret, one that everybody knows, or a placeholder for one.

use crate::name::Named;
use crate::text::{entropy, has_any, has_run};

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// A secret.
    Secret,
    /// A default that everybody knows, such as `postgres`.
    Default,
    /// A reference, a placeholder, a type, a sentence: no secret.
    No,
}

/// Shortest password that counts; what is shorter is a switch or a type.
const PASSWORD_MIN: usize = 4;
/// Shortest token or key that a machine made.
const KEY_MIN: usize = 16;
/// A value longer than this is data.
const VALUE_MAX: usize = 1_024;

/// Passwords of images, tutorials and vendors: whoever tries, tries these first, so no list is needed to find them.
const DEFAULTS: &[&str] = &[
    "admin",
    "admin123",
    "default",
    "demo",
    "elastic",
    "guest",
    "hunter2",
    "letmein",
    "minio",
    "minio123",
    "minioadmin",
    "mongo",
    "mysql",
    "p@ssw0rd",
    "pass",
    "pass123",
    "passw0rd",
    "passwd",
    "password",
    "password1",
    "password123",
    "postgres",
    "postgresql",
    "qwerty",
    "rabbitmq",
    "redis",
    "root",
    "rootpassword",
    "secret",
    "secret123",
    "test",
    "test123",
    "test1234",
    "tester",
    "testing",
    "testpassword",
    "toor",
    "user",
    "wordpress",
    "zabbix",
    "keycloak",
    "grafana",
    "sa",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "mypassword",
    "mysecret",
    "mysecretpassword",
    "supersecret",
    "topsecret",
    "testpass",
    "userpassword",
    "dbpassword",
    "rootroot",
    "adminadmin",
    "adminpassword",
    "somepassword",
    "foo",
    "bar",
    "baz",
    "foobar",
    "abc123",
    "abcd1234",
    "passpass",
    "pwd",
    "testtest",
    "pw",
    "airflow",
    "kafka",
    "symfony",
    "drupal",
    "app",
    "laravel",
];

/// Words that no real secret holds.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "change-it",
    "change_it",
    "change this",
    "changethis",
    "change-this",
    "change_this",
    "replace",
    "placeholder",
    "example",
    "dummy",
    "redacted",
    "insert",
    "todo",
    "fixme",
    "not-a-real",
    "notreal",
    "fake",
    "lorem",
    "your-",
    "your_",
    "yourpass",
    "yoursecret",
    "yourtoken",
    "yourkey",
    "yourapi",
    "youraccess",
    "enter-",
    "enter_",
    "some-",
    "some_",
    "my-secret",
    "my_secret",
    "sample",
    "undefined",
    "secret-here",
    "secret_here",
    "goes-here",
    "goes_here",
    "to-be-",
    "tobe",
    "generate",
    "_here",
    "-here",
    "mock",
    "deadbeef",
    "not-secret",
    "notsecret",
    "not_secret",
    "insecure",
];

/// What schemas, locales and switches write where a value would stand.
const WORDS: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "nil",
    "string",
    "str",
    "text",
    "varchar",
    "bool",
    "boolean",
    "int",
    "integer",
    "number",
    "object",
    "array",
    "required",
    "optional",
    "hidden",
    "input",
    "char",
    "bytes",
    "any",
    "always",
    "never",
    "auto",
    "basic",
    "bearer",
    "digest",
    "md5",
    "sha256",
    "scram-sha-256",
    "prompt",
    "ask",
    "file",
    "env",
    "vault",
    "plain",
    "plaintext",
    "encrypted",
    "unset",
    "empty",
    "self",
    "options",
    "value",
    "unknown",
    "void",
    "disabled",
    "enabled",
    "keyring",
    "credentials",
    "token",
    "tokens",
    "xxx",
    "asis",
    "inherit",
    "apikey",
    "api_key",
    "api-key",
    "n/a",
    "tbd",
];

/// Beginnings of a reference to where the secret is, and of hashes, which are none.
const REFERENCES: &[&str] = &[
    "vault:",
    "arn:",
    "op://",
    "ref+",
    "ssm:",
    "secretsmanager:",
    "file:",
    "env:",
    "enc[",
    "enc(",
    "encrypted:",
    "/",
    "./",
    "../",
    "~/",
    "$",
    "<",
    "{",
    "[",
    "(",
    "%",
    "@",
    "!",
    "&",
    "*",
    "|",
    ">",
    "sha256:",
    "sha512:",
    "sha1:",
    "md5:",
    "pbkdf2",
    "argon2",
    "bcrypt",
    "sops:",
    "keyring:",
    "pass:",
    "aws:",
    "gcp:",
    "azure:",
    "http://",
    "https://",
    "urn:",
    "projects/",
    "sha256-",
    "sha384-",
    "sha512-",
    "#{",
    "data:",
    "base64:",
];

/// Judges the value of something that a name calls a secret.
pub(crate) fn judge(value: &str, named: Named) -> Value {
    let lower = value.to_lowercase();
    if is_placeholder(value, &lower) {
        return Value::No;
    }
    match named {
        Named::No => Value::No,
        Named::Password if DEFAULTS.contains(&lower.as_str()) => Value::Default,
        Named::Password if value.len() < PASSWORD_MIN => Value::No,
        Named::Password => Value::Secret,
        Named::Key if looks_random(value) => Value::Secret,
        Named::Key if DEFAULTS.contains(&lower.as_str()) => Value::Default,
        Named::Key => Value::No,
    }
}

/// Whether the text stands for a secret that is elsewhere, or for none.
fn is_placeholder(value: &str, lower: &str) -> bool {
    value.len() > VALUE_MAX
        || value.contains(char::is_whitespace)
        || WORDS.contains(&lower)
        || has_any(lower, PLACEHOLDERS)
        || REFERENCES.iter().any(|start| lower.starts_with(start))
        || ["${", "$(", "{{", "%(", "<%", "...", "…", "()", "***", "((", "process.env", "os.environ", "getenv"]
            .iter()
            .any(|part| value.contains(part))
        || is_constant(value)
        || value.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '.' | '-' | '_' | '0' | '?' | '#' | '•'))
        || has_run(value, 6)
}

/// `DB_PASSWORD` as a value is the name of a variable.
fn is_constant(value: &str) -> bool {
    value.contains('_') && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Whether a machine made it: long, mixed, and no name of something.
fn looks_random(value: &str) -> bool {
    let has = |test: fn(&u8) -> bool| value.as_bytes().iter().any(test);
    let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let least = if is_hex { 2.6 } else { 3.2 };
    value.len() >= KEY_MIN
        && value.is_ascii()
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_alphabetic)
        && !value.contains("://")
        && !looks_like_a_name(value)
        && entropy(value) >= least
}

/// `payments-tls-v2`, `com.example.Thing2`, `auth/token/renew`: words with separators between them.
fn looks_like_a_name(value: &str) -> bool {
    let is_separator = |c: char| matches!(c, '-' | '_' | '.' | '/' | ':');
    let is_word = |part: &str| {
        let letters = part.trim_end_matches(|c: char| c.is_ascii_digit());
        letters.bytes().all(|byte| byte.is_ascii_alphabetic()) && part.len() - letters.len() <= 4
    };
    let parts: Vec<&str> = value.split(is_separator).filter(|part| !part.is_empty()).collect();
    value.contains(is_separator) && parts.iter().all(|part| is_word(part)) && !parts.iter().any(|part| part.len() > 20)
}

/// Whether the random part of a known shape was written by hand as an example.
pub(crate) fn is_example(body: &str) -> bool {
    let lower = body.to_lowercase();
    has_any(
        &lower,
        &["example", "xxxx", "0000000", "1234567", "abcdefg", "redacted", "placeholder", "yourtoken", "...."],
    ) || has_run(body, 6)
        || entropy(body) < 2.4
}
