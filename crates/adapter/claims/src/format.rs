//! Whose document this is: by the keys that only one format has, else by the name of the file.

use seaworthy_lookup::Format;
use seaworthy_yaml::tree::{Node, Value};

/// Ends of file names that belong to one format.
const NAMES: [(&str, Format); 9] = [
    ("catalog-info.yaml", Format::Backstage),
    ("catalog-info.yml", Format::Backstage),
    ("opslevel.yml", Format::Opslevel),
    ("opslevel.yaml", Format::Opslevel),
    ("compass.yml", Format::Compass),
    ("compass.yaml", Format::Compass),
    ("service.datadog.yaml", Format::Datadog),
    ("service.datadog.yml", Format::Datadog),
    ("entity.datadog.yaml", Format::Datadog),
];

/// Kinds of Kubernetes that serve somebody.
const WORKLOADS: [&str; 10] = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "CronJob",
    "Job",
    "ReplicaSet",
    "Rollout",
    "Service",
    "Ingress",
    "HTTPRoute",
];

/// Returns the format and the end of the name by which a file's name tells it.
pub(crate) fn by_name(path: &str) -> Option<(Format, &'static str)> {
    NAMES.iter().find(|(end, _)| path.ends_with(end)).map(|(end, format)| (*format, *end))
}

/// Returns whether a text can hold a claim at all, before it is parsed: most files of a repository cannot.
pub(crate) fn may_hold_one(path: &str, text: &str) -> bool {
    let is_json = path.ends_with(".json");
    by_name(path).is_some()
        || text.contains("apiVersion")
        || text.contains("dd-service")
        || text.contains("\"flags\"")
        || (!is_json && (text.contains("alert:") || text.contains("configVersion") || text.contains("flags:")))
}

/// Returns whose document this is; none when it is about something else.
pub(crate) fn of(path: &str, root: &Node) -> Option<Format> {
    let text = |key: &str| root.get(key).and_then(|node| node.text()).unwrap_or_default();
    let has = |key: &str| root.get(key).is_some();
    let version = text("apiVersion").to_ascii_lowercase();
    let named = by_name(path).map(|(format, _)| format);
    if version.starts_with("seaworthy/") {
        Some(Format::Seaworthy)
    } else if version.contains("backstage.io/") {
        Some(Format::Backstage)
    } else if has("dd-service")
        || (has("schema-version") && (has("team") || has("info")))
        || named == Some(Format::Datadog)
    {
        Some(Format::Datadog)
    } else if has("configVersion") && (has("typeId") || has("name")) {
        Some(Format::Compass)
    } else if named.is_some() {
        named
    } else if text("kind") == "PrometheusRule" || is_rules(root) {
        Some(Format::Prometheus)
    } else if WORKLOADS.contains(&text("kind")) && has("apiVersion") && has("metadata") {
        Some(Format::Kubernetes)
    } else if is_flags(root) {
        Some(Format::Flags)
    } else {
        None
    }
}

/// Returns the items of a list.
pub(crate) fn items(node: Option<&std::rc::Rc<Node>>) -> &[std::rc::Rc<Node>] {
    match node.map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

/// Returns the entries of a mapping.
pub(crate) fn entries(node: &Node) -> &[(std::rc::Rc<Node>, std::rc::Rc<Node>)] {
    match &node.value {
        Value::Map(entries) => entries,
        _ => &[],
    }
}

fn is_rules(root: &Node) -> bool {
    items(root.get("groups")).iter().any(|group| group.get("rules").is_some())
}

fn is_flags(root: &Node) -> bool {
    let flags = root.get("flags").map(|flags| entries(flags)).unwrap_or_default();
    flags.iter().any(|(_, flag)| flag.get("state").is_some() && flag.get("variants").is_some())
}
