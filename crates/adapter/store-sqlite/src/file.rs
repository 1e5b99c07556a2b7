//! The ledger's file read by itself, for the offline tools: read-only, also while a server writes it.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use seaworthy_model::Position;
use seaworthy_store::chain::Unreadable;
use seaworthy_store::limits::{PAGE_BYTES_MAX, PAGE_RECORDS_MAX};
use seaworthy_store::{Head, Record};

use crate::open::{OpenError, for_reading};
use crate::{LEDGER_FILE, row};

/// A ledger opened for reading.
#[derive(Debug)]
pub struct LedgerFile {
    conn: Connection,
    path: PathBuf,
}

impl LedgerFile {
    /// Opens the ledger of a data directory.
    ///
    /// # Errors
    /// When there is none or it cannot be read.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let path = dir.join(LEDGER_FILE);
        if !path.is_file() {
            return Err(OpenError::Missing { path });
        }
        Ok(Self { conn: for_reading(&path)?, path })
    }

    /// Returns the end of the ledger; nothing about it is verified but that it can be read.
    ///
    /// # Errors
    /// When SQLite fails or the last row is not a record.
    pub fn head(&self) -> Result<Head, OpenError> {
        last(&self.conn, &self.path).map(|record| record.as_ref().map_or(Head::EMPTY, Head::from))
    }

    /// Reads every record in stored order, rows with impossible positions included.
    pub fn records(&self) -> Records<'_> {
        Records { conn: &self.conn, from: i64::MIN, page: Vec::new().into_iter(), done: false }
    }

    /// Reads records from a position on.
    pub fn records_from(&self, position: Position) -> Records<'_> {
        Records { from: i64::try_from(position).unwrap_or(i64::MAX), ..self.records() }
    }
}

/// Records in stored order, fetched a page at a time so that no read holds the server's WAL for long. Ends after the
/// first one that cannot be read.
#[derive(Debug)]
pub struct Records<'c> {
    conn: &'c Connection,
    from: i64,
    page: std::vec::IntoIter<Result<Record, Unreadable>>,
    done: bool,
}

impl Iterator for Records<'_> {
    type Item = Result<Record, Unreadable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        if self.page.len() == 0 {
            self.page = page(self.conn, self.from, i64::MAX, PAGE_RECORDS_MAX)
                .unwrap_or_else(|error| vec![Err(Unreadable { why: error.to_string() })])
                .into_iter();
        }
        let next = self.page.next();
        let after = next.as_ref().and_then(|record| (record.as_ref().ok()?.position as i64).checked_add(1));
        self.done = after.is_none();
        self.from = after.unwrap_or(i64::MAX);
        next
    }
}

/// Reads one page of rows between two positions, both included; ends after the first row that is not a record.
pub(crate) fn page(
    conn: &Connection,
    from: i64,
    to: i64,
    limit: usize,
) -> rusqlite::Result<Vec<Result<Record, Unreadable>>> {
    let columns = row::COLUMNS;
    let mut statement = conn.prepare(&format!(
        "SELECT {columns} FROM events WHERE position BETWEEN ?1 AND ?2 ORDER BY position LIMIT ?3"
    ))?;
    let mut rows = statement.query(params![from, to, limit.min(PAGE_RECORDS_MAX) as i64])?;
    let (mut page, mut bytes) = (Vec::new(), 0);
    loop {
        let found = match rows.next() {
            Ok(Some(found)) => found,
            // The rows before a damaged page of the file are good: the next read meets the damage at its start.
            Err(error) if page.is_empty() => return Err(error),
            Ok(None) | Err(_) => break,
        };
        let record = row::record(found);
        bytes += record.as_ref().map_or(PAGE_BYTES_MAX, |record| record.event.payload.as_str().len());
        page.push(record);
        if bytes >= PAGE_BYTES_MAX {
            break;
        }
    }
    Ok(page)
}

/// Reads the last record.
pub(crate) fn last(conn: &Connection, path: &Path) -> Result<Option<Record>, OpenError> {
    let failed = |why| OpenError::Sqlite { doing: "read the end of", path: path.to_owned(), why };
    let position: i64 =
        conn.query_row("SELECT coalesce(max(position), 0) FROM events", [], |row| row.get(0)).map_err(failed)?;
    let found = page(conn, position, position, 1).map_err(failed)?.pop();
    found.transpose().map_err(|Unreadable { why }| OpenError::Damaged {
        path: path.to_owned(),
        position: position.unsigned_abs(),
        why,
    })
}
