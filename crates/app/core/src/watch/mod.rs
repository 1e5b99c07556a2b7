//! Watching: gateways' reports in, verdicts out.
//!
//! This is the one part of the core that is not folded from the ledger: counts are not events. It is persisted as
//! checkpoints before a report is acknowledged, so a restart goes on where the last acknowledged report ended. Losing
//! it costs evidence, never truth: the judge starts the step anew.

mod calendars;
mod checkpoint;
mod confirmed;
mod controls;
mod dependants;
mod downtime;
mod gateways;
mod health;
mod live;
pub mod objectives;
pub mod probes;
mod series;
mod told;
mod traffic;
mod used;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seaworthy_alert::Signal;
use seaworthy_contract::gateway::Report;
use seaworthy_contract::prober::ProbeReport;
use seaworthy_model::{GatewayName, RolloutId, ServiceId};
use seaworthy_rollout::policy::{Verdict, Why};

use crate::State;
use crate::age::ago;
use crate::input::ControlDone;
use crate::state::RolloutRecord;

pub use calendars::{CalendarSeen, Calendars};
pub use checkpoint::Saved;
pub use confirmed::Confirmed;
pub use controls::Controls;
pub use downtime::{Downtime, DowntimeChange};
pub use gateways::{GATEWAY_BEHIND, GATEWAY_LOST, GATEWAY_REMOVED, GATEWAYS_MAX, GatewaySeen, Gateways};
pub use health::{FailedCheck, FailedChecks};
pub use live::Live;
pub use objectives::Objectives;
pub use probes::Probes;
pub use series::SeriesRing;
pub use traffic::{REFUSED, Traffic};
pub use used::{InUse, USERS_WITHIN, Used};

/// Rollouts whose counts are kept; the oldest that ended make room. Two weeks of a busy team, at 40 KB each.
const KEPT_MAX: usize = 200;

/// Pairs of caller and dependency whose calls are counted; further pairs are not.
const EDGES_MAX: usize = 10_000;

/// What the judge says of a rollout.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The rollout.
    pub rollout: RolloutId,
    /// The step it looked at.
    pub step: usize,
    /// What it says.
    pub verdict: Verdict,
    /// When a gateway first saw the version fail.
    pub first_bad_at: Option<Timestamp>,
    /// Since when it waits for what may never come: [`Why::may_last`].
    pub stuck_since: Option<Timestamp>,
}

/// Every gateway has let go of a reverted version.
#[derive(Debug, Clone, PartialEq)]
pub struct Drained {
    /// The rollout.
    pub rollout: RolloutId,
    /// Gateways that confirmed.
    pub gateways: Vec<String>,
    /// When a gateway first saw the version fail.
    pub first_bad_at: Option<Timestamp>,
    /// The last request assigned to it; none when it never had one.
    pub last_assigned_at: Option<Timestamp>,
    /// Its last response that ended.
    pub last_response_at: Option<Timestamp>,
    /// What its requests came to.
    pub canary: seaworthy_contract::api::ArmTotals,
}

/// Everything that is known from reports.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    /// Gateways that reported.
    pub gateways: Gateways,
    /// Counts and judges, by rollout.
    pub live: BTreeMap<RolloutId, Live>,
    /// Calls between services that gateways carried: caller, dependency, how many.
    pub calls: BTreeMap<(String, ServiceId), u64>,
    /// How good services are for their users.
    pub objectives: Objectives,
    /// What services and their functions are like.
    pub downtime: Downtime,
    /// What probes see.
    pub probes: Probes,
    /// Versions whose health check fails.
    pub failed_checks: FailedChecks,
    /// What controls do.
    pub controls: Controls,
    /// How much comes by which way.
    pub traffic: Traffic,
    /// Which contacts their owners confirmed.
    pub confirmed: Confirmed,
    /// When followed calendars were read, and what of them means nobody.
    pub calendars: Calendars,
    /// Pages of dependants that wait.
    held: dependants::Held,
    /// When each service of the catalogue was last asked for something.
    asked: BTreeMap<ServiceId, Timestamp>,
    /// Gateways of which a report was taken that is not persisted.
    unsaved: BTreeSet<GatewayName>,
    /// Rollouts that made room and whose checkpoints are still there.
    forgotten: BTreeSet<RolloutId>,
}

impl Watch {
    /// Begins on what a process before this one left: it is known to have looked until its last event.
    pub fn opened(&mut self, state: &State) {
        self.downtime.alive_before(state.at);
    }

    /// Takes a report in; `false` when it was taken before.
    pub fn ingest(&mut self, state: &State, report: &Report, now: Timestamp) -> bool {
        if !self.gateways.take(report, now) {
            return false;
        }
        self.unsaved.insert(report.gateway.clone());
        self.count_calls(report);
        let ended_at = ago(now, report.age_ms);
        self.note_asked(state, report, ended_at);
        self.controls.take(state, report, ended_at);
        self.traffic.take(state, report, ended_at);
        self.downtime.take(state, report, ended_at);
        self.objectives.ingest(report, ended_at, now);
        let samples = self.gateways.samples(&report.gateway, now);
        let counted = |(id, record): &(&RolloutId, &RolloutRecord)| !record.is_final() && state.is_latest(**id);
        for (rollout, record) in state.rollouts.iter().filter(counted) {
            let live = self.live.entry(*rollout).or_insert_with(|| Live::new(record, now));
            live.sync(record, now);
            live.take(record, report, ended_at, samples);
        }
        self.forget_oldest(state);
        true
    }

    /// Takes the results of a place in, and counts each run once for the objectives that it is the measure of.
    pub fn take_probes(&mut self, state: &State, report: &ProbeReport, now: Timestamp) {
        for (probe, run) in self.probes.take(state, report, now) {
            let Some(tally) = run.tally() else { continue };
            // A slot that is out of range is one of a clock that is wrong: it is shown, and does not count.
            self.objectives.probed(&probe, run.intended_at, tally.bad == 0, now).unwrap_or_default();
        }
    }

    /// Takes a look at probes: the account of downtime hears what they say; returns what the ledger does not say yet.
    pub fn probe_signals(&mut self, state: &State, now: Timestamp) -> Vec<Signal> {
        let (signals, words) = self.probes.look(state, now);
        for (key, seen) in &words {
            self.downtime.observe(state, key, seen, now);
        }
        signals
    }

    fn count_calls(&mut self, report: &Report) {
        for count in &report.counts {
            let Some(caller) = count.route.strip_prefix("from/") else { continue };
            let edge = (caller.to_owned(), count.service.clone());
            if self.calls.len() < EDGES_MAX || self.calls.contains_key(&edge) {
                let calls = self.calls.entry(edge).or_default();
                *calls = calls.saturating_add(count.starts);
            }
        }
    }

    fn forget_oldest(&mut self, state: &State) {
        while self.live.len() > KEPT_MAX {
            let Some(oldest) = self.live.keys().find(|id| !state.is_latest(**id)).copied() else { return };
            self.live.remove(&oldest);
            self.forgotten.insert(oldest);
        }
    }

    /// Returns what follows from what is known now, for every rollout that users meet.
    ///
    /// Nothing grows on old news: while gateways are behind, after an outage of this process or of theirs, what users
    /// met meanwhile is read first.
    pub fn verdicts(&mut self, state: &State, now: Timestamp) -> Vec<Judged> {
        let (mut verdicts, fresh) = (Vec::new(), self.gateways.are_fresh(now));
        for (rollout, record) in state.rollouts.iter().filter(|(id, _)| state.is_latest(**id)) {
            let (Some(step), Some(live)) = (record.step(), self.live.get_mut(rollout)) else { continue };
            live.sync(record, now);
            let verdict = match live.judge.decide(now) {
                // No news of requests is not news of no requests.
                Verdict::Promote { .. } | Verdict::Wait(Why::NoTraffic { .. }) if !fresh => Verdict::Wait(Why::Behind),
                verdict => verdict,
            };
            live.looked(verdict, now);
            let (first_bad_at, stuck_since) = (live.first_bad_at, live.stuck_since);
            verdicts.push(Judged { rollout: *rollout, step, verdict, first_bad_at, stuck_since });
        }
        verdicts
    }

    /// Returns what services are seen to be like and the ledger does not know.
    pub fn downtime_changes(&mut self, state: &State, now: Timestamp) -> Vec<DowntimeChange> {
        self.downtime.changes(state, &self.gateways, now)
    }

    /// Returns what follows for controls: those that every gateway has in force, and those that are over.
    pub fn controls_done(&self, state: &State, now: Timestamp) -> Vec<ControlDone> {
        let confirmed = self.controls.confirmed(state, &self.gateways, now).into_iter().map(ControlDone::Confirmed);
        let over = self.controls.over(state, now).into_iter();
        let over = over.map(|control| ControlDone::Over { control, seen: self.controls.totals() });
        confirmed.chain(over).collect()
    }

    /// Returns the reverted rollouts that every gateway has let go of.
    ///
    /// A gateway that has been silent for [`GATEWAY_LOST`] is not waited for, or one that is gone would keep its services
    /// from shipping for ever. It is not among those that confirmed, and [`Gateways::unheard`] names it. Where
    /// none ever joined, nobody can have met the version.
    pub fn drained(&self, state: &State, now: Timestamp) -> Vec<Drained> {
        let reverting = state.rollouts.iter().filter(|(id, record)| state.is_latest(**id) && record.is_reverting());
        reverting
            .filter_map(|(rollout, record)| {
                let gateways = match state.gateways.is_empty() {
                    true => Vec::new(),
                    false => self.gateways.let_go(record.service(), record.version(), record.reverted_position, now)?,
                };
                let live = self.live.get(rollout);
                Some(Drained {
                    rollout: *rollout,
                    gateways,
                    first_bad_at: live.and_then(|l| l.first_bad_at),
                    last_assigned_at: live.and_then(|l| l.last_assigned_at),
                    last_response_at: live.and_then(|l| l.last_response_at),
                    canary: live.map(|l| l.canary).unwrap_or_default(),
                })
            })
            .collect()
    }
}
