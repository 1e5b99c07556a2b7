//! `seaworthy check`: every mistake in a directory of files, with its place and what to write instead.
//!
//! Reads files only; needs no server. Places are printed as `file:line:column` so that editors jump to them, and
//! severity is a word, never only a colour.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seaworthy_contract::catalogue::{Entity, Sourced};
use seaworthy_files::{Diagnostic, Loaded, Severity};
use serde::Serialize;

/// There is no error; there may be warnings.
pub const EXIT_OK: u8 = 0;
/// There are errors: the files cannot be applied.
pub const EXIT_ERRORS: u8 = 1;
/// The directory could not be read, or the result not be written.
pub const EXIT_CANNOT_READ: u8 = 2;

/// Kinds in the order of the summary, with the word for one and for several.
const KINDS: [(&str, &str, &str); 6] = [
    ("service", "service", "services"),
    ("team", "team", "teams"),
    ("person", "person", "people"),
    ("rotation", "rotation", "rotations"),
    ("objective", "objective", "objectives"),
    ("other", "other entity", "other entities"),
];

/// The remedy of what needs none; not printed as a hint.
const NO_REMEDY: &str = "nothing to do";

/// Checks a directory of files and prints every mistake with file, line, column, rule and remedy.
///
/// Reads *.yaml, *.yml and *.json: Backstage entities and seaworthy/v1 kinds. Exit code 0 without errors, 1 with, 2
/// when the directory cannot be read.
#[derive(Debug, Clone, clap::Args)]
pub struct CheckArgs {
    /// The directory.
    #[arg(default_value = ".")]
    pub directory: PathBuf,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How to print what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// Whether severities are also coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Colour,
}

/// Checks, writes the result to `out` and why it could not to `err`, and returns the exit code.
pub fn run(args: &CheckArgs, now: Timestamp, out: &mut impl Write, err: &mut impl Write) -> u8 {
    let loaded = match seaworthy_files::load(&args.directory, now) {
        Ok(loaded) => loaded,
        Err(error) => {
            let path = args.directory.display();
            explain(err, &format!("could not read directory \"{path}\": {error}"), "give a directory of files");
            return EXIT_CANNOT_READ;
        }
    };
    let written = match args.format {
        Format::Text => out.write_all(text(&loaded, &args.directory, style()).as_bytes()),
        Format::Json => json(&loaded, out),
    };
    match written.and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            explain(err, &format!("could not write the result: {error}"), "look at where the output goes");
            EXIT_CANNOT_READ
        }
        // A reader that went away, as `head` does, has seen enough.
        _ if loaded.has_errors() => EXIT_ERRORS,
        _ => EXIT_OK,
    }
}

fn explain(err: &mut impl Write, message: &str, hint: &str) {
    // With standard error gone there is nobody left to tell; the exit code still says it.
    writeln!(err, "error: {message}\nhint: {hint}").unwrap_or_default();
}

fn style() -> Style {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !plain { Style::Colour } else { Style::Plain }
}

/// Renders everything for people: mistakes by place, then what was read.
fn text(loaded: &Loaded, directory: &Path, style: Style) -> String {
    let mut text = String::new();
    for diagnostic in &loaded.diagnostics {
        text.push_str(&line(diagnostic, directory, style));
    }
    if !loaded.diagnostics.is_empty() {
        text.push('\n');
    }
    if loaded.left_out > 0 {
        text.push_str(&format!("{} more are not shown\n", loaded.left_out));
    }
    text.push_str(&summary(loaded));
    text
}

/// Renders one, with its place where editors find it.
pub(super) fn line(diagnostic: &Diagnostic, directory: &Path, style: Style) -> String {
    let Diagnostic { severity, rule, file, line, column, message, remedy } = diagnostic;
    let path = if directory == Path::new(".") { PathBuf::from(file) } else { directory.join(file) };
    let word = match (style, severity) {
        (Style::Plain, _) => severity.to_string(),
        (Style::Colour, Severity::Error) => format!("\x1b[1;31m{severity}\x1b[0m"),
        (Style::Colour, Severity::Warning) => format!("\x1b[1;33m{severity}\x1b[0m"),
        (Style::Colour, Severity::Note) => format!("\x1b[36m{severity}\x1b[0m"),
    };
    let mut text = format!("{}:{line}:{column}: {word}: {} [{rule}]\n", path.display(), printable(message));
    if remedy != NO_REMEDY {
        // Writing to a string cannot fail.
        writeln!(text, "  hint: {}", printable(remedy)).unwrap_or_default();
    }
    text
}

/// Replaces what a file could use to write on the terminal in its own voice.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// How many objectives nobody wrote.
fn defaults(loaded: &Loaded) -> usize {
    let is_one = |sourced: &&Sourced| matches!(&sourced.entity, Entity::Objective(one) if one.by_default);
    loaded.document.entities.iter().filter(is_one).count()
}

fn summary(loaded: &Loaded) -> String {
    let counts = counts(loaded);
    let mut parts: Vec<String> = Vec::new();
    for (kind, one, many) in KINDS {
        let count = counts.get(kind).copied().unwrap_or(0);
        match (kind, defaults(loaded)) {
            _ if count == 0 => {}
            ("objective", defaults @ 1..) => {
                parts.push(format!("{} ({defaults} by default)", amount(count, one, many)))
            }
            _ => parts.push(amount(count, one, many)),
        }
    }
    let read = if parts.is_empty() { "no entity".to_owned() } else { parts.join(", ") };
    let mut text = format!("read {} in {}", read, amount(loaded.files, "file", "files"));
    match loaded.unrelated.len() {
        0 => {}
        1 => text.push_str("; 1 of them is about something else"),
        count => text.push_str(&format!("; {count} of them are about something else")),
    }
    let [errors, warnings, notes] = [Severity::Error, Severity::Warning, Severity::Note].map(|s| loaded.count(s));
    text.push_str(&format!(
        "\n{}, {}, {}\n",
        amount(errors, "error", "errors"),
        amount(warnings, "warning", "warnings"),
        amount(notes, "note", "notes")
    ));
    text
}

fn amount(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn counts(loaded: &Loaded) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for sourced in &loaded.document.entities {
        *counts.entry(sourced.entity.key().0).or_default() += 1;
    }
    counts
}

/// The result for programs.
#[derive(Serialize)]
struct Report<'a> {
    files: usize,
    entities: BTreeMap<&'static str, usize>,
    errors: usize,
    warnings: usize,
    notes: usize,
    left_out: usize,
    diagnostics: &'a [Diagnostic],
    unrelated: &'a [String],
}

fn json(loaded: &Loaded, out: &mut impl Write) -> io::Result<()> {
    let report = Report {
        files: loaded.files,
        entities: counts(loaded),
        errors: loaded.count(Severity::Error),
        warnings: loaded.count(Severity::Warning),
        notes: loaded.count(Severity::Note),
        left_out: loaded.left_out,
        diagnostics: &loaded.diagnostics,
        unrelated: &loaded.unrelated,
    };
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

#[cfg(test)]
mod tests;
