//! The side store on SQLite: one connection behind a lock, used on threads that may block.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use rusqlite::{Connection, OptionalExtension, params};
use seaworthy_store::limits::SIDE_LIST_MAX;
use seaworthy_store::{Answer, Entry, Side, SideError, Table, Write, check_writes};

use crate::SIDE_FILE;
use crate::migrate::Target;
use crate::open::{self, OpenError, Sync};

/// The side store in a data directory. The lock of the ledger beside it guards it too: open the ledger first.
#[derive(Clone)]
pub struct SqliteSide {
    inner: Arc<Inner>,
}

struct Inner {
    conn: Mutex<Connection>,
    path: PathBuf,
}

impl SqliteSide {
    /// Opens the side store of a data directory; makes both (for their owner alone) if they are not there.
    ///
    /// # Errors
    /// When a newer program wrote it, or the disk fails.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        open::data_dir(dir)?;
        let path = dir.join(SIDE_FILE);
        let conn = Mutex::new(open::for_writing(&path, Target::Side, Sync::Checkpoints)?);
        Ok(Self { inner: Arc::new(Inner { conn, path }) })
    }

    fn run<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Answer<'_, Result<T, SideError>> {
        let inner = self.inner.clone();
        let done = tokio::task::spawn_blocking(move || {
            // A panic inside a transaction rolls it back, so the connection behind a poisoned lock is sound.
            let mut conn = inner.conn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            work(&mut conn).map_err(|error| inner.failed(doing, error))
        });
        Box::pin(async move { done.await.unwrap_or_else(|panicked| Err(self.inner.failed(doing, panicked))) })
    }
}

impl Inner {
    fn failed(
        &self,
        doing: &'static str,
        why: impl std::error::Error + Send + std::marker::Sync + 'static,
    ) -> SideError {
        SideError::Store { doing, path: self.path.display().to_string(), why: Arc::new(why) }
    }
}

impl Side for SqliteSide {
    fn get(&self, table: Table, key: &str) -> Answer<'_, Result<Option<Vec<u8>>, SideError>> {
        let key = key.to_owned();
        self.run("read", move |conn| {
            let query = "SELECT value FROM side WHERE name = ?1 AND key = ?2";
            conn.query_row(query, [table.name(), &key], |row| row.get(0)).optional()
        })
    }

    fn list(&self, table: Table) -> Answer<'_, Result<Vec<Entry>, SideError>> {
        let listed = self.run("list", move |conn| {
            let mut query = conn.prepare("SELECT key, value FROM side WHERE name = ?1 ORDER BY key LIMIT ?2")?;
            let rows = query
                .query_map(params![table.name(), SIDE_LIST_MAX as i64 + 1], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<rusqlite::Result<Vec<Entry>>>()
        });
        Box::pin(async move {
            match listed.await? {
                entries if entries.len() > SIDE_LIST_MAX => {
                    Err(SideError::TooLong { table: table.name(), max: SIDE_LIST_MAX })
                }
                entries => Ok(entries),
            }
        })
    }

    fn write(&self, writes: Vec<Write>) -> Answer<'_, Result<(), SideError>> {
        if let Err(error) = check_writes(&writes) {
            return Box::pin(async { Err(error) });
        }
        self.run("write", move |conn| {
            let transaction = conn.transaction()?;
            writes.iter().try_for_each(|write| apply(&transaction, write))?;
            transaction.commit()
        })
    }
}

fn apply(conn: &Connection, write: &Write) -> rusqlite::Result<()> {
    match write {
        Write::Put { table, key, value } => {
            let sql = "INSERT INTO side VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET value = excluded.value";
            conn.execute(sql, params![table.name(), key, value])
        }
        Write::Delete { table, key } => {
            conn.execute("DELETE FROM side WHERE name = ?1 AND key = ?2", [table.name(), key])
        }
    }
    .map(drop)
}
