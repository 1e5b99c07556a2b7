//! What the threads of a gateway share: the config, the counters to read, and what happened outside them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use seaworthy_contract::gateway::USER_EPOCH_MS;
use seaworthy_traffic::users::Epoch;
use tokio::sync::mpsc;

use crate::compiled::Compiled;
use crate::control::pages::Question;
use crate::row::{Row, RowKey};
use crate::trial::TrialKey;

/// What the gateway answered by itself, for `/metrics`: these requests met no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    BadRequest,
    NoRoute,
    NoVersion,
    NotSupported,
}

impl Own {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::BadRequest, "bad-request"),
        (Self::NoRoute, "no-route"),
        (Self::NoVersion, "no-healthy-version"),
        (Self::NotSupported, "not-supported"),
    ];
}

/// The local guard ejected a canary.
#[derive(Debug, Clone)]
pub(crate) struct Tripped {
    pub(crate) trial: TrialKey,
    pub(crate) why: String,
    pub(crate) at_ms: u64,
}

#[derive(Debug)]
pub(crate) struct Shared {
    started: Instant,
    current: RwLock<Arc<Compiled>>,
    generation: AtomicU64,
    rows: Mutex<Vec<Arc<Row>>>,
    tripped: Mutex<Vec<Tripped>>,
    own: [AtomicU64; Own::ALL.len()],
    pub(crate) connections: AtomicU64,
    /// Asks the control thread for a page about the gateway itself.
    pub(crate) questions: mpsc::Sender<Question>,
}

impl Shared {
    pub(crate) fn new(questions: mpsc::Sender<Question>) -> Self {
        Self {
            started: Instant::now(),
            current: RwLock::default(),
            generation: AtomicU64::new(0),
            rows: Mutex::default(),
            tripped: Mutex::default(),
            own: Default::default(),
            connections: AtomicU64::new(0),
            questions,
        }
    }

    /// Milliseconds since the gateway's start.
    pub(crate) fn ms(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.started).as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.ms(Instant::now())
    }

    pub(crate) fn epoch(now_ms: u64) -> Epoch {
        Epoch::try_from(now_ms / USER_EPOCH_MS + 1).unwrap_or(Epoch::MAX)
    }

    pub(crate) fn current(&self) -> Arc<Compiled> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a config in force: every request that begins afterwards sees it.
    pub(crate) fn replace(&self, compiled: Arc<Compiled>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = compiled;
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// Grows with each config: a worker compares it once a request.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Makes a row for one worker and keeps it for the reporter.
    pub(crate) fn new_row(&self, key: RowKey) -> Arc<Row> {
        let row = Arc::new(Row::new(key));
        self.rows().push(row.clone());
        row
    }

    pub(crate) fn rows(&self) -> MutexGuard<'_, Vec<Arc<Row>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn tripped(&self) -> MutexGuard<'_, Vec<Tripped>> {
        self.tripped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn count_own(&self, what: Own) {
        self.own[what as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn own(&self, what: Own) -> u64 {
        self.own[what as usize].load(Ordering::Relaxed)
    }
}
