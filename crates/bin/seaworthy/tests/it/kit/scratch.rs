//! A directory for one test, and every process that was started for it: marked by the temporary directory in their
//! environment, which `up` passes on to all it starts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Pid, Signal, kill_process};

/// Lines of each log that a failed test shows.
const LOG_LINES: usize = 25;

/// The repository's own files, for tests that start from what it offers to copy.
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");

/// A directory that goes away with everything that runs in it.
pub(crate) struct Scratch {
    root: PathBuf,
}

impl Scratch {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("seaworthy-it-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let scratch = Self { root: std::env::temp_dir().join(name) };
        fs::create_dir_all(scratch.tmp()).unwrap();
        scratch
    }

    /// The temporary directory of what is started here: empty when it cleans up after itself.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    /// The directory of files.
    pub(crate) fn production(&self) -> PathBuf {
        self.root.join("production")
    }

    /// The data directory, where nobody chose another.
    pub(crate) fn data(&self) -> PathBuf {
        self.production().join(".seaworthy")
    }

    /// Writes a file below the directory of files.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.production().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file below the directory of files; empty where there is none.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.production().join(name)).unwrap_or_default()
    }

    /// Copies a directory of the repository into the directory of files.
    pub(crate) fn copy(&self, from: &str) {
        copy(&Path::new(REPOSITORY).join(from), &self.production());
    }

    /// Every process that was started for this test and still runs.
    pub(crate) fn processes(&self) -> Vec<(u32, String)> {
        let mark = format!("TMPDIR={}", self.tmp().display());
        let ours = |pid: &u32| {
            let environ = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
            environ.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
        };
        let name = |pid| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            (pid, String::from_utf8_lossy(&line).replace('\0', " "))
        };
        let all = fs::read_dir("/proc").unwrap().flatten();
        all.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(ours).map(name).collect()
    }

    fn show_logs(&self) {
        for log in files(&self.root).into_iter().filter(|path| path.extension().is_some_and(|end| end == "log")) {
            let text = fs::read(&log).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            let lines: Vec<_> = text.lines().collect();
            eprintln!("--- {}", log.display());
            lines[lines.len().saturating_sub(LOG_LINES)..].iter().for_each(|line| eprintln!("{line}"));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.show_logs();
        }
        // The supervisor first: it would start the others again. More than once, as a dying one may still start something.
        for _ in 0..3 {
            let mut all = self.processes();
            all.sort_by_key(|(_, line)| !line.contains(" up "));
            all.into_iter().for_each(|(pid, _)| kill(pid, Signal::KILL));
        }
        drop(fs::remove_dir_all(&self.root));
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] }).collect()
}

fn copy(from: &Path, to: &Path) {
    for file in files(from) {
        let to = to.join(file.strip_prefix(from).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&file, to).unwrap();
    }
}

pub(crate) fn kill(pid: u32, signal: Signal) {
    // It may be gone already.
    let _ = kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal);
}

/// Tells whether a process runs; one that is dead and waits to be noticed does not.
pub(crate) fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with(['Z', 'X']))
}
