//! The series store on SQLite: one connection behind a lock, used on threads that may block.
//!
//! Series are numbers in the rows, and numbers are looked up in memory. Those of a transaction join them once it is
//! committed: before, they are of names that may never be there.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params};
use seaworthy_model::Tally;
use seaworthy_signals::Resolution;
use seaworthy_store::limits::SERIES_MAX;
use seaworthy_store::{Answer, Row, SeriesError, SeriesStore, check_rows, check_span};

use crate::SIGNALS_FILE;
use crate::migrate::Target;
use crate::open::{self, OpenError, Sync};

/// Seconds to which the end of a series is rounded up.
const DAY_S: i64 = 86_400;

/// The series store in a data directory. The lock of the ledger beside it guards it too: open the ledger first.
#[derive(Clone)]
pub struct SqliteSeries {
    inner: Arc<Inner>,
}

struct Inner {
    file: Mutex<File>,
    path: PathBuf,
}

struct File {
    conn: Connection,
    /// Every series that is stored.
    known: Names,
}

type Names = HashMap<String, Known>;

#[derive(Clone, Copy)]
struct Known {
    id: i64,
    until_s: i64,
}

/// Why a piece of work was not done.
enum Failed {
    Sqlite(rusqlite::Error),
    Full { series: String },
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl SqliteSeries {
    /// Opens the series store of a data directory; makes both (for their owner alone) if they are not there.
    ///
    /// # Errors
    /// When a newer program wrote it, or the disk fails.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        open::data_dir(dir)?;
        let path = dir.join(SIGNALS_FILE);
        let conn = open::for_writing(&path, Target::Signals, Sync::Checkpoints)?;
        let known = known(&conn).map_err(OpenError::sqlite("read the names in", &path))?;
        Ok(Self { inner: Arc::new(Inner { file: Mutex::new(File { conn, known }), path }) })
    }

    fn run<T: Send + 'static>(
        &self,
        doing: &'static str,
        work: impl FnOnce(&mut File) -> Result<T, Failed> + Send + 'static,
    ) -> Answer<'_, Result<T, SeriesError>> {
        let inner = self.inner.clone();
        let done = tokio::task::spawn_blocking(move || {
            // A panic inside a transaction rolls it back, so what is behind a poisoned lock is sound.
            let mut file = inner.file.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut file).map_err(|failed| match failed {
                Failed::Full { series } => SeriesError::Full { series },
                Failed::Sqlite(error) => inner.failed(doing, error),
            })
        });
        Box::pin(async move { done.await.unwrap_or_else(|panicked| Err(self.inner.failed(doing, panicked))) })
    }
}

impl Inner {
    fn failed(
        &self,
        doing: &'static str,
        why: impl std::error::Error + Send + std::marker::Sync + 'static,
    ) -> SeriesError {
        SeriesError::Store { doing, path: self.path.display().to_string(), why: Arc::new(why) }
    }
}

impl File {
    fn write(&mut self, rows: &[Row]) -> Result<(), Failed> {
        let transaction = self.conn.transaction()?;
        let made = set(&transaction, &self.known, rows)?;
        transaction.commit()?;
        self.known.extend(made);
        Ok(())
    }

    fn prune(&mut self, resolution: Resolution, before: i64) -> Result<(), Failed> {
        let transaction = self.conn.transaction()?;
        let before_s = before.saturating_mul(resolution.seconds());
        for finer in Resolution::ALL.into_iter().filter(|finer| *finer <= resolution) {
            let slot = if finer == resolution { before } else { before_s.div_euclid(finer.seconds()) };
            let sql = "DELETE FROM buckets WHERE resolution = ?1 AND slot < ?2";
            transaction.execute(sql, params![finer.seconds(), slot])?;
        }
        if resolution == Resolution::FiveMinutes {
            transaction.execute("DELETE FROM series WHERE until_s <= ?1", [before_s])?;
        }
        transaction.commit()?;
        self.known.retain(|_, known| resolution != Resolution::FiveMinutes || known.until_s > before_s);
        Ok(())
    }
}

fn known(conn: &Connection) -> rusqlite::Result<Names> {
    let mut query = conn.prepare("SELECT name, id, until_s FROM series")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, Known { id: row.get(1)?, until_s: row.get(2)? })))?;
    rows.collect()
}

/// Writes rows; returns the series that are new or reach further than before.
fn set(conn: &Connection, known: &Names, rows: &[Row]) -> Result<Names, Failed> {
    let mut insert = conn.prepare(
        "INSERT INTO buckets VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE \
         SET total = excluded.total, bad = excluded.bad, histogram = excluded.histogram",
    )?;
    let (mut made, mut count) = (Names::new(), known.len());
    for row in rows {
        let ends_s = row.slot.saturating_add(1).saturating_mul(row.resolution.seconds());
        let found = made.get(&row.series).or_else(|| known.get(&row.series)).copied();
        count += usize::from(found.is_none());
        if count > SERIES_MAX {
            return Err(Failed::Full { series: row.series.clone() });
        }
        let id = match found {
            Some(found) if found.until_s >= ends_s => found.id,
            _ => {
                let name = name(conn, &row.series, ends_s)?;
                made.insert(row.series.clone(), name);
                name.id
            }
        };
        let Tally { total, bad } = row.tally;
        insert.execute(params![row.resolution.seconds(), row.slot, id, signed(total), signed(bad), row.histogram])?;
    }
    Ok(made)
}

/// Makes a series, or lets it reach to this second.
fn name(conn: &Connection, series: &str, ends_s: i64) -> rusqlite::Result<Known> {
    let until_s = ends_s.div_euclid(DAY_S).saturating_add(1).saturating_mul(DAY_S);
    let sql = "INSERT INTO series (name, until_s) VALUES (?1, ?2) \
               ON CONFLICT DO UPDATE SET until_s = max(until_s, excluded.until_s) RETURNING id, until_s";
    let mut upsert = conn.prepare(sql)?;
    upsert.query_row(params![series, until_s], |row| Ok(Known { id: row.get(0)?, until_s: row.get(1)? }))
}

/// [`check_rows`] refuses what a signed column does not hold.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Counts and latencies, from the columns `total`, `bad` and `histogram` after `before` others.
fn counts(row: &rusqlite::Row<'_>, before: usize) -> rusqlite::Result<(Tally, Option<Vec<u8>>)> {
    let count = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
    Ok((Tally { total: count(before)?, bad: count(before + 1)? }, row.get(before + 2)?))
}

/// Each slot is looked up by itself: the rows of one series do not stand together.
fn read(file: &File, series: String, resolution: Resolution, slots: Range<i64>) -> Result<Vec<Row>, Failed> {
    let Some(Known { id, .. }) = file.known.get(&series).copied() else { return Ok(Vec::new()) };
    let sql = "SELECT total, bad, histogram FROM buckets WHERE resolution = ?1 AND slot = ?2 AND series = ?3";
    let mut query = file.conn.prepare(sql)?;
    let mut rows = Vec::new();
    for slot in slots {
        let found = query.query_row(params![resolution.seconds(), slot, id], |row| counts(row, 0)).optional()?;
        rows.extend(found.map(|(tally, histogram)| Row { series: series.clone(), resolution, slot, tally, histogram }));
    }
    Ok(rows)
}

fn slot(file: &File, resolution: Resolution, slot: i64) -> Result<Vec<Row>, Failed> {
    let mut query = file.conn.prepare(
        "SELECT name, total, bad, histogram FROM buckets JOIN series ON series.id = buckets.series \
         WHERE resolution = ?1 AND slot = ?2 ORDER BY name",
    )?;
    let rows = query.query_map([resolution.seconds(), slot], |row| {
        let (tally, histogram) = counts(row, 1)?;
        Ok(Row { series: row.get(0)?, resolution, slot, tally, histogram })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Added here and not by SQLite, whose sums fail where ours saturate.
fn sums(file: &File, resolution: Resolution, slots: Range<i64>) -> Result<Vec<(String, Tally)>, Failed> {
    let sql = "SELECT series, total, bad FROM buckets WHERE resolution = ?1 AND slot >= ?2 AND slot < ?3";
    let mut query = file.conn.prepare(sql)?;
    let mut rows = query.query([resolution.seconds(), slots.start, slots.end])?;
    let mut by_id = HashMap::<i64, Tally>::new();
    while let Some(row) = rows.next()? {
        let count = |at| row.get::<_, i64>(at).map(i64::unsigned_abs);
        by_id.entry(row.get(0)?).or_default().add(Tally { total: count(1)?, bad: count(2)? });
    }
    let named = file.known.iter().filter_map(|(name, known)| Some((name.clone(), *by_id.get(&known.id)?)));
    let mut sums: Vec<(String, Tally)> = named.collect();
    sums.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    Ok(sums)
}

impl SeriesStore for SqliteSeries {
    fn write(&self, rows: Vec<Row>) -> Answer<'_, Result<(), SeriesError>> {
        match check_rows(&rows) {
            Ok(()) => self.run("write", move |file| file.write(&rows)),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    fn read(
        &self,
        series: &str,
        resolution: Resolution,
        slots: Range<i64>,
    ) -> Answer<'_, Result<Vec<Row>, SeriesError>> {
        let series = series.to_owned();
        match check_span(&slots) {
            Ok(()) => self.run("read", move |file| read(file, series, resolution, slots)),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    fn slot(&self, resolution: Resolution, at: i64) -> Answer<'_, Result<Vec<Row>, SeriesError>> {
        self.run("read", move |file| slot(file, resolution, at))
    }

    fn sums(&self, resolution: Resolution, slots: Range<i64>) -> Answer<'_, Result<Vec<(String, Tally)>, SeriesError>> {
        match check_span(&slots) {
            Ok(()) => self.run("sum", move |file| sums(file, resolution, slots)),
            Err(error) => Box::pin(async { Err(error) }),
        }
    }

    fn series(&self) -> Answer<'_, Result<Vec<String>, SeriesError>> {
        self.run("list", |file| {
            let mut names: Vec<String> = file.known.keys().cloned().collect();
            names.sort_unstable();
            Ok(names)
        })
    }

    fn prune(&self, resolution: Resolution, before: i64) -> Answer<'_, Result<(), SeriesError>> {
        self.run("prune", move |file| file.prune(resolution, before))
    }
}
