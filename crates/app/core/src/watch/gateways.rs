//! What is known of each gateway: which reports were taken, which config it applied, what is inside it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::gateway::{InFlight, Report};
use seaworthy_model::{GatewayName, Position, ServiceId, VersionId};
use uuid::Uuid;

/// Silence after which a gateway is not waited for: 20 reports missed.
pub const GATEWAY_LOST: Duration = Duration::from_secs(5);

/// Most gateways that are remembered; a further one is refused, loudly, by not being acknowledged.
const GATEWAYS_MAX: usize = 1_000;

/// Gateways by name.
#[derive(Debug, Clone, Default)]
pub struct Gateways(pub BTreeMap<GatewayName, GatewaySeen>);

/// A gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct GatewaySeen {
    /// This start of its process.
    pub boot: Uuid,
    /// The last report taken.
    pub seq: u64,
    /// Version of the config it applied.
    pub applied: Position,
    /// When its last report arrived.
    pub reported_at: Timestamp,
    /// Requests since the server first heard of this start.
    pub requests: u64,
    /// What was inside it then.
    pub in_flight: Vec<InFlight>,
}

impl Gateways {
    /// Notes a report; `false` when it was taken before or comes from an earlier start.
    pub(super) fn take(&mut self, report: &Report, now: Timestamp) -> bool {
        if self.0.len() >= GATEWAYS_MAX && !self.0.contains_key(&report.gateway) {
            return false;
        }
        let seen = self.0.entry(report.gateway.clone()).or_insert_with(|| GatewaySeen {
            boot: report.boot,
            seq: 0,
            applied: 0,
            reported_at: now,
            requests: 0,
            in_flight: Vec::new(),
        });
        if seen.boot != report.boot {
            (seen.boot, seen.seq, seen.requests) = (report.boot, 0, 0);
        }
        if report.seq <= seen.seq {
            return false;
        }
        seen.seq = report.seq;
        seen.applied = report.applied;
        seen.reported_at = now;
        seen.requests += report.counts.iter().map(|count| count.starts).sum::<u64>();
        seen.in_flight.clone_from(&report.in_flight);
        true
    }

    /// Returns the gateways, when every one that is there has applied `position` and has nothing of the version inside.
    pub(super) fn let_go(
        &self,
        service: &ServiceId,
        version: &VersionId,
        position: Position,
        now: Timestamp,
    ) -> Option<Vec<String>> {
        let there = |seen: &&GatewaySeen| now.duration_since(seen.reported_at).unsigned_abs() < GATEWAY_LOST;
        let empty = |seen: &GatewaySeen| {
            !seen.in_flight.iter().any(|f| f.service == *service && f.version == *version && f.requests > 0)
        };
        let gateways: Vec<_> = self.0.iter().filter(|(_, seen)| there(seen)).collect();
        let done = !gateways.is_empty() && gateways.iter().all(|(_, seen)| seen.applied >= position && empty(seen));
        done.then(|| gateways.into_iter().map(|(name, _)| name.to_string()).collect())
    }
}
