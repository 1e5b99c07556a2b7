//! Variables in how a version runs: `${version}` is filled in when it is shipped, the rest is for the shell, and one that
//! nobody sets is a slip, which would run as an empty text.
//!
//! This is no shell: what may be set in the text itself, or by a file that it sources, is left alone.

use std::collections::BTreeMap;
use std::rc::Rc;

use seaworthy_catalog::nearest;

use crate::fields::Fields;
use crate::rule::Rule;
use crate::tree::{Node, Value};

/// What is filled in.
const OURS: &str = "version";

/// What a version finds in its environment: from the supervisor, then passed on from its own environment.
const GIVEN: [&str; 12] = [
    "PORT",
    "SEAWORTHY_SERVICE",
    "SEAWORTHY_VERSION",
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "LANG",
    "LC_ALL",
    "TZ",
    "TMPDIR",
];

/// What a shell sets itself (POSIX.1-2017 XCU 2.5.3, and what common shells add).
const OF_THE_SHELL: [&str; 13] = [
    "PWD", "OLDPWD", "PPID", "IFS", "OPTARG", "OPTIND", "LINENO", "PS1", "UID", "EUID", "HOSTNAME", "RANDOM", "SECONDS",
];

/// Ends the names under which dependencies are reached: which there are, other files may say.
const DEPENDENCY: &str = "_URL";

/// Names every variable of `run` that nobody sets.
pub(super) fn check(fields: &Fields<'_>, env: &BTreeMap<String, String>) {
    // Asked for already, and complained about where it is empty.
    match fields.node.get("command").map(|node| (node, &node.value)) {
        Some((node, Value::Text(text))) => shell(fields, node, text, env),
        Some((_, Value::List(items))) => {
            let shell_text = match items.get(1).map(|item| &item.value) {
                Some(Value::Text(flag)) if flag == "-c" => items.get(2),
                _ => None,
            };
            for item in items {
                match &item.value {
                    Value::Text(text) if shell_text.is_some_and(|it| Rc::ptr_eq(it, item)) => {
                        shell(fields, item, text, env);
                    }
                    Value::Text(text) => slips(fields, item, text),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    if let Some(Value::Map(entries)) = fields.node.get("env").map(|node| &node.value) {
        for (_, value) in entries {
            if let Value::Text(text) = &value.value {
                slips(fields, value, text);
            }
        }
    }
}

/// What no shell reads: only what looks like ours is a slip, the rest is the program's own.
fn slips(fields: &Fields<'_>, node: &Node, text: &str) {
    for found in variables(text).filter(|found| found.name != OURS) {
        if nearest(found.name, [OURS]).is_some() {
            unknown(fields, node, found.name, Some(OURS));
        }
    }
}

fn shell(fields: &Fields<'_>, node: &Node, text: &str, env: &BTreeMap<String, String>) {
    let own = env.keys().map(String::as_str);
    let known: Vec<&str> = [OURS].into_iter().chain(own).chain(GIVEN).chain(OF_THE_SHELL).collect();
    let sources = text.split_whitespace().any(|word| matches!(word, "." | "source" | "eval"));
    for found in variables(text) {
        let is_set = known.contains(&found.name) || found.name.ends_with(DEPENDENCY) || is_word(text, found.name);
        let meant = nearest(found.name, known.iter().copied());
        // In single quotes a shell leaves it alone; ours is filled in there too, so a slip of it is still one.
        let is_anybodys = sources || found.quoted;
        if !is_set && (meant.is_some() || !is_anybodys) {
            unknown(fields, node, found.name, meant);
        }
    }
    if bare(text) && !env.contains_key(OURS) && !is_word(text, OURS) {
        let message = format!("nobody sets \"${OURS}\"");
        let remedy = format!("write \"${{{OURS}}}\": that is filled in");
        fields.scope.report.error(Rule::UnknownVariable, &fields.scope.place(node.at), message, &remedy);
    }
}

fn unknown(fields: &Fields<'_>, node: &Node, name: &str, meant: Option<&str>) {
    let message = format!("nobody sets \"${{{name}}}\"");
    let remedy = match meant {
        Some(meant) => format!("did you mean \"${{{meant}}}\"?"),
        None => format!(
            "set it in \"run.env\", or write \"${{{name}:-}}\" where it may be empty; \"${{{OURS}}}\" is the version"
        ),
    };
    fields.scope.report.error(Rule::UnknownVariable, &fields.scope.place(node.at), message, &remedy);
}

/// A `${name}`; what stands there with an operator says itself what it means where it is not set.
struct Variable<'a> {
    name: &'a str,
    quoted: bool,
}

fn variables(text: &str) -> impl Iterator<Item = Variable<'_>> {
    text.match_indices("${").filter_map(move |(at, opening)| {
        let rest = &text[at + opening.len()..];
        let name = &rest[..rest.find(|c| !is_of_name(c)).unwrap_or(rest.len())];
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let is_plain = rest[name.len()..].starts_with('}') && !text[..at].ends_with(['\\', '$']);
        (is_name && is_plain).then(|| Variable { name, quoted: in_single_quotes(&text[..at]) })
    })
}

fn in_single_quotes(before: &str) -> bool {
    let (mut single, mut double) = (false, false);
    for c in before.chars() {
        match c {
            '\'' if !double => single = !single,
            '"' if !single => double = !double,
            _ => {}
        }
    }
    single
}

/// Whether ours stands there without braces, which nobody fills in.
fn bare(text: &str) -> bool {
    let found = text.match_indices('$').filter_map(|(at, _)| text[at + 1..].strip_prefix(OURS));
    let mut found = found.map(|rest| !rest.starts_with(is_of_name));
    found.any(|whole| whole)
}

/// Whether a name stands in a text as a word of its own: it may be set there (`name=x`, `for name in`, `read name`).
fn is_word(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        before.is_none_or(|c| c.is_whitespace() || ";(&|{`".contains(c) && !text[..at].ends_with("${"))
            && !after.is_some_and(|c| is_of_name(c) || c == '-' || c == '.' || c == '/')
    })
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
