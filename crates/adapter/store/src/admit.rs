//! Whether a batch may be appended, and the records it becomes: the part that is the same for every backend.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use seaworthy_model::{EventId, Position};

use crate::chain::seal;
use crate::event::{Head, NewEvent, Record};
use crate::ledger::{AppendError, Expect, Subject};
use crate::limits::{BATCH_BYTES_MAX, BATCH_EVENTS_MAX};

/// What admission asks a backend about the ledger, uncommitted appends of the same transaction included.
pub trait Index {
    /// The backend's own failure.
    type Error;

    /// Returns the last sequence of a stream, 0 when it has no events.
    ///
    /// # Errors
    /// When the backend fails.
    fn last_seq(&mut self, stream: &str) -> Result<u64, Self::Error>;

    /// Returns the position of the event with an idempotency key.
    ///
    /// # Errors
    /// When the backend fails.
    fn find(&mut self, key: &str) -> Result<Option<Position>, Self::Error>;

    /// Tells whether an event has this id.
    ///
    /// # Errors
    /// When the backend fails.
    fn has_id(&mut self, id: EventId) -> Result<bool, Self::Error>;

    /// Reads `count` records from a position on.
    ///
    /// # Errors
    /// When the backend fails.
    fn records(&mut self, from: Position, count: usize) -> Result<Vec<Record>, Self::Error>;
}

/// What becomes of a batch.
#[derive(Debug)]
pub enum Admission {
    /// Store these records, next to each other, at the head.
    Append(Vec<Record>),
    /// Store nothing: these records were the first time.
    Repeat(Vec<Record>),
    /// Store nothing.
    Refuse(AppendError),
}

/// Decides what becomes of a batch.
///
/// # Errors
/// When the index fails; a refusal is not an error.
pub fn admit<I: Index>(
    batch: Vec<NewEvent>,
    expect: &Expect,
    head: Head,
    now: Timestamp,
    index: &mut I,
) -> Result<Admission, I::Error> {
    if let Err(error) = check_batch(&batch) {
        return Ok(Admission::Refuse(error));
    }
    if let Some(repeat) = repeated(&batch, head, index)? {
        return Ok(repeat);
    }
    if let Some(conflict) = conflict(expect, head, index)? {
        return Ok(Admission::Refuse(conflict));
    }
    if let Some(taken) = taken_id(&batch, index)? {
        return Ok(Admission::Refuse(AppendError::IdTaken(taken)));
    }
    sealed(batch, head, now, index)
}

/// Returns how many payload bytes a batch has.
pub fn batch_bytes(batch: &[NewEvent]) -> usize {
    batch.iter().map(|event| event.payload.as_str().len()).sum()
}

/// Checks what can be checked without the ledger; backends call it before a batch may wait.
///
/// # Errors
/// When the batch or one of its events passes a limit, or two of its events share an id or a key.
pub fn check_batch(batch: &[NewEvent]) -> Result<(), AppendError> {
    let bytes = batch_bytes(batch);
    for (index, event) in batch.iter().enumerate() {
        event.check().map_err(|why| AppendError::Event { index, why })?;
    }
    if batch.is_empty() || batch.len() > BATCH_EVENTS_MAX || bytes > BATCH_BYTES_MAX {
        return Err(AppendError::BatchSize { events: batch.len(), bytes });
    }
    let mut ids = HashSet::with_capacity(batch.len());
    let mut keys = HashSet::new();
    for event in batch {
        if !ids.insert(event.id) {
            return Err(AppendError::IdTaken(event.id));
        }
        if let Some(key) = event.key.as_deref().filter(|key| !keys.insert(*key)) {
            return Err(AppendError::KeyReused { key: key.to_owned(), position: 0 });
        }
    }
    Ok(())
}

/// A batch was appended before when the records around its known key have the batch's streams and types. Ids, instants
/// and payloads may differ: a client that tries again makes them anew.
fn repeated<I: Index>(batch: &[NewEvent], head: Head, index: &mut I) -> Result<Option<Admission>, I::Error> {
    for (offset, event) in batch.iter().enumerate() {
        let Some(key) = &event.key else { continue };
        let Some(position) = index.find(key)? else { continue };
        let reused = Admission::Refuse(AppendError::KeyReused { key: key.clone(), position });
        let first = position.checked_sub(offset as u64).filter(|first| *first > 0);
        let Some(first) = first.filter(|first| first + batch.len() as u64 - 1 <= head.position) else {
            return Ok(Some(reused));
        };
        let records = index.records(first, batch.len())?;
        let same = records.len() == batch.len() && records.iter().zip(batch).all(|(old, new)| is_repeat(old, new));
        return Ok(Some(if same { Admission::Repeat(records) } else { reused }));
    }
    Ok(None)
}

fn is_repeat(old: &Record, new: &NewEvent) -> bool {
    old.event.key == new.key && old.event.stream == new.stream && old.event.kind == new.kind
}

fn conflict<I: Index>(expect: &Expect, head: Head, index: &mut I) -> Result<Option<AppendError>, I::Error> {
    let (on, expected, found) = match expect {
        Expect::Any => return Ok(None),
        Expect::Head(position) => (Subject::Head, *position, head.position),
        Expect::Stream { stream, seq } => (Subject::Stream(stream.clone()), *seq, index.last_seq(stream)?),
    };
    Ok((expected != found).then_some(AppendError::Conflict { on, expected, found }))
}

fn taken_id<I: Index>(batch: &[NewEvent], index: &mut I) -> Result<Option<EventId>, I::Error> {
    for event in batch {
        if index.has_id(event.id)? {
            return Ok(Some(event.id));
        }
    }
    Ok(None)
}

fn sealed<I: Index>(
    batch: Vec<NewEvent>,
    mut head: Head,
    now: Timestamp,
    index: &mut I,
) -> Result<Admission, I::Error> {
    let mut seqs: HashMap<String, u64> = HashMap::new();
    let mut records = Vec::with_capacity(batch.len());
    for (place, event) in batch.into_iter().enumerate() {
        let seq = match seqs.get(&event.stream) {
            Some(seq) => seq + 1,
            None => index.last_seq(&event.stream)? + 1,
        };
        seqs.insert(event.stream.clone(), seq);
        let record = match seal(head, seq, now, event) {
            Ok(record) => record,
            Err(why) => return Ok(Admission::Refuse(AppendError::Event { index: place, why })),
        };
        head = Head::from(&record);
        records.push(record);
    }
    Ok(Admission::Append(records))
}
