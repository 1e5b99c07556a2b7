//! Finds the files below a directory, within limits; links are never followed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::scan::Skipped;

/// Most files of one scan; a tree with more is scanned in parts.
const FILES_MAX: usize = 500_000;
/// Deepest directory.
const DEPTH_MAX: usize = 64;
/// Directories that others wrote or a build made.
const SKIPPED: &[&str] = &["node_modules", "target", "__pycache__", ".venv", ".tox", ".gradle", ".terraform"];

/// Why a scan did not see everything that it should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// The time was over.
    Time,
    /// There are more than 500,000 files.
    Files,
    /// There are directories deeper than 64.
    Depth,
    /// There are more than 10,000 findings.
    Findings,
}

impl Cut {
    /// Says it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Time => "the time was over before everything was read; --seconds gives more",
            Self::Files => "there are more than 500,000 files; scan a directory further in",
            Self::Depth => "there are directories more than 64 deep; scan a directory further in",
            Self::Findings => "there are more than 10,000 findings; mend these first, or scan a directory further in",
        }
    }
}

/// The files that were found.
#[derive(Debug, Default)]
pub(crate) struct Walked {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) cut: Option<Cut>,
}

/// Lists the files below a directory, or the one file that was named, in the order of their paths.
///
/// # Errors
/// When what was named is not there or cannot be read.
pub(crate) fn walk(root: &Path, deadline: Instant, skipped: &mut Skipped) -> io::Result<Walked> {
    let mut walked = Walked::default();
    if fs::metadata(root)?.is_file() {
        walked.files.push(root.to_owned());
        return Ok(walked);
    }
    let mut waiting = vec![(fs::read_dir(root)?, 0)];
    while let Some((entries, depth)) = waiting.pop() {
        for entry in entries.filter_map(Result::ok) {
            let Ok(kind) = entry.file_type() else { continue };
            if Instant::now() > deadline {
                walked.cut = Some(Cut::Time);
            } else if walked.files.len() >= FILES_MAX {
                walked.cut = Some(Cut::Files);
            }
            if matches!(walked.cut, Some(Cut::Time | Cut::Files)) {
                break;
            }
            if kind.is_symlink() {
                skipped.links += 1;
            } else if kind.is_file() {
                walked.files.push(entry.path());
            } else if kind.is_dir() {
                directory(&entry.path(), depth + 1, &mut waiting, &mut walked, skipped);
            }
        }
    }
    walked.files.sort();
    Ok(walked)
}

fn directory(
    path: &Path,
    depth: usize,
    waiting: &mut Vec<(fs::ReadDir, usize)>,
    walked: &mut Walked,
    skipped: &mut Skipped,
) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if name == ".git" {
        // Of a repository's own files, its configuration may hold the address of a remote with a password.
        walked.files.extend(Some(path.join("config")).filter(|config| config.is_file()));
    } else if SKIPPED.contains(&name.as_str()) {
        skipped.directories += 1;
    } else if depth > DEPTH_MAX {
        walked.cut = Some(Cut::Depth);
    } else {
        match fs::read_dir(path) {
            Ok(entries) => waiting.push((entries, depth)),
            Err(_) => skipped.unreadable += 1,
        }
    }
}
