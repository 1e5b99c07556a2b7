//! Lock files: `Cargo.lock`, `package-lock.json` and `go.sum`, read for what they pin and where it comes from.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::files::{File, read, source_name};
use crate::sbom::Components;
use crate::{Asked, CollectError, Collector, Facts};

/// The collector.
pub(crate) const COLLECTOR: Collector =
    Collector { name: "lockfile", reads: "a lock file: Cargo.lock, package-lock.json or go.sum", collect };

/// Names of lock files.
const NAMES: [&str; 4] = ["Cargo.lock", "package-lock.json", "npm-shrinkwrap.json", "go.sum"];

fn collect(asked: &Asked<'_>) -> Result<Facts, CollectError> {
    let mut files = read(asked.path, "lock file", |name| NAMES.contains(&name))?;
    let file = files.swap_remove(0);
    let (components, format) = match base(&file.name) {
        "Cargo.lock" => (cargo(&file.text), "cargo"),
        "go.sum" => (go(&file.text, module_beside(asked.path)), "go"),
        _ => (npm(&file)?, "npm"),
    };
    if components.all == 0 && file.text.trim().is_empty() {
        return Err(CollectError::Nothing { path: asked.path.to_owned(), what: "component" });
    }
    let mut facts = Facts::of(source_name(asked.path));
    components.tell(&mut facts, format);
    Ok(facts)
}

fn base(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Packages without a source are the workspace's own, and no components of it.
fn cargo(text: &str) -> Components {
    let mut components = Components::default();
    for package in text.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package.lines().find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('='))?;
            Some(line.trim().trim_matches('"'))
        };
        let Some(source) = value("source") else { continue };
        components.all += 1;
        components.without_version += usize::from(value("version").is_none_or(str::is_empty));
        let is_public = source.contains("github.com/rust-lang/");
        // A commit's hash vouches for what comes from git.
        let vouched = value("checksum").is_some() || source.starts_with("git+");
        components.without_checksum += usize::from(!vouched);
        if !is_public && (source.starts_with("registry+") || source.starts_with("sparse+")) {
            components.internal.extend(value("name").map(str::to_owned));
        }
    }
    components
}

/// `module version hash`, and the same for the module's go.mod; the newest version of each is one component.
fn go(text: &str, own: Option<String>) -> Components {
    let mut modules: BTreeMap<&str, bool> = BTreeMap::new();
    for line in text.lines() {
        let mut parts = line.split_whitespace();
        if let (Some(module), Some(version)) = (parts.next(), parts.next()) {
            let is_content = !version.ends_with("/go.mod");
            let hashed = is_content && parts.next().is_some_and(|hash| hash.starts_with("h1:"));
            *modules.entry(module).or_default() |= hashed;
        }
    }
    let organisation = own.as_deref().and_then(|module| module.rsplit_once('/')).map(|(above, _)| above.to_owned());
    let is_internal = |module: &&str| {
        let inside = |above: &String| module.strip_prefix(above.as_str()).is_some_and(|rest| rest.starts_with('/'));
        organisation.as_ref().is_some_and(inside)
    };
    Components {
        all: modules.len(),
        without_version: 0,
        // Listed for its requirements only: never built, so nothing vouches for its content.
        without_checksum: modules.values().filter(|hashed| !**hashed).count(),
        internal: modules.keys().filter(|module| is_internal(module)).map(|module| (*module).to_owned()).collect(),
    }
}

/// Returns the module whose go.mod lies beside a go.sum.
fn module_beside(path: &Path) -> Option<String> {
    let directory = if path.is_dir() { path } else { path.parent()? };
    let text = std::fs::read_to_string(directory.join("go.mod")).ok()?;
    text.lines().find_map(|line| Some(line.strip_prefix("module ")?.trim().to_owned()))
}

/// Lock file versions 2 and 3 list `packages` by path, version 1 has `dependencies` within dependencies.
fn npm(file: &File) -> Result<Components, CollectError> {
    let root: Value = serde_json::from_str(&file.text).map_err(|error| CollectError::Broken {
        file: file.name.clone(),
        what: "a lock file",
        why: error.to_string(),
    })?;
    let name = root["name"].as_str().unwrap_or_default();
    let scope = name.split_once('/').map(|(scope, _)| scope).filter(|scope| scope.starts_with('@')).map(str::to_owned);
    let public = commonest_host(&root["packages"]);
    let mut components = Components::default();
    if let Some(packages) = root["packages"].as_object() {
        for (path, package) in packages {
            // What lies outside is the repository's own; a link leads to it.
            if let Some((_, name)) = path.rsplit_once("node_modules/").filter(|_| package["link"] != true) {
                npm_package(name, package, scope.as_deref(), public, &mut components);
            }
        }
    } else {
        let mut waiting = vec![&root["dependencies"]];
        while let Some(dependencies) = waiting.pop() {
            for (name, package) in dependencies.as_object().into_iter().flatten() {
                npm_package(name, package, scope.as_deref(), public, &mut components);
                waiting.push(&package["dependencies"]);
            }
        }
    }
    Ok(components)
}

fn npm_package(name: &str, package: &Value, scope: Option<&str>, public: Option<&str>, to: &mut Components) {
    to.all += 1;
    to.without_version += usize::from(package["version"].as_str().is_none_or(str::is_empty));
    let bundled = package["inBundle"] == true || package["bundled"] == true;
    to.without_checksum += usize::from(package["integrity"].as_str().is_none() && !bundled);
    let from = package["resolved"].as_str().and_then(host_of);
    let is_private = public.is_some() && from.is_some() && from != public;
    let is_own = scope.is_some() && name.split_once('/').map(|(scope, _)| scope) == scope;
    if is_own || is_private {
        to.internal.push(name.to_owned());
    }
}

/// Returns the host that most packages come from: the registry that everybody uses, so that any other is one's own.
fn commonest_host(packages: &Value) -> Option<&str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for package in packages.as_object()?.values() {
        if let Some(host) = package["resolved"].as_str().and_then(host_of) {
            *counts.entry(host).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(host, _)| host)
}

fn host_of(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}
