//! The config as the simulated gateway uses it, and the trial of a canary on one step.

use seaworthy_contract::gateway::{ArmConfig, Config, ServiceConfig, Upstream};
use seaworthy_model::{Arm, Position, RolloutId, ServiceId, Share, VersionId};
use seaworthy_traffic::guard::{Beside, Ended, Guard};
use seaworthy_traffic::users::{FirstFailure, Users};

/// Most users of one arm and step that are told apart.
const USERS_MAX: usize = 100_000;

/// Who serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Served {
    pub(crate) version: VersionId,
    pub(crate) port: u16,
}

/// One service.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) service: ServiceId,
    pub(crate) stable: Option<Served>,
    pub(crate) canary: Option<Canary>,
}

/// A canary, with what is counted of its step.
#[derive(Debug)]
pub(crate) struct Canary {
    pub(crate) served: Served,
    pub(crate) rollout: RolloutId,
    pub(crate) step: Position,
    pub(crate) share: Share,
    /// Taken off by guard or break-glass.
    pub(crate) off: bool,
    guard: Guard,
    beside: Beside,
    users: [Users; 2],
}

/// Compiles a config; canaries that stay on their step keep what was counted.
pub(super) fn compile(config: &Config, before: Vec<Compiled>, broken: &[RolloutId]) -> Vec<Compiled> {
    let mut canaries: Vec<Canary> = before.into_iter().filter_map(|compiled| compiled.canary).collect();
    config.services.iter().map(|service| compile_one(service, &mut canaries, broken)).collect()
}

fn compile_one(service: &ServiceConfig, before: &mut Vec<Canary>, broken: &[RolloutId]) -> Compiled {
    let canary = service.canary.as_ref().and_then(|upstream| {
        let served = served(&upstream.arm)?;
        let same = |canary: &Canary| canary.rollout == upstream.rollout && canary.step == upstream.step;
        let kept = before.iter().position(same).map(|index| before.swap_remove(index));
        let canary = kept.unwrap_or_else(|| Canary::new(served.clone(), upstream));
        let off = canary.off || broken.contains(&upstream.rollout);
        Some(Canary { served, share: upstream.share, off, ..canary })
    });
    Compiled { service: service.service.clone(), stable: service.stable.as_ref().and_then(served), canary }
}

fn served(arm: &ArmConfig) -> Option<Served> {
    let (_, port) = arm.addresses.first()?.rsplit_once(':')?;
    Some(Served { version: arm.version.clone(), port: port.parse().ok()? })
}

impl Compiled {
    /// Returns who serves an arm that was assigned.
    pub(super) fn served(&self, arm: Arm) -> &Served {
        let canary = self.canary.as_ref().map(|canary| &canary.served);
        match arm {
            Arm::Stable => self.stable.as_ref(),
            Arm::Canary => canary,
        }
        .expect("an arm is assigned where there is one")
    }
}

impl Canary {
    fn new(served: Served, upstream: &Upstream) -> Self {
        Self {
            served,
            rollout: upstream.rollout,
            step: upstream.step,
            share: upstream.share,
            off: false,
            guard: Guard::default(),
            beside: Beside::default(),
            users: [Users::new(USERS_MAX), Users::new(USERS_MAX)],
        }
    }

    /// Notes a user who is assigned; returns whether it is the first time in the step.
    pub(super) fn see(&mut self, arm: Arm, user: u64) -> bool {
        self.users[usize::from(arm == Arm::Canary)].see(user)
    }

    /// Notes a request that ended; returns whether it is its user's first in the epoch.
    pub(super) fn counts(&mut self, arm: Arm, user: u64, epoch: u32) -> bool {
        self.users[usize::from(arm == Arm::Canary)].end(user, epoch)
    }

    /// Notes a failure; returns what it is its user's first of.
    pub(super) fn fails(&mut self, arm: Arm, user: u64, epoch: u32) -> FirstFailure {
        self.users[usize::from(arm == Arm::Canary)].fail(user, epoch)
    }

    /// Adds an answer of stable, which says whether the canary's failures are its own.
    pub(super) fn beside(&mut self, ended: Ended) {
        self.beside = self.beside.record(ended);
    }

    /// Adds an answer to the guard; says why when it trips.
    pub(super) fn guard(&mut self, ended: Ended) -> Option<String> {
        let (guard, why) = self.guard.record(ended, self.beside);
        self.guard = guard;
        self.off |= why.is_some();
        why.map(|why| why.to_string())
    }
}
