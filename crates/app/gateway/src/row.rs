//! Counters of one route, version and arm under one config, kept by one worker.
//!
//! One thread writes and one reads, so a plain load and store is enough: no locked instruction and no cache line
//! that two cores fight for. Counters only grow; the reporter takes differences.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use seaworthy_model::latency::{BUCKETS, bucket};
use seaworthy_model::{Arm, Position, RolloutId, ServiceId, VersionId};

/// What a row counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct RowKey {
    pub(crate) service: ServiceId,
    pub(crate) route: String,
    pub(crate) version: VersionId,
    pub(crate) arm: Arm,
    pub(crate) config: Position,
    /// The rollout in which the version is canary; none for stable.
    pub(crate) rollout: Option<RolloutId>,
}

/// The counters, in the order of their cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tally {
    Starts,
    Ok,
    ClientError,
    ServerError,
    ConnectError,
    Reset,
    Timeout,
    Cancelled,
    GaveUp,
    Rescued,
    SeenIdempotent,
    SeenOther,
    UsersInStep,
    Users,
    UsersFailed,
    UsersFailedInStep,
    /// Requests that came in, with those that stable took over from a canary.
    Entered,
    Left,
}

const TALLIES: usize = Tally::Left as usize + 1;

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    FirstFailure,
    LastAssigned,
    LastResponse,
}

#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: RowKey,
    tallies: [AtomicU64; TALLIES],
    latency: [AtomicU32; BUCKETS],
    /// Milliseconds since the gateway's start, plus one; 0 means "never".
    whens: [AtomicU64; 3],
}

impl Row {
    pub(crate) fn new(key: RowKey) -> Self {
        Self {
            key,
            tallies: [const { AtomicU64::new(0) }; TALLIES],
            latency: [const { AtomicU32::new(0) }; BUCKETS],
            whens: [const { AtomicU64::new(0) }; 3],
        }
    }

    /// Adds one. Only the worker that owns the row may call it.
    pub(crate) fn count(&self, what: Tally) {
        let cell = &self.tallies[what as usize];
        cell.store(cell.load(Relaxed) + 1, Relaxed);
    }

    /// Adds a latency. Only the worker that owns the row may call it.
    pub(crate) fn time(&self, micros: u64) {
        let cell = &self.latency[usize::from(bucket(micros))];
        cell.store(cell.load(Relaxed).wrapping_add(1), Relaxed);
    }

    /// Notes a time; of first times the first stays.
    pub(crate) fn note(&self, what: When, now_ms: u64) {
        let cell = &self.whens[what as usize];
        if what != When::FirstFailure || cell.load(Relaxed) == 0 {
            cell.store(now_ms + 1, Relaxed);
        }
    }

    pub(crate) fn when(&self, what: When) -> Option<u64> {
        self.whens[what as usize].load(Relaxed).checked_sub(1)
    }

    pub(crate) fn read(&self) -> Reading {
        Reading {
            tallies: std::array::from_fn(|i| self.tallies[i].load(Relaxed)),
            latency: std::array::from_fn(|i| self.latency[i].load(Relaxed)),
        }
    }
}

/// What a row showed at one moment, or what was added between two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    tallies: [u64; TALLIES],
    latency: [u32; BUCKETS],
}

impl Default for Reading {
    fn default() -> Self {
        Self { tallies: [0; TALLIES], latency: [0; BUCKETS] }
    }
}

impl Reading {
    pub(crate) fn get(&self, what: Tally) -> u64 {
        self.tallies[what as usize]
    }

    pub(crate) fn in_flight(&self) -> u64 {
        // The two are read one after the other while the worker goes on.
        self.get(Tally::Entered).saturating_sub(self.get(Tally::Left))
    }

    /// What was added since `before`.
    pub(crate) fn since(&self, before: &Self) -> Self {
        Self {
            tallies: std::array::from_fn(|i| self.tallies[i] - before.tallies[i]),
            latency: std::array::from_fn(|i| self.latency[i].wrapping_sub(before.latency[i])),
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.tallies.iter_mut().zip(other.tallies).for_each(|(mine, theirs)| *mine += theirs);
        self.latency.iter_mut().zip(other.latency).for_each(|(mine, theirs)| *mine = mine.wrapping_add(theirs));
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.tallies.iter().all(|cell| *cell == 0)
    }

    /// The buckets that are not empty.
    pub(crate) fn latency(&self) -> impl Iterator<Item = (u8, u64)> {
        (0_u8..).zip(self.latency).filter(|(_, count)| *count > 0).map(|(bucket, count)| (bucket, u64::from(count)))
    }
}
