//! What runs on a data directory, read from its files: for tools that work while nothing answers.

use std::path::Path;

use seaworthy_process::Record;

use crate::layout::Layout;

/// What runs on a data directory.
#[derive(Debug, Clone, PartialEq)]
pub struct UpStatus {
    /// Process id of the supervisor, if one runs.
    pub supervisor: Option<u32>,
    /// Versions with a record.
    pub versions: Vec<RunningVersion>,
}

/// A version with a record.
#[derive(Debug, Clone, PartialEq)]
pub struct RunningVersion {
    /// What was written down about it.
    pub record: Record,
    /// Whether its process runs.
    pub alive: bool,
}

/// Reads what runs on a data directory. One that is not there has nothing.
pub fn status(data: &Path) -> UpStatus {
    let layout = Layout::new(data);
    let mut records = layout.records().load();
    records.sort_by(|a, b| (&a.instance.service, &a.instance.version).cmp(&(&b.instance.service, &b.instance.version)));
    let versions = records.into_iter().map(|record| RunningVersion { alive: record.is_alive(), record }).collect();
    UpStatus { supervisor: layout.holder(), versions }
}
