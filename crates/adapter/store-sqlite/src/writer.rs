//! The one thread that writes the ledger: it takes every batch that waits, admits each, and makes them durable in one
//! transaction. A reply is sent after the commit that its words depend on, refusals included: a conflict with an event
//! that was never committed would be a lie.

use std::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Statement};
use seaworthy_model::{EventId, Position};
use seaworthy_store::limits::GROUP_BATCHES_MAX;
use seaworthy_store::{Admission, AppendError, Appended, Clock, Expect, Head, Index, NewEvent, Record, admit};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

use crate::file::page;
use crate::lock::Lock;
use crate::row;

/// What becomes of a batch, for the one who waits.
pub(crate) type Reply = Result<Appended, AppendError>;

/// Why the store failed.
type Cause = Arc<dyn Error + Send + Sync>;

/// Why the writer ended before its time, for everybody who appends later.
pub(crate) type Fault = Arc<OnceLock<Cause>>;

/// When a batch is acknowledged.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Acknowledge {
    /// After the commit that holds it is on disk.
    AfterCommit,
    /// Before: wrong on purpose, to prove that the crash harness sees it. The commit comes some groups later, as it
    /// does where durability is left to a timer.
    BeforeCommit,
}

impl Acknowledge {
    fn groups_a_commit(self) -> u32 {
        match self {
            Self::AfterCommit => 1,
            Self::BeforeCommit => 64,
        }
    }
}

/// A batch that waits.
pub(crate) struct Job {
    pub(crate) batch: Vec<NewEvent>,
    pub(crate) expect: Expect,
    pub(crate) ticket: Ticket,
}

/// Who waits for a batch.
pub(crate) struct Ticket {
    pub(crate) reply: oneshot::Sender<Reply>,
    /// The batch's share of the bytes that may wait; given back when the ticket is dropped.
    pub(crate) _weight: OwnedSemaphorePermit,
}

/// What the thread owns while it runs.
pub(crate) struct Writer {
    pub(crate) path: PathBuf,
    pub(crate) clock: Clock,
    pub(crate) acknowledge: Acknowledge,
    pub(crate) jobs: mpsc::Receiver<Job>,
    pub(crate) head: watch::Sender<Head>,
    pub(crate) fault: Fault,
    /// Dropped last: whoever takes the lock next finds the connection closed.
    pub(crate) lock: Lock,
}

impl Writer {
    /// Runs until every sender of jobs is gone, or the store fails.
    pub(crate) fn run(mut self, conn: Connection) {
        if let Err(error) = self.write_groups(&conn) {
            tracing::error!(path = %self.path.display(), %error, "the ledger has stopped");
            // Nothing else sets it, so it was empty.
            drop(self.fault.set(error));
        }
        drop(conn);
        drop(self.lock);
    }

    fn write_groups(&mut self, conn: &Connection) -> Result<(), Cause> {
        let mut table = Table::prepare(conn).map_err(|error| Arc::new(error) as Cause)?;
        while let Some(first) = self.jobs.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP_BATCHES_MAX
                && let Ok(job) = self.jobs.try_recv()
            {
                group.push(job);
            }
            self.write_group(&mut table, group)?;
        }
        Ok(())
    }

    /// Makes a group durable, publishes the head, answers everybody; in this order, so that whoever has an answer can
    /// read what it says.
    fn write_group(&self, table: &mut Table<'_>, group: Vec<Job>) -> Result<(), Cause> {
        let (tickets, batches): (Vec<_>, Vec<_>) =
            group.into_iter().map(|job| (job.ticket, (job.batch, job.expect))).unzip();
        let mut head = *self.head.borrow();
        let (replies, stopped) = match table.commit_group(batches, &mut head, &self.clock, self.acknowledge) {
            Ok(replies) => {
                self.head.send_if_modified(|old| std::mem::replace(old, head) != head);
                (replies, None)
            }
            Err(error) => {
                let (answer, stopped) = self.roll_back(table.conn, error);
                (vec![Err(answer); tickets.len()], stopped)
            }
        };
        for (ticket, reply) in tickets.into_iter().zip(replies) {
            // Whoever asked may have stopped waiting; the append stands.
            drop(ticket.reply.send(reply));
        }
        stopped.map_or(Ok(()), Err)
    }

    /// Returns what a group is told of which nothing was committed, and the cause if the writer must end: a full disk
    /// passes, a lock held by a tool passes, but after anything else it is not known what the file holds.
    fn roll_back(&self, conn: &Connection, error: rusqlite::Error) -> (AppendError, Option<Cause>) {
        let path = self.path.display().to_string();
        let clean = conn.is_autocommit() || conn.execute_batch("ROLLBACK").is_ok();
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) if clean => (AppendError::Full { path }, None),
            Some(ErrorCode::DatabaseBusy) if clean => (AppendError::Busy, None),
            _ => {
                let why: Cause = Arc::new(error);
                (AppendError::Stopped { path, why: Some(why.clone()) }, Some(why))
            }
        }
    }
}

/// The events table inside a transaction.
struct Table<'c> {
    conn: &'c Connection,
    insert: Statement<'c>,
    last_seq: Statement<'c>,
    find: Statement<'c>,
    has_id: Statement<'c>,
    /// Groups in the open transaction; 0 when there is none.
    open_groups: u32,
}

impl<'c> Table<'c> {
    fn prepare(conn: &'c Connection) -> rusqlite::Result<Self> {
        Ok(Self {
            conn,
            insert: conn.prepare(row::INSERT)?,
            last_seq: conn.prepare("SELECT coalesce(max(stream_seq), 0) FROM events WHERE stream = ?1")?,
            find: conn.prepare(row::FIND)?,
            has_id: conn.prepare("SELECT 1 FROM events WHERE id = ?1")?,
            open_groups: 0,
        })
    }

    fn commit_group(
        &mut self,
        batches: Vec<(Vec<NewEvent>, Expect)>,
        head: &mut Head,
        clock: &Clock,
        acknowledge: Acknowledge,
    ) -> rusqlite::Result<Vec<Reply>> {
        if self.open_groups == 0 {
            self.conn.execute_batch("BEGIN IMMEDIATE")?;
        }
        let replies: rusqlite::Result<Vec<Reply>> =
            batches.into_iter().map(|(batch, expect)| self.append(batch, &expect, head, clock)).collect();
        let replies = replies?;
        self.open_groups = (self.open_groups + 1) % acknowledge.groups_a_commit();
        if self.open_groups == 0 {
            self.conn.execute_batch("COMMIT")?;
        }
        Ok(replies)
    }

    fn append(
        &mut self,
        batch: Vec<NewEvent>,
        expect: &Expect,
        head: &mut Head,
        clock: &Clock,
    ) -> rusqlite::Result<Reply> {
        let records = match admit(batch, expect, *head, clock(), self)? {
            Admission::Append(records) => records,
            Admission::Repeat(records) => return Ok(Ok(Appended::Before(records))),
            Admission::Refuse(why) => return Ok(Err(why)),
        };
        for record in &records {
            row::insert(&mut self.insert, record)?;
            *head = Head::from(record);
        }
        Ok(Ok(Appended::Now(records)))
    }
}

impl Index for Table<'_> {
    type Error = rusqlite::Error;

    fn last_seq(&mut self, stream: &str) -> rusqlite::Result<u64> {
        self.last_seq.query_row([stream], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs)
    }

    fn find(&mut self, key: &str) -> rusqlite::Result<Option<Position>> {
        self.find.query_row([key], |row| row.get::<_, i64>(0)).optional().map(|found| found.map(i64::unsigned_abs))
    }

    fn has_id(&mut self, id: EventId) -> rusqlite::Result<bool> {
        self.has_id.exists([id.as_uuid().as_bytes()])
    }

    fn records(&mut self, from: Position, count: usize) -> rusqlite::Result<Vec<Record>> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let rows = page(self.conn, from, i64::MAX, count)?;
        // A damaged row is no repeat of anything: the caller is told that the key is in use.
        Ok(rows.into_iter().map_while(Result::ok).collect())
    }
}
