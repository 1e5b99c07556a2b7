//! The workspace as cargo resolved it, cut down to what the rules ask.

use std::collections::HashMap;

use serde_json::Value;

use crate::shell::Outcome;

/// Every package, ours and theirs, and who needs whom.
pub(super) struct Workspace {
    pub(super) packages: Vec<Package>,
    /// Package id to the ids it links or builds with; dev-dependencies are left out.
    needs: HashMap<String, Vec<String>>,
}

/// One package of the graph.
#[derive(Debug)]
pub(super) struct Package {
    id: String,
    pub(super) name: String,
    pub(super) version: String,
    /// The SPDX expression, when the package states one.
    pub(super) licence: Option<String>,
    /// Its place from the workspace's top, such as `crates/domain/model`; none for a package of somebody else.
    pub(super) folder: Option<String>,
    pub(super) declared: Vec<Declared>,
}

/// A dependency as its `Cargo.toml` states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// What a dependency is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Linked, or run while building.
    Shipped,
    /// Tests only.
    Dev,
}

impl Workspace {
    /// Our own packages with their folders.
    pub(super) fn ours(&self) -> impl Iterator<Item = (&Package, &str)> {
        self.packages.iter().filter_map(|package| Some((package, package.folder.as_deref()?)))
    }

    /// The package called `name`; the first one when several versions are there.
    pub(super) fn named(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// Every package that `from` ships with, itself first. An optional dependency counts when anybody in the
    /// workspace switches it on, which may be one too many but never one too few.
    pub(super) fn shipped_with<'a>(&'a self, from: &'a Package) -> Vec<&'a Package> {
        let by_id: HashMap<&str, &Package> =
            self.packages.iter().map(|package| (package.id.as_str(), package)).collect();
        let mut found = vec![from];
        let mut next = 0;
        while let Some(package) = found.get(next).copied() {
            next += 1;
            for id in self.needs.get(&package.id).into_iter().flatten() {
                let Some(needed) = by_id.get(id.as_str()) else { continue };
                if !found.iter().any(|known| known.id == needed.id) {
                    found.push(needed);
                }
            }
        }
        found
    }
}

/// Reads what `cargo metadata --format-version 1` prints.
///
/// # Errors
/// When it is not that.
pub(super) fn parse(metadata: &str) -> Outcome<Workspace> {
    let all: Value =
        serde_json::from_str(metadata).map_err(|error| format!("could not read cargo's metadata: {error}"))?;
    let root = text(&all, "workspace_root");
    let packages = list(&all, "packages").map(|package| package_of(package, &root)).collect();
    let needs = list(&all["resolve"], "nodes").map(|node| (text(node, "id"), shipped(node))).collect();
    Ok(Workspace { packages, needs })
}

fn package_of(package: &Value, root: &str) -> Package {
    let ours = package["source"].is_null();
    let manifest = text(package, "manifest_path");
    let folder = manifest.strip_prefix(root).and_then(|path| path.strip_suffix("/Cargo.toml"));
    Package {
        id: text(package, "id"),
        name: text(package, "name"),
        version: text(package, "version"),
        licence: package["license"].as_str().map(str::to_owned),
        folder: folder.filter(|_| ours).map(|path| path.trim_start_matches('/').to_owned()),
        declared: list(package, "dependencies").map(declared).collect(),
    }
}

fn declared(dependency: &Value) -> Declared {
    let kind = if dependency["kind"] == "dev" { Kind::Dev } else { Kind::Shipped };
    Declared { name: text(dependency, "name"), kind }
}

/// The ids in a resolved node's dependencies that are wanted for more than tests.
fn shipped(node: &Value) -> Vec<String> {
    let more_than_dev = |edge: &&Value| list(edge, "dep_kinds").any(|kind| kind["kind"] != "dev");
    list(node, "deps").filter(more_than_dev).map(|edge| text(edge, "pkg")).collect()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// Builds a workspace from lines `folder-or-dash name: dependency dependency(dev)`, for the rules' tests.
#[cfg(test)]
pub(super) fn sketch(lines: &str) -> Workspace {
    let mut packages = Vec::new();
    let mut needs = HashMap::new();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (head, tail) = line.split_once(':').expect("a colon in every line");
        let (folder, name) = head.trim().split_once(' ').expect("a folder and a name before the colon");
        let declared: Vec<Declared> = tail
            .split_whitespace()
            .map(|word| match word.strip_suffix("(dev)") {
                Some(name) => Declared { name: name.into(), kind: Kind::Dev },
                None => Declared { name: word.into(), kind: Kind::Shipped },
            })
            .collect();
        let shipped = declared.iter().filter(|dependency| dependency.kind == Kind::Shipped);
        needs.insert(name.to_owned(), shipped.map(|dependency| dependency.name.clone()).collect());
        let folder = (folder != "-").then(|| folder.to_owned());
        let (id, name, version) = (name.to_owned(), name.to_owned(), "1.0.0".to_owned());
        packages.push(Package { id, name, version, licence: Some("MIT".into()), folder, declared });
    }
    Workspace { packages, needs }
}

#[cfg(test)]
mod tests {
    use super::{Kind, parse};

    const METADATA: &str = r#"{
      "workspace_root": "/here",
      "packages": [
        {"id": "a 1", "name": "a", "version": "1.0.0", "license": "MIT", "source": null,
         "manifest_path": "/here/crates/app/a/Cargo.toml",
         "dependencies": [{"name": "b", "kind": null}, {"name": "c", "kind": "dev"}]},
        {"id": "b 1", "name": "b", "version": "1.0.0", "license": null, "source": "elsewhere",
         "manifest_path": "/there/b/Cargo.toml", "dependencies": []},
        {"id": "c 1", "name": "c", "version": "1.0.0", "license": "MIT", "source": "elsewhere",
         "manifest_path": "/there/c/Cargo.toml", "dependencies": []}
      ],
      "resolve": {"nodes": [{"id": "a 1", "deps": [
        {"pkg": "b 1", "dep_kinds": [{"kind": null}]}, {"pkg": "c 1", "dep_kinds": [{"kind": "dev"}]}]}]}
    }"#;

    #[test]
    fn reads_folders_kinds_and_edges() {
        let workspace = parse(METADATA).unwrap();
        let ours: Vec<_> = workspace.ours().map(|(package, folder)| (package.name.as_str(), folder)).collect();
        assert_eq!(ours, [("a", "crates/app/a")]);
        let a = workspace.named("a").unwrap();
        assert_eq!(a.declared[1].kind, Kind::Dev);
        let shipped: Vec<_> = workspace.shipped_with(a).iter().map(|package| package.name.as_str()).collect();
        assert_eq!(shipped, ["a", "b"]);
    }

    #[test]
    fn refuses_what_is_not_json() {
        assert!(parse("warning: oh no").err().unwrap().contains("metadata"));
    }
}
