//! Reads one file as text: UTF-8, UTF-16 with its mark, or whatever 8-bit text it is; binary files are left alone.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Largest file that is read: configuration is small, and a larger file is data.
pub(crate) const FILE_BYTES_MAX: u64 = 4 << 20;
/// A file with a zero byte among its first is binary, as git has it.
const LOOKED_AT: usize = 8_000;

/// What a file is.
#[derive(Debug)]
pub(crate) enum Content {
    /// Text.
    Text(String),
    /// No text.
    Binary,
    /// More than [`FILE_BYTES_MAX`].
    Large,
}

/// Reads a file.
///
/// # Errors
/// When it cannot be opened or read.
pub(crate) fn read(path: &Path) -> io::Result<Content> {
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.len() > FILE_BYTES_MAX {
        return Ok(Content::Large);
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Ok(Content::Large);
    }
    Ok(text(bytes))
}

fn text(bytes: Vec<u8>) -> Content {
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => Content::Text(wide(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Content::Text(wide(rest, u16::from_be_bytes)),
        _ if bytes.iter().take(LOOKED_AT).any(|byte| *byte == 0) => Content::Binary,
        _ => Content::Text(String::from_utf8(bytes).unwrap_or_else(|error| one_by_one(error.as_bytes()))),
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// Latin-1: every byte is a character, so nothing is lost and every place stays where it is.
fn one_by_one(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
