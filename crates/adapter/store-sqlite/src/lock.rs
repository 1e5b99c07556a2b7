//! One writer a ledger: an advisory lock that the kernel drops with the process, however it dies.
//!
//! The lock is on a file of its own: closing any descriptor of the database would drop SQLite's own locks on it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::open::OpenError;
use crate::{LEDGER_FILE, LOCK_FILE};

/// Longest text that is read from a lock file: a process id and a line break.
const PID_BYTES_MAX: u64 = 16;

/// Holds the lock until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "its descriptor is the lock")] File);

/// Takes the lock of a data directory and writes this process's id into it.
pub(crate) fn lock(dir: &Path) -> Result<Lock, OpenError> {
    let path = dir.join(LOCK_FILE);
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(OpenError::io("open lock", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(OpenError::InUse { path: dir.join(LEDGER_FILE), pid: owner(file) });
        }
        Err(TryLockError::Error(error)) => return Err(OpenError::io("lock", &path)(error)),
    }
    // The id is a hint for people: a full disk, which may not take it, is no reason not to start.
    drop(file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())));
    Ok(Lock(file))
}

fn owner(file: File) -> String {
    let mut pid = String::new();
    match file.take(PID_BYTES_MAX).read_to_string(&mut pid) {
        Ok(1..) => pid.trim_end().to_owned(),
        _ => "unknown".to_owned(),
    }
}
