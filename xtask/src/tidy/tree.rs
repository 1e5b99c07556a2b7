//! What is in a crate's tree: how much the binary carries, and what the data plane must never carry.

use super::Finding;
use super::graph::Workspace;

/// The binary's budget of crates, itself and build scripts included: a cold build must stay bearable.
pub(crate) const CRATES_MAX: usize = 300;

/// Drivers that would let the gateway open a database; it must answer users when every store is gone.
const SQL_DRIVERS: &[&str] =
    &["rusqlite", "libsqlite3-sys", "tokio-postgres", "postgres", "sqlx", "sqlx-core", "diesel"];

const BINARY: &str = "seaworthy";
const GATEWAY: &str = "seaworthy-gateway";

/// How many crates the binary is made of.
pub(super) fn count(workspace: &Workspace) -> usize {
    workspace.named(BINARY).map_or(0, |binary| workspace.shipped_with(binary).len())
}

/// A SQL driver under the gateway, and a binary over its budget.
pub(super) fn findings(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(gateway) = workspace.named(GATEWAY) {
        let file = format!("{}/Cargo.toml", gateway.folder.as_deref().unwrap_or_default());
        let carried = workspace.shipped_with(gateway);
        let drivers = carried.iter().filter(|package| SQL_DRIVERS.contains(&package.name.as_str()));
        findings.extend(drivers.map(|driver| {
            let seen = format!("the gateway links the SQL driver \"{}\"", driver.name);
            let remedy = "find the path with: cargo tree -p seaworthy-gateway -e normal -i ".to_owned() + &driver.name;
            Finding::new(&file, 0, "no-sql-in-gateway", seen, remedy)
        }));
    }
    let crates = count(workspace);
    if crates > CRATES_MAX {
        let seen = format!("the binary is made of {crates} crates, the budget is {CRATES_MAX}");
        findings.push(Finding::new("Cargo.toml", 0, "crates", seen, "drop a dependency or switch off its features"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::graph::sketch;
    use super::{count, findings};

    #[test]
    fn finds_a_driver_behind_another_crate() {
        let lines = "crates/app/gateway seaworthy-gateway: seaworthy-cache
            crates/adapter/cache seaworthy-cache: rusqlite
            - rusqlite:";
        assert_eq!(findings(&sketch(lines))[0].seen, "the gateway links the SQL driver \"rusqlite\"");
    }

    #[test]
    fn a_driver_in_its_tests_is_fine() {
        let lines = "crates/app/gateway seaworthy-gateway: rusqlite(dev)
            - rusqlite:";
        assert_eq!(findings(&sketch(lines)), []);
    }

    #[test]
    fn counts_each_crate_once() {
        let lines = "crates/bin/seaworthy seaworthy: a b t(dev)
            - a: c
            - b: c
            - c: a
            - t:";
        assert_eq!(count(&sketch(lines)), 4);
    }

    #[test]
    fn notices_a_full_budget() {
        let names: Vec<String> = (0..300).map(|n| format!("x{n}")).collect();
        let theirs: String = names.iter().map(|name| format!("- {name}:\n")).collect();
        let lines = format!("crates/bin/seaworthy seaworthy: {}\n{theirs}", names.join(" "));
        assert_eq!(findings(&sketch(&lines))[0].rule, "crates");
    }
}
