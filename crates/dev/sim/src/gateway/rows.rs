//! Counters by service, version, arm and the config version that assigned the request; and requests that are inside.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};

use seaworthy_contract::gateway::{Classes, Count, InFlight};
use seaworthy_model::latency::{BUCKETS, bucket};
use seaworthy_model::{Arm, Position, ServiceId, VersionId};
use seaworthy_traffic::users::FirstFailure;

use super::compiled::Served;
use crate::Ms;
use crate::machine::Answer;

/// A request inside the gateway.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(super) due: Ms,
    pub(super) row: usize,
    pub(super) answer: Answer,
    pub(super) took: Ms,
    pub(super) arm: Arm,
    pub(super) user: u64,
    pub(super) epoch: u32,
    pub(super) may_repeat: bool,
}

impl Ord for Pending {
    /// The one that is due first is the greatest: a heap gives that one.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |pending: &Self| Reverse((pending.due, pending.user, pending.row));
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ok,
    ServerError,
    ConnectError,
    Timeout,
}

impl Verdict {
    pub(super) fn of(answer: Answer) -> Self {
        match answer {
            Answer::Ok => Self::Ok,
            Answer::ServerError => Self::ServerError,
            Answer::ConnectError => Self::ConnectError,
            Answer::Hangs => Self::Timeout,
        }
    }

    pub(super) fn is_failure(self) -> bool {
        self != Self::Ok
    }
}

#[derive(Debug)]
struct Row {
    count: Count,
    latency: [u64; BUCKETS],
}

/// Every row since the start of the process: few, since configs change seldom.
#[derive(Debug, Default)]
pub(crate) struct Rows(Vec<Row>);

impl Rows {
    /// Returns the index of a row, which is made where it is new.
    pub(super) fn row(&mut self, service: &ServiceId, version: &VersionId, arm: Arm, config: Position) -> usize {
        let is_it = |row: &Row| {
            let count = &row.count;
            count.config == config && count.arm == arm && count.service == *service && count.version == *version
        };
        // The newest rows are used most.
        if let Some(back) = self.0.iter().rev().position(is_it) {
            return self.0.len() - 1 - back;
        }
        let count = empty(service.clone(), version.clone(), arm, config);
        self.0.push(Row { count, latency: [0; BUCKETS] });
        self.0.len() - 1
    }

    pub(super) fn service(&self, row: usize) -> &ServiceId {
        &self.0[row].count.service
    }

    pub(super) fn config(&self, row: usize) -> Position {
        self.0[row].count.config
    }

    pub(super) fn served(&self, row: usize) -> Served {
        Served { version: self.0[row].count.version.clone(), port: 0 }
    }

    pub(super) fn started(&mut self, row: usize, in_step: bool) {
        let count = &mut self.0[row].count;
        count.starts += 1;
        count.users_in_step += u64::from(in_step);
    }

    pub(super) fn ended(&mut self, pending: &Pending, verdict: Verdict, first: bool, first_bad: Option<FirstFailure>) {
        let Row { count, latency } = &mut self.0[pending.row];
        let ended = &mut count.ended;
        let class = match verdict {
            Verdict::Ok => &mut ended.ok,
            Verdict::ServerError => &mut ended.server_error,
            Verdict::ConnectError => &mut ended.connect_error,
            Verdict::Timeout => &mut ended.timeout,
        };
        *class += 1;
        count.users += u64::from(first);
        count.users_failed += u64::from(first_bad.is_some_and(|bad| bad.in_epoch));
        let in_step = u64::from(first_bad.is_some_and(|bad| bad.in_step));
        count.users_failed_in_step = count.users_failed_in_step.map(|all| all + in_step);
        latency[usize::from(bucket(pending.took * 1_000))] += 1;
    }

    pub(super) fn rescued_or_seen(&mut self, pending: &Pending, rescued: bool) {
        let count = &mut self.0[pending.row].count;
        let what = match (rescued, pending.may_repeat) {
            (true, _) => &mut count.rescued,
            (false, true) => &mut count.seen_idempotent,
            (false, false) => &mut count.seen_other,
        };
        *what += 1;
    }

    /// Takes what was counted since the last time; the rows stay.
    pub(super) fn take(&mut self) -> Vec<Count> {
        let mut counts = Vec::new();
        for row in &mut self.0 {
            let count = &row.count;
            if count.starts == 0 && count.ended == Classes::default() {
                continue;
            }
            let fresh = empty(count.service.clone(), count.version.clone(), count.arm, count.config);
            let latency = (0_u8..).zip(row.latency).filter(|(_, n)| *n > 0).collect();
            counts.push(Count { latency, ..std::mem::replace(&mut row.count, fresh) });
            row.latency = [0; BUCKETS];
        }
        counts
    }

    pub(super) fn in_flight(&self, pending: &BinaryHeap<Pending>) -> Vec<InFlight> {
        let mut inside: BTreeMap<(&ServiceId, &VersionId), u64> = BTreeMap::new();
        for pending in pending {
            let count = &self.0[pending.row].count;
            *inside.entry((&count.service, &count.version)).or_default() += 1;
        }
        let one = |((service, version), requests): ((&ServiceId, &VersionId), u64)| InFlight {
            service: service.clone(),
            version: version.clone(),
            requests,
        };
        inside.into_iter().map(one).collect()
    }
}

fn empty(service: ServiceId, version: VersionId, arm: Arm, config: Position) -> Count {
    Count {
        service,
        route: "*/".to_owned(),
        version,
        arm,
        config,
        starts: 0,
        ended: Classes::default(),
        rescued: 0,
        seen_idempotent: 0,
        seen_other: 0,
        users_in_step: 0,
        users: 0,
        users_failed: 0,
        users_failed_in_step: Some(0),
        latency: Vec::new(),
    }
}
