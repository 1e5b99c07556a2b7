//! What gateways tell of controls: since when each has one in force, what it refused, and whether anything came through
//! behind it.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::events::control::{ControlConfirmedV1, ControlV1};
use seaworthy_contract::gateway::{ControlSeen, Count, Report};
use seaworthy_model::{ControlId, GatewayName};
use uuid::Uuid;

use super::Gateways;
use crate::State;
use crate::age::ago;
use crate::input::{ControlTotal, ControlTotals};
use crate::state::ControlRecord;

/// How long a confirmation waits for the first request that is refused, so that its time stands in it.
const REFUSAL_WAIT: SignedDuration = SignedDuration::from_secs(10);

/// What is known of controls, by control and gateway.
#[derive(Debug, Clone, Default)]
pub struct Controls(BTreeMap<ControlId, BTreeMap<GatewayName, Held>>);

#[derive(Debug, Clone)]
struct Held {
    boot: Uuid,
    /// When it was in force.
    since: Timestamp,
    first_refused_at: Option<Timestamp>,
    total: ControlTotal,
    /// The end of the last interval after that in which a request went the old way.
    slipped_at: Option<Timestamp>,
    /// Whether its last report is of a whole interval in force, under a config that names it, and nothing slipped.
    is_clean: bool,
}

impl Controls {
    /// Takes a report that was not taken before; its interval had ended at `ended_at`.
    pub(super) fn take(&mut self, state: &State, report: &Report, ended_at: Timestamp) {
        // What is over may still be told of once; what nobody knows is not kept.
        self.0.retain(|control, _| state.controls.contains_key(control));
        for seen in &report.controls {
            let Some(record) = state.controls.get(&seen.control) else { continue };
            let by_gateway = self.0.entry(seen.control).or_default();
            let held = by_gateway.entry(report.gateway.clone()).or_insert_with(|| Held::new(report.boot, ended_at));
            held.take(record, report, seen, ended_at);
        }
    }

    /// Returns what each control did, as far as gateways told since this process started.
    pub fn totals(&self) -> ControlTotals {
        self.0.keys().map(|control| (*control, self.total(*control))).collect()
    }

    /// Returns what one control did.
    pub fn total(&self, control: ControlId) -> ControlTotal {
        let held = self.0.get(&control).into_iter().flat_map(BTreeMap::values);
        held.fold(ControlTotal::default(), |sum, held| ControlTotal {
            refused: sum.refused.saturating_add(held.total.refused),
            passed: sum.passed.saturating_add(held.total.passed),
        })
    }

    /// Returns the gateways that said that they have it in force.
    pub fn held_by(&self, control: ControlId) -> Vec<String> {
        self.0.get(&control).map(|held| held.keys().map(ToString::to_string).collect()).unwrap_or_default()
    }

    /// Returns what every gateway that is there has in force and is not in the ledger. A gateway that is older than controls
    /// never says so, and then none is confirmed.
    pub(super) fn confirmed(&self, state: &State, gateways: &Gateways, now: Timestamp) -> Vec<ControlConfirmedV1> {
        let open = state.controls_set().filter(|(_, record)| record.confirmed.is_none());
        open.filter_map(|(id, record)| self.confirm(*id, record, gateways, now)).collect()
    }

    fn confirm(
        &self,
        control: ControlId,
        record: &ControlRecord,
        gateways: &Gateways,
        now: Timestamp,
    ) -> Option<ControlConfirmedV1> {
        let by_gateway = self.0.get(&control)?;
        let there: Vec<_> = gateways.names(now).collect();
        let held: Vec<&Held> = there.iter().filter_map(|name| by_gateway.get(*name)).filter(|h| h.is_clean).collect();
        if there.is_empty() || held.len() < there.len() {
            return None;
        }
        let in_effect = held.iter().map(|held| held.slipped_at.map_or(held.since, |at| at.max(held.since))).max()?;
        let first_refused = held.iter().filter_map(|held| held.first_refused_at).min();
        if first_refused.is_none() && now.duration_since(in_effect) < REFUSAL_WAIT {
            return None;
        }
        let after = |at: Timestamp| at.duration_since(record.at).as_secs_f64().max(0.0);
        Some(ControlConfirmedV1 {
            control,
            gateways: there.iter().map(ToString::to_string).collect(),
            took_s: after(in_effect),
            first_refused_s: first_refused.map(after),
            refused: self.total(control).refused,
        })
    }

    /// Returns the controls whose time is over, or whose service is gone.
    pub(super) fn over(&self, state: &State, now: Timestamp) -> Vec<ControlId> {
        let is_over =
            |record: &ControlRecord| record.until <= now || state.catalogue.service(&record.set.service).is_none();
        state.controls_set().filter(|(_, record)| is_over(record)).map(|(id, _)| *id).collect()
    }
}

impl Held {
    fn new(boot: Uuid, at: Timestamp) -> Self {
        let total = ControlTotal::default();
        Self { boot, since: at, first_refused_at: None, total, slipped_at: None, is_clean: false }
    }

    fn take(&mut self, record: &ControlRecord, report: &Report, seen: &ControlSeen, ended_at: Timestamp) {
        let is_first = self.total == ControlTotal::default() || self.boot != report.boot;
        let (refused, passed) = match is_first {
            true => (seen.refused_total, seen.passed_total),
            false => (seen.refused, seen.passed),
        };
        if self.boot != report.boot {
            *self =
                Self { total: self.total, first_refused_at: self.first_refused_at, ..Self::new(report.boot, ended_at) };
        }
        self.total.refused = self.total.refused.saturating_add(refused);
        self.total.passed = self.total.passed.saturating_add(passed);
        self.since = ago(ended_at, seen.in_force_ms);
        self.first_refused_at = self.first_refused_at.or(seen.first_refused_age_ms.map(|age| ago(ended_at, age)));
        let is_whole = seen.in_force_ms >= report.interval_ms && report.applied >= record.position;
        let slipped = report.counts.iter().any(|count| slips(record, count));
        if is_whole && slipped {
            self.slipped_at = Some(ended_at);
        }
        self.is_clean = is_whole && !slipped;
    }
}

/// Says whether a count is of requests that the control is about and that were let in by a config before it.
fn slips(record: &ControlRecord, count: &Count) -> bool {
    let (caller, called) = (count.route.strip_prefix("from/"), &count.service);
    let is_meant = match &record.set.what {
        ControlV1::Isolate { caller: from, dependency, .. } => called == dependency && caller == Some(from.as_str()),
        ControlV1::Shutter { .. } => *called == record.set.service && caller.is_none(),
        ControlV1::Throttle { .. } => *called == record.set.service,
    };
    let is_there = record.set.route.as_ref().is_none_or(|route| *route == count.route);
    is_meant && is_there && count.config < record.position && count.starts > 0
}
