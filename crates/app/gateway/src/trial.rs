//! A canary on one step of one rollout, as all workers share it: taken off or not, its guard, its users.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use seaworthy_model::{Arm, Position, RolloutId, ServiceId, VersionId};
use seaworthy_traffic::guard::{Beside, Ended, Guard, Why};
use seaworthy_traffic::users::{Epoch, FirstFailure, Users};

/// Most users that are told apart in one arm and step; past it a request counts as a user of its own. 32 MiB at most.
const USERS_MAX: usize = 1_000_000;

/// Sets of users are cut into this many parts, so that two workers rarely meet.
const SHARDS: usize = 16;

/// Identity of a trial: another step or rollout is another trial, with a fresh guard and nobody seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TrialKey {
    pub(crate) service: ServiceId,
    pub(crate) version: VersionId,
    pub(crate) rollout: RolloutId,
    pub(crate) step: Position,
}

/// Why a canary takes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Off {
    Guard = 1,
    BreakGlass = 2,
}

impl Off {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Guard => "local guard",
            Self::BreakGlass => "break-glass",
        }
    }
}

#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) key: TrialKey,
    /// The rollout's 128 bits: they key the users' hash.
    pub(crate) salt: u128,
    off: AtomicU8,
    guard: AtomicU32,
    /// Stable's last answers, which say whether the canary's failures are its own.
    beside: AtomicU32,
    stable: Box<[Mutex<Users>]>,
    canary: Box<[Mutex<Users>]>,
}

impl Trial {
    pub(crate) fn new(key: TrialKey) -> Self {
        let shards = || (0..SHARDS).map(|_| Mutex::new(Users::new(USERS_MAX / SHARDS))).collect();
        let salt = key.rollout.as_uuid().as_u128();
        let (guard, beside) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { key, salt, off: AtomicU8::new(0), guard, beside, stable: shards(), canary: shards() }
    }

    /// Why it takes nothing, if so.
    pub(crate) fn off(&self) -> Option<Off> {
        match self.off.load(Relaxed) {
            0 => None,
            1 => Some(Off::Guard),
            _ => Some(Off::BreakGlass),
        }
    }

    /// Takes it off for all workers from their next request on.
    pub(crate) fn take_off(&self, why: Off) {
        self.off.fetch_max(why as u8, Relaxed);
    }

    /// Adds an answer of the canary to the guard; says why once, when it trips.
    pub(crate) fn record(&self, ended: Ended) -> Option<Why> {
        let beside = Beside::from_bits(self.beside.load(Relaxed));
        let mut why = None;
        let step = |bits| {
            let (next, tripped) = Guard::from_bits(bits).record(ended, beside);
            why = tripped;
            Some(next.bits())
        };
        // The closure never declines, so there is no failure to handle.
        let _ = self.guard.fetch_update(Relaxed, Relaxed, step);
        if why.is_some() {
            self.take_off(Off::Guard);
        }
        why
    }

    /// Adds an answer of stable.
    pub(crate) fn record_stable(&self, ended: Ended) {
        let step = |bits| {
            let next = Beside::from_bits(bits).record(ended).bits();
            // Nothing is written while all is well: workers would fight for the line at every request.
            (next != bits).then_some(next)
        };
        // Declined where nothing changes, which is no failure to handle.
        let _ = self.beside.fetch_update(Relaxed, Relaxed, step);
    }

    pub(crate) fn see(&self, arm: Arm, user: u64) -> bool {
        self.users(arm, user).see(user)
    }

    pub(crate) fn end(&self, arm: Arm, user: u64, epoch: Epoch) -> bool {
        self.users(arm, user).end(user, epoch)
    }

    pub(crate) fn fail(&self, arm: Arm, user: u64, epoch: Epoch) -> FirstFailure {
        self.users(arm, user).fail(user, epoch)
    }

    fn users(&self, arm: Arm, user: u64) -> MutexGuard<'_, Users> {
        let shards = if arm == Arm::Canary { &self.canary } else { &self.stable };
        // The low bits: the map inside a shard uses the high ones, and the split used those to choose the arm.
        shards[user as usize % SHARDS].lock().unwrap_or_else(PoisonError::into_inner)
    }
}
