//! Mistakes and remarks, each with its place, its rule and what to write instead.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use serde::Serialize;

use crate::rule::Rule;

/// Most diagnostics kept, of errors and of the rest each: nobody reads more, and a hostile file could make millions.
/// Apart, so that many warnings cannot hide the error for which a document must not be applied.
pub const DIAGNOSTICS_MAX: usize = 1_000;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The files cannot be applied.
    Error,
    /// They can, and somebody will be sorry.
    Warning,
    /// Something was left alone or read in a way worth knowing.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        })
    }
}

/// One mistake or remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The rule's id, listed in `docs/files.md`.
    pub rule: &'static str,
    /// The file, relative to the directory.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the directory.
    pub file: Rc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A value and where it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub at: Place,
}

impl<T> Placed<T> {
    /// Changes the value, keeps the place.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Placed<U> {
        Placed { value: change(self.value), at: self.at }
    }
}

impl<T> Placed<Option<T>> {
    /// Takes the option out.
    pub fn transpose(self) -> Option<Placed<T>> {
        self.value.map(|value| Placed { value, at: self.at })
    }
}

/// Collects diagnostics while files are read; shared, so that readers need no mutable borrow of it.
#[derive(Default)]
pub struct Report {
    errors: RefCell<Vec<Diagnostic>>,
    rest: RefCell<Vec<Diagnostic>>,
    left_out: Cell<usize>,
}

impl Report {
    /// Adds one.
    pub fn add(
        &self,
        severity: Severity,
        rule: Rule,
        at: &Place,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let found = if severity == Severity::Error { &self.errors } else { &self.rest };
        let mut found = found.borrow_mut();
        if found.len() == DIAGNOSTICS_MAX {
            self.left_out.set(self.left_out.get() + 1);
        } else {
            let (file, line, column) = (at.file.to_string(), at.line, at.column);
            let (message, remedy) = (message.into(), remedy.into());
            found.push(Diagnostic { severity, rule: rule.id(), file, line, column, message, remedy });
        }
    }

    /// Adds an error.
    pub fn error(&self, rule: Rule, at: &Place, message: impl Into<String>, remedy: impl Into<String>) {
        self.add(Severity::Error, rule, at, message, remedy);
    }

    /// Adds a warning.
    pub fn warning(&self, rule: Rule, at: &Place, message: impl Into<String>, remedy: impl Into<String>) {
        self.add(Severity::Warning, rule, at, message, remedy);
    }

    /// Adds a note.
    pub fn note(&self, rule: Rule, at: &Place, message: impl Into<String>, remedy: impl Into<String>) {
        self.add(Severity::Note, rule, at, message, remedy);
    }

    /// Returns everything found, by file and place, each once; and how many were left out.
    pub fn sorted(self) -> (Vec<Diagnostic>, usize) {
        let mut found = self.errors.into_inner();
        found.append(&mut self.rest.into_inner());
        found.sort_by(|a, b| (&a.file, a.line, a.column, a.severity).cmp(&(&b.file, b.line, b.column, b.severity)));
        found.dedup();
        (found, self.left_out.get())
    }
}
