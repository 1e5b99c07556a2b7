//! Finds the files of a directory, within limits.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::diagnostic::{Place, Report};
use crate::foreign;
use crate::rule::Rule;

/// Largest file: entities are small, and an API definition inside one seldom reaches 1 MiB.
pub const FILE_BYTES_MAX: u64 = 2 << 20;
/// Most files looked at.
pub const FILES_MAX: usize = 20_000;
/// Deepest directory.
const DEPTH_MAX: usize = 32;
/// Directories that hold what others wrote or what a build made.
const SKIPPED: [&str; 4] = ["node_modules", "target", "vendor", "__pycache__"];

/// One file: its path relative to the directory, with `/`, and its text.
pub struct Source {
    /// The path.
    pub path: String,
    /// The text.
    pub text: String,
}

/// Reads every YAML and JSON file below a directory, in the order of their paths; one that cannot be read is reported.
///
/// # Errors
/// When the directory itself cannot be read.
pub(crate) fn read(directory: &Path, report: &Report) -> io::Result<Vec<Source>> {
    let mut walk = Walk { root: directory, report, paths: vec![] };
    // The first level speaks for the directory; below it a mistake is one of many.
    let entries = fs::read_dir(directory)?;
    walk.entries(entries, 0);
    walk.paths.sort();
    Ok(walk.paths.iter().filter_map(|path| walk.source(path)).collect())
}

/// What is seen of the files from outside: another one when a file was written, added or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp(u64);

/// Looks at names, sizes and times of the files that [`crate::load`] would read, and opens none: cheap enough to ask
/// every few seconds.
///
/// # Errors
/// When the directory itself cannot be read.
pub fn stamp(directory: &Path) -> io::Result<Stamp> {
    let report = Report::default();
    let mut walk = Walk { root: directory, report: &report, paths: vec![] };
    walk.entries(fs::read_dir(directory)?, 0);
    walk.paths.sort();
    let mut hasher = DefaultHasher::new();
    for path in &walk.paths {
        path.hash(&mut hasher);
        if let Ok(metadata) = fs::metadata(path) {
            (metadata.len(), metadata.modified().ok()).hash(&mut hasher);
        }
    }
    Ok(Stamp(hasher.finish()))
}

struct Walk<'a> {
    root: &'a Path,
    report: &'a Report,
    paths: Vec<PathBuf>,
}

impl Walk<'_> {
    fn entries(&mut self, entries: fs::ReadDir, depth: usize) {
        for entry in entries.filter_map(Result::ok) {
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // Links are not followed: they could lead out of the directory, or in a circle.
            let Ok(kind) = entry.file_type() else { continue };
            if name.starts_with('.') || (kind.is_dir() && SKIPPED.contains(&&*name)) {
                continue;
            }
            if kind.is_dir() {
                self.directory(&path, depth + 1);
            } else if kind.is_file() && is_read(&name) {
                self.file(path);
            }
        }
    }

    fn directory(&mut self, path: &Path, depth: usize) {
        if depth > DEPTH_MAX {
            self.problem(
                path,
                Rule::Limit,
                format!("nested more than {DEPTH_MAX} directories deep"),
                "check a directory further in",
            );
            return;
        }
        match fs::read_dir(path) {
            Ok(entries) => self.entries(entries, depth),
            Err(error) => self.problem(
                path,
                Rule::Unreadable,
                format!("could not read this directory: {error}"),
                "let it be read",
            ),
        }
    }

    fn file(&mut self, path: PathBuf) {
        if self.paths.len() < FILES_MAX {
            self.paths.push(path);
        } else if self.paths.len() == FILES_MAX {
            self.problem(
                &path,
                Rule::Limit,
                format!("more than {FILES_MAX} files; the rest is not read"),
                "check a directory further in",
            );
        }
    }

    fn source(&self, path: &Path) -> Option<Source> {
        let size = fs::metadata(path).map(|metadata| metadata.len()).unwrap_or(0);
        let name = self.relative(path);
        if foreign::by_name(&name) == Some("CODEOWNERS") {
            return Some(Source { path: name, text: String::new() });
        }
        if size > FILE_BYTES_MAX {
            // A large JSON file is a lock file or data; a large YAML file may have been meant for us.
            if !name.ends_with(".json") {
                let message = format!("{size} bytes are over the limit of {FILE_BYTES_MAX}: this file is not read");
                self.problem_at(&name, Rule::Limit, message, "split it");
            }
            return None;
        }
        match fs::read(path) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => Some(Source { path: name, text }),
                Err(_) => {
                    self.problem_at(&name, Rule::Unreadable, "this file is not UTF-8", "save it as UTF-8");
                    None
                }
            },
            Err(error) => {
                self.problem_at(
                    &name,
                    Rule::Unreadable,
                    format!("could not read this file: {error}"),
                    "let it be read",
                );
                None
            }
        }
    }

    fn relative(&self, path: &Path) -> String {
        let relative = path.strip_prefix(self.root).unwrap_or(path);
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    fn problem(&self, path: &Path, rule: Rule, message: impl Into<String>, remedy: &str) {
        self.problem_at(&self.relative(path), rule, message, remedy);
    }

    fn problem_at(&self, name: &str, rule: Rule, message: impl Into<String>, remedy: &str) {
        let at = Place { file: Rc::from(name), line: 1, column: 1 };
        self.report.error(rule, &at, message, remedy);
    }
}

fn is_read(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    matches!(extension, Some("yaml" | "yml" | "json")) || name == "CODEOWNERS"
}
