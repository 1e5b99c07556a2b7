//! Counts and latencies of each service, route, version and arm: ten minutes in buckets of ten seconds, and the last
//! quarter of an hour in buckets of five minutes on their way to the store.
//!
//! Names are the caller's. There is a limit to how many are held, because routes and versions come and go; what is over
//! it is counted and can be said.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use jiff::Timestamp;
use seaworthy_model::Tally;

use crate::histogram::Histogram;
use crate::resolution::{NAME_BYTES_MAX, Resolution};
use crate::series::{Refused, taken_at};

/// Most names that are held at once. At some 6 KiB each this bounds memory to 6 MiB.
pub const ARMS_MAX: usize = 1_000;

/// Ten-second buckets of each name: ten minutes.
const FINE_KEPT: i64 = 60;

/// Five-minute buckets of each name: the open one and two in which late reports are amended.
const COARSE_KEPT: i64 = 3;

/// What was counted in one bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bin {
    /// Requests.
    pub tally: Tally,
    /// How long they took.
    pub latency: Histogram,
}

impl Bin {
    /// Adds another bin.
    pub fn merge(&mut self, other: &Self) {
        self.tally.add(other.tally);
        self.latency.merge(&other.latency);
    }
}

/// Five minutes of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmBucket {
    /// The name.
    pub name: String,
    /// Slot of [`Resolution::FiveMinutes`].
    pub slot: i64,
    /// What was counted.
    pub bin: Bin,
}

/// Why counts were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArmRefused {
    /// Their instant is out of range.
    Time(Refused),
    /// [`ARMS_MAX`] other names are held.
    Full,
    /// The name is empty or longer than [`NAME_BYTES_MAX`].
    Name,
}

impl fmt::Display for ArmRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(why) => why.fmt(f),
            Self::Full => write!(f, "could not keep latencies of another arm: {ARMS_MAX} are kept already"),
            Self::Name => write!(f, "could not keep latencies: a name has 1 to {NAME_BYTES_MAX} bytes"),
        }
    }
}

impl std::error::Error for ArmRefused {}

#[derive(Debug, Clone, Default)]
struct Trail {
    /// By slot of ten seconds, ascending.
    fine: VecDeque<(i64, Bin)>,
    /// By slot of five minutes; whether it changed since it was last taken.
    coarse: BTreeMap<i64, (Bin, bool)>,
}

impl Trail {
    fn add_fine(&mut self, slot: i64, bin: &Bin) {
        match self.fine.binary_search_by_key(&slot, |(slot, _)| *slot) {
            Ok(at) => self.fine[at].1.merge(bin),
            Err(at) => self.fine.insert(at, (slot, bin.clone())),
        }
    }

    fn forget(&mut self, fine: i64, coarse: i64) {
        while self.fine.front().is_some_and(|(slot, _)| *slot <= fine - FINE_KEPT) {
            self.fine.pop_front();
        }
        // What is not stored yet waits, however old it is.
        self.coarse.retain(|slot, (_, dirty)| *dirty || *slot > coarse - COARSE_KEPT);
    }

    fn heap_bytes(&self) -> usize {
        let fine: usize = self.fine.iter().map(|(_, bin)| bin.latency.heap_bytes()).sum();
        let coarse: usize =
            self.coarse.values().map(|(bin, _)| bin.latency.heap_bytes() + size_of::<(i64, Bin)>()).sum();
        self.fine.capacity() * size_of::<(i64, Bin)>() + fine + coarse
    }
}

/// Counts and latencies by name.
#[derive(Debug, Clone, Default)]
pub struct Arms {
    trails: BTreeMap<String, Trail>,
    /// The latest `now` that was seen: a clock that is set back must not open again what is stored and forgotten.
    latest: Option<Timestamp>,
    refused: u64,
    last_refused: Option<String>,
}

impl Arms {
    /// Adds counts of one instant and their latencies by bucket.
    ///
    /// Returns what belongs to five minutes that are no longer in memory: the caller reads that row, merges and writes it.
    ///
    /// # Errors
    /// When the instant is out of range, or the name is bad or one too many; then nothing is counted.
    pub fn add(
        &mut self,
        name: &str,
        at: Timestamp,
        bin: &Bin,
        now: Timestamp,
    ) -> Result<Option<ArmBucket>, ArmRefused> {
        let at = taken_at(at, now).map_err(ArmRefused::Time)?;
        if name.is_empty() || name.len() > NAME_BYTES_MAX {
            return Err(ArmRefused::Name);
        }
        let now = self.go_on(now);
        if !self.trails.contains_key(name) {
            self.admit(name, now)?;
        }
        let trail = self.trails.entry(name.to_owned()).or_default();
        let [fine, coarse] = Resolution::ALL.map(|resolution| (resolution.slot(at), resolution.slot(now)));
        trail.add_fine(fine.0, bin);
        let resident = coarse.0 > coarse.1 - COARSE_KEPT || trail.coarse.contains_key(&coarse.0);
        if resident {
            let (counted, dirty) = trail.coarse.entry(coarse.0).or_default();
            counted.merge(bin);
            *dirty = true;
        }
        trail.forget(fine.1, coarse.1);
        Ok((!resident).then(|| ArmBucket { name: name.to_owned(), slot: coarse.0, bin: bin.clone() }))
    }

    fn go_on(&mut self, now: Timestamp) -> Timestamp {
        let latest = self.latest.map_or(now, |latest| latest.max(now));
        self.latest = Some(latest);
        latest
    }

    fn admit(&mut self, name: &str, now: Timestamp) -> Result<(), ArmRefused> {
        if self.trails.len() >= ARMS_MAX {
            self.advance(now);
        }
        if self.trails.len() >= ARMS_MAX {
            self.refused = self.refused.saturating_add(1);
            self.last_refused = Some(name.to_owned());
            return Err(ArmRefused::Full);
        }
        Ok(())
    }

    /// Forgets what is older than memory, and names of which nothing is left. Once in a minute is enough.
    pub fn advance(&mut self, now: Timestamp) {
        let now = self.go_on(now);
        let [fine, coarse] = Resolution::ALL.map(|resolution| resolution.slot(now));
        self.trails.retain(|_, trail| {
            trail.forget(fine, coarse);
            !(trail.fine.is_empty() && trail.coarse.is_empty())
        });
    }

    /// Returns what was counted under a name in the last so many slots of ten seconds, the open one included; at most 60.
    pub fn recent(&self, name: &str, slots: u8, now: Timestamp) -> Bin {
        let since = Resolution::TenSeconds.slot(now) - i64::from(slots).min(FINE_KEPT);
        let mut sum = Bin::default();
        let fine = self.trails.get(name).into_iter().flat_map(|trail| &trail.fine);
        fine.filter(|(slot, _)| *slot > since).for_each(|(_, bin)| sum.merge(bin));
        sum
    }

    /// Returns the names that are held, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.trails.keys().map(String::as_str)
    }

    /// Returns how many times counts were refused for want of room, and whose they were last.
    pub fn refused(&self) -> (u64, Option<&str>) {
        (self.refused, self.last_refused.as_deref())
    }

    /// Returns every five minutes that changed since they were last taken, with all that they hold.
    pub fn take_dirty(&mut self) -> Vec<ArmBucket> {
        let mut taken = Vec::new();
        for (name, trail) in &mut self.trails {
            for (slot, (bin, dirty)) in &mut trail.coarse {
                if std::mem::take(dirty) {
                    taken.push(ArmBucket { name: name.clone(), slot: *slot, bin: bin.clone() });
                }
            }
        }
        taken
    }

    /// Gives back what was taken and could not be written. What memory holds under the name and slot already is newer and
    /// stays.
    pub fn give_back(&mut self, taken: Vec<ArmBucket>) {
        for ArmBucket { name, slot, bin } in taken {
            let kept = self.trails.entry(name).or_default().coarse.entry(slot).or_insert((bin, true));
            kept.1 = true;
        }
    }

    /// Sets five minutes to what was stored; those that memory would not hold at `now`, and names over the limit, are
    /// skipped.
    pub fn restore(&mut self, stored: impl IntoIterator<Item = ArmBucket>, now: Timestamp) {
        let oldest = Resolution::FiveMinutes.slot(now) - COARSE_KEPT;
        for ArmBucket { name, slot, bin } in stored {
            let has_room = self.trails.len() < ARMS_MAX || self.trails.contains_key(&name);
            if slot > oldest && has_room && !name.is_empty() && name.len() <= NAME_BYTES_MAX {
                self.trails.entry(name).or_default().coarse.insert(slot, (bin, false));
            }
        }
    }

    /// Returns the bytes that they take, their own and those on the heap, but for what the maps need for themselves.
    pub fn resident_bytes(&self) -> usize {
        let trail =
            |(name, trail): (&String, &Trail)| size_of::<(String, Trail)>() + name.capacity() + trail.heap_bytes();
        size_of::<Self>() + self.trails.iter().map(trail).sum::<usize>()
    }
}

#[cfg(test)]
mod tests;
