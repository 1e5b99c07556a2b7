//! A gateway: follows the config to the letter of the contract, carries users' requests, counts, reports.
//!
//! Split, safety net, guard and who counts as a user are the traffic domain's own code; what is simulated is only the
//! process around it.

mod compiled;
mod report;
mod rows;

use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use seaworthy_contract::gateway::{BreakGlass, Config, Report, ReportAck, Trip, USER_EPOCH_MS};
use seaworthy_model::{Arm, GatewayName, Position, RolloutId, ServiceId};
use seaworthy_traffic::guard::Ended;
use seaworthy_traffic::net::{Attempt, Body, Budget, rescues};
use seaworthy_traffic::split::{Arms, Point, Trial as Split, assign};
use uuid::Uuid;

use crate::Ms;
use crate::machine::{Answer, Machine};
use crate::random::Random;
use compiled::{Compiled, Served};
use report::Moments;
use rows::{Pending, Rows, Verdict};

/// Longest wait for an answer.
const ATTEMPT_MAX: Ms = 10_000;

/// Most reports that wait; the oldest go first.
const REPORTS_MAX: usize = 2_400;

/// A user's request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) service: &'a ServiceId,
    pub(crate) user: u64,
    /// GET, or POST.
    pub(crate) may_repeat: bool,
}

/// A request that was assigned, for the checkers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assigned {
    pub(crate) service: ServiceId,
    pub(crate) version: seaworthy_model::VersionId,
    pub(crate) arm: Arm,
    pub(crate) port: u16,
    pub(crate) rollout: Option<RolloutId>,
}

/// A process, and what it keeps on disk.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) name: GatewayName,
    pub(crate) boot: Uuid,
    /// On disk.
    pub(crate) config: Config,
    /// On disk: reverts on its own socket, and whether the ledger has them.
    glass: Vec<(BreakGlass, Ms, bool)>,
    compiled: Vec<Compiled>,
    seq: u64,
    rows: Rows,
    moments: Moments,
    pending: BinaryHeap<Pending>,
    budgets: BTreeMap<ServiceId, Budget>,
    trips: Vec<(Trip, Ms)>,
    queue: VecDeque<(Report, Ms)>,
    /// Requests of users that met no version at all.
    pub(crate) unserved: u64,
}

impl Gateway {
    pub(crate) fn new(name: GatewayName) -> Self {
        Self {
            name,
            boot: Uuid::nil(),
            config: Config::default(),
            glass: Vec::new(),
            compiled: Vec::new(),
            seq: 0,
            rows: Rows::default(),
            moments: Moments::default(),
            pending: BinaryHeap::new(),
            budgets: BTreeMap::new(),
            trips: Vec::new(),
            queue: VecDeque::new(),
            unserved: 0,
        }
    }

    /// Starts its process (again): what is not on disk is gone.
    pub(crate) fn start(&mut self, boot: Uuid, now: Ms) {
        let (config, glass) = (std::mem::take(&mut self.config), std::mem::take(&mut self.glass));
        *self = Self { boot, glass, unserved: self.unserved, ..Self::new(self.name.clone()) };
        self.take(config, now);
    }

    /// Applies a config.
    pub(crate) fn take(&mut self, config: Config, now: Ms) {
        let broken: Vec<RolloutId> = self.glass.iter().map(|(entry, ..)| entry.rollout).collect();
        self.compiled = compiled::compile(&config, std::mem::take(&mut self.compiled), &broken);
        self.config = config;
        self.moments.follow(&self.config);
        for service in &self.compiled {
            self.budgets.entry(service.service.clone()).or_insert_with(|| Budget::new(1, now));
        }
    }

    pub(crate) fn applied(&self) -> Position {
        self.config.version
    }

    /// Takes a canary off on the gateway's own socket; `false` where there is none, or nothing else would answer.
    pub(crate) fn break_glass(&mut self, service: &ServiceId, id: Uuid, now: Ms) -> bool {
        let Some(compiled) = self.compiled.iter_mut().find(|c| c.service == *service && c.stable.is_some()) else {
            return false;
        };
        let Some(canary) = &mut compiled.canary else { return false };
        canary.off = true;
        let entry = BreakGlass {
            id,
            service: service.clone(),
            version: canary.served.version.clone(),
            rollout: canary.rollout,
            by: "uid 1000".to_owned(),
            age_ms: 0,
        };
        self.glass.push((entry, now, false));
        true
    }

    /// Carries a request; what it met is for the checkers.
    pub(crate) fn carry(
        &mut self,
        request: Request<'_>,
        machine: &Machine,
        now: Ms,
        random: &mut Random,
    ) -> Option<Assigned> {
        let epoch = u32::try_from(now / USER_EPOCH_MS + 1).expect("a simulation is short");
        let Some(index) = self.compiled.iter().position(|c| c.service == *request.service) else {
            self.unserved += 1;
            return None;
        };
        let compiled = &mut self.compiled[index];
        let salt = compiled.canary.as_ref().map_or(0, |canary| canary.rollout.as_uuid().as_u128());
        let point = Point::of_user(salt, &request.user.to_le_bytes());
        let split = compiled.canary.as_ref().map(|canary| Split { share: canary.share, off: canary.off });
        let Some(arm) = assign(Arms { stable: compiled.stable.is_some(), canary: split }, point) else {
            self.unserved += 1;
            return None;
        };
        if let Some(budget) = self.budgets.get_mut(request.service) {
            budget.request(now);
        }
        let served = compiled.served(arm).clone();
        let in_step = compiled.canary.as_mut().is_some_and(|canary| canary.see(arm, point.bits()));
        let rollout = compiled.canary.as_ref().filter(|_| arm == Arm::Canary).map(|canary| canary.rollout);
        let row = self.rows.row(&compiled.service, &served.version, arm, self.config.version);
        self.rows.started(row, in_step);
        self.moments.assigned(&compiled.service, &served.version, now);
        let assigned = Assigned {
            service: compiled.service.clone(),
            version: served.version.clone(),
            arm,
            port: served.port,
            rollout,
        };
        let (answer, took) = machine.ask(served.port, now, random);
        let took = if answer == Answer::Hangs { ATTEMPT_MAX } else { took };
        let may_repeat = request.may_repeat;
        let pending = Pending { due: now + took, row, answer, took, arm, user: point.bits(), epoch, may_repeat };
        // What ends within this moment of the simulation ends at once.
        match took < 50 {
            true => self.end(&pending, &served, machine, now, random),
            false => self.pending.push(pending),
        }
        Some(assigned)
    }

    /// Ends every request whose time has come.
    pub(crate) fn end_due(&mut self, machine: &Machine, now: Ms, random: &mut Random) {
        while self.pending.peek().is_some_and(|pending| pending.due <= now) {
            let pending = self.pending.pop().expect("it was just seen");
            let served = self.rows.served(pending.row);
            self.end(&pending, &served, machine, now, random);
        }
    }

    fn end(&mut self, pending: &Pending, served: &Served, machine: &Machine, now: Ms, random: &mut Random) {
        let verdict = Verdict::of(pending.answer);
        self.moments.answered(self.rows.service(pending.row), &served.version, now);
        let config = self.rows.config(pending.row);
        // The trial may have ended meanwhile: then nobody judges.
        let service = self.rows.service(pending.row);
        let compiled = self.compiled.iter_mut().find(|c| c.service == *service);
        let step = compiled.and_then(|c| c.canary.as_mut()).filter(|canary| canary.step <= config);
        let (mut first, mut first_bad) = (false, None);
        let mut tripped = None;
        if let Some(canary) = step {
            first = canary.counts(pending.arm, pending.user, pending.epoch);
            first_bad = verdict.is_failure().then(|| canary.fails(pending.arm, pending.user, pending.epoch));
            let ended = if verdict.is_failure() { Ended::Badly } else { Ended::Well };
            if pending.arm == Arm::Stable {
                canary.beside(ended);
            }
            let guarded = pending.arm == Arm::Canary && canary.served.version == served.version;
            tripped = guarded.then(|| canary.guard(ended)).flatten().map(|why| (canary.rollout, why));
        }
        self.rows.ended(pending, verdict, first, first_bad);
        if let Some((rollout, why)) = tripped {
            let (service, version) = (self.rows.service(pending.row).clone(), served.version.clone());
            self.trips.push((Trip { service, version, rollout, why, age_ms: 0 }, now));
        }
        if verdict.is_failure() {
            self.moments.failed(self.rows.service(pending.row), &served.version, pending.arm, now);
            self.rescue(pending, machine, now, random);
        }
    }

    /// Asks stable once more, or shows the user the failure.
    fn rescue(&mut self, pending: &Pending, machine: &Machine, now: Ms, random: &mut Random) {
        let service = self.rows.service(pending.row).clone();
        let stable = self.compiled.iter().find(|c| c.service == service).and_then(|c| c.stable.as_ref());
        let method = if pending.may_repeat { "GET" } else { "POST" };
        let attempt = Attempt { arm: pending.arm, stable: stable.is_some(), method, body: Body::Replayable };
        let budget = self.budgets.get_mut(&service);
        let may = budget.is_some_and(|budget| rescues(attempt, budget, now));
        let answer = stable.filter(|_| may).map(|stable| machine.ask(stable.port, now, random).0);
        let rescued = answer == Some(Answer::Ok);
        let compiled = self.compiled.iter_mut().find(|c| c.service == service);
        if let Some(canary) = compiled.and_then(|c| c.canary.as_mut()).filter(|_| answer.is_some()) {
            canary.beside(if rescued { Ended::Well } else { Ended::Badly });
        }
        self.rows.rescued_or_seen(pending, rescued);
    }

    /// Makes the report of an interval.
    pub(crate) fn report(&mut self, now: Ms, interval_ms: Ms) {
        self.seq += 1;
        let report = Report {
            gateway: self.name.clone(),
            boot: self.boot,
            seq: self.seq,
            applied: self.config.version,
            age_ms: 0,
            interval_ms,
            counts: self.rows.take(),
            moments: self.moments.ages(now),
            in_flight: self.rows.in_flight(&self.pending),
            trips: self.trips.drain(..).map(|(trip, at)| Trip { age_ms: now - at, ..trip }).collect(),
            break_glass: self.glass_waiting(now),
            controls: Vec::new(),
            control_hands: Vec::new(),
        };
        self.queue.push_back((report, now));
        if self.queue.len() > REPORTS_MAX {
            self.queue.pop_front();
        }
    }

    fn glass_waiting(&self, now: Ms) -> Vec<BreakGlass> {
        let waiting = self.glass.iter().filter(|(_, _, told)| !told);
        waiting.map(|(entry, at, _)| BreakGlass { age_ms: now - at, ..entry.clone() }).collect()
    }

    /// Returns the oldest report that is not acknowledged, with its age.
    pub(crate) fn next_report(&self, now: Ms) -> Option<Report> {
        self.queue.front().map(|(report, ended)| Report { age_ms: now - ended, ..report.clone() })
    }

    /// Takes an acknowledgement.
    pub(crate) fn acknowledged(&mut self, ack: ReportAck) {
        while self.queue.front().is_some_and(|(report, _)| report.boot == ack.boot && report.seq <= ack.seq) {
            let (report, _) = self.queue.pop_front().expect("it was just seen");
            for told in report.break_glass {
                self.glass.iter_mut().filter(|(entry, ..)| entry.id == told.id).for_each(|entry| entry.2 = true);
            }
        }
    }

    /// Returns how many reports wait.
    pub(crate) fn reports_waiting(&self) -> usize {
        self.queue.len()
    }
}
