//! Rules as the YAML that Prometheus, or its operator in Kubernetes, loads.

use std::fmt::Write as _;

use crate::declared::{Labels, Object};

use super::{Group, PrometheusRule};

/// Writes groups as a rule file; as an object of Kubernetes where they belong to one.
pub fn yaml(groups: &[Group], object: Option<&Object>) -> String {
    let mut writer = Writer::default();
    match object {
        None => writer.groups(groups, 0),
        Some(object) => {
            writer.line(0, "apiVersion: monitoring.coreos.com/v1");
            writer.line(0, "kind: PrometheusRule");
            writer.line(0, "metadata:");
            writer.line(1, &format!("name: {}", quoted(&object.name)));
            if let Some(namespace) = &object.namespace {
                writer.line(1, &format!("namespace: {}", quoted(namespace)));
            }
            writer.labels(1, "labels", &object.labels);
            writer.line(0, "spec:");
            writer.groups(groups, 1);
        }
    }
    writer.text
}

#[derive(Default)]
struct Writer {
    text: String,
}

impl Writer {
    fn line(&mut self, depth: usize, line: &str) {
        // Writing to a string cannot fail.
        writeln!(self.text, "{}{line}", "  ".repeat(depth)).unwrap_or_default();
    }

    fn groups(&mut self, groups: &[Group], depth: usize) {
        if groups.is_empty() {
            return self.line(depth, "groups: []");
        }
        self.line(depth, "groups:");
        for group in groups {
            self.line(depth, &format!("- name: {}", quoted(&group.name)));
            if let Some(interval) = &group.interval {
                self.line(depth + 1, &format!("interval: {interval}"));
            }
            self.line(depth + 1, "rules:");
            for rule in &group.rules {
                self.rule(depth + 1, rule);
            }
        }
    }

    fn rule(&mut self, depth: usize, rule: &PrometheusRule) {
        let (name, expr, labels, annotations) = match rule {
            PrometheusRule::Record { record, expr, labels } => (format!("record: {record}"), expr, labels, None),
            PrometheusRule::Alert { alert, expr, labels, annotations } => {
                (format!("alert: {}", quoted(alert)), expr, labels, Some(annotations))
            }
        };
        self.line(depth, &format!("- {name}"));
        self.expr(depth + 1, expr);
        self.labels(depth + 1, "labels", labels);
        if let Some(annotations) = annotations {
            self.labels(depth + 1, "annotations", annotations);
        }
    }

    /// Queries of several lines stay readable; whatever a block cannot hold as it is goes into quotes.
    fn expr(&mut self, depth: usize, expr: &str) {
        let odd = |line: &str| line.ends_with(' ') || line.chars().any(is_odd);
        if !expr.contains('\n') || expr.starts_with([' ', '\n']) || expr.ends_with('\n') || expr.split('\n').any(odd) {
            return self.line(depth, &format!("expr: {}", quoted(expr)));
        }
        self.line(depth, "expr: |-");
        for line in expr.split('\n') {
            if line.is_empty() { self.text.push('\n') } else { self.line(depth + 1, line) }
        }
    }

    fn labels(&mut self, depth: usize, key: &str, labels: &Labels) {
        if labels.is_empty() {
            return;
        }
        self.line(depth, &format!("{key}:"));
        for (name, value) in labels {
            let name = if name.contains(['/', ':', ' ', '#']) { quoted(name) } else { name.clone() };
            self.line(depth + 1, &format!("{name}: {}", quoted(value)));
        }
    }
}

/// Returns whether a character means something to a reader of YAML: controls, other ends of lines, the mark of byte order.
fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// Writes a text in double quotes, where YAML has no surprises: `on`, `0.2` and `# no` stay texts.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if is_odd(c) => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use seaworthy_yaml::tree::{self, Node, Value};

    use super::*;

    fn written(expr: &str, label: &str) -> String {
        let labels = BTreeMap::from([("a".to_owned(), label.to_owned())]);
        let rule = PrometheusRule::Record { record: "r".to_owned(), expr: expr.to_owned(), labels };
        yaml(&[Group { name: "g".to_owned(), interval: Some("1m".to_owned()), rules: vec![rule] }], None)
    }

    fn first<'a>(node: &'a Node, key: &str) -> &'a Node {
        match &node.get(key).expect(key).value {
            Value::List(items) => &items[0],
            _ => panic!("\"{key}\" is no list"),
        }
    }

    proptest! {
        /// Whatever queries and labels hold, the file says exactly that.
        #[test]
        fn what_is_written_is_read(expr in "([ -~é]|\\n|\\t|\\r|\u{feff}|\u{2028}){1,40}", label in "\\PC{0,20}|[ -~\\n]{0,20}") {
            let (documents, broken) = tree::parse(&written(&expr, &label));
            prop_assert!(broken.is_none());
            let rule = first(first(&documents[0].root, "groups"), "rules");
            prop_assert_eq!(rule.get("expr").and_then(|node| node.text()), Some(expr.as_str()));
            let labels = rule.get("labels").expect("labels");
            prop_assert_eq!(labels.get("a").and_then(|node| node.text()), Some(label.as_str()));
        }
    }
}
