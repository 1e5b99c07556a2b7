//! Parts that all formats have: names, labels, targets, and the limits on them.

use seaworthy_yaml::diagnostic::Placed;
use seaworthy_yaml::fields::{Fields, Scope};
use seaworthy_yaml::rule::Rule;
use seaworthy_yaml::tree::{Node, Value};

use crate::declared::Labels;
use crate::number;

/// Longest name of an objective: it becomes a label's value and part of a group's name.
const NAME_MAX: usize = 128;

/// Reads a name of an objective, which is wider than a service's, or reports why it is none.
pub(crate) fn slo_name(fields: &Fields<'_>, key: &'static str) -> Option<Placed<String>> {
    fields.require(key, "write a name of letters, digits, \"-\", \"_\" and \".\"")?;
    let text = fields.text(key)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if text.value.len() <= NAME_MAX && text.value.chars().all(fits) {
        return Some(text);
    }
    let message = format!("\"{}\" is not a name of an objective", text.value);
    let remedy = format!("use letters, digits, \"-\", \"_\" and \".\", at most {NAME_MAX}");
    fields.scope.report.error(Rule::BadName, &text.at, message, remedy);
    None
}

/// Reads a mapping of label names that Prometheus takes to texts; others are reported.
pub(crate) fn labels(fields: &Fields<'_>, key: &'static str) -> Labels {
    fields.get(key).map(|node| label_entries(&fields.scope, node, key)).unwrap_or_default()
}

fn label_entries(scope: &Scope<'_>, node: &Node, what: &str) -> Labels {
    let Value::Map(entries) = &node.value else {
        scope.wrong_type(node, &format!("\"{what}\""), "a mapping");
        return Labels::new();
    };
    let mut labels = Labels::new();
    for (name, value) in entries {
        let text = name.text().unwrap_or_default();
        if !is_label(text) {
            let message = format!("\"{text}\" in \"{what}\" is not a name that Prometheus takes");
            let remedy = "use letters, digits and \"_\", no digit first";
            scope.report.error(Rule::BadName, &scope.place(name.at), message, remedy);
            continue;
        }
        if matches!(value.value, Value::Null) {
            continue;
        }
        if let Some(value) = scope.text(value, &format!("\"{what}.{text}\"")) {
            labels.insert(text.to_owned(), value.value);
        }
    }
    labels
}

/// Returns whether Prometheus takes a text as the name of a label; what begins with `__` is its own.
pub(crate) fn is_label(name: &str) -> bool {
    let first = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    first && !name.starts_with("__") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// How a target is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// `99.9`, with or without `%`.
    Percent,
    /// `0.999`.
    Ratio,
}

/// Reads a target, above 0 and below 100%, or reports why it is none. 100% is refused: nothing may ever fail then, so
/// there is no budget and no rate at which it burns.
pub(crate) fn target(scope: &Scope<'_>, text: &Placed<String>, written: Written) -> Option<f64> {
    let read = match written {
        Written::Percent => number::percent(&text.value),
        Written::Ratio => number::plain(text.value.trim()),
    };
    let message = match read {
        Some(ratio) if ratio > 0.0 && ratio < 1.0 => return Some(ratio),
        Some(1.0) => format!("a target of \"{}\" leaves nothing to fail: there is no budget to watch", text.value),
        Some(_) => format!("a target of \"{}\" is not between nothing and everything", text.value),
        None => format!("a target of \"{}\" is not a number", text.value),
    };
    let remedy = match written {
        Written::Percent => "write a percentage below 100, such as 99.9",
        Written::Ratio => "write a ratio below 1, such as 0.999",
    };
    scope.report.error(Rule::ObjectiveTarget, &text.at, message, remedy);
    None
}

/// Reads `true` and `false`; absent is no.
pub(crate) fn flag(fields: &Fields<'_>, key: &'static str) -> Option<bool> {
    let text = fields.text(key)?;
    match text.value.as_str() {
        "true" => Some(true),
        "false" => Some(false),
        other => {
            let message = format!("\"{key}\" is \"{other}\", neither true nor false");
            fields.scope.report.error(Rule::BadValue, &text.at, message, "write true or false");
            None
        }
    }
}
