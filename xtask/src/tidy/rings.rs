//! Dependencies point inward: domain, contract, adapter, app, bin, in this order. What stands in a crate's
//! folder decides its ring, so moving a crate is the only way to change what it may see.

use super::graph::{Declared, Kind, Package, Workspace};
use super::{Finding, Source, line_of, text_of};

/// From the inside out. `Dev` and `Xtask` stand beside the rings and ship nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ring {
    Domain,
    Contract,
    Adapter,
    App,
    Bin,
    Dev,
    Xtask,
}

/// An implementation and the crate of the trait it implements.
const IMPLEMENTATIONS: &[(&str, &str)] = &[("seaworthy-store-sqlite", "seaworthy-store")];

/// Adapters that other adapters may build on, and why that is not a tangle.
const SHARED: &[(&str, &str)] = &[
    ("seaworthy-client", "an HTTP channel is the same transport for every integration"),
    ("seaworthy-tls", "whom TLS trusts is decided in one place"),
    ("seaworthy-process", "sockets and children are handled in one place"),
    ("seaworthy-yaml", "every format of files is read, and its mistakes are placed, in one manner"),
    ("seaworthy-git", "CODEOWNERS and histories are read, and judged, in one manner"),
    ("seaworthy-objectives", "a directory of files may hold objectives in the formats that it reads"),
    ("seaworthy-calendars", "a rotation in a directory of files may follow a calendar in the formats that it reads"),
];

/// What a domain crate may take from outside: time as a value, nothing that acts.
const DOMAIN_MAY_USE: &[&str] = &["jiff"];

/// What the model alone may take besides: the frozen text forms of ids and small scalars.
const MODEL_MAY_USE: &[&str] = &["jiff", "serde", "uuid"];

fn ring(folder: &str) -> Option<Ring> {
    match folder.strip_prefix("crates/").unwrap_or(folder).split('/').next()? {
        "domain" => Some(Ring::Domain),
        "contract" => Some(Ring::Contract),
        "adapter" => Some(Ring::Adapter),
        "app" => Some(Ring::App),
        "bin" => Some(Ring::Bin),
        "dev" => Some(Ring::Dev),
        "xtask" => Some(Ring::Xtask),
        _ => None,
    }
}

/// Every dependency of ours that points where it must not.
pub(super) fn findings(workspace: &Workspace, sources: &[Source]) -> Vec<Finding> {
    workspace.ours().flat_map(|(package, folder)| of_package(workspace, package, folder, sources)).collect()
}

fn of_package(workspace: &Workspace, package: &Package, folder: &str, sources: &[Source]) -> Vec<Finding> {
    let file = format!("{folder}/Cargo.toml");
    let Some(from) = ring(folder) else {
        let seen = format!("\"{}\" is in no ring", package.name);
        return vec![Finding::new(&file, 0, "ring", seen, "move it under crates/<ring>/")];
    };
    let manifest = text_of(sources, &file).unwrap_or_default();
    let problem = |dependency: &Declared| {
        let target = workspace.named(&dependency.name).and_then(|target| ring(target.folder.as_deref()?));
        let (seen, remedy) = match target {
            Some(to) => between(package, from, dependency, to)?,
            None => outside(package, from, dependency)?,
        };
        Some(Finding::new(&file, line_of(manifest, &dependency.name), "ring", seen, remedy))
    };
    package.declared.iter().filter_map(problem).collect()
}

/// A dependency on a crate of ours: what is wrong with it, and what to do.
fn between(package: &Package, from: Ring, dependency: &Declared, to: Ring) -> Option<(String, &'static str)> {
    let (name, other) = (&package.name, &dependency.name);
    if from >= Ring::Dev {
        return (to == Ring::Xtask)
            .then(|| (format!("\"{name}\" uses the chores"), "move what is shared into a crate under crates/dev"));
    }
    if to >= Ring::Dev {
        let fine = to == Ring::Dev && dependency.kind == Kind::Dev;
        let remedy = "name it under [dev-dependencies], or move what ships out of the dev crate";
        return (!fine).then(|| (format!("\"{name}\" ships \"{other}\", which is for tests"), remedy));
    }
    if to > from {
        let remedy = "take the value as an argument, or move the shared type to an inner ring";
        return Some((format!("\"{name}\" ({from:?}) depends outward on \"{other}\" ({to:?})"), remedy));
    }
    let siblings = from == Ring::Adapter && to == Ring::Adapter;
    let fine = IMPLEMENTATIONS.contains(&(name, other)) || SHARED.iter().any(|(shared, _)| shared == other);
    let remedy = "join the two in the app ring, or put the shared part behind a trait";
    (siblings && !fine).then(|| (format!("adapter \"{name}\" depends on adapter \"{other}\""), remedy))
}

/// A dependency on somebody else's crate; only the domain ring is kept narrow, and its tests are free.
fn outside(package: &Package, from: Ring, dependency: &Declared) -> Option<(String, &'static str)> {
    let may_use = if package.name == "seaworthy-model" { MODEL_MAY_USE } else { DOMAIN_MAY_USE };
    let fine = from != Ring::Domain || dependency.kind == Kind::Dev || may_use.contains(&dependency.name.as_str());
    let remedy = "decide on plain data here; encode, read and send in an outer ring";
    (!fine).then(|| (format!("domain crate \"{}\" takes \"{}\" from outside", package.name, dependency.name), remedy))
}

#[cfg(test)]
mod tests {
    use super::super::graph::sketch;
    use super::findings;

    /// What is seen in a small workspace, one text per finding.
    fn seen(lines: &str) -> Vec<String> {
        findings(&sketch(lines), &[]).into_iter().map(|finding| finding.seen).collect()
    }

    #[test]
    fn inward_is_fine() {
        let lines = "crates/domain/model seaworthy-model: serde uuid jiff
            crates/domain/slo seaworthy-slo: seaworthy-model jiff proptest(dev)
            crates/contract/contract seaworthy-contract: seaworthy-model serde
            crates/adapter/store seaworthy-store: seaworthy-contract tokio
            crates/adapter/store-sqlite seaworthy-store-sqlite: seaworthy-store rusqlite
            crates/adapter/chat seaworthy-chat: seaworthy-client
            crates/adapter/client seaworthy-client: hyper
            crates/app/core seaworthy-core: seaworthy-slo seaworthy-testkit(dev)
            crates/bin/seaworthy seaworthy: seaworthy-core seaworthy-store-sqlite
            crates/dev/testkit seaworthy-testkit: seaworthy-store
            xtask xtask: seaworthy-testkit serde_json";
        assert_eq!(seen(lines), Vec::<String>::new());
    }

    #[test]
    fn outward_is_found_even_for_tests() {
        let lines = "crates/domain/slo seaworthy-slo: seaworthy-store
            crates/contract/contract seaworthy-contract: seaworthy-core(dev)
            crates/adapter/store seaworthy-store:
            crates/app/core seaworthy-core:";
        let found = seen(lines);
        assert_eq!(found[0], "\"seaworthy-slo\" (Domain) depends outward on \"seaworthy-store\" (Adapter)");
        assert_eq!(found[1], "\"seaworthy-contract\" (Contract) depends outward on \"seaworthy-core\" (App)");
    }

    #[test]
    fn adapters_stand_alone() {
        let lines = "crates/adapter/chat seaworthy-chat: seaworthy-store-sqlite
            crates/adapter/store-sqlite seaworthy-store-sqlite:";
        assert_eq!(seen(lines), ["adapter \"seaworthy-chat\" depends on adapter \"seaworthy-store-sqlite\""]);
    }

    #[test]
    fn dev_crates_do_not_ship() {
        let lines = "crates/app/core seaworthy-core: seaworthy-testkit
            crates/dev/testkit seaworthy-testkit:";
        assert_eq!(seen(lines), ["\"seaworthy-core\" ships \"seaworthy-testkit\", which is for tests"]);
    }

    #[test]
    fn domain_takes_no_runtime() {
        let lines = "crates/domain/slo seaworthy-slo: tokio serde";
        assert_eq!(seen(lines).len(), 2);
    }

    #[test]
    fn a_crate_outside_the_rings_is_found() {
        assert_eq!(seen("tools/x seaworthy-x:"), ["\"seaworthy-x\" is in no ring"]);
    }
}
