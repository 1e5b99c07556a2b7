//! A data directory that is removed at the end, and stores on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{LEDGER_FILE, SqliteLedger, SqliteSeries, SqliteSide};
use jiff::Timestamp;
use rusqlite::Connection;
use seaworthy_store::conformance::{Fixture, event, run};
use seaworthy_store::{Answer, Expect, Ledger, SeriesStore, Side};

pub(crate) struct Sqlite {
    dir: PathBuf,
}

impl Sqlite {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dir = std::env::temp_dir().join(format!("seaworthy-ledger-{}-{number}", std::process::id()));
        Self { dir }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.dir.join(LEDGER_FILE)
    }

    pub(crate) fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.dir, Arc::new(Timestamp::now)).unwrap()
    }

    /// A directory whose ledger holds this many events and is closed.
    pub(crate) fn with_events(count: u64) -> Self {
        let place = Self::new();
        let ledger = place.ledger();
        run(async {
            ledger.append((0..count).map(|number| event(number, "a")).collect(), Expect::Any).await.unwrap();
        });
        place
    }

    /// A connection as somebody with a shell has it.
    pub(crate) fn shell(&self) -> Connection {
        Connection::open(self.file()).unwrap()
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // A test that never opened anything leaves nothing to remove.
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

impl Fixture for Sqlite {
    fn open(&self) -> Answer<'_, Arc<dyn Ledger>> {
        Box::pin(async { Arc::new(self.ledger()) as Arc<dyn Ledger> })
    }

    fn open_side(&self) -> Answer<'_, Arc<dyn Side>> {
        Box::pin(async { Arc::new(SqliteSide::open(&self.dir).unwrap()) as Arc<dyn Side> })
    }

    fn open_series(&self) -> Answer<'_, Arc<dyn SeriesStore>> {
        Box::pin(async { Arc::new(SqliteSeries::open(&self.dir).unwrap()) as Arc<dyn SeriesStore> })
    }
}
