//! The crash harness: a writer that appends until it is killed, and the check of what is left.
//!
//! Each acknowledged event is noted, `<position> <id>` on a line, where the note outlives the process. After any number
//! of kills every noted event must stand at its position, and the chain must hold. The id is in the note because a
//! position that was lost is given again to the next event.
//!
//! It proves what the death of a process does, not what the loss of power does.

use std::convert::Infallible;
use std::io::{self, BufRead, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use seaworthy_model::{Entropy, EventId, Position};
use seaworthy_store::chain::{Broken, Unreadable, Verified, verify};
use seaworthy_store::{AppendError, Expect, Ledger, NewEvent, RawJson, Record};
use tokio::task::JoinSet;

use crate::file::LedgerFile;
use crate::ledger::SqliteLedger;
use crate::open::OpenError;
use crate::writer::Acknowledge;

/// Whether the writer keeps its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// It acknowledges what is on disk.
    Kept,
    /// It acknowledges before the commit. The harness must catch it, or the harness proves nothing.
    Mutant,
}

/// Why the harness could not do its work; a lost event is not one of these, it is an [`Outcome`].
#[derive(Debug, thiserror::Error)]
pub enum CrashError {
    /// The ledger could not be opened.
    #[error("could not open the ledger under test")]
    Open(#[from] OpenError),
    /// An append failed while nothing was wrong.
    #[error("could not append to the ledger under test")]
    Append(#[source] AppendError),
    /// The notes could not be written or read.
    #[error("could not use the file of acknowledgements")]
    Notes(#[source] io::Error),
    /// A line of the notes is not `<position> <id>`.
    #[error("could not read acknowledgement {0:?}")]
    Note(String),
}

/// What is left after the kills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Events that were acknowledged.
    pub acknowledged: u64,
    /// Acknowledged events that are not where they were acknowledged to be: must be 0.
    pub lost: u64,
    /// Events in the ledger that nobody was told of: why idempotency keys exist.
    pub present_unacknowledged: u64,
    /// Whether the chain holds.
    pub chain: Result<Verified, Broken>,
}

impl Outcome {
    /// Tells whether the ledger kept its word.
    pub fn is_sound(&self) -> bool {
        self.lost == 0 && self.chain.is_ok()
    }
}

struct Notes<W> {
    out: W,
    entropy: Entropy,
}

/// Appends with `clients` at once, for ever, noting each acknowledgement in `notes`.
///
/// # Errors
/// When the ledger cannot be opened, an append fails or a note cannot be written; it never ends otherwise.
pub fn writer<W: Write + Send + 'static>(
    dir: &Path,
    notes: W,
    clients: usize,
    promise: Promise,
) -> Result<Infallible, CrashError> {
    let acknowledge = match promise {
        Promise::Kept => Acknowledge::AfterCommit,
        Promise::Mutant => Acknowledge::BeforeCommit,
    };
    let ledger = Arc::new(SqliteLedger::open_as(dir, Arc::new(Timestamp::now), acknowledge)?);
    let seed = u128::from(std::process::id()) << 32 ^ Timestamp::now().as_nanosecond().unsigned_abs();
    let notes = Arc::new(Mutex::new(Notes { out: notes, entropy: Entropy::new(seed) }));
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(CrashError::Notes)?;
    runtime.block_on(async {
        let mut running = JoinSet::new();
        for number in 0..clients.max(1) {
            running.spawn(client(ledger.clone(), notes.clone(), number));
        }
        let ended = running.join_next().await.expect("at least one client was spawned");
        ended.expect("a client does not panic and is not cancelled")
    })
}

async fn client<W: Write>(
    ledger: Arc<SqliteLedger>,
    notes: Arc<Mutex<Notes<W>>>,
    number: usize,
) -> Result<Infallible, CrashError> {
    for turn in 0_u64.. {
        let batch = batch(&mut lock(&notes).entropy, number, turn);
        let appended = ledger.append(batch, Expect::Any).await.map_err(CrashError::Append)?;
        let lines: String = appended.records().iter().map(|r| format!("{} {}\n", r.position, r.event.id)).collect();
        lock(&notes).out.write_all(lines.as_bytes()).map_err(CrashError::Notes)?;
    }
    unreachable!("nobody counts to 2^64")
}

fn lock<W>(notes: &Mutex<Notes<W>>) -> std::sync::MutexGuard<'_, Notes<W>> {
    notes.lock().expect("nobody panics while holding it")
}

/// One to three events, so that a torn batch would show.
fn batch(entropy: &mut Entropy, client: usize, turn: u64) -> Vec<NewEvent> {
    let now = Timestamp::now();
    let event = |part: u64| {
        let id = EventId::new(now, entropy);
        NewEvent {
            id,
            stream: format!("crash/{client}"),
            occurred_at: now,
            actor: "crash".to_owned(),
            cause: None,
            kind: "crash.appended".to_owned(),
            version: 1,
            payload: RawJson::found(format!(r#"{{"client":{client},"turn":{turn},"part":{part}}}"#)),
            key: (part == 0).then(|| id.to_string()),
        }
    };
    (0..=turn % 3).map(event).collect()
}

/// Compares what was acknowledged with what is there. Run it after the writer is dead.
///
/// # Errors
/// When the ledger cannot be opened or the notes cannot be read.
pub fn check(dir: &Path, notes: impl BufRead) -> Result<Outcome, CrashError> {
    let file = LedgerFile::open(dir)?;
    let mut ids = Vec::new();
    let keep = |record: &Result<Record, Unreadable>| ids.extend(record.iter().map(|record| record.event.id));
    let chain = verify(file.records().inspect(keep), None);
    let (mut acknowledged, mut lost) = (0, 0);
    for line in notes.split(b'\n') {
        let line = String::from_utf8_lossy(&line.map_err(CrashError::Notes)?).into_owned();
        let (position, id) = note(&line).ok_or(CrashError::Note(line))?;
        let found = usize::try_from(position - 1).ok().and_then(|index| ids.get(index));
        acknowledged += 1;
        lost += u64::from(found != Some(&id));
    }
    let present_unacknowledged = (ids.len() as u64).saturating_sub(acknowledged - lost);
    Ok(Outcome { acknowledged, lost, present_unacknowledged, chain })
}

fn note(line: &str) -> Option<(Position, EventId)> {
    let (position, id) = line.split_once(' ')?;
    Some((position.parse().ok().filter(|position| *position > 0)?, id.parse().ok()?))
}
