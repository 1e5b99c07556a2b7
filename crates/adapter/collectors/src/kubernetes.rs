//! Kubernetes manifests as they are applied: replicas, zones, probes, limits, and what workloads share.
//!
//! A file is not a cluster: what is read here is what was asked for. Templates are passed over until they are filled in.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use seaworthy_yaml::tree::{self, Node, Value as Yaml};

use crate::files::{is_json, is_yaml, read, source_name};
use crate::prometheus_rules::items;
use crate::{Asked, CollectError, Collector, Facts};

mod shared;

use shared::Shared;

/// The collector.
pub(crate) const COLLECTOR: Collector = Collector {
    name: "kubernetes",
    reads: "manifests of Kubernetes as they are applied: a file, or all *.yaml, *.yml and *.json of a directory",
    collect,
};

/// What runs for long.
const WORKLOADS: [&str; 3] = ["Deployment", "StatefulSet", "DaemonSet"];
/// Labels of nodes that are zones.
const ZONES: [&str; 2] = ["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];

#[derive(Default)]
struct Counted {
    workloads: usize,
    replicas_least: Option<usize>,
    single: usize,
    without_spread: usize,
    without_readiness: usize,
    without_liveness: usize,
    without_limits: usize,
    images_not_pinned: usize,
    recreates: usize,
    /// Labels of pods whose workload has two replicas or more.
    several: Vec<BTreeMap<String, String>>,
    /// Selectors of budgets.
    budgets: Vec<BTreeMap<String, String>>,
    shared: Shared,
}

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let mut counted = Counted::default();
    for file in read(asked.path, "manifest", |name| is_yaml(name) || is_json(name))? {
        let (documents, broken) = tree::parse(&file.text);
        for document in &documents {
            counted.document(&document.root);
        }
        let meant = file.text.contains("apiVersion") && !file.text.contains("{{");
        if let Some(broken) = broken.filter(|_| meant) {
            let why = format!("line {} is no YAML", broken.at.line);
            return Err(CollectError::Broken { file: file.name, what: "a manifest", why });
        }
    }
    if counted.workloads == 0 {
        return Err(CollectError::Nothing {
            path: asked.path.to_owned(),
            what: "Deployment, StatefulSet or DaemonSet",
        });
    }
    Ok(counted.told(source_name(asked.path)))
}

/// Returns the entries of a mapping as texts.
fn labels(node: Option<&Rc<Node>>) -> BTreeMap<String, String> {
    let Some(Yaml::Map(entries)) = node.map(|node| &node.value) else { return BTreeMap::new() };
    let text = |(key, value): &(Rc<Node>, Rc<Node>)| Some((key.text()?.to_owned(), value.text()?.to_owned()));
    entries.iter().filter_map(text).collect()
}

/// Returns the node at a path of keys.
fn at<'a>(root: &'a Node, path: &str) -> Option<&'a Rc<Node>> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let node = root.get(first)?;
    if rest.is_empty() { Some(node) } else { at(node, rest) }
}

impl Counted {
    fn document(&mut self, root: &Node) {
        let kind = root.get("kind").and_then(|kind| kind.text()).unwrap_or_default();
        // `{{ name }}` without quotes is a mapping: a template.
        if at(root, "metadata.name").is_some_and(|name| name.text().is_none_or(|text| text.contains("{{"))) {
            return;
        }
        if kind == "List" {
            items(root.get("items")).iter().for_each(|item| self.document(item));
        } else if kind == "PodDisruptionBudget" {
            self.budgets.push(labels(at(root, "spec.selector.matchLabels")));
        } else if WORKLOADS.contains(&kind) {
            self.workload(root, kind);
        }
    }

    fn workload(&mut self, root: &Node, kind: &str) {
        self.workloads += 1;
        let name = at(root, "metadata.name").and_then(|name| name.text()).unwrap_or_default();
        let template = at(root, "spec.template");
        let pod = template.and_then(|template| template.get("spec"));
        if kind != "DaemonSet" {
            // Kubernetes starts one where nothing is said.
            let said = at(root, "spec.replicas").and_then(|node| node.text()).and_then(|text| text.parse().ok());
            let replicas: usize = said.unwrap_or(1);
            self.replicas_least = Some(self.replicas_least.map_or(replicas, |least| least.min(replicas)));
            self.single += usize::from(replicas == 1);
            self.without_spread += usize::from(!pod.is_some_and(|pod| is_spread(pod)));
            if replicas > 1 {
                self.several.push(labels(template.and_then(|template| at(template, "metadata.labels"))));
            }
        }
        let strategy = at(root, "spec.strategy.type").and_then(|node| node.text());
        self.recreates += usize::from(kind == "Deployment" && strategy == Some("Recreate"));
        let Some(pod) = pod else { return };
        for container in items(pod.get("containers")) {
            self.container(container);
            self.shared.container(name, container);
        }
        items(pod.get("volumes")).iter().for_each(|volume| self.shared.volume(name, volume));
    }

    fn container(&mut self, container: &Node) {
        let missing = |key: &str| usize::from(container.get(key).is_none());
        self.without_readiness += missing("readinessProbe");
        self.without_liveness += missing("livenessProbe");
        self.without_limits += usize::from(at(container, "resources.limits.memory").is_none());
        let image = container.get("image").and_then(|image| image.text()).unwrap_or_default();
        self.images_not_pinned += usize::from(!is_pinned(image));
    }

    fn told(self, source: String) -> Facts {
        let unprotected =
            self.several.iter().filter(|pod| !self.budgets.iter().any(|budget| covers(budget, pod))).count();
        let mut facts = Facts::of(source);
        facts.count("kubernetes.workloads", self.workloads);
        if let Some(least) = self.replicas_least {
            facts.count("kubernetes.replicas_least", least);
        }
        facts.count("kubernetes.single_replica", self.single);
        facts.count("kubernetes.without_zone_spread", self.without_spread);
        facts.count("kubernetes.without_readiness_probe", self.without_readiness);
        facts.count("kubernetes.without_liveness_probe", self.without_liveness);
        facts.count("kubernetes.without_limits", self.without_limits);
        facts.count("kubernetes.without_disruption_budget", unprotected);
        facts.count("kubernetes.images_not_pinned", self.images_not_pinned);
        facts.count("kubernetes.recreates", self.recreates);
        self.shared.tell(&mut facts);
        facts
    }
}

/// A selector without labels is of nothing that is known here.
fn covers(budget: &BTreeMap<String, String>, pod: &BTreeMap<String, String>) -> bool {
    !budget.is_empty() && budget.iter().all(|(key, value)| pod.get(key) == Some(value))
}

/// An image is the same one next time where it has a tag that is not `latest`, or a digest.
fn is_pinned(image: &str) -> bool {
    let name = image.rsplit('/').next().unwrap_or(image);
    image.contains("@sha256:") || name.split_once(':').is_some_and(|(_, tag)| !tag.is_empty() && tag != "latest")
}

fn is_spread(pod: &Node) -> bool {
    let is_zone =
        |node: &Rc<Node>| node.get("topologyKey").and_then(|key| key.text()).is_some_and(|key| ZONES.contains(&key));
    let anti = |kind: &str| {
        let terms = items(at(pod, &format!("affinity.podAntiAffinity.{kind}")));
        terms.iter().any(|term| is_zone(term) || term.get("podAffinityTerm").is_some_and(is_zone))
    };
    items(pod.get("topologySpreadConstraints")).iter().any(is_zone)
        || anti("requiredDuringSchedulingIgnoredDuringExecution")
        || anti("preferredDuringSchedulingIgnoredDuringExecution")
}

/// Names by workload, of which those that several have are shared.
fn shared_by_several(by_name: &BTreeMap<String, BTreeSet<String>>) -> impl Iterator<Item = String> + '_ {
    by_name.iter().filter(|(_, workloads)| workloads.len() > 1).map(|(name, _)| name.clone())
}
