//! The numbers in a rule file, whoever wrote it: what rules are compared by.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_yaml::tree::{self, Node, Value};

/// What a rule file says of one objective.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Numbers {
    /// `slo:objective:ratio`, `slo:error_budget:ratio` and `slo:time_period:days`.
    pub constants: BTreeMap<String, f64>,
    /// Windows that are recorded.
    pub windows: BTreeSet<String>,
    /// Name and severity of each alert, and its comparisons.
    pub alerts: BTreeMap<(String, String), Vec<Comparison>>,
    /// Labels of the alerts and of the recordings.
    pub labels: Vec<BTreeMap<String, String>>,
    /// Annotations of the alerts, without those that are our own words.
    pub annotations: Vec<BTreeMap<String, String>>,
}

/// One side of a tier.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Comparison {
    pub window: String,
    pub burn: f64,
    pub budget: f64,
}

/// Reads the numbers of every objective of a rule file, plain or an object of Kubernetes.
pub(super) fn of(text: &str) -> BTreeMap<String, Numbers> {
    let (documents, broken) = tree::parse(text);
    assert!(broken.is_none(), "a rule file is YAML");
    let mut numbers = BTreeMap::new();
    for document in documents {
        let root = document.root.get("spec").unwrap_or(&document.root);
        for group in items(root, "groups") {
            for rule in items(group, "rules") {
                rule_numbers(rule, group, &mut numbers);
            }
        }
    }
    numbers
}

fn items<'a>(node: &'a Node, key: &str) -> impl Iterator<Item = &'a Node> {
    let items = match node.get(key).map(|node| &node.value) {
        Some(Value::List(items)) => items.as_slice(),
        _ => &[],
    };
    items.iter().map(|item| &**item)
}

fn text(node: &Node, key: &str) -> String {
    node.get(key).and_then(|node| node.text()).unwrap_or_default().to_owned()
}

fn map(node: &Node, key: &str) -> BTreeMap<String, String> {
    match node.get(key).map(|node| &node.value) {
        Some(Value::Map(entries)) => entries
            .iter()
            .map(|(k, v)| (k.text().unwrap_or_default().to_owned(), v.text().unwrap_or_default().to_owned()))
            .collect(),
        _ => BTreeMap::new(),
    }
}

fn rule_numbers(rule: &Node, group: &Node, numbers: &mut BTreeMap<String, Numbers>) {
    let (record, expr, labels) = (text(rule, "record"), text(rule, "expr"), map(rule, "labels"));
    let id = labels.get("sloth_id").cloned().unwrap_or_else(|| id_in(&expr).unwrap_or_else(|| text(group, "name")));
    let own = numbers.entry(id).or_default();
    if record.starts_with("slo:sli_error:ratio_rate") {
        own.windows.insert(labels["sloth_window"].clone());
        assert!(record.ends_with(&labels["sloth_window"]), "{record}");
    }
    match record.as_str() {
        "" => {
            own.alerts.insert((text(rule, "alert"), labels["sloth_severity"].clone()), comparisons(&expr));
            own.labels.push(labels);
            let mut annotations = map(rule, "annotations");
            annotations.retain(|name, value| name != "title" && !value.contains("$labels"));
            own.annotations.push(annotations);
        }
        "slo:objective:ratio" | "slo:error_budget:ratio" | "slo:time_period:days" => {
            own.constants.insert(record.clone(), vector(&expr));
        }
        _ => {}
    }
    if record == "slo:objective:ratio" {
        let labels = map(rule, "labels");
        own.labels.insert(0, labels.into_iter().filter(|(name, _)| name != "cmd").collect());
    }
}

/// Finds the objective that an alert is about.
fn id_in(expr: &str) -> Option<String> {
    let rest = expr.split_once("sloth_id=\"")?.1;
    rest.split_once('"').map(|(id, _)| id.to_owned())
}

/// Works `vector(0.999)` and `vector(1-0.999)` out.
fn vector(expr: &str) -> f64 {
    let inside = expr.trim().strip_prefix("vector(").and_then(|rest| rest.strip_suffix(')')).expect("a vector");
    match inside.split_once('-') {
        Some((one, less)) => number(one) - number(less),
        None => number(inside),
    }
}

fn number(text: &str) -> f64 {
    text.trim().parse().expect("a number")
}

/// Finds every `..ratio_rate5m{..} > (14.4 * 0.001)`.
fn comparisons(expr: &str) -> Vec<Comparison> {
    let parts = expr.split("ratio_rate").skip(1);
    let mut found: Vec<Comparison> = parts
        .map(|part| {
            let window = part.split('{').next().expect("a window").to_owned();
            let product = part.split_once("> (").expect("a comparison").1.split(')').next().expect("its end");
            let (burn, budget) = product.split_once('*').expect("a product");
            Comparison { window, burn: number(burn), budget: number(budget) }
        })
        .collect();
    found.sort_by(|a, b| a.window.cmp(&b.window).then(a.burn.total_cmp(&b.burn)));
    found
}

/// Compares two files; numbers may differ by the noise of binary fractions, nothing else may.
pub(super) fn assert_same(ours: &str, theirs: &str) {
    let (ours, theirs) = (of(ours), of(theirs));
    assert!(!theirs.is_empty(), "there is something to compare with");
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (id, theirs) in &theirs {
        let ours = &ours[id];
        assert_eq!(ours.windows, theirs.windows, "{id}");
        assert_eq!(ours.labels, theirs.labels, "{id}");
        assert_eq!(ours.annotations, theirs.annotations, "{id}");
        assert_eq!(ours.constants.len(), 3, "{id}");
        for (name, value) in &theirs.constants {
            assert_near(ours.constants[name], *value, &format!("{id} {name}"));
        }
        assert_eq!(ours.alerts.keys().collect::<Vec<_>>(), theirs.alerts.keys().collect::<Vec<_>>(), "{id}");
        for (alert, theirs) in &theirs.alerts {
            let ours = &ours.alerts[alert];
            assert_eq!(ours.len(), theirs.len(), "{id} {alert:?}");
            for (one, other) in ours.iter().zip(theirs) {
                assert_eq!(one.window, other.window, "{id} {alert:?}");
                assert_near(one.burn, other.burn, &format!("{id} {alert:?} {}", one.window));
                assert_near(one.budget, other.budget, &format!("{id} {alert:?} {}", one.window));
            }
        }
    }
}

fn assert_near(one: f64, other: f64, what: &str) {
    assert!((one - other).abs() <= 1e-9 * other.abs(), "{what}: {one} is not {other}");
}
