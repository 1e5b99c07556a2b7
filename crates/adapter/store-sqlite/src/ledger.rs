//! The ledger on SQLite, as the rest of the program sees it: a queue before the writer, and a few readers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use rusqlite::{Connection, OptionalExtension};
use seaworthy_model::Position;
use seaworthy_store::chain::{Unreadable, Verifier};
use seaworthy_store::limits::{QUEUE_BATCHES_MAX, QUEUE_BYTES_MAX};
use seaworthy_store::{
    Answer, AppendError, Clock, Expect, Head, Ledger, NewEvent, ReadError, Record, batch_bytes, check_batch,
};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use crate::file::{last, page};
use crate::migrate::Target;
use crate::open::{self, OpenError, Sync};
use crate::writer::{Acknowledge, Fault, Job, Reply, Ticket, Writer};
use crate::{LEDGER_FILE, lock, row};

/// Most reads at once, each with a connection of its own: two cores are not kept busy by more.
const READERS_MAX: usize = 2;

/// The ledger in a data directory, open for writing by this process alone.
pub struct SqliteLedger {
    path: PathBuf,
    /// Empty only while it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    weight: Arc<Semaphore>,
    head: watch::Receiver<Head>,
    fault: Fault,
    readers: Arc<Readers>,
    writer: Option<thread::JoinHandle<()>>,
}

struct Readers {
    path: PathBuf,
    permits: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl SqliteLedger {
    /// Opens the ledger of a data directory; makes both (for their owner alone) if they are not there.
    ///
    /// `clock` tells `recorded_at`.
    ///
    /// # Errors
    /// When another process has it open, a newer program wrote it, its last record is damaged, or the disk fails.
    pub fn open(dir: &Path, clock: Clock) -> Result<Self, OpenError> {
        Self::open_as(dir, clock, Acknowledge::AfterCommit)
    }

    pub(crate) fn open_as(dir: &Path, clock: Clock, acknowledge: Acknowledge) -> Result<Self, OpenError> {
        open::data_dir(dir)?;
        let lock = lock::lock(dir)?;
        let path = dir.join(LEDGER_FILE);
        let conn = open::for_writing(&path, Target::Ledger, Sync::EveryCommit)?;
        Self::start(path, conn, lock, clock, acknowledge)
    }

    pub(crate) fn start(
        path: PathBuf,
        conn: Connection,
        lock: lock::Lock,
        clock: Clock,
        acknowledge: Acknowledge,
    ) -> Result<Self, OpenError> {
        let (head, head_seen) = watch::channel(trusted_head(&conn, &path)?);
        let (jobs, jobs_taken) = mpsc::channel(QUEUE_BATCHES_MAX);
        let fault = Arc::new(OnceLock::new());
        let writer =
            Writer { path: path.clone(), clock, acknowledge, jobs: jobs_taken, head, fault: fault.clone(), lock };
        let thread = thread::Builder::new().name("ledger".to_owned()).spawn(move || writer.run(conn));
        let readers = Readers { path: path.clone(), permits: Semaphore::new(READERS_MAX), idle: Mutex::default() };
        Ok(Self {
            writer: Some(thread.map_err(OpenError::io("start the writer of", &path))?),
            path,
            jobs: Some(jobs),
            weight: Arc::new(Semaphore::new(QUEUE_BYTES_MAX)),
            head: head_seen,
            fault,
            readers: Arc::new(readers),
        })
    }

    fn enqueue(&self, batch: Vec<NewEvent>, expect: Expect) -> Result<oneshot::Receiver<Reply>, AppendError> {
        check_batch(&batch)?;
        let bytes = u32::try_from(batch_bytes(&batch)).map_err(|_| AppendError::Busy)?;
        let weight = self.weight.clone().try_acquire_many_owned(bytes).map_err(|_| AppendError::Busy)?;
        let (reply, answer) = oneshot::channel();
        let job = Job { batch, expect, ticket: Ticket { reply, _weight: weight } };
        let jobs = self.jobs.as_ref().expect("it is taken only by drop");
        jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppendError::Busy,
            mpsc::error::TrySendError::Closed(_) => self.stopped(),
        })?;
        Ok(answer)
    }

    fn stopped(&self) -> AppendError {
        AppendError::Stopped { path: self.path.display().to_string(), why: self.fault.get().cloned() }
    }
}

/// Reads the head, and refuses to build on a last record that was changed: everything after it would be in doubt.
fn trusted_head(conn: &Connection, path: &Path) -> Result<Head, OpenError> {
    let Some(record) = last(conn, path)? else { return Ok(Head::EMPTY) };
    let before = Head { position: record.position.saturating_sub(1), hash: record.prev_hash };
    Verifier::after(before).check(&record).map_err(|broken| OpenError::Damaged {
        path: path.to_owned(),
        position: broken.position,
        why: broken.why.to_string(),
    })?;
    Ok(Head::from(&record))
}

impl Drop for SqliteLedger {
    /// Waits until what was queued is written and the lock is free, so that the next open in this process succeeds.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(writer) = self.writer.take() {
            // A panic of the writer was printed when it happened.
            drop(writer.join());
        }
    }
}

impl Readers {
    /// Runs a read on a thread that may block.
    async fn run<T: Send + 'static>(
        self: Arc<Self>,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let _permit = self.permits.acquire().await.expect("the semaphore is never closed");
        let readers = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let idle = readers.idle.lock().expect("nobody panics while holding it").pop();
            let conn =
                idle.map_or_else(|| open::for_reading(&readers.path), Ok).map_err(|error| readers.failed(error))?;
            let found = read(&conn).map_err(|error| readers.failed(error))?;
            readers.idle.lock().expect("nobody panics while holding it").push(conn);
            Ok(found)
        });
        done.await.unwrap_or_else(|panicked| Err(self.failed(panicked)))
    }

    fn failed(&self, why: impl std::error::Error + Send + std::marker::Sync + 'static) -> ReadError {
        ReadError::Store { path: self.path.display().to_string(), why: Arc::new(why) }
    }
}

impl Ledger for SqliteLedger {
    fn append(&self, batch: Vec<NewEvent>, expect: Expect) -> Answer<'_, Reply> {
        let queued = self.enqueue(batch, expect);
        Box::pin(async move { queued?.await.unwrap_or_else(|_| Err(self.stopped())) })
    }

    fn read(&self, from: Position, limit: usize) -> Answer<'_, Result<Vec<Record>, ReadError>> {
        let to = signed(self.head().position);
        let rows = self.readers.clone().run(move |conn| page(conn, signed(from), to, limit));
        Box::pin(async move { readable(from, rows.await?) })
    }

    fn find(&self, key: &str) -> Answer<'_, Result<Option<Position>, ReadError>> {
        let key = key.to_owned();
        Box::pin(self.readers.clone().run(move |conn| {
            let found = conn.query_row(row::FIND, [key], |row| row.get::<_, i64>(0)).optional()?;
            Ok(found.map(i64::unsigned_abs))
        }))
    }

    fn head(&self) -> Head {
        *self.head.borrow()
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.head.clone()
    }
}

/// SQLite's integers are signed; no ledger reaches the difference.
fn signed(position: Position) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// Returns the records before the first that cannot be read; an error when that is the very first.
fn readable(from: Position, rows: Vec<Result<Record, Unreadable>>) -> Result<Vec<Record>, ReadError> {
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        match row {
            Ok(record) => records.push(record),
            Err(Unreadable { why }) if records.is_empty() => return Err(ReadError::Damaged { position: from, why }),
            Err(_) => break,
        }
    }
    Ok(records)
}
