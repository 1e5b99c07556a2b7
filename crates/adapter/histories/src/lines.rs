//! Lines of a file from a stranger: numbered, bounded in length and number, not trusted to be text.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::Unreadable;

/// Longest line read: an incident with all its updates has some 30 KiB.
const LINE_MAX: usize = 1 << 20;
/// Lines read at most: a century of one site at one a minute is 53 million; ten million fill a gigabyte.
pub(crate) const LINES_MAX: usize = 10_000_000;

/// Calls `each` with the number of every line that is not blank and its text, or why it is none.
pub(crate) fn each_line(path: &Path, mut each: impl FnMut(usize, Result<&str, String>)) -> Result<(), Unreadable> {
    let failed = |error| Unreadable::Open(path.to_owned(), error);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut line = Vec::new();
    for number in 1..=LINES_MAX + 1 {
        line.clear();
        let read = (&mut file).take(LINE_MAX as u64 + 1).read_until(b'\n', &mut line).map_err(failed)?;
        if read == 0 {
            return Ok(());
        }
        if number > LINES_MAX {
            break;
        }
        if line.len() > LINE_MAX && line.last() != Some(&b'\n') {
            skip_rest(&mut file).map_err(failed)?;
            each(number, Err(format!("could not read a line of more than {LINE_MAX} bytes")));
            continue;
        }
        match std::str::from_utf8(&line) {
            Ok(text) if text.trim().is_empty() => {}
            // A byte order mark stands at the start of files that came through a spreadsheet.
            Ok(text) => each(number, Ok(text.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']))),
            Err(_) => each(number, Err("could not read the line: it is not UTF-8".to_owned())),
        }
    }
    Err(Unreadable::TooLong(path.to_owned()))
}

fn skip_rest(file: &mut impl BufRead) -> std::io::Result<()> {
    loop {
        let (used, ended) = match file.fill_buf()? {
            [] => return Ok(()),
            bytes => bytes.iter().position(|byte| *byte == b'\n').map_or((bytes.len(), false), |at| (at + 1, true)),
        };
        file.consume(used);
        if ended {
            return Ok(());
        }
    }
}
