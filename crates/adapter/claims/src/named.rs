//! OpsLevel, Compass and Datadog: a name, an owner and links, without kinds; and owners of whatever is in a folder.

use std::collections::BTreeMap;

use seaworthy_lookup::{Field, Format, Kind, Known, Owner, OwnerKind, Reference, Rule, Term, Thing, What, slug};
use seaworthy_yaml::tree::Node;

use crate::format::{by_name, items};
use crate::read::{Reading, Scope};

/// Owners of whatever else is declared in a folder.
pub(crate) struct Nameless {
    folder: String,
    thing: Thing,
}

/// Where a format keeps the name and the owner, first come first.
struct Keys {
    names: &'static [&'static str],
    owners: &'static [&'static str],
}

const OPSLEVEL: Keys = Keys {
    names: &["service.name", "component.name", "repository.name"],
    owners: &["service.owner", "component.owner", "repository.owner"],
};
const COMPASS: Keys = Keys { names: &["name"], owners: &["ownerId"] };
const DATADOG: Keys = Keys {
    names: &["dd-service", "metadata.name", "info.dd-service"],
    owners: &["team", "dd-team", "metadata.owner", "info.team", "org.team"],
};

/// Reads one document.
pub(crate) fn read(reading: &mut Reading, scope: &Scope<'_>, root: &Node, format: Format) {
    let keys = match format {
        Format::Opslevel => &OPSLEVEL,
        Format::Compass => &COMPASS,
        _ => &DATADOG,
    };
    let owner = keys.owners.iter().find_map(|key| at(root, key));
    let owner = owner.and_then(|node| reading.owner(scope, node, format)).or_else(|| of_tags(scope, root, format));
    // OpsLevel's teams are aliases of teams, and Datadog's a team's handle: neither format has people there.
    let owner = owner.map(|owner| Owner {
        kind: if owner.kind == OwnerKind::Person { owner.kind } else { OwnerKind::Team },
        ..owner
    });
    let name =
        keys.names.iter().find_map(|key| at(root, key)).and_then(|node| Some((node.text()?.trim(), node.at.line)));
    let fallback = name_of_file(scope.file, &reading.root_name);
    let (text, line) = name.filter(|(text, _)| !text.is_empty()).unwrap_or((&fallback, root.at.line));
    let is_library =
        root.get("typeId").and_then(|node| node.text()).is_some_and(|kind| kind.eq_ignore_ascii_case("library"));
    let kind = if is_library { Kind::Component } else { Kind::Service };
    let mut thing = Reading::thing(scope, root, kind, (text, line), format);
    needs(scope, root, &mut thing);
    thing.owners.extend(owner);
    reading.placeholders(scope, root);
    if name.is_none() {
        // A file copied out of its repository often keeps the repository in its name.
        let last = fallback.rsplit("__").next().unwrap_or(&fallback).to_lowercase();
        thing.terms.push(Term { what: What::Alias, text: last, place: thing.place.clone() });
        if format != Format::Opslevel {
            let seen = format!("a file of {} without a name: it is called after its folder", format.name());
            reading.add(Rule::NoName, scope.at(root.at.line), seen, "name the service");
        }
        reading.nameless.push(Nameless { folder: folder(scope.file).to_owned(), thing });
    } else {
        reading.push(thing);
    }
}

/// Returns the owner that a tag `team:NAME` names, where no field does.
fn of_tags(scope: &Scope<'_>, root: &Node, format: Format) -> Option<Owner> {
    let tags = items(root.get("tags")).iter().chain(items(at(root, "metadata").and_then(|node| node.get("tags"))));
    let mut teams = tags.filter_map(|tag| Some((tag.text()?.strip_prefix("team:")?.trim(), tag.at.line)));
    let (team, line) = teams.find(|(team, _)| !team.is_empty())?;
    Some(Owner { text: team.to_owned(), kind: OwnerKind::Team, format, place: scope.at(line) })
}

/// Reads what it needs, as each of the three formats writes it.
fn needs(scope: &Scope<'_>, root: &Node, thing: &mut Thing) {
    let lists = [
        at(root, "relationships").and_then(|node| node.get("DEPENDS_ON")),
        at(root, "spec").and_then(|node| node.get("dependsOn")),
        at(root, "service").and_then(|node| node.get("dependencies")),
    ];
    for node in lists.into_iter().flat_map(items) {
        let text = node.text().or_else(|| node.get("alias").and_then(|alias| alias.text()));
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { continue };
        let place = scope.at(node.at.line);
        thing.terms.push(Term { what: What::Dependency, text: slug(text), place: place.clone() });
        thing.references.push(Reference { field: Field::DependsOn, text: text.to_owned(), place });
    }
}

/// Gives what was named nowhere to what is declared in the same folder, else makes a thing of the folder.
pub(crate) fn spread(known: &mut Known, nameless: Vec<Nameless>) {
    let mut by_folder: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, thing) in known.things.iter().enumerate().filter(|(_, thing)| thing.kind.is_owned()) {
        by_folder.entry(folder(&thing.place.file).to_owned()).or_default().push(index);
    }
    for Nameless { folder, mut thing } in nameless {
        let is_plain =
            by_name(&thing.place.file).is_some_and(|(_, end)| thing.place.file.rsplit('/').next() == Some(end));
        match by_folder.get(&folder).filter(|_| is_plain) {
            Some(indices) => {
                for &index in indices {
                    known.things[index].owners.extend(thing.owners.iter().cloned());
                }
            }
            None => {
                let name = Term { what: What::Name, text: thing.name.to_lowercase(), place: thing.place.clone() };
                thing.terms.insert(0, name);
                known.things.push(thing);
            }
        }
    }
    members(known);
}

/// Tells every team who says that they are in it.
fn members(known: &mut Known) {
    let mut by_team: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for person in known.things.iter_mut().filter(|thing| thing.kind == Kind::Person) {
        for team in std::mem::take(&mut person.members) {
            by_team.entry(team).or_default().push(slug(&person.name));
        }
    }
    for team in known.things.iter_mut().filter(|thing| thing.kind == Kind::Team) {
        team.members.extend(by_team.get(&slug(&team.name)).into_iter().flatten().cloned());
    }
}

/// Returns the folder of a file.
pub(crate) fn folder(file: &str) -> &str {
    file.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Returns what a file without a name is about: what stands before the tool's own name, else its folder.
fn name_of_file(file: &str, root_name: &str) -> String {
    let base = file.rsplit('/').next().unwrap_or(file);
    let before = by_name(base).and_then(|(_, end)| base.strip_suffix(end)).unwrap_or(base);
    let before = before.trim_end_matches(['_', '-', '~', '.']);
    let above = folder(file).rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(root_name);
    if before.is_empty() { above.to_owned() } else { before.to_owned() }
}

/// Returns the node at a path of keys.
fn at<'a>(root: &'a Node, path: &str) -> Option<&'a Node> {
    path.split('.').try_fold(root, |node, key| node.get(key).map(|node| &**node))
}
