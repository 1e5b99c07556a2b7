//! Finds the files that can hold a claim, within limits; follows no link, so that none leads out or in a circle.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use seaworthy_lookup::{Finding, Place, Rule};

use crate::codeowners;
use crate::format;

/// Largest file: entities are small, and an API definition inside one seldom reaches 1 MiB.
pub const FILE_BYTES_MAX: u64 = 2 << 20;
/// Most files that are read: a monorepo's manifests.
pub const FILES_MAX: usize = 20_000;
/// Most paths that targets are resolved against.
const PATHS_MAX: usize = 200_000;
/// Deepest directory.
const DEPTH_MAX: usize = 32;
/// Directories that hold what others wrote or what a build made.
const SKIPPED: [&str; 4] = ["node_modules", "target", "vendor", "__pycache__"];
/// Hidden directories that hold a forge's files.
const HIDDEN: [&str; 2] = [".github", ".gitlab"];

/// One file.
pub(crate) struct File {
    /// Relative to the directory, with `/`.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Walked {
    pub(crate) files: Vec<File>,
    /// Every path seen, sorted.
    pub(crate) paths: Vec<String>,
    pub(crate) findings: Vec<Finding>,
}

/// Returns a directory's own name, or `.` where it has none.
pub(crate) fn name_of(directory: &Path) -> String {
    let whole = directory.canonicalize().unwrap_or_else(|_| directory.to_owned());
    whole.file_name().map_or_else(|| ".".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Walks a directory, or reads the one file that it is.
///
/// # Errors
/// When it cannot be read.
pub(crate) fn walk(directory: &Path) -> io::Result<Walked> {
    let mut walk = Walk { root: directory, walked: Walked::default(), wanted: vec![] };
    walk.directory(fs::read_dir(directory)?, 0);
    walk.wanted.sort();
    for path in std::mem::take(&mut walk.wanted) {
        walk.read(&path);
    }
    walk.walked.paths.sort();
    Ok(walk.walked)
}

struct Walk<'a> {
    root: &'a Path,
    walked: Walked,
    wanted: Vec<PathBuf>,
}

impl Walk<'_> {
    fn directory(&mut self, entries: fs::ReadDir, depth: usize) {
        for entry in entries.filter_map(Result::ok) {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            let Ok(kind) = entry.file_type() else { continue };
            let wanted = is_wanted(&name);
            if kind.is_dir() {
                if !SKIPPED.contains(&&*name) && (!name.starts_with('.') || HIDDEN.contains(&&*name)) {
                    self.below(&path, depth + 1);
                }
            } else if kind.is_file() {
                self.note(&path);
                if wanted && self.wanted.len() < FILES_MAX {
                    self.wanted.push(path);
                } else if wanted {
                    self.found(
                        &path,
                        Rule::Limit,
                        format!("over {FILES_MAX} files: this one is not read"),
                        "read a directory further in",
                    );
                }
            } else if wanted || (kind.is_symlink() && path.is_dir()) {
                let seen = "a link, or no plain file: it is not followed";
                self.found(&path, Rule::NotAFile, seen.to_owned(), "read the directory that it leads to as well");
            }
        }
    }

    fn below(&mut self, path: &Path, depth: usize) {
        if depth > DEPTH_MAX {
            let seen = format!("nested more than {DEPTH_MAX} directories deep: it is not read");
            return self.found(path, Rule::Limit, seen, "read a directory further in");
        }
        match fs::read_dir(path) {
            Ok(entries) => self.directory(entries, depth),
            Err(error) => self.found(path, Rule::Unreadable, format!("could not be read: {error}"), "let it be read"),
        }
    }

    fn note(&mut self, path: &Path) {
        if self.walked.paths.len() < PATHS_MAX {
            let path = self.relative(path);
            self.walked.paths.push(path);
        }
    }

    fn read(&mut self, path: &Path) {
        let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
        let name = self.relative(path);
        let limit = if codeowners::is_one(&name) { 2 * FILE_BYTES_MAX } else { FILE_BYTES_MAX };
        if size > limit {
            // A large JSON file is a lock file or data.
            if !name.ends_with(".json") {
                self.found(path, Rule::Limit, format!("{size} bytes are over {limit}: it is not read"), "split it");
            }
            return;
        }
        match fs::read(path) {
            Ok(bytes) => self.walked.files.push(File { path: name, bytes }),
            Err(error) => self.found(path, Rule::Unreadable, format!("could not be read: {error}"), "let it be read"),
        }
    }

    fn relative(&self, path: &Path) -> String {
        let relative = path.strip_prefix(self.root).unwrap_or(path);
        relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    }

    fn found(&mut self, path: &Path, rule: Rule, seen: String, remedy: &str) {
        let place = Place { file: self.relative(path), line: 1 };
        if self.walked.findings.len() < seaworthy_lookup::FINDINGS_MAX {
            self.walked.findings.push(Finding { place, rule, seen, remedy: remedy.to_owned() });
        }
    }
}

fn is_wanted(name: &str) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    codeowners::is_one(name) || format::by_name(name).is_some() || matches!(extension, Some("yaml" | "yml" | "json"))
}
