//! Ten seconds of one service, and what they say of it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::gateway::Count;
use seaworthy_downtime::{Observation, Seen, Source};

use crate::age::ago;

/// Length of a bucket, in milliseconds: the epoch in which a user counts once.
pub(super) const BUCKET_MS: i64 = 10_000;

/// From this share of failing requests on it is down: most who come are not served.
const DOWN: f64 = 0.5;

/// Above this share it is degraded: ten times what the usual objective of 99.9% has to give.
const DEGRADED: f64 = 0.01;

/// Reports of one bucket that are told apart: forty of each of three gateways; further ones count with the last.
const PARTS_MAX: usize = 120;

/// What gateways counted.
#[derive(Debug, Clone, Default)]
pub(super) struct Bucket {
    /// Reports by the end of their interval.
    parts: BTreeMap<Timestamp, Part>,
    users: u64,
    users_failed: u64,
}

#[derive(Debug, Clone, Copy)]
struct Part {
    from: Timestamp,
    requests: u64,
    /// Failures that users saw, and users who gave up; what another version made good is none.
    failed: u64,
}

impl Bucket {
    /// Adds one count of a report whose interval ended at `ended_at`.
    pub(super) fn add(&mut self, count: &Count, ended_at: Timestamp, interval_ms: u64) {
        let gave_up = count.ended.gave_up;
        let failed = count.seen_idempotent.saturating_add(count.seen_other).saturating_add(gave_up);
        self.part(count.ended.met().max(failed), failed, ended_at, interval_ms);
        self.users = self.users.saturating_add(count.users);
        self.users_failed = self.users_failed.saturating_add(count.users_failed);
    }

    /// Adds requests that a control refused: no version is to blame, and nobody was served. Of users nothing is known.
    pub(super) fn refuse(&mut self, requests: u64, ended_at: Timestamp, interval_ms: u64) {
        self.part(requests, requests, ended_at, interval_ms);
    }

    fn part(&mut self, requests: u64, failed: u64, ended_at: Timestamp, interval_ms: u64) {
        let from = ago(ended_at, interval_ms.min(BUCKET_MS.unsigned_abs()));
        let is_full = self.parts.len() >= PARTS_MAX && !self.parts.contains_key(&ended_at);
        let last = self.parts.keys().next_back().copied().filter(|_| is_full);
        let part = self.parts.entry(last.unwrap_or(ended_at)).or_insert(Part { from, requests: 0, failed: 0 });
        part.from = part.from.min(from);
        part.requests = part.requests.saturating_add(requests);
        part.failed = part.failed.saturating_add(failed);
    }

    /// Returns from the first to the last report in which a request failed, where enough did.
    fn bad(&self) -> Option<(Timestamp, Timestamp)> {
        let mut failing = self.parts.iter().filter(|(_, part)| part.failed > 0);
        let (first_end, first) = failing.next()?;
        let last = failing.next_back().map_or(*first_end, |(to, _)| *to);
        (share(self.parts.values()) > DEGRADED).then_some((first.from, last))
    }

    /// Returns how many requests failed.
    fn failed(&self) -> u64 {
        self.parts.values().fold(0, |sum, part| sum.saturating_add(part.failed))
    }

    /// Returns the end of its last failure; none where it is good all the same.
    pub(super) fn last_bad_at(&self) -> Option<Timestamp> {
        self.bad().map(|(_, to)| to)
    }

    /// Returns what it says, at its beginning and at its end; once where a single failure is all there is. `after` is
    /// the end of the last failure of the bucket before, where that was bad: what is good began there.
    ///
    /// How bad it is, is measured from its first failure to its last, so that an outage that begins or ends in it is not
    /// mixed with the good time beside it; a single failure would be all of that, and is measured against all of it.
    pub(super) fn says(&self, after: Option<Timestamp>) -> Vec<Observation> {
        let (Some((_, first)), Some((end, _))) = (self.parts.first_key_value(), self.parts.last_key_value()) else {
            return Vec::new();
        };
        let at = |at, seen, share_of_users| Observation { at, source: Source::Gateway, seen, share_of_users };
        let Some((from, to)) = self.bad() else {
            return vec![at(after.unwrap_or(first.from), Seen::Up, None), at(*end, Seen::Up, None)];
        };
        let is_single = self.failed() == 1;
        let between = self.parts.iter().filter(|(end, part)| is_single || (part.from < to && **end > from));
        let seen = if share(between.map(|(_, part)| part)) >= DOWN { Seen::Down } else { Seen::Degraded };
        let users = (self.users > 0).then(|| (self.users_failed as f64 / self.users as f64).min(1.0));
        let ends = (!is_single).then_some(to);
        [from].into_iter().chain(ends).map(|moment| at(moment, seen, users)).collect()
    }
}

/// Share of requests that failed, 0 to 1; 0 of none.
fn share<'a>(parts: impl Iterator<Item = &'a Part>) -> f64 {
    let add =
        |(all, bad): (u64, u64), part: &Part| (all.saturating_add(part.requests), bad.saturating_add(part.failed));
    let (requests, failed) = parts.fold((0, 0), add);
    failed as f64 / requests.max(1) as f64
}
