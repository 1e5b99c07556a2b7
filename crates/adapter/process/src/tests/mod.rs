//! Real processes: shells that do what the case says, and this test binary started again as a child.

mod handover;
mod processes;
mod records;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::{Environment, Launch};

/// When waiting for a condition is given up: far above what a loaded machine needs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A directory of its own, removed at the end.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("seaworthy-process-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// A shell that runs a script in the folder, with its output in `log`.
pub(crate) fn shell(folder: &Folder, script: &str) -> Launch {
    Launch {
        command: ["sh", "-c", script].map(str::to_owned).to_vec(),
        env: BTreeMap::new(),
        environment: Environment::Minimal,
        directory: Some(folder.0.clone()),
        log: folder.path("log"),
        stdin: None,
    }
}

/// Waits until the file has a whole line.
pub(crate) fn line_of(path: &Path) -> String {
    let text = until(|| fs::read_to_string(path).ok().filter(|text| text.ends_with('\n')));
    text.trim().to_owned()
}

/// Waits until there is something.
pub(crate) fn until<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(start.elapsed() < PATIENCE, "waited for {PATIENCE:?} in vain");
        std::thread::yield_now();
    }
}
