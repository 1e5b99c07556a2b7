//! Entities with kind, metadata and spec: Backstage's as they are found, and ours.

use seaworthy_lookup::{Field, Format, Kind, Reference, Rule, Term, Thing, What, host_and_path, slug};
use seaworthy_yaml::tree::Node;

use crate::format::items;
use crate::read::{Reading, Scope};

/// Lists of references in a spec.
const NEEDS: [&str; 3] = ["dependsOn", "consumesApis", "dependencies"];

/// Reads one entity.
pub(crate) fn read(reading: &mut Reading, scope: &Scope<'_>, root: &Node, format: Format) {
    let at = scope.at(root.at.line);
    let Some(written) = root.get("kind").and_then(|kind| kind.text()) else {
        return reading.add(
            Rule::NoKind,
            at,
            "an entity without a kind".to_owned(),
            "write kind: Component, or what it is",
        );
    };
    let spec = root.get("spec");
    let of_type = spec.and_then(|spec| spec.get("type")).and_then(|node| node.text()).unwrap_or_default();
    let kind = match (written.to_ascii_lowercase().as_str(), format) {
        ("service", Format::Seaworthy) => Kind::Service,
        ("component", _) => match of_type.to_ascii_lowercase().as_str() {
            "service" | "website" | "" => Kind::Service,
            _ => Kind::Component,
        },
        ("api", _) => Kind::Api,
        ("resource", _) => Kind::Resource,
        ("system" | "domain", _) => Kind::System,
        ("group" | "team", _) => Kind::Team,
        ("user" | "person", _) => Kind::Person,
        ("location", _) => Kind::Location,
        ("template", _) => Kind::Component,
        // What of ours is about a service and owned by nobody.
        (_, Format::Seaworthy) => return,
        _ => {
            let seen = format!("\"{written}\" is no kind of Backstage");
            return reading.add(
                Rule::NoKind,
                at,
                seen,
                "kinds are Component, API, Resource, System, Domain, Group, User, Location",
            );
        }
    };
    let name = root.get("metadata").and_then(|metadata| metadata.get("name"));
    let Some((text, line)) =
        name.and_then(|name| Some((name.text()?.trim(), name.at.line))).filter(|(text, _)| !text.is_empty())
    else {
        let seen = format!("{} without a name", kind.name());
        return reading.add(Rule::NoName, at, seen, "write metadata.name");
    };
    let mut thing = Reading::thing(scope, root, kind, (text, line), format);
    if let Some(owner) = spec.and_then(|spec| spec.get("owner")) {
        thing.owners.extend(reading.owner(scope, owner, format));
    }
    if let Some(spec) = spec {
        references(scope, spec, &mut thing);
        routes(scope, spec, &mut thing);
        thing.members = members(spec, kind);
    }
    titled(scope, root, &mut thing);
    reading.placeholders(scope, root);
    reading.push(thing);
}

fn references(scope: &Scope<'_>, spec: &Node, thing: &mut Thing) {
    let mut push = |field, node: &Node| {
        // Ours may write a dependency as a mapping with the service's name.
        let text = node.text().or_else(|| node.get("service").and_then(|named| named.text()));
        if let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) {
            thing.references.push(Reference { field, text: text.to_owned(), place: scope.at(node.at.line) });
        }
    };
    for key in NEEDS {
        items(spec.get(key)).iter().for_each(|node| push(Field::DependsOn, node));
    }
    if let Some(system) = spec.get("system").or_else(|| spec.get("domain")) {
        push(Field::System, system);
    }
    let one = spec.get("target").into_iter();
    one.chain(items(spec.get("targets"))).for_each(|node| push(Field::Target, node));
    let needed: Vec<(String, u32)> = items(spec.get("dependencyOf"))
        .iter()
        .filter_map(|node| Some((node.text()?.to_owned(), node.at.line)))
        .collect();
    let terms = needed.into_iter().map(|(text, line)| Term {
        what: What::Dependency,
        text: slug(&text),
        place: scope.at(line),
    });
    let own: Vec<Term> = thing
        .references
        .iter()
        .filter(|reference| reference.field == Field::DependsOn)
        .map(|reference| Term { what: What::Dependency, text: slug(&reference.text), place: reference.place.clone() })
        .collect();
    thing.terms.extend(terms.chain(own));
}

/// Our routes: hosts are read as terms already, a path of any host is not.
fn routes(scope: &Scope<'_>, spec: &Node, thing: &mut Thing) {
    for route in items(spec.get("routes")) {
        let path = route.get("path").and_then(|path| path.text()).unwrap_or("/");
        let hosts: Vec<String> = items(route.get("hosts"))
            .iter()
            .filter_map(|host| host_and_path(host.text()?).and_then(|(host, _)| host))
            .collect();
        let place = scope.at(route.at.line);
        if hosts.is_empty() && path != "/" {
            thing.terms.push(Term { what: What::Route, text: path.to_lowercase(), place: place.clone() });
        }
        for host in hosts.iter().filter(|_| path != "/") {
            let text = format!("{host}{path}").to_lowercase();
            thing.terms.push(Term { what: What::Link, text, place: place.clone() });
        }
    }
}

fn members(spec: &Node, kind: Kind) -> Vec<String> {
    let key = if kind == Kind::Person { "memberOf" } else { "members" };
    items(spec.get(key)).iter().filter_map(|member| Some(slug(member.text()?))).collect()
}

fn titled(scope: &Scope<'_>, root: &Node, thing: &mut Thing) {
    let title = root.get("metadata").and_then(|metadata| metadata.get("title"));
    if let Some((text, line)) = title.and_then(|title| Some((title.text()?.trim().to_lowercase(), title.at.line))) {
        thing.terms.push(Term { what: What::Title, text, place: scope.at(line) });
    }
}
