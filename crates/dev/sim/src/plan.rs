//! One run from a seed: a change of some fate, faults around it, and what must have become of it in the end.

use std::fmt;

use seaworthy_core::Input;
use seaworthy_core::state::RolloutRecord;
use seaworthy_model::RolloutId;

use crate::{Behaviour, Ms, Random, Start, Weather, World};

/// Longest time that a change has to be decided once nothing disturbs it any more.
const DECIDED_WITHIN: Ms = 150_000;

/// How long faults go on at most.
const CHAOS_FOR: Ms = 30_000;

/// Everything has settled this long after the last fault: a lost message is sent again after five seconds.
const SETTLE: Ms = 8_000;

/// What a version is like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate {
    /// Nothing is wrong with it.
    Healthy,
    /// It fails this ratio of requests.
    Fails(f64),
    /// It fails this ratio of requests, from ten seconds after its start on.
    FailsLater(f64),
    /// It never answers this ratio of requests.
    Hangs(f64),
    /// Most of its answers take half a second.
    Slow,
    /// It never answers its health check.
    NeverStarts,
    /// It ends at once.
    Crashes,
    /// It ends every few seconds.
    Dies,
}

impl Fate {
    fn behaviour(self, random: &mut Random) -> Behaviour {
        let start = Start::After(random.between(100, 2_000));
        let healthy = Behaviour { start, ..Behaviour::HEALTHY };
        match self {
            Self::Healthy => healthy,
            Self::Fails(fails) => Behaviour { fails, ..healthy },
            Self::FailsLater(fails) => Behaviour { fails, sick_after: 10_000, ..healthy },
            Self::Hangs(hangs) => Behaviour { hangs, ..healthy },
            Self::Slow => Behaviour { slow: 0.7, ..healthy },
            Self::NeverStarts => Behaviour { start: Start::Never, ..healthy },
            Self::Crashes => Behaviour { start: Start::Crash, ..healthy },
            Self::Dies => Behaviour { dies_after: Some(random.between(3_000, 6_000)), ..healthy },
        }
    }

    fn must_be_reverted(self) -> bool {
        self != Self::Healthy
    }

    fn never_meets_users(self) -> bool {
        matches!(self, Self::NeverStarts | Self::Crashes)
    }
}

/// What goes wrong around the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chaos {
    /// Nothing.
    None,
    /// Messages are late, lost and come twice.
    Network,
    /// The server and its disk.
    Server,
    /// Gateways.
    Gateways,
    /// All of it, and the clock.
    All,
}

impl Chaos {
    fn has(self, part: Self) -> bool {
        self == part || self == Self::All
    }
}

/// One run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Where chance begins.
    pub seed: u64,
    /// What v2 is like.
    pub fate: Fate,
    /// What goes wrong.
    pub chaos: Chaos,
    /// How many gateways there are.
    pub gateways: usize,
    /// Whether another service ships a change at the same time.
    pub neighbour: bool,
    /// Requests a second.
    pub per_second: f64,
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, fate, chaos, gateways, neighbour, per_second } = self;
        write!(
            f,
            "seed {seed}: v2 {fate:?}, chaos {chaos:?}, {gateways} gateways, neighbour {neighbour}, {per_second} a second"
        )
    }
}

impl Plan {
    /// Makes the plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x5ea3_0127);
        let fates = [
            Fate::Healthy,
            Fate::Healthy,
            Fate::Fails(0.3),
            Fate::Fails(1.0),
            Fate::FailsLater(0.2),
            Fate::Hangs(0.3),
            Fate::Slow,
            Fate::NeverStarts,
            Fate::Crashes,
            Fate::Dies,
        ];
        let chaos = [Chaos::None, Chaos::Network, Chaos::Server, Chaos::Gateways, Chaos::All];
        Self {
            seed,
            fate: *random.pick(&fates),
            chaos: *random.pick(&chaos),
            gateways: 1 + random.between(0, 2) as usize,
            neighbour: random.chance(0.3),
            per_second: random.between(120, 260) as f64,
        }
    }

    /// Runs it and says what was seen that must never be.
    ///
    /// # Errors
    /// With the plan, and what is wrong, for a person.
    pub fn run(self) -> Result<World, String> {
        let mut run = Run { world: World::new(self.seed, self.gateways), random: Random::new(self.seed), plan: self };
        match run.whole() {
            Ok(()) => Ok(run.world),
            Err(why) => Err(format!("{self}\n{why}")),
        }
    }
}

struct Run {
    plan: Plan,
    world: World,
    random: Random,
}

impl Run {
    fn whole(&mut self) -> Result<(), String> {
        self.begin()?;
        let rollout = self.change()?;
        self.outcome(rollout)?;
        if self.random.chance(0.3) {
            self.ship_again()?;
        }
        self.settle();
        self.world.check_settled();
        self.held()
    }

    /// Everything that checkers saw so far.
    fn held(&self) -> Result<(), String> {
        match self.world.violations() {
            [] => Ok(()),
            seen => Err(seen.join("\n")),
        }
    }

    fn begin(&mut self) -> Result<(), String> {
        let world = &mut self.world;
        world.advance(500);
        world.declare(&["checkout", "payments"])?;
        world.load("checkout", self.random.between(2_000, 10_000), self.plan.per_second);
        world.ship("checkout", "v1")?;
        world.ship("payments", "v1")?;
        let both = |world: &World| ["checkout", "payments"].iter().all(|service| world.stable(service).is_some());
        if !world.advance_until(10_000, both) {
            return Err("the first versions do not serve within 10 s".to_owned());
        }
        // Stable shows what is normal.
        world.advance(3_000);
        Ok(())
    }

    fn change(&mut self) -> Result<RolloutId, String> {
        let behaviour = self.plan.fate.behaviour(&mut self.random);
        self.world.behave("checkout", "v2", behaviour);
        self.world.ship("checkout", "v2")?;
        let rollout = self.world.latest("checkout").ok_or("it was just shipped")?;
        if self.plan.neighbour {
            self.world.load("payments", 3_000, 60.0);
            self.world.ship("payments", "v2")?;
        }
        if self.plan.chaos != Chaos::None {
            self.chaos()?;
        }
        self.held()?;
        let decided =
            move |world: &World| record(world, rollout).is_final() || record(world, rollout).promoted.is_some();
        if !self.world.advance_until(DECIDED_WITHIN, decided) {
            let phase = &record(&self.world, rollout).lifecycle.phase;
            return Err(format!("v2 is not decided within {DECIDED_WITHIN} ms: {phase:?}"));
        }
        self.held()?;
        Ok(rollout)
    }

    fn chaos(&mut self) -> Result<(), String> {
        let until = self.world.now + self.random.between(5_000, CHAOS_FOR);
        if self.plan.chaos.has(Chaos::Network) {
            self.world.weather(Weather { delay: (1, 400), loss: 0.05, twice: 0.1 });
            self.world.page_loss = 0.5;
        }
        if self.plan.chaos.has(Chaos::Server) {
            self.world.disk_faults(30, 20);
        }
        while self.world.now < until {
            self.world.advance(self.random.between(2, 60) * 50);
            self.fault();
        }
        self.world.weather(Weather::FAIR);
        self.world.page_loss = 0.0;
        self.world.disk_faults(0, 0);
        // A fault that was armed and met nothing yet must not meet what follows.
        self.world.disarm();
        match self.world.advance_until(SETTLE, World::is_server_up) {
            true => Ok(()),
            false => Err("the server does not come back".to_owned()),
        }
    }

    fn fault(&mut self) {
        let Self { plan, world, random } = self;
        let index = random.between(0, plan.gateways as u64) as usize;
        match random.between(0, 6) {
            0 if plan.chaos.has(Chaos::Server) => world.kill_server(random.between(50, 8_000)),
            1 if plan.chaos.has(Chaos::Server) => world.fail_checkpoint(),
            2 if plan.chaos.has(Chaos::Server) => world.stop_ledger(),
            3 if plan.chaos.has(Chaos::Gateways) => world.kill_gateway(index, random.between(50, 3_000)),
            4 if plan.chaos.has(Chaos::Gateways) => world.cut(index, random.between(200, 4_000)),
            5 if plan.chaos == Chaos::All => world.shift_clock(-(random.between(10, 2_000) as i64)),
            _ => {}
        }
    }

    fn outcome(&self, rollout: RolloutId) -> Result<(), String> {
        let record = record(&self.world, rollout);
        let reverted = record.reverted.as_ref().map(|reverted| &reverted.event);
        match (self.plan.fate.must_be_reverted(), reverted) {
            (true, None) => Err("v2 is bad and was promoted".to_owned()),
            (false, Some(event)) => Err(format!("v2 is healthy and was reverted: {}", event.reason)),
            (true, Some(_)) if self.plan.fate.never_meets_users() => {
                let met = self.world.users.canary.get(&rollout).copied().unwrap_or(0);
                if met == 0 { Ok(()) } else { Err(format!("{met} requests met a version that never started")) }
            }
            _ => Ok(()),
        }
    }

    /// The same version again, made good or left bad; or the promoted one taken back by hand while the old is warm.
    fn ship_again(&mut self) -> Result<(), String> {
        let latest = self.world.latest("checkout").ok_or("there was a rollout")?;
        if record(&self.world, latest).promoted.is_some() {
            self.world.command(Input::Revert { rollout: latest, reason: None }, "token/ines")?;
            let back = |world: &World| world.stable("checkout").is_some_and(|version| version.as_str() == "v1");
            return if back(&self.world) { Ok(()) } else { Err("v1 does not serve after the revert".to_owned()) };
        }
        // Its process ends, so that the next one is another.
        self.world.advance(3_000);
        self.world.behave("checkout", "v2", Behaviour::HEALTHY);
        self.world.ship("checkout", "v2")?;
        let again = self.world.latest("checkout").ok_or("it was just shipped")?;
        let decided = move |world: &World| record(world, again).is_over();
        if !self.world.advance_until(DECIDED_WITHIN, decided) {
            return Err(format!("v2, made good, is not decided: {:?}", record(&self.world, again).lifecycle.phase));
        }
        match &record(&self.world, again).reverted {
            None => Ok(()),
            Some(reverted) => Err(format!("v2, made good, was reverted: {}", reverted.event.reason)),
        }
    }

    fn settle(&mut self) {
        let taken = |world: &World| world.reports_waiting() <= 2;
        self.world.advance(SETTLE);
        self.world.advance_until(4 * SETTLE, taken);
    }
}

fn record(world: &World, rollout: RolloutId) -> &RolloutRecord {
    world.state().rollouts.get(&rollout).expect("the rollout was started")
}
