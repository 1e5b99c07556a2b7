//! Checkpoints of what is watched: written before a report is acknowledged, read at a start.

use jiff::Timestamp;
use seaworthy_contract::api::ArmTotals;
use seaworthy_contract::gateway::InFlight;
use seaworthy_model::{GatewayName, Position, RolloutId};
use seaworthy_rollout::policy::Judge;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Watch;
use super::gateways::GatewaySeen;
use super::live::Live;
use super::series::SeriesRing;
use crate::State;

/// A key and its bytes, in one of two small tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// A rollout's judge and counts.
    Rollout(RolloutId, Vec<u8>),
    /// How far a gateway's reports were taken.
    Gateway(GatewayName, Vec<u8>),
    /// A rollout whose counts are not kept any more: its checkpoint goes, or the table would grow for ever.
    Forgotten(RolloutId),
    /// The runs of a probe that are kept, by its name.
    Probe(String, Vec<u8>),
    /// A probe that is declared no more.
    ForgottenProbe(String),
    /// The places that run probes.
    Places(Vec<u8>),
}

#[derive(Serialize, Deserialize)]
struct SavedLive {
    /// In hexadecimal: a list of numbers would be written four times a second at twice the length.
    judge: String,
    canary: ArmTotals,
    stable: ArmTotals,
    first_bad_at: Option<Timestamp>,
    last_assigned_at: Option<Timestamp>,
    last_response_at: Option<Timestamp>,
    #[serde(default)]
    stuck_since: Option<Timestamp>,
    series: SeriesRing,
}

#[derive(Serialize, Deserialize)]
struct SavedGateway {
    boot: Uuid,
    seq: u64,
    applied: Position,
    reported_at: Timestamp,
    ended_at: Timestamp,
    requests: u64,
    in_flight: Vec<InFlight>,
    former: Vec<Uuid>,
}

impl Watch {
    /// Returns what must be persisted, in this order, before a report is acknowledged: nothing where nothing was taken.
    ///
    /// How far gateways were taken comes first: where it takes several writes and a crash comes between two, a report is
    /// missing in some rollouts' counts, which costs a quarter of a second of evidence, and is counted twice in none.
    ///
    /// Counts hold the reports of every gateway, so how far each was taken goes with them: were one left out because an
    /// earlier write failed, its report would be counted twice after a restart.
    pub fn save(&self, state: &State) -> Vec<Saved> {
        let probes = self.probes.save();
        if self.unsaved.is_empty() {
            return probes;
        }
        // What is final is not counted any more.
        let counted = |id: &RolloutId| state.rollouts.get(id).is_some_and(|r| !r.is_final() && state.is_latest(*id));
        let rollouts = self.live.iter().filter(|(id, _)| counted(id));
        let rollouts = rollouts.map(|(id, live)| Saved::Rollout(*id, encode(&live.saved())));
        let gateways = self.gateways.0.iter().filter(|(name, _)| self.unsaved.contains(*name));
        let gateways = gateways.map(|(name, seen)| Saved::Gateway(name.clone(), encode(&seen.saved())));
        let forgotten = self.forgotten.iter().map(|id| Saved::Forgotten(*id));
        gateways.chain(rollouts).chain(forgotten).chain(probes).collect()
    }

    /// Notes that what [`Watch::save`] returned is persisted.
    pub fn saved(&mut self) {
        self.unsaved.clear();
        self.forgotten.clear();
        self.probes.saved();
    }

    /// Restores one checkpoint; what cannot be read any more is left out: the judge starts the step anew.
    pub fn restore(&mut self, state: &State, saved: &Saved) -> Result<(), serde_json::Error> {
        match saved {
            Saved::Forgotten(id) => drop(self.live.remove(id)),
            Saved::ForgottenProbe(_) => {}
            Saved::Probe(name, bytes) => self.probes.restore(state, name, bytes)?,
            Saved::Places(bytes) => self.probes.restore_places(bytes)?,
            Saved::Gateway(name, bytes) => {
                let seen: SavedGateway = serde_json::from_slice(bytes)?;
                self.downtime.heard_before(seen.ended_at);
                self.gateways.0.insert(name.clone(), seen.restored());
            }
            Saved::Rollout(id, bytes) => {
                let Some(record) = state.rollouts.get(id) else { return Ok(()) };
                let saved: SavedLive = serde_json::from_slice(bytes)?;
                let bytes = unhex(&saved.judge);
                let judge = bytes.and_then(|bytes| Judge::restore(record.policy(), record.steps(), &bytes).ok());
                let judge = judge.unwrap_or_else(|| Judge::new(record.policy(), record.steps()));
                self.live.insert(*id, saved.restored(judge));
            }
        }
        Ok(())
    }
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("checkpoints have string keys only")
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    text.as_bytes().chunks(2).map(pair).collect()
}

impl Live {
    fn saved(&self) -> SavedLive {
        SavedLive {
            judge: hex(&self.judge.checkpoint()),
            canary: self.canary,
            stable: self.stable,
            first_bad_at: self.first_bad_at,
            last_assigned_at: self.last_assigned_at,
            last_response_at: self.last_response_at,
            stuck_since: self.stuck_since,
            series: self.series.clone(),
        }
    }
}

impl SavedLive {
    fn restored(self, judge: Judge) -> Live {
        Live {
            judge,
            last_look: None,
            stuck_since: self.stuck_since,
            canary: self.canary,
            stable: self.stable,
            first_bad_at: self.first_bad_at,
            last_assigned_at: self.last_assigned_at,
            last_response_at: self.last_response_at,
            series: self.series,
        }
    }
}

impl GatewaySeen {
    fn saved(&self) -> SavedGateway {
        let Self { boot, seq, applied, reported_at, ended_at, requests, in_flight, former } = self.clone();
        SavedGateway { boot, seq, applied, reported_at, ended_at, requests, in_flight, former }
    }
}

impl SavedGateway {
    fn restored(self) -> GatewaySeen {
        let Self { boot, seq, applied, reported_at, ended_at, requests, in_flight, former } = self;
        GatewaySeen { boot, seq, applied, reported_at, ended_at, requests, in_flight, former }
    }
}
