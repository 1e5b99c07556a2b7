//! The ledger, the side store and the series store in memory, with faults on demand: what the real ones promise, under virtual time.
//!
//! A [`Disk`] outlives the stores opened on it, as a disk outlives a process. Everything that was committed is on it,
//! also what nobody was told of. The same seed makes the same faults at the same appends.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard};

use seaworthy_model::{EventId, Position};
use seaworthy_store::limits::{PAGE_BYTES_MAX, PAGE_RECORDS_MAX, SIDE_LIST_MAX};
use seaworthy_store::{
    Admission, Answer, AppendError, Appended, Clock, Entry, Expect, Head, Index, Ledger, NewEvent, ReadError, Record,
    Side, SideError, Table, Write, admit, check_writes,
};
use tokio::sync::watch;

mod series;

pub use series::MemorySeries;

/// What the errors call the place.
const PATH: &str = "memory";

/// What goes wrong with an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The disk is full: nothing is appended, the next append may succeed.
    Full,
    /// The batch is committed, and then the store fails: nobody is told, and nothing more is appended until the ledger
    /// is opened again. What a crash between commit and reply looks like to the caller.
    AfterCommit,
}

/// How often appends go wrong by chance.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    /// Where chance begins.
    pub seed: u64,
    /// Appends in a thousand that meet [`Fault::Full`]; 0 to 1,000.
    pub full_per_mille: u16,
    /// Appends in a thousand that meet [`Fault::AfterCommit`]; 0 to 1,000.
    pub after_commit_per_mille: u16,
}

impl Faults {
    /// Every append meets [`Fault::Full`]: what a test sets that has others append beside it.
    pub const FULL: Self = Self { seed: 0, full_per_mille: 1_000, after_commit_per_mille: 0 };

    /// Draws for the next append (SplitMix64, Steele, Lea, Flood, 2014).
    fn draw(&mut self) -> Option<Fault> {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let drawn = (mixed ^ (mixed >> 31)) % 1_000;
        let (full, after) = (u64::from(self.full_per_mille), u64::from(self.after_commit_per_mille));
        match drawn {
            drawn if drawn < full => Some(Fault::Full),
            drawn if drawn < full + after => Some(Fault::AfterCommit),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Content {
    records: Vec<Record>,
    ids: HashSet<EventId>,
    keys: HashMap<String, Position>,
    seqs: HashMap<String, u64>,
    side: BTreeMap<(Table, String), Vec<u8>>,
    series: series::Content,
    faults: Faults,
    scripted: Option<Fault>,
}

/// What survives a process.
#[derive(Clone)]
pub struct Disk {
    content: Arc<Mutex<Content>>,
    clock: Clock,
}

impl Disk {
    /// Makes an empty disk; `clock` tells `recorded_at`.
    pub fn new(clock: Clock) -> Self {
        Self { content: Arc::default(), clock }
    }

    /// Makes another disk with the same content; what is written to one is not on the other.
    #[must_use]
    pub fn copy(&self) -> Self {
        let content = self.lock();
        let same = Content {
            records: content.records.clone(),
            ids: content.ids.clone(),
            keys: content.keys.clone(),
            seqs: content.seqs.clone(),
            side: content.side.clone(),
            series: content.series.clone(),
            ..Content::default()
        };
        Self { content: Arc::new(Mutex::new(same)), clock: self.clock.clone() }
    }

    /// Opens the ledger on it. The one opened before must be dropped first, as its process would be dead.
    pub fn ledger(&self) -> MemoryLedger {
        let head = self.lock().head();
        MemoryLedger { disk: self.clone(), head: watch::Sender::new(head), stopped: Mutex::new(false) }
    }

    /// Opens the side store on it.
    pub fn side(&self) -> MemorySide {
        MemorySide { disk: self.clone() }
    }

    /// Opens the series store on it.
    pub fn series(&self) -> MemorySeries {
        MemorySeries { disk: self.clone() }
    }

    /// Lets appends go wrong by chance from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.lock().faults = faults;
    }

    /// Lets the next append that would succeed go wrong.
    pub fn fail_next(&self, fault: Fault) {
        self.lock().scripted = Some(fault);
    }

    /// Takes back what [`Disk::fail_next`] asked for, where it has met no append yet.
    pub fn disarm(&self) {
        self.lock().scripted = None;
    }

    fn lock(&self) -> MutexGuard<'_, Content> {
        self.content.lock().expect("nobody panics while holding it")
    }
}

impl Content {
    fn head(&self) -> Head {
        self.records.last().map_or(Head::EMPTY, Head::from)
    }

    fn fault(&mut self) -> Option<Fault> {
        // Chance is drawn in any case, so that a scripted fault does not shift those after it.
        let drawn = self.faults.draw();
        self.scripted.take().or(drawn)
    }

    fn keep(&mut self, records: &[Record]) {
        for record in records {
            self.ids.insert(record.event.id);
            self.seqs.insert(record.event.stream.clone(), record.stream_seq);
            self.keys.extend(record.event.key.clone().map(|key| (key, record.position)));
            self.records.push(record.clone());
        }
    }

    fn page(&self, from: Position, limit: usize) -> Vec<Record> {
        let start = usize::try_from(from.max(1) - 1).unwrap_or(usize::MAX);
        let mut bytes = 0;
        let rest = self.records.iter().skip(start).take(limit.min(PAGE_RECORDS_MAX));
        let page = rest.take_while(|record| {
            let fits = bytes < PAGE_BYTES_MAX;
            bytes += record.event.payload.as_str().len();
            fits
        });
        page.cloned().collect()
    }
}

impl Index for Content {
    type Error = Infallible;

    fn last_seq(&mut self, stream: &str) -> Result<u64, Infallible> {
        Ok(self.seqs.get(stream).copied().unwrap_or(0))
    }

    fn find(&mut self, key: &str) -> Result<Option<Position>, Infallible> {
        Ok(self.keys.get(key).copied())
    }

    fn has_id(&mut self, id: EventId) -> Result<bool, Infallible> {
        Ok(self.ids.contains(&id))
    }

    fn records(&mut self, from: Position, count: usize) -> Result<Vec<Record>, Infallible> {
        Ok(self.page(from, count))
    }
}

/// The ledger in memory.
pub struct MemoryLedger {
    disk: Disk,
    head: watch::Sender<Head>,
    stopped: Mutex<bool>,
}

impl MemoryLedger {
    fn append_now(&self, batch: Vec<NewEvent>, expect: &Expect) -> Result<Appended, AppendError> {
        let mut stopped = self.stopped.lock().expect("nobody panics while holding it");
        if *stopped {
            return Err(AppendError::Stopped { path: PATH.to_owned(), why: None });
        }
        let content = &mut *self.disk.lock();
        let (head, now) = (content.head(), (self.disk.clock)());
        let Ok(admission) = admit(batch, expect, head, now, content);
        let records = match admission {
            Admission::Append(records) => records,
            Admission::Repeat(records) => return Ok(Appended::Before(records)),
            Admission::Refuse(why) => return Err(why),
        };
        let fault = content.fault();
        if fault == Some(Fault::Full) {
            return Err(AppendError::Full { path: PATH.to_owned() });
        }
        content.keep(&records);
        if fault == Some(Fault::AfterCommit) {
            *stopped = true;
            return Err(AppendError::Stopped { path: PATH.to_owned(), why: None });
        }
        self.head.send_replace(content.head());
        Ok(Appended::Now(records))
    }
}

impl Ledger for MemoryLedger {
    fn append(&self, batch: Vec<NewEvent>, expect: Expect) -> Answer<'_, Result<Appended, AppendError>> {
        Box::pin(async move { self.append_now(batch, &expect) })
    }

    fn read(&self, from: Position, limit: usize) -> Answer<'_, Result<Vec<Record>, ReadError>> {
        let mut page = self.disk.lock().page(from, limit);
        // After a fault, what was committed is not announced until the ledger is opened again.
        page.retain(|record| record.position <= self.head().position);
        Box::pin(async move { Ok(page) })
    }

    fn find(&self, key: &str) -> Answer<'_, Result<Option<Position>, ReadError>> {
        let found = self.disk.lock().keys.get(key).copied();
        Box::pin(async move { Ok(found) })
    }

    fn head(&self) -> Head {
        *self.head.borrow()
    }

    fn watch(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }
}

/// The side store in memory.
#[derive(Clone)]
pub struct MemorySide {
    disk: Disk,
}

impl Side for MemorySide {
    fn get(&self, table: Table, key: &str) -> Answer<'_, Result<Option<Vec<u8>>, SideError>> {
        let found = self.disk.lock().side.get(&(table, key.to_owned())).cloned();
        Box::pin(async move { Ok(found) })
    }

    fn list(&self, table: Table) -> Answer<'_, Result<Vec<Entry>, SideError>> {
        let content = self.disk.lock();
        let mine = content.side.iter().filter(|((of, _), _)| *of == table);
        let entries: Vec<Entry> = mine.map(|((_, key), value)| (key.clone(), value.clone())).collect();
        Box::pin(async move {
            match entries.len() > SIDE_LIST_MAX {
                true => Err(SideError::TooLong { table: table.name(), max: SIDE_LIST_MAX }),
                false => Ok(entries),
            }
        })
    }

    fn write(&self, writes: Vec<Write>) -> Answer<'_, Result<(), SideError>> {
        let checked = check_writes(&writes);
        if checked.is_ok() {
            let mut content = self.disk.lock();
            for write in writes {
                match write {
                    Write::Put { table, key, value } => content.side.insert((table, key), value),
                    Write::Delete { table, key } => content.side.remove(&(table, key)),
                };
            }
        }
        Box::pin(async move { checked })
    }
}

#[cfg(test)]
mod tests;
