//! What others' records say of a service: one collector a file, one line each in [`COLLECTORS`].
//!
//! A collector reads, and says what it saw as facts with a key (docs/facts.md), a value and a place. It judges nothing,
//! attests nothing, changes nothing. What it could not tell it leaves out: absent is unknown, zero was counted. No fact
//! names a person or holds a secret; [`Fact`]s that look like one are refused before they leave.

mod alertmanager;
mod csv;
mod entry_points;
mod error;
mod fact;
mod files;
mod git;
mod github_actions;
mod gitlab;
mod junit;
mod kubernetes;
mod lockfile;
mod pipeline;
mod postgresql;
mod prometheus_rules;
mod sbom;
mod xml;

use std::path::Path;

use jiff::Timestamp;
use seaworthy_model::ServiceId;

pub use entry_points::{ENTRY_POINTS_MAX, Reached};
pub use error::CollectError;
pub use fact::{FACTS_MAX, Fact, Facts, LIST_MAX, Observed, TEXT_BYTES_MAX, Value};

/// What to look at, for whom, and when.
pub struct Asked<'a> {
    /// A file, a directory, or where a server is: each collector says which.
    pub path: &'a Path,
    /// The service.
    pub service: &'a ServiceId,
    /// Handles of the owning team's members; empty where they are not known.
    pub members: &'a [String],
    /// The time of looking.
    pub now: Timestamp,
    /// Asks an entry point of the service from outside; the one thing that needs a network.
    pub reach: &'a dyn Fn(&str) -> Reached,
}

/// One kind of record that is read.
pub struct Collector {
    /// Its name, as people write it.
    pub name: &'static str,
    /// What it reads, for people.
    pub reads: &'static str,
    collect: fn(&Asked<'_>) -> Result<Facts, CollectError>,
}

/// Every collector, by name.
pub const COLLECTORS: &[Collector] = &[
    alertmanager::COLLECTOR,
    csv::COLLECTOR,
    entry_points::COLLECTOR,
    git::COLLECTOR,
    github_actions::COLLECTOR,
    gitlab::COLLECTOR,
    junit::COLLECTOR,
    kubernetes::COLLECTOR,
    lockfile::COLLECTOR,
    postgresql::COLLECTOR,
    prometheus_rules::COLLECTOR,
    sbom::COLLECTOR,
];

/// Returns the collector of a name.
pub fn collector(name: &str) -> Option<&'static Collector> {
    COLLECTORS.iter().find(|collector| collector.name == name)
}

impl Collector {
    /// Looks, and returns what was seen.
    ///
    /// # Errors
    /// When the record cannot be read or understood, or says something that must not leave; [`CollectError::hint`] says
    /// what to do.
    pub fn collect(&self, asked: &Asked<'_>) -> Result<Observed, CollectError> {
        let facts = (self.collect)(asked)?;
        facts.observed(self.name, asked)
    }
}

#[cfg(test)]
mod tests;
