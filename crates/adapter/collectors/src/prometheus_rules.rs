//! Prometheus rule files, bare or as the operator's PrometheusRule: what pages, on what, and what helps who is paged.
//!
//! A rule pages on a cause when its query reads resources and nothing that users meet (SRE Workbook, "Alerting on SLOs":
//! page on symptoms). That is told by the names of metrics, so a metric with a name of one's own counts as neither.

use std::rc::Rc;

use seaworthy_yaml::tree::{self, Node, Value as Yaml};

use crate::files::{is_yaml, read, source_name};
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector = Collector {
    name: "prometheus-rules",
    reads: "alerting rules of Prometheus: a file, or all *.yaml and *.yml of a directory",
    collect,
};

/// Severities that wake somebody.
const PAGING: [&str; 5] = ["page", "critical", "p1", "p2", "emergency"];
/// Parts of metrics' names that say what users meet.
const SYMPTOMS: [&str; 16] = [
    "http_request",
    "http_server",
    "request_duration",
    "requests_total",
    "request_error",
    "responses_total",
    "latency",
    "error_budget",
    "burn",
    "slo:",
    "sli",
    "probe_success",
    "apdex",
    "availability",
    "grpc_server",
    "errors_total",
];
/// Parts of metrics' names that say how resources are.
const CAUSES: [&str; 22] = [
    "cpu",
    "memory",
    "mem_",
    "disk",
    "filesystem",
    "node_",
    "container_",
    "kube_",
    "load1",
    "load5",
    "load15",
    "swap",
    "process_",
    "go_",
    "jvm_",
    "heap",
    "gc_",
    "threads",
    "file_descriptors",
    "replication_lag",
    "connections",
    "restarts",
];

#[derive(Default)]
struct Counted {
    alerts: usize,
    paging: usize,
    causes: Vec<String>,
    without_runbook: Vec<String>,
    without_for: usize,
    without_severity: usize,
}

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let mut counted = Counted::default();
    let mut files = 0;
    for file in read(asked.path, "alerting rule", is_yaml)? {
        let (documents, broken) = tree::parse(&file.text);
        let groups: Vec<Rc<Node>> = documents.iter().flat_map(|document| groups(&document.root)).collect();
        if let Some(broken) = broken.filter(|_| !groups.is_empty() || file.text.contains("alert:")) {
            // A Helm chart's template is nobody's rule yet.
            if file.text.contains("{{-") {
                continue;
            }
            let why = format!("line {} is no YAML", broken.at.line);
            return Err(CollectError::Broken { file: file.name, what: "rules", why });
        }
        files += usize::from(!groups.is_empty());
        groups.iter().flat_map(|group| items(group.get("rules"))).for_each(|rule| counted.take(rule));
    }
    if files == 0 {
        return Err(CollectError::Nothing { path: asked.path.to_owned(), what: "alerting rule" });
    }
    let mut facts = Facts::of(source_name(asked.path));
    facts.count("rules.alerts", counted.alerts);
    facts.count("rules.paging", counted.paging);
    facts.count("rules.paging_on_causes", counted.causes.len());
    facts.list("rules.paging_on_causes_named", counted.causes);
    facts.count("rules.without_runbook", counted.without_runbook.len());
    facts.list("rules.without_runbook_named", counted.without_runbook);
    facts.count("rules.without_for", counted.without_for);
    facts.count("rules.without_severity", counted.without_severity);
    Ok(facts)
}

/// Returns the items of a list.
pub(crate) fn items(node: Option<&Rc<Node>>) -> &[Rc<Node>] {
    match node.map(|node| &node.value) {
        Some(Yaml::List(items)) => items,
        _ => &[],
    }
}

fn groups(root: &Rc<Node>) -> Vec<Rc<Node>> {
    let spec = root.get("spec").unwrap_or(root);
    let groups = items(root.get("groups").or_else(|| spec.get("groups")));
    groups.iter().filter(|group| group.get("rules").is_some()).cloned().collect()
}

impl Counted {
    fn take(&mut self, rule: &Node) {
        let Some(name) = rule.get("alert").and_then(|name| name.text()) else { return };
        self.alerts += 1;
        let severity = rule.get("labels").and_then(|labels| labels.get("severity")).and_then(|node| node.text());
        let Some(severity) = severity.filter(|text| !text.trim().is_empty()) else {
            self.without_severity += 1;
            return;
        };
        if !PAGING.contains(&severity.trim().to_ascii_lowercase().as_str()) {
            return;
        }
        self.paging += 1;
        let expr = rule.get("expr").and_then(|expr| expr.text()).unwrap_or_default().to_ascii_lowercase();
        if CAUSES.iter().any(|part| expr.contains(part)) && !SYMPTOMS.iter().any(|part| expr.contains(part)) {
            self.causes.push(name.to_owned());
        }
        if !has_runbook(rule) {
            self.without_runbook.push(name.to_owned());
        }
        let waits = rule.get("for").and_then(|text| text.text()).is_some_and(|text| !is_zero(text));
        self.without_for += usize::from(!waits);
    }
}

fn is_zero(duration: &str) -> bool {
    let digits: String = duration.chars().filter(char::is_ascii_digit).collect();
    digits.chars().all(|digit| digit == '0')
}

fn has_runbook(rule: &Node) -> bool {
    let annotations = rule.get("annotations");
    let named = ["runbook_url", "runbook", "runbook_link", "playbook"];
    let text = named.iter().find_map(|key| annotations?.get(key)?.text().map(str::to_ascii_lowercase));
    let says_nothing = |text: &str| {
        let text = text.trim();
        text.len() < 4
            || ["todo", "tbd", "example.com", "example.org", "<", "changeme"].iter().any(|part| text.contains(part))
    };
    text.is_some_and(|text| !says_nothing(&text))
}
