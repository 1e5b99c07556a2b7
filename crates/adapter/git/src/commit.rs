//! What one commit changed: for whoever was handed a hash and nothing else.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::command::Git;
use crate::error::LookError;

/// How long git may take: one commit is one read.
const PATIENCE: Duration = Duration::from_secs(10);

/// Returns the paths that a commit changed below `directory`, relative to it; of a merge, nothing.
///
/// # Errors
///
/// When `directory` is in no repository, or the repository has no such commit.
pub fn changed_by(directory: &Path, hash: &str) -> Result<Vec<String>, LookError> {
    if hash.starts_with('-') {
        return Err(LookError::NoCommit(hash.to_owned()));
    }
    let git = Git::new(directory, Instant::now() + PATIENCE);
    let commit = format!("{hash}^{{commit}}");
    let listed =
        git.read(&["diff-tree", "--no-commit-id", "--name-only", "-r", "-z", "--root", "--relative", &commit, "--"])?;
    let text = String::from_utf8_lossy(&listed);
    Ok(text.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}
