//! The machine: versions as processes, and the supervisor that keeps them as the server wants them.
//!
//! It follows `contract::process`: a version that ends before it was ever healthy is tried three times and then failed,
//! one that was healthy is started again for ever, and what is no longer wanted is forgotten at once.

use std::collections::BTreeMap;

use seaworthy_contract::process::{Desired, Instance, InstanceState, Observed, ObservedInstance};
use seaworthy_model::{ServiceId, VersionId};

use crate::Ms;
use crate::random::Random;

/// Port of the first life; each life has another.
const PORT_FIRST: u16 = 10_000;

/// How often a version that was never healthy is tried.
const FIRST_TRIES: u32 = 3;

/// Between those tries.
const FIRST_AGAIN: Ms = 200;

/// Before a version that was healthy is started again; twice as long each time, up to [`AGAIN_MAX`].
const AGAIN_MIN: Ms = 200;

/// The longest pause.
const AGAIN_MAX: Ms = 5_000;

/// How long a version that is told to end still answers.
const DRAIN: Ms = 300;

/// How a version behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Behaviour {
    /// How it starts.
    pub start: Start,
    /// Ratio of requests that it answers with a 500.
    pub fails: f64,
    /// It fails and hangs from this long after its start on.
    pub sick_after: Ms,
    /// Ratio of requests that it never answers.
    pub hangs: f64,
    /// Ratio of requests that take it 400 ms and more.
    pub slow: f64,
    /// Each of its processes ends this long after its start.
    pub dies_after: Option<Ms>,
}

/// How a version starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// It answers its health check after this long.
    After(Ms),
    /// It runs and never answers.
    Never,
    /// It ends at once.
    Crash,
}

impl Behaviour {
    /// A version with nothing wrong.
    pub const HEALTHY: Self =
        Self { start: Start::After(400), fails: 0.0, sick_after: 0, hangs: 0.0, slow: 0.01, dies_after: None };
}

/// What a version makes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Ok,
    ServerError,
    ConnectError,
    Hangs,
}

/// A version of a service.
pub(crate) type Key = (ServiceId, VersionId);

/// One process.
#[derive(Debug)]
struct Life {
    service: ServiceId,
    started: Ms,
    behaviour: Behaviour,
    ends: Option<Ms>,
    was_healthy: bool,
}

impl Life {
    fn is_over(&self, now: Ms) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}

/// What the supervisor does about one version.
#[derive(Debug)]
struct Keeper {
    instance: Instance,
    /// Index of the present or last life.
    life: usize,
    lives: u32,
    /// Whether any life of it was ever healthy.
    proven: bool,
    again_at: Option<Ms>,
    state: InstanceState,
}

/// Processes and their supervisor.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    behaviours: BTreeMap<Key, Behaviour>,
    lives: Vec<Life>,
    keepers: BTreeMap<Key, Keeper>,
    works_by: Option<Desired>,
    /// Services that fail for a reason outside of them: until when, and the ratio of requests.
    outages: BTreeMap<ServiceId, (Ms, f64)>,
}

impl Machine {
    pub(crate) fn behave(&mut self, key: Key, behaviour: Behaviour) {
        self.behaviours.insert(key, behaviour);
    }

    /// Makes a ratio of a service's requests fail for a while, whatever the version.
    pub(crate) fn fail_all(&mut self, service: ServiceId, until: Ms, ratio: f64) {
        self.outages.insert(service, (until, ratio));
    }

    /// Returns the version of the desired set that is worked by.
    pub(crate) fn works_by(&self) -> Option<u64> {
        self.works_by.as_ref().map(|desired| desired.version)
    }

    /// Takes what should run.
    pub(crate) fn take(&mut self, desired: Desired, now: Ms) {
        let wanted = |key: &Key| desired.instances.iter().any(|i| i.service == key.0 && i.version == key.1);
        let lives = &mut self.lives;
        self.keepers.retain(|key, keeper| {
            let keep = wanted(key);
            if !keep {
                let life = &mut lives[keeper.life];
                life.ends = Some(life.ends.unwrap_or(Ms::MAX).min(now + DRAIN));
            }
            keep
        });
        for instance in &desired.instances {
            let key = (instance.service.clone(), instance.version.clone());
            if !self.keepers.contains_key(&key) {
                let life = self.begin(&key, now);
                let (instance, state) = (instance.clone(), InstanceState::Starting);
                self.keepers.insert(key, Keeper { instance, life, lives: 1, proven: false, again_at: None, state });
            }
        }
        self.works_by = Some(desired);
    }

    fn begin(&mut self, key: &Key, now: Ms) -> usize {
        let behaviour = self.behaviours.get(key).copied().unwrap_or(Behaviour::HEALTHY);
        let crash = (behaviour.start == Start::Crash).then_some(now + 50);
        let ends = crash.or(behaviour.dies_after.map(|after| now + after));
        self.lives.push(Life { service: key.0.clone(), started: now, behaviour, ends, was_healthy: false });
        self.lives.len() - 1
    }

    /// Ends the process of a version, as `kill -9` would.
    pub(crate) fn kill(&mut self, key: &Key, now: Ms) {
        if let Some(keeper) = self.keepers.get(key) {
            self.lives[keeper.life].ends = Some(now);
        }
    }

    /// Looks after every version; returns whether the picture has changed.
    pub(crate) fn look(&mut self, now: Ms) -> bool {
        let mut changed = false;
        let keys: Vec<Key> = self.keepers.keys().cloned().collect();
        for key in keys {
            let again = self.keepers.get(&key).and_then(|keeper| keeper.again_at).is_some_and(|at| at <= now);
            let fresh = again.then(|| self.begin(&key, now));
            let keeper = self.keepers.get_mut(&key).expect("its key was just listed");
            if let Some(life) = fresh {
                (keeper.life, keeper.again_at) = (life, None);
                keeper.lives += 1;
            }
            let before = keeper.state.clone();
            keeper.look(&mut self.lives, now);
            changed |= keeper.state != before || fresh.is_some();
        }
        changed
    }

    pub(crate) fn observed(&self) -> Observed {
        let one = |((service, version), keeper): (&Key, &Keeper)| ObservedInstance {
            service: service.clone(),
            version: version.clone(),
            instance: format!("{}-{}", keeper.life, self.lives[keeper.life].started),
            state: keeper.state.clone(),
        };
        Observed { desired: self.works_by(), instances: self.keepers.iter().map(one).collect() }
    }

    /// Says whether whoever listens there was ever healthy.
    pub(crate) fn was_healthy(&self, port: u16) -> bool {
        self.lives.get(usize::from(port - PORT_FIRST)).is_some_and(|life| life.was_healthy)
    }

    /// Asks whoever listens on a port, and says how long it takes.
    pub(crate) fn ask(&self, port: u16, now: Ms, random: &mut Random) -> (Answer, Ms) {
        let Some(life) = self.lives.get(usize::from(port - PORT_FIRST)).filter(|life| !life.is_over(now)) else {
            return (Answer::ConnectError, 1);
        };
        let behaviour = &life.behaviour;
        let sick = now >= life.started + behaviour.sick_after;
        let roll = random.unit();
        if sick && roll < behaviour.hangs {
            return (Answer::Hangs, 0);
        }
        let took = if random.chance(behaviour.slow) { random.between(400, 900) } else { random.between(2, 20) };
        let outage = self.outages.get(&life.service).filter(|(until, _)| now < *until);
        if outage.is_some_and(|(_, ratio)| random.chance(*ratio)) {
            return (Answer::ServerError, took);
        }
        let answer = if sick && roll < behaviour.hangs + behaviour.fails { Answer::ServerError } else { Answer::Ok };
        (answer, took)
    }
}

impl Keeper {
    fn look(&mut self, lives: &mut [Life], now: Ms) {
        if self.again_at.is_some() || matches!(self.state, InstanceState::Failed { .. }) {
            return;
        }
        let life = &mut lives[self.life];
        if life.is_over(now) {
            return self.ended(now);
        }
        let limit = self.instance.launch.start_timeout_ms;
        match life.behaviour.start {
            Start::After(after) if now >= life.started + after => {
                (life.was_healthy, self.proven) = (true, true);
                let address = format!("127.0.0.1:{}", PORT_FIRST + u16::try_from(self.life).expect("few lives"));
                self.state = InstanceState::Healthy { address, took_ms: after };
            }
            _ if now >= life.started + limit => {
                life.ends = Some(now);
                if self.proven {
                    return self.ended(now);
                }
                self.state = InstanceState::Failed { reason: format!("not healthy within {limit} ms") };
            }
            _ => self.state = InstanceState::Starting,
        }
    }

    fn ended(&mut self, now: Ms) {
        let pause = match self.proven {
            true => AGAIN_MIN.saturating_mul(1 << self.lives.min(10)).min(AGAIN_MAX),
            false if self.lives < FIRST_TRIES => FIRST_AGAIN,
            false => {
                self.state = InstanceState::Failed { reason: format!("it ended {} times", self.lives) };
                return;
            }
        };
        if self.proven {
            self.state = InstanceState::Exited { how: "signal 9".to_owned() };
        }
        self.again_at = Some(now + pause);
    }
}
