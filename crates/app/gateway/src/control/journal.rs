//! A small append-only file of JSON lines, on disk before it counts.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use seaworthy_process::write_atomically;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Most bytes read at start: a thousand lines. What is over is older than anything that still matters.
const READ_MAX: u64 = 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// The file ends inside a line; the next one must not be glued to it.
    is_torn: bool,
}

impl Journal {
    /// Opens the file and returns its lines. A line that was cut off by a crash is left out: it never counted.
    ///
    /// # Errors
    /// When the file cannot be opened or read.
    pub(crate) fn open<T: DeserializeOwned>(path: PathBuf) -> io::Result<(Self, Vec<T>)> {
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
        let mut bytes = Vec::new();
        (&file).take(READ_MAX).read_to_end(&mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let is_torn = !text.is_empty() && !text.ends_with('\n');
        sync_directory(&path)?;
        Ok((Self { path, file, is_torn }, lines))
    }

    /// Adds lines; they are on disk when it returns.
    ///
    /// # Errors
    /// When the disk does not take them.
    pub(crate) fn append<T: Serialize>(&mut self, lines: &[T]) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut bytes = text(lines)?;
        if self.is_torn {
            bytes.insert(0, b'\n');
        }
        // Until it is whole again, whatever comes next begins on a new line.
        self.is_torn = true;
        self.file.write_all(&bytes)?;
        self.file.sync_data()?;
        self.is_torn = false;
        Ok(())
    }

    /// Replaces everything by these lines.
    ///
    /// # Errors
    /// When the disk does not take them; then the old lines stay.
    pub(crate) fn rewrite<T: Serialize>(&mut self, lines: &[T]) -> io::Result<()> {
        write_atomically(&self.path, &text(lines)?)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.is_torn = false;
        Ok(())
    }

    #[cfg(test)]
    pub(crate) fn read_only(path: PathBuf) -> Self {
        let file = File::open(&path).expect("the test has made it");
        Self { path, file, is_torn: false }
    }
}

fn text<T: Serialize>(lines: &[T]) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// A new file is there after a crash only if its directory says so.
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}
