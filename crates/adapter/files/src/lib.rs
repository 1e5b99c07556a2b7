//! Reads a directory of YAML into a catalogue document, with every mistake placed.
//!
//! Three stages. `seaworthy-yaml` turns text into nodes that know their place, within limits. `envelope`, `backstage` and
//! `seaworthy` turn documents into drafts, each on its own; OpenSLO's and Sloth's go to `seaworthy-objectives`. `assemble` and `resolve` put the drafts together, where
//! duplicates, ownership and references are judged. No stage stops at a mistake, so one run shows them all.
//!
//! A document is only fit to be applied when [`Loaded::has_errors`] is false; then every owner, rotation and
//! participant it names is in it.

mod assemble;
mod attached;
mod backstage;
mod calendars;
mod draft;
mod envelope;
mod foreign;
mod objectives;
mod outlets;
mod reference;
mod resolve;
mod seaworthy;
mod source;
mod walk;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::rc::Rc;

use jiff::Timestamp;
use seaworthy_contract::catalogue::{CALENDAR_BYTES_MAX, Document};
use seaworthy_yaml::{diagnostic, fields, rule, scalar, tree};

use diagnostic::{Place, Report};
use draft::Drafts;
use envelope::Meant;
use fields::Scope;
use rule::Rule;

pub use diagnostic::{DIAGNOSTICS_MAX, Diagnostic, Severity};
pub use rule::RULES;
pub use source::source_name;
pub use walk::{FILE_BYTES_MAX, FILES_MAX, Source, Stamp, stamp};

/// What files say, and what is wrong with them.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The document; incomplete where there are errors.
    pub document: Document,
    /// Mistakes and remarks, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How many more were found than are kept; see [`DIAGNOSTICS_MAX`].
    pub left_out: usize,
    /// How many files were read.
    pub files: usize,
    /// Files that hold nothing for a catalogue, such as a build's configuration.
    pub unrelated: Vec<String>,
}

impl Loaded {
    /// Returns whether the document must not be applied.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Returns how many diagnostics have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// Reads every `*.yaml`, `*.yml` and `*.json` file below `directory`; hidden ones and `node_modules`, `target`,
/// `vendor` are left out. `now` decides which rotations have started.
///
/// # Errors
/// When the directory cannot be read; a file that cannot be is a diagnostic.
pub fn load(directory: &Path, now: Timestamp) -> io::Result<Loaded> {
    let report = Report::default();
    let sources = walk::read(directory, &report)?;
    let mut loaded = read(&sources, &|path| beside(directory, path).map(Some), now, report);
    if loaded.document.entities.is_empty() && !loaded.has_errors() {
        loaded.diagnostics.push(nothing_found());
    }
    Ok(loaded)
}

/// Reads a calendar below the directory, and no more of it than may be.
fn beside(directory: &Path, path: &str) -> io::Result<String> {
    let (root, file) = (directory.canonicalize()?, directory.join(path).canonicalize()?);
    if !file.starts_with(root) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it leads out of the directory"));
    }
    let mut text = String::new();
    File::open(file)?.take(CALENDAR_BYTES_MAX as u64 + 1).read_to_string(&mut text)?;
    Ok(text)
}

fn nothing_found() -> Diagnostic {
    Diagnostic {
        severity: Severity::Warning,
        rule: Rule::NothingFound.id(),
        file: ".".to_owned(),
        line: 1,
        column: 1,
        message: "no service, team or person was found in this directory".to_owned(),
        remedy: "copy examples/hello, or give the directory that holds catalog-info.yaml".to_owned(),
    }
}

/// Reads texts as [`load`] reads files.
pub fn parse(sources: &[Source], now: Timestamp) -> Loaded {
    read(sources, &|_| Ok(None), now, Report::default())
}

fn read(sources: &[Source], open: &calendars::Open<'_>, now: Timestamp, report: Report) -> Loaded {
    let mut drafts = Drafts::default();
    let mut unrelated = Vec::new();
    for source in sources {
        let scope = Scope { file: Rc::from(source.path.as_str()), report: &report };
        if read_file(source, &scope, &mut drafts) == Meant::ForOthers {
            unrelated.push(source.path.clone());
        }
    }
    for (namespace, at) in std::mem::take(&mut drafts.namespaces) {
        let message = format!("names of namespace \"{namespace}\" are written \"{namespace}.NAME\" here");
        report.note(Rule::Renamed, &at, message, "nothing to do");
    }
    let mut whole = assemble::whole(&mut drafts, &report);
    resolve::resolve(&mut whole, &drafts, now, &report);
    let objectives = objectives::gather(&mut whole, std::mem::take(&mut drafts.objectives), &report);
    let mut attached = attached::gather(&whole, &mut drafts, &report);
    objectives::measured(&objectives, &attached, &report);
    let calendars = calendars::gather(&whole, open, now, &report);
    attached.extend(outlets::gather(&whole, &mut drafts, &report));
    let document = assemble::document(whole, drafts, objectives, attached, &report);
    let document = Document { calendars, ..document };
    let (diagnostics, left_out) = report.sorted();
    Loaded { document, diagnostics, left_out, files: sources.len(), unrelated }
}

fn read_file(source: &Source, scope: &Scope<'_>, drafts: &mut Drafts) -> Meant {
    let start = Place { file: Rc::clone(&scope.file), line: 1, column: 1 };
    if let Some(tool) = foreign::by_name(&source.path) {
        foreign::note(tool, &start, scope.report);
        return Meant::ForUs;
    }
    // Most JSON files of a repository are large and not ours: look before parsing.
    if source.path.ends_with(".json") && !source.text.contains("\"apiVersion\"") {
        return Meant::ForOthers;
    }
    let (documents, broken) = tree::parse(&source.text);
    let mut meant = Meant::ForOthers;
    for document in documents {
        if envelope::read(&document, scope, drafts) == Meant::ForUs {
            meant = Meant::ForUs;
        }
    }
    match broken {
        Some(broken) => report_broken(&broken, source, scope, meant),
        None => meant,
    }
}

/// Reports a file that breaks off: an error in ours, a note in a template and in what is not for us.
fn report_broken(broken: &tree::Broken, source: &Source, scope: &Scope<'_>, meant: Meant) -> Meant {
    let at = scope.place(broken.at);
    let ours = meant == Meant::ForUs
        || envelope::file_is_ours(&source.path)
        || ["seaworthy/", "backstage.io/", "openslo/", "sloth.slok.dev/"]
            .iter()
            .any(|version| source.text.contains(version))
        || source.text.lines().filter_map(written_version).any(envelope::is_meant_for_us);
    match &broken.why {
        why if !ours => {
            let (tree::Why::Syntax(why) | tree::Why::Limit(why)) = why;
            let message = format!("could not read this as YAML: {why}; nothing in it is ours, so it is left alone");
            scope.report.note(Rule::Syntax, &at, message, "nothing to do");
            return Meant::ForOthers;
        }
        tree::Why::Syntax(_) if envelope::has_placeholder(&source.text) => {
            let message = "this is a template: it is YAML only after it was filled in";
            envelope::note_template(&at, source.text.contains(envelope::OURS), message, scope);
        }
        tree::Why::Syntax(why) => {
            let message = format!("could not read this as YAML: {why}");
            scope.report.error(
                Rule::Syntax,
                &at,
                message,
                "look at indentation, quotes and \":\" at and before this place",
            );
        }
        tree::Why::Limit(why) => {
            scope.report.error(Rule::Limit, &at, format!("could not read on: {why}"), "split the file")
        }
    }
    Meant::ForUs
}

/// Returns the apiVersion of a line, as far as it can be told where the text is no YAML.
fn written_version(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['-', ' ', '\t', '{', '"', '\'']);
    let value = line.strip_prefix("apiVersion")?.trim_start_matches(['"', '\'', ' ']).strip_prefix(':')?;
    Some(value.trim_matches(|c: char| c.is_whitespace() || "\"',{}".contains(c)))
}

#[cfg(test)]
mod tests;
