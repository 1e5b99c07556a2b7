//! Reads a directory of other people's files into claims: who owns what, by which words it can be asked for.
//!
//! Backstage entities, OpsLevel, Compass, Datadog, CODEOWNERS, Kubernetes manifests, Prometheus rules, flagd's flags and
//! our own kinds. Every document that was meant for one of these gives a thing or a finding, never an error: whoever
//! looks something up at night takes what there is. What is about something else is left alone.

mod codeowners;
mod entity;
mod format;
mod manifest;
mod named;
mod placeholder;
mod read;
mod terms;
mod walk;

use std::io;
use std::path::Path;

use seaworthy_lookup::{Finding, Known, Thing, judge};

use codeowners::Owners;

pub use walk::{FILE_BYTES_MAX, FILES_MAX};

/// What a directory says.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Every file's word.
    pub known: Known,
    /// What cannot be trusted, by place.
    pub findings: Vec<Finding>,
    /// How many files were read.
    pub files: usize,
    owners: Vec<Owners>,
}

impl Loaded {
    /// Returns whose the paths in a question are, by CODEOWNERS and by the nearest thing that is declared above them.
    pub fn files(&self, paths: &[String]) -> Vec<Thing> {
        paths.iter().filter_map(|path| codeowners::of_path(path, &self.owners, &self.known)).collect()
    }
}

/// Reads every file below a directory that can hold a claim.
///
/// # Errors
/// When the directory itself cannot be read; a file that cannot be is a finding.
pub fn load(directory: &Path) -> io::Result<Loaded> {
    let walked = walk::walk(directory)?;
    let mut reading = read::Reading::new(walk::name_of(directory));
    reading.findings = walked.findings;
    let mut owners = Vec::new();
    for file in &walked.files {
        if codeowners::is_one(&file.path) {
            owners.push(Owners::read(file, &walked.paths));
        } else {
            reading.file(file);
        }
    }
    let mut known = Known { things: reading.things, files: walked.paths };
    named::spread(&mut known, reading.nameless);
    codeowners::spread(&mut known, &owners);
    let mut findings = reading.findings;
    findings.extend(owners.iter().flat_map(Owners::findings));
    findings.extend(judge(&known));
    findings.sort();
    findings.dedup();
    findings.truncate(seaworthy_lookup::FINDINGS_MAX);
    Ok(Loaded { known, findings, files: walked.files.len(), owners })
}

#[cfg(test)]
mod tests;
