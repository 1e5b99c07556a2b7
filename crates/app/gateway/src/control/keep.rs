//! The last good config on disk: what a gateway serves when it starts and nobody answers.

use std::io;
use std::path::{Path, PathBuf};

use seaworthy_contract::gateway::Config;
use seaworthy_process::write_atomically;

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("config.json")
}

/// Keeps a config: the file is the old one or the new one, never a part.
///
/// # Errors
/// When the directory cannot be written.
pub(crate) fn save(data_dir: &Path, config: &Config) -> io::Result<()> {
    let text = serde_json::to_vec(config).map_err(io::Error::other)?;
    write_atomically(&path(data_dir), &text)
}

/// Returns the config that was kept; none if there was never one.
///
/// # Errors
/// When the file cannot be read or is not a config.
pub(crate) fn load(data_dir: &Path) -> io::Result<Option<Config>> {
    match std::fs::read(path(data_dir)) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(io::Error::other),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
