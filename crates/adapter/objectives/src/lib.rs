//! Objectives as people write them: OpenSLO and Sloth files and Services in, Prometheus rules out.
//!
//! What a file declares becomes the contract's `Objective` and what only rules need ([`Declared`]). Whatever cannot be
//! read is refused with its place and the reason, and no stage stops at a mistake.

mod declared;
mod duration;
mod line;
mod number;
mod openslo;
mod parts;
mod query;
mod rules;
mod service;
mod sloth;
mod tier;
mod windows;

use std::collections::BTreeMap;
use std::rc::Rc;

use seaworthy_contract::catalogue::Objective;
use seaworthy_slo::{Finding, Severity as Weight};
use seaworthy_yaml::diagnostic::{Place, Report};
use seaworthy_yaml::fields::{DOCUMENT, Fields, Scope};
use seaworthy_yaml::rule::Rule;
use seaworthy_yaml::tree::{self, Document, Node, Why};

use openslo::OpenSlo;

pub use declared::{Alerting, Declared, Labels, Notice, Object};
pub use line::{Wanted, by_default, read_objectives};
pub use rules::{Group, PrometheusRule, Unwritable, groups, yaml};
pub use seaworthy_yaml::diagnostic::{Diagnostic, Severity};
pub use tier::{days, for_engine, window};
pub use windows::Windows;

/// Most objectives of a run: Prometheus itself has trouble long before.
pub const OBJECTIVES_MAX: usize = 5_000;

/// A file and its text.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// Its path, as it is shown.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// What files declare, and what is wrong with them.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The objectives, in the order of service and name.
    pub declared: Vec<Declared>,
    /// Mistakes and remarks, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Returns whether something was refused.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Reads files of objectives, with Sloth's files of windows beside them.
pub fn read(sources: &[Source], windows: &[Source]) -> Loaded {
    let report = Report::default();
    let mut documents = Documents::default();
    for source in windows.iter().chain(sources) {
        documents.file(source, &report);
    }
    let declared = documents.read(&report);
    let (diagnostics, _) = report.sorted();
    Loaded { declared, diagnostics }
}

/// Documents of all formats, from as many files as there are: they name each other across files.
#[derive(Debug, Default)]
pub struct Documents {
    declared: Vec<Declared>,
    /// Those of Services, whose tiers were judged where they were read.
    of_services: Vec<Declared>,
    openslo: OpenSlo,
    windows: Vec<Windows>,
}

impl Documents {
    /// Returns whether a document is of one of the formats, of whatever version.
    pub fn is_one(root: &Node) -> bool {
        let text = |key| root.get(key).and_then(|node| node.text());
        let is_kubernetes = text("apiVersion").is_some_and(|api| api.starts_with(sloth::GROUP));
        let is_plain = text("version") == Some(sloth::PLAIN) && root.get("slos").is_some();
        OpenSlo::is_one(root) || is_kubernetes || is_plain
    }

    /// Reads every objective that was taken in, by service and name; reports those of one name, and tiers that never fire.
    pub fn read(mut self, report: &Report) -> Vec<Declared> {
        self.declared.extend(self.openslo.read(report));
        for one in &mut self.declared {
            windows::apply(&self.windows, one);
            let (all, on) = (one.objective.tiers.len(), one.tiers());
            // Switched off altogether cannot be said in the contract, where no tier means the standard ones.
            if !on.is_empty() && on.len() != all {
                let standard = one.objective.tiers.is_empty() && on == tier::standard(&one.objective.period);
                one.objective.tiers = if standard { vec![] } else { on };
            }
            let at = Place { file: Rc::from(one.file.as_str()), line: one.line, column: 1 };
            report_findings(&one.objective, &tier::findings(one), &at, report);
        }
        self.declared.extend(self.of_services);
        unique(self.declared, report)
    }

    fn file(&mut self, source: &Source, report: &Report) {
        let scope = Scope { file: Rc::from(source.path.as_str()), report };
        let (documents, broken) = tree::parse(&source.text);
        for document in &documents {
            self.take(document, &scope);
        }
        match broken {
            Some(broken) => {
                let (Why::Syntax(why) | Why::Limit(why)) = &broken.why;
                let rule = if matches!(broken.why, Why::Limit(_)) { Rule::Limit } else { Rule::Syntax };
                let remedy = "look at indentation, quotes and \":\" at and before this place";
                report.error(rule, &scope.place(broken.at), format!("could not read this as YAML: {why}"), remedy);
            }
            None if documents.is_empty() => {
                let at = Place { file: scope.file, line: 1, column: 1 };
                let remedy = "give a file of OpenSLO or Sloth, or of a Service";
                report.error(Rule::NothingFound, &at, "this file is empty", remedy);
            }
            None => {}
        }
    }

    /// Takes a document in; reports a version or kind that is not read.
    pub fn take(&mut self, document: &Document, scope: &Scope<'_>) {
        for (second, key, first) in &document.doubled {
            let message = format!("\"{key}\" stands here and in line {}: only one of them can count", first.line);
            scope.report.error(Rule::DuplicateKey, &scope.place(*second), message, "keep one of the two");
        }
        let root = &document.root;
        let text = |key| root.get(key).and_then(|node| node.text());
        if OpenSlo::is_one(root) {
            return self.openslo.take(root, scope);
        }
        let Some(fields) = Fields::of(scope, root, DOCUMENT) else { return };
        match (text("version"), text("apiVersion"), text("kind")) {
            (Some(sloth::PLAIN), None, _) => self.declared.extend(sloth::plain(&fields)),
            (_, Some(sloth::KUBERNETES), Some("PrometheusServiceLevel")) => {
                self.declared.extend(sloth::kubernetes(&fields));
            }
            (_, Some(sloth::KUBERNETES), Some("AlertWindows")) => self.windows.extend(windows::read(&fields)),
            (None, Some(service::OURS), Some(service::SERVICE)) => self.of_services.extend(service::read(&fields)),
            // People, teams and what else stands beside a Service.
            (None, Some(service::OURS), Some(_)) => {}
            (version, api, _) => {
                let name = api.or(version).unwrap_or("none");
                let message = format!("version \"{name}\" is neither OpenSLO's nor Sloth's");
                let remedy = "write apiVersion: openslo/v1 or openslo/v1alpha, version: prometheus/v1, \
                              apiVersion: sloth.slok.dev/v1 with kind PrometheusServiceLevel or AlertWindows, or \
                              apiVersion: seaworthy/v1 with kind Service";
                scope.report.error(Rule::ApiVersion, &fields.at(), message, remedy);
            }
        }
    }
}

/// Reports what the engine finds: tiers that even total failure does not fire, and what it refuses.
fn report_findings(objective: &Objective, findings: &[Finding], at: &Place, report: &Report) {
    for finding in findings {
        let message = format!("\"{}\": {finding}", objective.name);
        let rule = if let Finding::CanNeverFire { .. } = finding { Rule::TierNeverFires } else { Rule::BadValue };
        let severity = match finding.severity() {
            Weight::Refused => Severity::Error,
            Weight::Warning => Severity::Warning,
            Weight::Hint => Severity::Note,
        };
        report.add(severity, rule, at, message, "\"seaworthy slo explain\" shows its tiers");
    }
}

/// Keeps the first of a name, within the limit, by service and name.
fn unique(mut declared: Vec<Declared>, report: &Report) -> Vec<Declared> {
    let place = |one: &Declared| Place { file: Rc::from(one.file.as_str()), line: one.line, column: 1 };
    if let Some(over) = declared.get(OBJECTIVES_MAX) {
        let message = format!("over {OBJECTIVES_MAX} objectives");
        report.error(Rule::Limit, &place(over), message, "give fewer files at a time");
        declared.truncate(OBJECTIVES_MAX);
    }
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    declared.retain(|one| match seen.get(&one.objective.name) {
        Some(first) => {
            let message = format!("objective \"{}\" is declared twice: here and at {first}", one.objective.name);
            report.error(Rule::DeclaredTwice, &place(one), message, "keep one of the two");
            false
        }
        None => {
            seen.insert(one.objective.name.clone(), place(one));
            true
        }
    });
    declared
}

#[cfg(test)]
mod tests;
