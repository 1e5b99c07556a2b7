//! From counts since a process started to counts since the last export, across restarts, repeats and late arrivals.
//!
//! A stream is one set of attributes of one series of one process. Streams of one series and process are a group: a
//! process exports all of them each time, so one that joins its group later began at zero.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use seaworthy_model::Tally;

/// Most groups: processes that send, times the series they are asked for.
pub const GROUPS_MAX: usize = 10_000;

/// Most streams of all groups; each takes some 60 bytes.
pub const STREAMS_MAX: usize = 100_000;

/// A group that is silent for so long is forgotten: its process is gone, or exports once a day.
const IDLE_NANOS: u64 = 3_600 * NANOS;

/// A process younger than this at its first export is counted from its start: one or two intervals of an exporter.
const YOUNG_NANOS: u64 = 120 * NANOS;

const NANOS: u64 = 1_000_000_000;

/// Where a point belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Stream {
    pub(super) group: u64,
    pub(super) stream: u64,
}

/// What a point counts. Times are nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) start: u64,
    pub(super) at: u64,
    /// How fine the buckets are that it was read from.
    pub(super) scale: i32,
    pub(super) tally: Tally,
}

/// How a point counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    LastExport,
    Start,
}

/// What a point adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Added {
    /// So much.
    Tally(Tally),
    /// Nothing: it is where counting begins, or was counted before.
    Nothing,
    /// Nothing, because an older process sends the same stream at the same time.
    Mixed,
    /// Nothing, because there are too many streams.
    Full,
}

#[derive(Debug, Default)]
struct Group {
    /// Time of its first export: streams of that time have a past that is not ours to count.
    first_at: u64,
    last_at: u64,
    streams: HashMap<u64, Counted>,
}

/// All streams, as of the last export that was kept.
#[derive(Debug)]
pub(super) struct Counters {
    watching_since: u64,
    groups: HashMap<u64, Group>,
    streams: usize,
}

/// What one export changes, until it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Changes {
    streams: HashMap<Stream, Counted>,
    new_groups: HashSet<u64>,
}

impl Counters {
    pub(super) fn new(watching_since: Timestamp) -> Self {
        let watching_since = u64::try_from(watching_since.as_nanosecond()).unwrap_or(0);
        Self { watching_since, groups: HashMap::new(), streams: 0 }
    }

    /// Returns what a point adds, and notes in `changes` where its stream then stands.
    pub(super) fn add(&self, changes: &mut Changes, stream: Stream, since: Since, new: Counted) -> Added {
        let group = self.groups.get(&stream.group);
        let before = group.and_then(|group| group.streams.get(&stream.stream));
        let last = changes.streams.get(&stream).or(before).copied();
        let is_new_group = group.is_none() && !changes.new_groups.contains(&stream.group);
        if last.is_none() && self.is_full(changes, is_new_group) {
            return Added::Full;
        }
        let added = match (since, last) {
            (Since::LastExport, last) => repeated(last, new),
            (Since::Start, None) => self.first(group, new),
            (Since::Start, Some(last)) => grown(last, new),
        };
        if added != Added::Mixed && last.is_none_or(|last| last.at < new.at) {
            changes.streams.insert(stream, new);
            if is_new_group {
                changes.new_groups.insert(stream.group);
            }
        }
        added
    }

    /// Keeps what an export changed.
    pub(super) fn keep(&mut self, changes: Changes) {
        for (stream, counted) in changes.streams {
            let fresh = || Group { first_at: counted.at, ..Group::default() };
            let group = self.groups.entry(stream.group).or_insert_with(fresh);
            group.last_at = group.last_at.max(counted.at);
            if group.streams.insert(stream.stream, counted).is_none() {
                self.streams += 1;
            }
        }
    }

    /// Forgets groups that are silent, where room gets scarce.
    pub(super) fn forget(&mut self, now: Timestamp) {
        if self.groups.len() < GROUPS_MAX / 2 && self.streams < STREAMS_MAX / 2 {
            return;
        }
        let oldest = u64::try_from(now.as_nanosecond()).unwrap_or(0).saturating_sub(IDLE_NANOS);
        self.groups.retain(|_, group| group.last_at >= oldest);
        self.streams = self.groups.values().map(|group| group.streams.len()).sum();
    }

    fn is_full(&self, changes: &Changes, is_new_group: bool) -> bool {
        // Counts streams that changed twice as two: it errs on the safe side by at most one export.
        self.streams + changes.streams.len() >= STREAMS_MAX
            || is_new_group && self.groups.len() + changes.new_groups.len() >= GROUPS_MAX
    }

    /// A stream's first point: its whole count, if it surely began while we watched.
    fn first(&self, group: Option<&Group>, new: Counted) -> Added {
        let is_joining = group.is_some_and(|group| group.first_at < new.at);
        let is_young = new.start >= self.watching_since && new.at.saturating_sub(new.start) <= YOUNG_NANOS;
        if is_joining || is_young { Added::Tally(new.tally) } else { Added::Nothing }
    }
}

/// Counts since the last export add up, unless the same export comes again.
fn repeated(last: Option<Counted>, new: Counted) -> Added {
    let is_known = last.is_some_and(|last| (last.start, last.at) == (new.start, new.at));
    if is_known { Added::Nothing } else { Added::Tally(new.tally) }
}

fn grown(last: Counted, new: Counted) -> Added {
    if new.at <= last.at {
        return Added::Nothing;
    }
    if new.start < last.start {
        return Added::Mixed;
    }
    // Coarser buckets are read less exactly, so where they change the bad ones may seem to be fewer.
    let is_rescaled = new.scale != last.scale;
    let has_shrunk = new.tally.total < last.tally.total || new.tally.bad < last.tally.bad && !is_rescaled;
    if new.start > last.start && new.start >= last.at || has_shrunk {
        // The process began again: what it counted until the end of the one before is lost.
        return Added::Tally(new.tally);
    }
    let total = new.tally.total - last.tally.total;
    Added::Tally(Tally::new(total, new.tally.bad.saturating_sub(last.tally.bad).min(total)))
}
