//! OpenSLO, v1 and v1alpha. Documents name each other across files, so they are collected first and read afterwards.

mod alerts;
mod alpha;
mod metric;
mod objective;
mod ours;
mod period;
mod slo;

use std::collections::BTreeMap;
use std::rc::Rc;

use seaworthy_yaml::diagnostic::{Place, Placed, Report, Severity};
use seaworthy_yaml::fields::{DOCUMENT, Fields, Scope};
use seaworthy_yaml::rule::Rule;
use seaworthy_yaml::tree::Node;

use crate::declared::Declared;
use crate::parts::slo_name;

/// `apiVersion` of what is written today.
pub(crate) const V1: &str = "openslo/v1";
/// `apiVersion` of what Sloth reads.
pub(crate) const ALPHA: &str = "openslo/v1alpha";

/// Kinds of v1; all but three are needed to read an SLO.
const KINDS: [&str; 7] =
    ["SLO", "SLI", "DataSource", "Service", "AlertPolicy", "AlertCondition", "AlertNotificationTarget"];

/// A document that waits to be read.
#[derive(Debug, Clone)]
struct Waiting {
    file: Rc<str>,
    root: Rc<Node>,
    version: &'static str,
}

impl Waiting {
    fn scope<'a>(&self, report: &'a Report) -> Scope<'a> {
        Scope { file: Rc::clone(&self.file), report }
    }
}

/// Documents of OpenSLO, from as many files as there are.
#[derive(Debug, Default)]
pub(crate) struct OpenSlo {
    documents: BTreeMap<(String, String), Waiting>,
}

impl OpenSlo {
    /// Returns whether a document is one of OpenSLO's, of whatever version.
    pub(crate) fn is_one(root: &Node) -> bool {
        root.get("apiVersion").and_then(|version| version.text()).is_some_and(|version| version.starts_with("openslo"))
    }

    /// Takes a document in; reports a version or kind that is not read, and a name that is there already.
    pub(crate) fn take(&mut self, root: &Rc<Node>, scope: &Scope<'_>) {
        let Some(fields) = Fields::of(scope, root, DOCUMENT) else { return };
        let Some(version) = version(&fields) else { return };
        fields.require("kind", "write the kind, such as kind: SLO");
        let Some(kind) = fields.text("kind") else { return };
        if !KINDS.contains(&kind.value.as_str()) {
            let message = format!("\"{}\" is not a kind of {version}", kind.value);
            scope.report.error(Rule::Kind, &kind.at, message, format!("kinds are: {}", KINDS.join(", ")));
            return;
        }
        fields.require("metadata", "write metadata with a name");
        let Some(name) = fields.fields("metadata").and_then(|metadata| slo_name(&metadata, "name")) else { return };
        let waiting = Waiting { file: Rc::clone(&scope.file), root: Rc::clone(root), version };
        let key = (kind.value, name.value);
        if let Some(first) = self.documents.get(&key) {
            let at = Place { file: Rc::clone(&first.file), line: first.root.at.line, column: 1 };
            let message = format!("{} \"{}\" is declared twice: here and at {at}", key.0, key.1);
            scope.report.error(Rule::DeclaredTwice, &name.at, message, "keep one of the two");
        } else {
            self.documents.insert(key, waiting);
        }
    }

    /// Reads every SLO that was taken in.
    pub(crate) fn read(&self, report: &Report) -> Vec<Declared> {
        let mut read = Vec::new();
        for ((kind, _), waiting) in &self.documents {
            let scope = waiting.scope(report);
            let Some(document) = Fields::of(&scope, &waiting.root, DOCUMENT) else { continue };
            match (kind.as_str(), waiting.version) {
                ("SLO", ALPHA) => read.extend(alpha::read(&document)),
                ("SLO", _) => read.extend(slo::read(&document, self)),
                ("AlertNotificationTarget", _) => note_target(&document),
                _ => {}
            }
        }
        read
    }

    /// Finds the spec of a document that another one names, or reports that there is none.
    fn spec<'a>(&'a self, kind: &str, name: &Placed<String>, report: &'a Report) -> Option<Fields<'a>> {
        let Some(waiting) = self.documents.get(&(kind.to_owned(), name.value.clone())) else {
            let message = format!("{kind} \"{}\" is in none of the files", name.value);
            report.error(Rule::UnknownReference, &name.at, message, format!("add the {kind}, or correct the name"));
            return None;
        };
        spec(&Fields::of(&waiting.scope(report), &waiting.root, DOCUMENT)?)
    }
}

/// Returns the spec of a document or of one that is written inside another; reports where it is absent.
fn spec<'a>(document: &Fields<'a>) -> Option<Fields<'a>> {
    document.require("spec", "write a spec")?;
    document.fields("spec")
}

fn version(fields: &Fields<'_>) -> Option<&'static str> {
    let text = fields.text("apiVersion")?;
    let known = [V1, ALPHA].into_iter().find(|known| text.value == *known);
    if known.is_none() {
        let message = format!("apiVersion \"{}\" is not read", text.value);
        fields.scope.report.error(Rule::ApiVersion, &text.at, message, format!("write {V1} or {ALPHA}"));
    }
    known
}

fn note_target(document: &Fields<'_>) {
    let message = "a notification target is not used: who owns a service decides who hears of it";
    document.scope.report.add(Severity::Note, Rule::Kind, &document.at(), message, "nothing to do");
}
