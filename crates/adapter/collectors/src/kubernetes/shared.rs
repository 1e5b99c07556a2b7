//! What several workloads have in common: database hosts and secrets. No value of a secret is kept.

use std::collections::{BTreeMap, BTreeSet};

use seaworthy_yaml::tree::Node;

use super::{at, shared_by_several};
use crate::Facts;
use crate::prometheus_rules::items;

/// Parts of variables' names that name a database.
const DATABASES: [&str; 9] = ["DB_", "DATABASE", "POSTGRES", "PGHOST", "MYSQL", "MONGO", "MARIADB", "JDBC", "SQL_"];
/// Ends of variables' names that are hosts or addresses.
const HOSTS: [&str; 7] = ["HOST", "HOSTNAME", "URL", "URI", "DSN", "ADDR", "SERVER"];
/// Parts of variables' names whose values are secrets.
const SECRETS: [&str; 7] = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY"];
/// Ends of such names that hold no secret but where it is.
const NO_SECRETS: [&str; 5] = ["_FILE", "_PATH", "_NAME", "_URL", "_ENABLED"];

/// Who names what.
#[derive(Debug, Default)]
pub(super) struct Shared {
    hosts: BTreeMap<String, BTreeSet<String>>,
    secrets: BTreeMap<String, BTreeSet<String>>,
    written_out: usize,
}

impl Shared {
    pub(super) fn container(&mut self, workload: &str, container: &Node) {
        for from in items(container.get("envFrom")) {
            self.secret(workload, at(from, "secretRef.name"));
        }
        for variable in items(container.get("env")) {
            self.secret(workload, at(variable, "valueFrom.secretKeyRef.name"));
            let text = |key: &str| variable.get(key).and_then(|node| node.text()).unwrap_or_default();
            let (name, value) = (text("name").to_ascii_uppercase(), text("value").trim());
            if value.is_empty() || value.contains("$(") {
                continue;
            }
            let is_secret =
                SECRETS.iter().any(|part| name.contains(part)) && !NO_SECRETS.iter().any(|end| name.ends_with(end));
            self.written_out += usize::from(is_secret || password_of(value));
            let is_database =
                DATABASES.iter().any(|part| name.contains(part)) && HOSTS.iter().any(|end| name.ends_with(end));
            if let Some(host) = host_of(value).filter(|_| is_database) {
                self.hosts.entry(host).or_default().insert(workload.to_owned());
            }
        }
    }

    pub(super) fn volume(&mut self, workload: &str, volume: &Node) {
        self.secret(workload, at(volume, "secret.secretName"));
    }

    fn secret(&mut self, workload: &str, name: Option<&std::rc::Rc<Node>>) {
        if let Some(name) = name.and_then(|name| name.text()) {
            self.secrets.entry(name.to_owned()).or_default().insert(workload.to_owned());
        }
    }

    pub(super) fn tell(&self, facts: &mut Facts) {
        facts.list("kubernetes.database_hosts", self.hosts.keys().cloned());
        facts.list("kubernetes.shared_database_hosts", shared_by_several(&self.hosts));
        facts.list("kubernetes.shared_secrets", shared_by_several(&self.secrets));
        facts.count("kubernetes.secrets_written_out", self.written_out);
    }
}

fn password_of(value: &str) -> bool {
    let Some((_, rest)) = value.split_once("://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, password)| !password.is_empty()))
}

/// Returns the host of an address or a bare host, in lower case, without user, password and port.
fn host_of(value: &str) -> Option<String> {
    let rest = value.rsplit_once("://").map_or(value, |(_, rest)| rest);
    let authority = rest.split(['/', '?', ',']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    let fits = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    fits.then(|| host.to_ascii_lowercase())
}
