//! What is known of each gateway: which reports were taken, which config it applied, what is inside it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use seaworthy_contract::gateway::{InFlight, Report};
use seaworthy_model::{GatewayName, Position, ServiceId, VersionId};
use uuid::Uuid;

use crate::age::ago;

/// Silence after which a gateway is not waited for: three of its exchanges with the server have timed out by then.
pub const GATEWAY_LOST: Duration = Duration::from_secs(15);

/// Most gateways that are remembered; a further one is refused, loudly, by not being acknowledged.
pub const GATEWAYS_MAX: usize = 1_000;

/// A gateway whose newest report is older than this, four reports, is behind: what users met since is not known.
pub const GATEWAY_BEHIND: Duration = Duration::from_secs(1);

/// Silence after which a gateway is taken for one that was removed: nobody is told any more that it has not let go. A day,
/// so that somebody has been at work in between.
pub const GATEWAY_REMOVED: Duration = Duration::from_hours(24);

/// Earlier starts of a gateway that are told apart; a report delayed over more restarts than that is not.
const FORMER_MAX: usize = 8;

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
    /// When the interval of that report had ended.
    pub ended_at: Timestamp,
    /// Requests since the server first heard of this start.
    pub requests: u64,
    /// What was inside it then.
    pub in_flight: Vec<InFlight>,
    /// Earlier starts, the latest last: what comes from them now was delayed and is not taken.
    pub(super) former: Vec<Uuid>,
}

impl Gateways {
    /// Says whether a gateway is known or can still be.
    pub fn has_room_for(&self, gateway: &GatewayName) -> bool {
        self.0.len() < GATEWAYS_MAX || self.0.contains_key(gateway)
    }

    /// Notes a report; `false` when it was taken before or comes from an earlier start.
    pub(super) fn take(&mut self, report: &Report, now: Timestamp) -> bool {
        if !self.has_room_for(&report.gateway) {
            return false;
        }
        let seen = self.0.entry(report.gateway.clone()).or_insert_with(|| GatewaySeen {
            boot: report.boot,
            seq: 0,
            applied: 0,
            reported_at: now,
            ended_at: now,
            requests: 0,
            in_flight: Vec::new(),
            former: Vec::new(),
        });
        if seen.former.contains(&report.boot) {
            return false;
        }
        if seen.boot != report.boot {
            seen.restarted(report.boot);
        }
        if report.seq <= seen.seq {
            return false;
        }
        seen.seq = report.seq;
        seen.applied = report.applied;
        seen.reported_at = now;
        seen.ended_at = ago(now, report.age_ms);
        seen.requests = report.counts.iter().fold(seen.requests, |all, count| all.saturating_add(count.starts));
        seen.in_flight.clone_from(&report.in_flight);
        true
    }

    /// Says whether what users meet is known up to now: somebody reports, and nobody who does is behind.
    pub(super) fn are_fresh(&self, now: Timestamp) -> bool {
        let mut there = self.there(now).peekable();
        let is_fresh = |seen: &GatewaySeen| now.duration_since(seen.ended_at).unsigned_abs() < GATEWAY_BEHIND;
        there.peek().is_some() && there.all(|(_, seen)| is_fresh(seen))
    }

    /// Says whether a gateway's users stand for all in the ratio check. Two gateways may both see a user for the first
    /// time, which would look like more evidence than it is; the users of one are distinct.
    pub(super) fn samples(&self, gateway: &GatewayName, now: Timestamp) -> bool {
        self.there(now).next().is_some_and(|(first, _)| first == gateway)
    }

    /// Returns the names of the gateways that are not lost.
    pub fn names(&self, now: Timestamp) -> impl Iterator<Item = &GatewayName> {
        self.there(now).map(|(name, _)| name)
    }

    /// Returns the gateways that are not lost.
    fn there(&self, now: Timestamp) -> impl Iterator<Item = (&GatewayName, &GatewaySeen)> {
        self.0.iter().filter(move |(_, seen)| now.duration_since(seen.reported_at).unsigned_abs() < GATEWAY_LOST)
    }

    /// Returns the gateways that are not waited for, though they have not said that they applied `position`, and when each
    /// was heard last: cut off, they go on with the config that they have. They may also be gone; nobody knows.
    pub fn unheard(&self, position: Position, now: Timestamp) -> Vec<(&GatewayName, Timestamp)> {
        let silent = |seen: &GatewaySeen| now.duration_since(seen.reported_at).unsigned_abs();
        let is_out = |seen: &GatewaySeen| (GATEWAY_LOST..GATEWAY_REMOVED).contains(&silent(seen));
        let unheard = self.0.iter().filter(|(_, seen)| is_out(seen) && seen.applied < position);
        unheard.map(|(name, seen)| (name, seen.reported_at)).collect()
    }

    /// Returns the gateways, when every one that is there has applied `position` and has nothing of the version inside.
    pub(super) fn let_go(
        &self,
        service: &ServiceId,
        version: &VersionId,
        position: Position,
        now: Timestamp,
    ) -> Option<Vec<String>> {
        let empty = |seen: &GatewaySeen| {
            !seen.in_flight.iter().any(|f| f.service == *service && f.version == *version && f.requests > 0)
        };
        let gateways: Vec<_> = self.there(now).collect();
        let done = !gateways.is_empty() && gateways.iter().all(|(_, seen)| seen.applied >= position && empty(seen));
        done.then(|| gateways.into_iter().map(|(name, _)| name.to_string()).collect())
    }
}

impl GatewaySeen {
    fn restarted(&mut self, boot: Uuid) {
        let before = std::mem::replace(&mut self.boot, boot);
        (self.seq, self.requests) = (0, 0);
        self.former.push(before);
        if self.former.len() > FORMER_MAX {
            self.former.remove(0);
        }
    }
}
