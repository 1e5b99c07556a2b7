//! Alertmanager's configuration: routes that end at nobody, and routes that no alert can reach.
//!
//! Source: Prometheus, "Alertmanager configuration". A route without a receiver has that of the route above it; the first
//! sibling that matches takes the alert unless it says `continue`.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_yaml::tree::{self, Node, Value as Yaml};

use crate::files::{is_yaml, read, source_name};
use crate::prometheus_rules::items;
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector =
    Collector { name: "alertmanager", reads: "Alertmanager's configuration: its file", collect };

/// Deepest route: nobody writes ten.
const DEPTH_MAX: usize = 32;

#[derive(Default)]
struct Counted {
    routes: usize,
    to_nobody: usize,
    nobody: BTreeSet<String>,
    never_reached: usize,
}

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let files = read(asked.path, "configuration of Alertmanager", is_yaml)?;
    for file in &files {
        let (documents, broken) = tree::parse(&file.text);
        let root = documents.iter().map(|document| &document.root).find(|root| root.get("route").is_some());
        let Some(root) = root else {
            if let Some(broken) = broken.filter(|_| files.len() == 1) {
                let why = format!("line {} is no YAML", broken.at.line);
                return Err(CollectError::Broken { file: file.name.clone(), what: "a configuration", why });
            }
            continue;
        };
        return Ok(told(root, source_name(asked.path)));
    }
    Err(CollectError::Nothing { path: asked.path.to_owned(), what: "configuration of Alertmanager" })
}

fn told(root: &Node, source: String) -> Facts {
    let receivers: BTreeMap<&str, bool> = items(root.get("receivers"))
        .iter()
        .filter_map(|receiver| Some((receiver.get("name")?.text()?, sends(receiver))))
        .collect();
    let mut counted = Counted::default();
    if let Some(route) = root.get("route") {
        counted.route(route, None, &receivers, 0);
    }
    let mut facts = Facts::of(source);
    facts.count("routes.all", counted.routes);
    facts.count("routes.to_nobody", counted.to_nobody);
    facts.list("routes.to_nobody_named", counted.nobody);
    facts.count("routes.never_reached", counted.never_reached);
    facts.count("receivers.all", receivers.len());
    facts.count("receivers.without_channel", receivers.values().filter(|sends| !**sends).count());
    facts
}

/// A receiver sends where one of its `*_configs` has an entry.
fn sends(receiver: &Node) -> bool {
    let Yaml::Map(entries) = &receiver.value else { return false };
    entries.iter().any(|(key, value)| {
        let is_channel = key.text().is_some_and(|key| key.ends_with("_configs"));
        is_channel && matches!(&value.value, Yaml::List(all) if !all.is_empty())
    })
}

impl Counted {
    fn route(&mut self, route: &Node, above: Option<&str>, receivers: &BTreeMap<&str, bool>, depth: usize) {
        if depth > DEPTH_MAX {
            return;
        }
        self.routes += 1;
        let own = route.get("receiver").and_then(|name| name.text()).or(above);
        if own.is_none_or(|name| receivers.get(name) != Some(&true)) {
            self.to_nobody += 1;
            self.nobody.insert(own.unwrap_or("(none)").to_owned());
        }
        let mut taken = false;
        for inner in items(route.get("routes")) {
            self.never_reached += usize::from(taken);
            self.route(inner, own, receivers, depth + 1);
            let goes_on = inner.get("continue").and_then(|node| node.text()) == Some("true");
            taken |= takes_all(inner) && !goes_on;
        }
    }
}

fn takes_all(route: &Node) -> bool {
    let empty = |key: &str| match route.get(key).map(|node| &node.value) {
        None => true,
        Some(Yaml::List(all)) => all.is_empty(),
        Some(Yaml::Map(all)) => all.is_empty(),
        Some(_) => false,
    };
    ["match", "match_re", "matchers"].into_iter().all(empty)
}
