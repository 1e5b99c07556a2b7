//! Reads the workers' counters and turns what was added since the last time into counts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use seaworthy_contract::gateway::{COUNTS_MAX, Classes, Count, InFlight};
use seaworthy_model::{Arm, ServiceId, VersionId};

use crate::row::{Reading, Row, RowKey, Tally};
use crate::shared::Shared;
use crate::telemetry::metrics::Totals;
use crate::telemetry::moments::Moments;

/// One worker's row and what it showed last time.
struct Tracked {
    row: Arc<Row>,
    last: Reading,
}

/// What one look found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) counts: Vec<Count>,
    pub(crate) in_flight: Vec<InFlight>,
}

#[derive(Default)]
pub(crate) struct Collector {
    tracked: Vec<Tracked>,
    pub(crate) moments: Moments,
    pub(crate) totals: Totals,
}

impl Collector {
    /// Takes what was added since the last look. Rows past the limit of a report are left for the next one.
    pub(crate) fn look(&mut self, shared: &Shared) -> Found {
        let new = std::mem::take(&mut *shared.rows());
        self.tracked.extend(new.into_iter().map(|row| Tracked { row, last: Reading::default() }));
        let now_ms = shared.now_ms();
        self.moments.follow(&shared.current(), now_ms);
        let mut added: HashMap<RowKey, Reading> = HashMap::new();
        let mut in_flight: BTreeMap<(ServiceId, VersionId), u64> = BTreeMap::new();
        self.tracked.retain_mut(|tracked| {
            // Looked at before reading: whoever held the row until now has written what there is to read.
            let is_last_look = Arc::strong_count(&tracked.row) == 1;
            let key = &tracked.row.key;
            let reading = tracked.row.read();
            self.moments.note(&tracked.row);
            if reading.in_flight() > 0 {
                *in_flight.entry((key.service.clone(), key.version.clone())).or_default() += reading.in_flight();
            }
            let delta = reading.since(&tracked.last);
            if delta.is_zero() {
                return !is_last_look;
            }
            if added.len() >= COUNTS_MAX && !added.contains_key(key) {
                return true;
            }
            added.entry(key.clone()).or_default().add(&delta);
            tracked.last = reading;
            !is_last_look
        });
        self.totals.add(&added, now_ms);
        let counts = added.into_iter().filter_map(|(key, delta)| count(key, &delta)).collect();
        let in_flight = in_flight
            .into_iter()
            .map(|((service, version), requests)| InFlight { service, version, requests })
            .collect();
        Found { counts, in_flight }
    }
}

/// Makes a count; none where only the number in flight changed.
fn count(key: RowKey, delta: &Reading) -> Option<Count> {
    let ended = Classes {
        ok: delta.get(Tally::Ok),
        client_error: delta.get(Tally::ClientError),
        server_error: delta.get(Tally::ServerError),
        connect_error: delta.get(Tally::ConnectError),
        reset: delta.get(Tally::Reset),
        timeout: delta.get(Tally::Timeout),
        cancelled: delta.get(Tally::Cancelled),
        gave_up: delta.get(Tally::GaveUp),
    };
    let count = Count {
        starts: delta.get(Tally::Starts),
        ended,
        rescued: delta.get(Tally::Rescued),
        seen_idempotent: delta.get(Tally::SeenIdempotent),
        seen_other: delta.get(Tally::SeenOther),
        users_in_step: delta.get(Tally::UsersInStep),
        users: delta.get(Tally::Users),
        users_failed: delta.get(Tally::UsersFailed),
        users_failed_in_step: Some(delta.get(Tally::UsersFailedInStep)),
        latency: delta.latency().collect(),
        service: key.service,
        route: key.route,
        version: key.version,
        arm: key.arm,
        config: key.config,
    };
    let has_any = count.starts + count.rescued + count.seen_idempotent + count.seen_other > 0
        || ended != Classes::default()
        || !count.latency.is_empty();
    has_any.then_some(count)
}

/// The arm as a label.
pub(crate) fn arm_name(arm: Arm) -> &'static str {
    match arm {
        Arm::Stable => "stable",
        Arm::Canary => "canary",
    }
}

#[cfg(test)]
mod tests;
