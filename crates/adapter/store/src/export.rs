//! The ledger as a file: JSON Lines, one record a line, every column, streamed.
//!
//! A record has exactly one line: [`Lines`] writes every record it reads again and compares, so that a byte changed
//! anywhere in the file is found even where JSON would read it the same (an escape, a space, a capital letter).
//! The payload is a string that holds its exact bytes. Exports are read to be verified, never to be imported.

use std::io::{self, BufRead, Read, Write};

use jiff::Timestamp;
use seaworthy_model::{EventId, Position};
use serde::{Deserialize, Serialize};

use crate::chain::{Hash, Unreadable};
use crate::event::{NewEvent, RawJson, Record};
use crate::limits::LINE_BYTES_MAX;

/// A line, in the order of its keys.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    position: Position,
    id: EventId,
    stream: String,
    stream_seq: u64,
    occurred_at: Timestamp,
    recorded_at: Timestamp,
    actor: String,
    cause: Option<EventId>,
    kind: String,
    version: u16,
    payload: String,
    key: Option<String>,
    algorithm: u8,
    prev_hash: String,
    hash: String,
}

/// Writes one record and a line break.
///
/// # Errors
/// When writing fails.
pub fn write_line(out: &mut impl Write, record: &Record) -> io::Result<()> {
    let event = &record.event;
    let line = Line {
        position: record.position,
        id: event.id,
        stream: event.stream.clone(),
        stream_seq: record.stream_seq,
        occurred_at: event.occurred_at,
        recorded_at: record.recorded_at,
        actor: event.actor.clone(),
        cause: event.cause,
        kind: event.kind.clone(),
        version: event.version,
        payload: event.payload.as_str().to_owned(),
        key: event.key.clone(),
        algorithm: record.algorithm,
        prev_hash: record.prev_hash.to_string(),
        hash: record.hash.to_string(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}

fn read_line(bytes: &[u8]) -> Result<Record, Unreadable> {
    let unreadable = |why: String| Unreadable { why };
    let line: Line = serde_json::from_slice(bytes).map_err(|error| unreadable(error.to_string()))?;
    let hash = |text: &str| text.parse::<Hash>().map_err(|error| unreadable(error.to_string()));
    let record = Record {
        position: line.position,
        stream_seq: line.stream_seq,
        recorded_at: line.recorded_at,
        prev_hash: hash(&line.prev_hash)?,
        hash: hash(&line.hash)?,
        algorithm: line.algorithm,
        event: NewEvent {
            id: line.id,
            stream: line.stream,
            occurred_at: line.occurred_at,
            actor: line.actor,
            cause: line.cause,
            kind: line.kind,
            version: line.version,
            payload: RawJson::found(line.payload),
            key: line.key,
        },
    };
    let mut again = Vec::with_capacity(bytes.len());
    write_line(&mut again, &record).map_err(|error| unreadable(error.to_string()))?;
    if again != bytes {
        return Err(unreadable("the line is not written as an export writes it".to_owned()));
    }
    Ok(record)
}

/// The records of an export, line by line; ends after the first line that cannot be read.
#[derive(Debug)]
pub struct Lines<R> {
    input: R,
    line: Vec<u8>,
    done: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads an export.
    pub fn new(input: R) -> Self {
        Self { input, line: Vec::new(), done: false }
    }

    fn fill(&mut self) -> io::Result<usize> {
        self.line.clear();
        (&mut self.input).take(LINE_BYTES_MAX as u64).read_until(b'\n', &mut self.line)
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<Record, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        let record = match self.fill() {
            Ok(0) => None,
            Ok(_) => Some(read_line(&self.line)),
            Err(error) => Some(Err(Unreadable { why: error.to_string() })),
        };
        self.done = !matches!(record, Some(Ok(_)));
        record
    }
}

#[cfg(test)]
mod tests;
