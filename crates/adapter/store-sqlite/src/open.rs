//! Opening a database file: its directory, its modes, its pragmas, and what can go wrong.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use seaworthy_model::Position;

use crate::migrate::{Target, migrate};

/// How long SQLite waits for a lock that another process holds for a moment (a tool that recovers the WAL).
const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Page caches, in KiB: the writer touches the right edge of four trees, a reader one page after the other.
const CACHE_KIB_WRITER: i32 = 1_024;
const CACHE_KIB_READER: i32 = 256;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or this one, has the ledger open for writing.
    #[error("could not open ledger {path:?}: it is in use by process {pid}; stop that server or use another directory")]
    InUse {
        /// The ledger's file.
        path: PathBuf,
        /// Who has it; "unknown" in the moment before it wrote its id.
        pid: String,
    },
    /// There is no ledger where one is to be read.
    #[error("could not find a ledger at {path:?}; give the data directory of a server")]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A newer program wrote the file.
    #[error("could not open {path:?}: its schema is number {found}, this program knows {known}; use the newer program")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest schema that this program knows.
        known: u32,
    },
    /// The last record does not hash to its hash.
    #[error("could not open ledger {path:?}: position {position} is damaged ({why}); run `seaworthy ledger verify`")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The last position.
        position: Position,
        /// What is wrong with it.
        why: String,
    },
    /// The file system failed.
    #[error("could not {doing} {path:?}")]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why.
        #[source]
        why: io::Error,
    },
    /// SQLite failed.
    #[error("could not {doing} {path:?}")]
    Sqlite {
        /// What was attempted.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why.
        #[source]
        why: rusqlite::Error,
    },
}

impl OpenError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |why| Self::Io { doing, path: path.to_owned(), why }
    }

    pub(crate) fn sqlite(doing: &'static str, path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        move |why| Self::Sqlite { doing, path: path.to_owned(), why }
    }
}

/// How soon a commit is on disk.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Sync {
    /// Before it returns: survives the loss of power.
    EveryCommit,
    /// At checkpoints: survives the death of the process.
    Checkpoints,
}

/// Makes the data directory, for its owner alone, unless it is there; one that is there keeps its mode.
pub(crate) fn data_dir(dir: &Path) -> Result<(), OpenError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(OpenError::io("create directory", dir))
}

/// Opens for writing, after making the file (for its owner alone) and migrating it.
pub(crate) fn for_writing(path: &Path, target: Target, sync: Sync) -> Result<Connection, OpenError> {
    create(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut conn = Connection::open_with_flags(path, flags).map_err(OpenError::sqlite("open", path))?;
    set_up(&conn, sync).map_err(OpenError::sqlite("set up", path))?;
    migrate(&mut conn, target, path)?;
    Ok(conn)
}

/// Opens for reading; never writes a byte of the database, not even while it recovers the WAL of a killed server.
pub(crate) fn for_reading(path: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(OpenError::sqlite("open", path))?;
    common(&conn, CACHE_KIB_READER).map_err(OpenError::sqlite("set up", path))?;
    Ok(conn)
}

fn create(path: &Path) -> Result<(), OpenError> {
    let file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(path);
    let file = file.map_err(OpenError::io("create", path))?;
    file.set_permissions(Permissions::from_mode(0o600)).map_err(OpenError::io("restrict", path))?;
    // The name must be on disk too, or a synced file may have none after a loss of power.
    let dir = path.parent().unwrap_or(Path::new("."));
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(OpenError::io("sync directory", dir))
}

fn set_up(conn: &Connection, sync: Sync) -> rusqlite::Result<()> {
    common(conn, CACHE_KIB_WRITER)?;
    conn.pragma_update(
        None,
        "synchronous",
        match sync {
            Sync::EveryCommit => "FULL",
            Sync::Checkpoints => "NORMAL",
        },
    )?;
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    // Syncing a WAL that grows is several times slower than syncing one that is written over: it is never cut back.
    conn.pragma_update_and_check(None, "journal_size_limit", -1, |_| Ok(()))?;
    // 4 MiB of WAL, then its pages go home: bounds both the file and the time that a start needs to read it.
    conn.pragma_update_and_check(None, "wal_autocheckpoint", 1_000, |_| Ok(()))
}

fn common(conn: &Connection, cache_kib: i32) -> rusqlite::Result<()> {
    conn.busy_timeout(LOCK_WAIT)?;
    conn.pragma_update(None, "cache_size", -cache_kib)?;
    conn.pragma_update(None, "trusted_schema", "OFF")?;
    // A mapped file counts as the process's memory and turns a read error into a crash.
    conn.pragma_update_and_check(None, "mmap_size", 0, |_| Ok(())).or_else(|error| match error {
        rusqlite::Error::QueryReturnedNoRows => Ok(()),
        error => Err(error),
    })
}
