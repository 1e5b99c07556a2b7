//! Kubernetes manifests, Prometheus rules and flag definitions: what they call a service, and whom their labels name.

use seaworthy_lookup::{Field, Format, Kind, Place, Reference, Rule, Term, Thing, What};
use seaworthy_yaml::tree::Node;

use crate::format::{entries, items};
use crate::named::folder;
use crate::read::{Reading, Scope};

/// Labels that name an owner; the last part of a key counts, so that `acme.io/team` does too.
const OWNERS: [&str; 4] = ["team", "owner", "squad", "owning-team"];
/// Labels that name the service, surest first.
const NAMES: [&str; 3] = ["app.kubernetes.io/name", "app", "k8s-app"];
/// Labels of an alert that name the service.
const ABOUT: [&str; 4] = ["service", "app", "application", "component"];

/// Reads a workload, a Service or an Ingress.
pub(crate) fn workload(reading: &mut Reading, scope: &Scope<'_>, root: &Node) {
    let Some(metadata) = root.get("metadata") else { return };
    let named = metadata.get("name").and_then(|name| Some((name.text()?.trim().to_owned(), name.at.line)));
    let Some((own, line)) = named.filter(|(name, _)| !name.is_empty() && !name.contains("{{")) else { return };
    let labels = metadata.get("labels");
    let called = labels.and_then(|labels| NAMES.iter().find_map(|key| labels.get(key)?.text().map(str::to_owned)));
    let name = called.unwrap_or_else(|| own.clone());
    let mut thing = Reading::thing(scope, root, Kind::Service, (&name, line), Format::Kubernetes);
    // Names of containers, ports and volumes are nobody's: "http" would be every service.
    let images: Vec<String> = thing.terms.iter().filter(|term| term.what == What::Image).map(image_name).collect();
    thing.terms.retain(|term| term.what != What::Alias || images.contains(&term.text));
    thing.terms.push(Term { what: What::Alias, text: own.to_lowercase(), place: scope.at(line) });
    for from in [labels, metadata.get("annotations")].into_iter().flatten() {
        owners(reading, scope, from, &mut thing, Format::Kubernetes);
    }
    reading.push(thing);
}

fn image_name(image: &Term) -> String {
    image.text.rsplit('/').next().unwrap_or(&image.text).to_owned()
}

/// Takes the owner of labels.
fn owners(reading: &mut Reading, scope: &Scope<'_>, labels: &Node, thing: &mut Thing, format: Format) {
    for (key, value) in entries(labels) {
        let key = key.text().unwrap_or_default();
        if OWNERS.contains(&key.rsplit('/').next().unwrap_or(key)) {
            thing.owners.extend(reading.owner(scope, value, format));
        }
    }
}

/// Reads alerting rules, bare or as the operator's PrometheusRule.
pub(crate) fn rules(reading: &mut Reading, scope: &Scope<'_>, root: &Node) {
    let groups = items(root.get("groups").or_else(|| root.get("spec").and_then(|spec| spec.get("groups"))));
    for rule in groups.iter().flat_map(|group| items(group.get("rules"))) {
        let Some((name, line)) = rule.get("alert").and_then(|name| Some((name.text()?, name.at.line))) else {
            continue;
        };
        let mut thing = Reading::thing(scope, rule, Kind::Alert, (name, line), Format::Prometheus);
        thing.terms.retain(|term| term.what != What::Alias);
        if let Some(labels) = rule.get("labels") {
            owners(reading, scope, labels, &mut thing, Format::Prometheus);
            let about = ABOUT.iter().find_map(|key| labels.get(key));
            thing.references.extend(about.and_then(|node| about_text(scope, node)));
        }
        if thing.references.is_empty() {
            let expr = rule.get("expr").and_then(|expr| expr.text()).unwrap_or_default();
            let selected = ["service=\"", "job=\"", "app=\""].iter().find_map(|key| selected(expr, key));
            thing.references.extend(selected.map(|text| reference(text, scope.at(line))));
        }
        let runbook = rule.get("annotations").and_then(|annotations| annotations.get("runbook_url"));
        if let Some((text, line)) = runbook.and_then(|node| Some((node.text()?, node.at.line)))
            && !text.contains("{{")
            && crate::placeholder::is_one(text)
        {
            let seen = format!("the runbook of alert \"{name}\" is \"{text}\", which is nowhere");
            reading.add(Rule::Placeholder, scope.at(line), seen, "write the runbook, and link it");
        }
        reading.push(thing);
    }
}

fn about_text(scope: &Scope<'_>, node: &Node) -> Option<Reference> {
    let text = node.text().filter(|text| !text.contains("{{"))?;
    Some(reference(text.to_owned(), scope.at(node.at.line)))
}

fn reference(text: String, place: Place) -> Reference {
    Reference { field: Field::About, text, place }
}

/// Returns the value of an equality matcher.
fn selected(expr: &str, key: &str) -> Option<String> {
    let at = expr.find(key)?;
    let before = expr[..at].chars().next_back();
    let value = expr[at + key.len()..].split('"').next()?;
    let is_whole = before.is_some_and(|c| matches!(c, '{' | ',' | ' '));
    (is_whole && !value.is_empty() && !value.contains('$')).then(|| value.to_owned())
}

/// Reads flags as flagd does.
pub(crate) fn flags(reading: &mut Reading, scope: &Scope<'_>, root: &Node) {
    let Some(flags) = root.get("flags") else { return };
    for (name, flag) in entries(flags) {
        let Some(text) = name.text() else { continue };
        let mut thing = Reading::thing(scope, flag, Kind::Resource, (text, name.at.line), Format::Flags);
        thing.terms.retain(|term| term.what == What::Resource);
        thing.terms.push(Term { what: What::Flag, text: text.to_lowercase(), place: scope.at(name.at.line) });
        for metadata in [flag.get("metadata"), root.get("metadata")].into_iter().flatten() {
            if thing.owners.is_empty() {
                owners(reading, scope, metadata, &mut thing, Format::Flags);
            }
        }
        reading.push(thing);
    }
}

/// Returns whether a file lies in a folder or below it.
pub(crate) fn lies_in(file: &str, above: &str) -> bool {
    above.is_empty() || folder(file) == above || file.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'))
}
