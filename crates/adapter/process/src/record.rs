//! What a supervisor writes down about each version it runs, so that the next one finds it again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use seaworthy_contract::process::Instance;
use seaworthy_model::{ServiceId, VersionId};
use serde::{Deserialize, Serialize};

use crate::{Identity, kernel_boot};

/// One running version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What runs.
    pub instance: Instance,
    /// The process.
    pub process: Identity,
    /// The boot of the kernel in which it does.
    pub kernel_boot: String,
    /// Where it listens, `host:port`.
    pub address: String,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it first answered its health check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthy_at: Option<Timestamp>,
}

impl Record {
    /// Tells whether its process runs.
    pub fn is_alive(&self) -> bool {
        self.kernel_boot == kernel_boot() && self.process.is_alive()
    }
}

/// The records below one directory, `<service>/<version>.json`, with the logs beside them.
#[derive(Debug, Clone)]
pub struct Records {
    directory: PathBuf,
}

impl Records {
    /// Names the directory; nothing is read yet.
    pub fn new(directory: PathBuf) -> Self {
        Self { directory }
    }

    /// Returns where the output of a version goes.
    pub fn log(&self, service: &ServiceId, version: &VersionId) -> PathBuf {
        self.directory.join(service.as_str()).join(format!("{version}.log"))
    }

    /// Writes a record, whole or not at all.
    ///
    /// # Errors
    /// When the disk is full or the directory cannot be written.
    pub fn save(&self, record: &Record) -> io::Result<()> {
        let path = self.path(&record.instance.service, &record.instance.version);
        write_atomically(&path, &serde_json::to_vec(record)?)
    }

    /// Removes a record; one that is not there is fine. The log stays.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub fn remove(&self, service: &ServiceId, version: &VersionId) -> io::Result<()> {
        match fs::remove_file(self.path(service, version)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Reads every record. One that cannot be read is left out: its process, if there is any, is not ours to touch.
    pub fn load(&self) -> Vec<Record> {
        let services = fs::read_dir(&self.directory).into_iter().flatten().flatten();
        let files = services.flat_map(|service| fs::read_dir(service.path()).into_iter().flatten().flatten());
        let records = files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|end| end == "json"));
        records.filter_map(|path| serde_json::from_slice(&fs::read(path).ok()?).ok()).collect()
    }

    fn path(&self, service: &ServiceId, version: &VersionId) -> PathBuf {
        self.directory.join(service.as_str()).join(format!("{version}.json"))
    }
}

/// Replaces a file by another content: whoever reads it sees the old one or the new one, also after a power cut.
///
/// # Errors
/// When the disk is full or the directory cannot be written. The old content stays then.
pub fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let mut file = File::create(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(new, path)
}
