//! Reads a file, or the files of a kind below a directory, within limits; follows no link.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::CollectError;

/// Largest file: a bill of materials of ten thousand components is about 20 MB.
const FILE_BYTES_MAX: u64 = 64 << 20;
/// Most files of one look.
const FILES_MAX: usize = 5_000;
/// Deepest directory.
const DEPTH_MAX: usize = 32;
/// Directories that hold what others wrote or what a build made.
const SKIPPED: [&str; 3] = ["node_modules", "vendor", "__pycache__"];

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    /// Relative to what was asked for.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads the file at `path`, or those below it whose names are wanted, in the order of their names.
///
/// # Errors
/// When one cannot be read, is too large, or there are too many; when there is none.
pub(crate) fn read(path: &Path, what: &'static str, wanted: fn(&str) -> bool) -> Result<Vec<File>, CollectError> {
    let mut paths = Vec::new();
    let metadata = fs::metadata(path).map_err(unreadable(path))?;
    if metadata.is_dir() {
        walk(path, wanted, &mut paths, 0)?;
        paths.sort();
    } else {
        paths.push(path.to_owned());
    }
    if paths.is_empty() {
        return Err(CollectError::Nothing { path: path.to_owned(), what });
    }
    paths.iter().map(|file| one(file, path)).collect()
}

fn walk(
    directory: &Path,
    wanted: fn(&str) -> bool,
    paths: &mut Vec<PathBuf>,
    depth: usize,
) -> Result<(), CollectError> {
    let limit = |why: String| CollectError::Limit { path: directory.to_owned(), why };
    if depth > DEPTH_MAX {
        return Err(limit(format!("it is nested more than {DEPTH_MAX} directories deep")));
    }
    for entry in fs::read_dir(directory).map_err(unreadable(directory))? {
        let entry = entry.map_err(unreadable(directory))?;
        let (name, kind) = (entry.file_name(), entry.file_type().map_err(unreadable(directory))?);
        let name = name.to_string_lossy();
        if kind.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&&*name) {
            walk(&entry.path(), wanted, paths, depth + 1)?;
        } else if kind.is_file() && wanted(&name) {
            if paths.len() == FILES_MAX {
                return Err(limit(format!("it holds more than {FILES_MAX} such files")));
            }
            paths.push(entry.path());
        }
    }
    Ok(())
}

fn one(file: &Path, root: &Path) -> Result<File, CollectError> {
    let size = fs::metadata(file).map_err(unreadable(file))?.len();
    if size > FILE_BYTES_MAX {
        return Err(CollectError::Limit { path: file.to_owned(), why: format!("{size} bytes, over {FILE_BYTES_MAX}") });
    }
    let bytes = fs::read(file).map_err(unreadable(file))?;
    let text = String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned();
    let relative = file.strip_prefix(root).ok().filter(|path| !path.as_os_str().is_empty());
    let name = relative.map_or_else(|| source_name(file), |path| path.to_string_lossy().into_owned());
    Ok(File { name, text })
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> CollectError + '_ {
    move |source| CollectError::Read { path: path.to_owned(), source }
}

/// Returns a path's last part, with which it is the same source on every machine.
pub(crate) fn source_name(path: &Path) -> String {
    let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    whole.file_name().map_or_else(|| ".".to_owned(), |name| name.to_string_lossy().into_owned())
}

/// Returns whether a name ends as YAML does.
pub(crate) fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// Returns whether a name ends as JSON does.
pub(crate) fn is_json(name: &str) -> bool {
    name.ends_with(".json") || name.ends_with(".jsonl") || name.ends_with(".ndjson")
}
