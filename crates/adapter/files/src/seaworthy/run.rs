//! How a version of a service runs.

use std::collections::BTreeMap;
use std::rc::Rc;

use seaworthy_contract::catalogue::Run;

use crate::fields::Fields;
use crate::rule::Rule;
use crate::tree::{Node, Value};

/// Most arguments of a command.
const ARGUMENTS_MAX: usize = 256;
/// Default time from start to healthy.
const START_TIMEOUT_MS: u64 = 20_000;
/// Default time to finish requests when told to stop.
const STOP_TIMEOUT_MS: u64 = 10_000;

/// Reads `spec.run`.
pub(super) fn read(fields: &Fields<'_>) -> Run {
    let run = Run {
        command: command(fields, "command").unwrap_or_default(),
        env: env(fields),
        directory: fields.text("directory").map(|text| text.value),
        health: health(fields),
        start_timeout_ms: fields.duration_ms("startTimeout").map_or(START_TIMEOUT_MS, |ms| ms.value),
        stop_timeout_ms: fields.duration_ms("stopTimeout").map_or(STOP_TIMEOUT_MS, |ms| ms.value),
    };
    super::variables::check(fields, &run.env);
    fields.no_more();
    run
}

/// Reads a command: one text is for the shell, a list is program and arguments.
pub(super) fn command(fields: &Fields<'_>, key: &'static str) -> Option<Vec<String>> {
    let node = fields.get(key)?;
    match &node.value {
        Value::Text(text) => Some(vec!["sh".to_owned(), "-c".to_owned(), text.clone()]),
        Value::List(items) => arguments(fields, node, items),
        _ => {
            fields.scope.wrong_type(node, &format!("\"{key}\""), "a text for the shell or a list of arguments");
            None
        }
    }
}

fn arguments(fields: &Fields<'_>, node: &Node, items: &[Rc<Node>]) -> Option<Vec<String>> {
    let scope = &fields.scope;
    if items.is_empty() || items.len() > ARGUMENTS_MAX {
        let message = format!("a command has 1 to {ARGUMENTS_MAX} arguments, this one {}", items.len());
        scope.bad_value(node.at, message, "write the program first, then its arguments");
        return None;
    }
    let texts: Vec<_> = items.iter().filter_map(|item| scope.text(item, "an argument")).collect();
    let shell = texts.len() > 1 && texts[1].value == "-c";
    for text in texts.iter().filter(|text| !shell && has_variable(&text.value)) {
        let message = format!("no shell expands \"{}\": a list is run as it is", text.value);
        let remedy = "write the command as one text, it then runs under \"sh -c\"";
        scope.report.warning(Rule::NotExpanded, &text.at, message, remedy);
    }
    (texts.len() == items.len()).then(|| texts.into_iter().map(|text| text.value).collect())
}

/// Returns whether a text holds a variable other than `${version}`, which is always replaced.
fn has_variable(text: &str) -> bool {
    let text = text.replace("${version}", "");
    text.match_indices('$').any(|(at, _)| text[at + 1..].starts_with(|c: char| c == '{' || c.is_ascii_uppercase()))
}

fn env(fields: &Fields<'_>) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    let Some(node) = fields.get("env") else { return env };
    let Value::Map(entries) = &node.value else {
        fields.scope.wrong_type(node, "\"spec.run.env\"", "a mapping of names to texts");
        return env;
    };
    for (key, value) in entries {
        let text = match &value.value {
            Value::Text(text) => text.clone(),
            Value::Null => String::new(),
            _ => {
                fields.scope.wrong_type(value, "a value of \"spec.run.env\"", "a text");
                continue;
            }
        };
        match key.text() {
            Some("PORT") => {
                fields.scope.bad_value(key.at, "\"PORT\" is given: each version gets a free one", "leave it out")
            }
            Some(name) if is_variable(name) && !text.contains('\0') => {
                env.insert(name.to_owned(), text);
            }
            _ => {
                let message = format!("\"{}\" is not the name of a variable", key.text().unwrap_or("?"));
                fields.scope.bad_value(key.at, message, "use letters, digits and \"_\", a letter first");
            }
        }
    }
    env
}

fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn health(fields: &Fields<'_>) -> Option<String> {
    let text = fields.text("health")?;
    if text.value.starts_with('/') && !text.value.contains(char::is_whitespace) {
        return Some(text.value);
    }
    let message = format!("\"spec.run.health\" \"{}\" is not a path", text.value);
    fields.scope.report.error(Rule::BadValue, &text.at, message, "write a path that answers 200, such as /healthz");
    None
}
