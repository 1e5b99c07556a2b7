//! Log files of processes: appended by them, kept small by us.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Most bytes of a log before its older half goes to `<name>.1`: enough for the last minutes of a talkative service,
/// little enough that a hundred versions do not fill a disk.
pub const LOG_MAX: u64 = 4 * 1024 * 1024;

/// Keeps a log at its size: one that has grown beyond [`LOG_MAX`] becomes `<name>.1`, in place of the last one, and
/// starts anew. Its writer keeps the file open, so it is copied and cut, not renamed; what is written between the two
/// is lost.
///
/// # Errors
/// When the disk is full or the files cannot be written. The log is not cut then.
pub fn bound(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(about) if about.len() > LOG_MAX => {}
        _ => return Ok(()),
    }
    let mut old = path.as_os_str().to_owned();
    old.push(".1");
    let mut log = File::open(path)?;
    // The newest part of it: a log that grew while nobody looked must not double on the disk.
    log.seek(SeekFrom::End(-i64::try_from(LOG_MAX).unwrap_or(0)))?;
    io::copy(&mut log.take(LOG_MAX), &mut File::create(old)?)?;
    OpenOptions::new().write(true).open(path)?.set_len(0)
}

/// Returns the last lines of a log, oldest first.
pub fn tail(path: &Path, lines_max: usize) -> Vec<String> {
    /// Most bytes looked at.
    const LOOK: u64 = 16 * 1024;
    let read = || -> io::Result<Vec<u8>> {
        let mut log = File::open(path)?;
        let from = log.metadata()?.len().saturating_sub(LOOK);
        log.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        log.take(LOOK).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(lines_max)..].iter().map(|line| (*line).to_owned()).collect()
}
