//! `tidy`: what no compiler checks. Dependencies between rings, licences, sizes, words, links.
//!
//! Every rule is a pure function from what was read to findings, so each has its own small tests; reading is here.

mod docs;
mod graph;
mod licences;
mod rings;
mod text;
mod tokens;
mod tree;

use std::fmt;

use crate::args::Args;
use crate::shell::{Outcome, cargo, command, read, root};
use graph::Workspace;
pub(crate) use tree::CRATES_MAX;

/// One mistake, where it is and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    file: String,
    /// From 1; 0 when the whole file is meant.
    line: usize,
    rule: &'static str,
    seen: String,
    remedy: String,
    weight: Weight,
}

/// Whether a finding fails the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Error,
    Warning,
}

impl Finding {
    fn new(file: &str, line: usize, rule: &'static str, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        let weight = Weight::Error;
        Self { file: file.into(), line, rule, seen: seen.into(), remedy: remedy.into(), weight }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.weight == Weight::Error { "error" } else { "warning" };
        write!(f, "{}:{}: {word}[{}] {}\n  hint: {}", self.file, self.line, self.rule, self.seen, self.remedy)
    }
}

/// A text file of the project.
struct Source {
    /// From the top of the checkout, with `/`.
    path: String,
    text: String,
}

/// Reads the project and prints every finding of every rule.
///
/// # Errors
/// When there is a finding that is not a warning, or when the project cannot be read.
pub(crate) fn run(args: Args) -> Outcome {
    args.finish()?;
    let sources = sources()?;
    let workspace = workspace()?;
    let deny = text_of(&sources, "deny.toml").ok_or("could not read \"deny.toml\"")?;
    let mut findings: Vec<Finding> = sources.iter().flat_map(text::findings).collect();
    findings.extend(docs::findings(&sources, |path| root().join(path).exists()));
    findings.extend(tokens::findings(&sources));
    findings.extend(rings::findings(&workspace, &sources));
    findings.extend(tree::findings(&workspace));
    findings.extend(licences::findings(&workspace, deny)?);
    report(findings, sources.len(), &workspace)
}

fn report(mut findings: Vec<Finding>, files: usize, workspace: &Workspace) -> Outcome {
    findings.sort();
    for finding in &findings {
        eprintln!("{finding}");
    }
    let errors = findings.iter().filter(|finding| finding.weight == Weight::Error).count();
    let warnings = findings.len() - errors;
    let crates = tree::count(workspace);
    eprintln!("tidy: {files} files, {crates} crates in the binary, {errors} errors, {warnings} warnings");
    if errors == 0 { Ok(()) } else { Err("the project is not tidy".into()) }
}

/// The text of every file git knows or would take; files that are not UTF-8 are pictures and the like.
fn sources() -> Outcome<Vec<Source>> {
    let list = read(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let source = |path: &str| {
        let text = std::fs::read_to_string(root().join(path)).ok()?;
        Some(Source { path: path.into(), text })
    };
    Ok(list.lines().filter_map(source).collect())
}

fn text_of<'a>(sources: &'a [Source], path: &str) -> Option<&'a str> {
    sources.iter().find(|source| source.path == path).map(|source| source.text.as_str())
}

/// What cargo resolved for this machine; other systems' crates are not fetched for it.
fn workspace() -> Outcome<Workspace> {
    let version = read(command("rustc").arg("-vV"))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
    let metadata = read(&mut cargo(&["metadata", "--format-version", "1", "--filter-platform", host]))?;
    graph::parse(&metadata)
}

/// The number of crates in the binary's normal and build dependencies, itself included.
///
/// # Errors
/// When cargo cannot resolve the workspace.
pub(crate) fn crates_in_binary() -> Outcome<usize> {
    Ok(tree::count(&workspace()?))
}

/// The line, from 1, on which `text` first holds `needle`; 0 when it does not.
fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|line| line.contains(needle)).map_or(0, |at| at + 1)
}
