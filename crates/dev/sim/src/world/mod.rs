//! A world: server, gateways, machine, network and users, moved on in small steps of virtual time.

mod faults;

use std::collections::BTreeMap;

use seaworthy_contract::api::ShipRequest;
use seaworthy_contract::gateway::REPORT_EVERY_MS;
use seaworthy_core::desired::{desired_processes, gateway_config};
use seaworthy_core::watch::Used;
use seaworthy_core::{Input, State, outbox};
use seaworthy_kernel::{CommandError, Done};
use seaworthy_model::{GatewayName, RolloutId, ServiceId, VersionId};
use uuid::Uuid;

use crate::check::{Truth, UsersCheck, Violations};
use crate::gateway::{Gateway, Request};
use crate::machine::{Behaviour, Machine};
use crate::network::{Message, Network};
use crate::random::Random;
use crate::server::Server;
use crate::{Ms, catalogue};

/// One step of virtual time.
const STEP: Ms = 50;

/// What is sent and not answered is sent again after this long, in milliseconds: the heartbeat of a stream.
const AGAIN: Ms = 5_000;

/// How often the supervisor tells what it sees, and the server looks at the clock.
const SECOND: Ms = 1_000;

/// How often the outbox is looked at.
const OUTBOX_EVERY: Ms = 500;

/// Users of one service.
#[derive(Debug, Clone, Copy)]
struct Load {
    users: u64,
    per_second: f64,
}

/// A gateway and what it waits for.
struct Placed {
    gateway: Gateway,
    up: bool,
    up_at: Ms,
    /// The config on its way to it, and since when.
    config_sent: Option<(u64, Ms)>,
    /// When its oldest report was sent.
    report_sent: Option<Ms>,
}

/// A world.
pub struct World {
    pub(crate) now: Ms,
    pub(crate) server: Server,
    pub(crate) machine: Machine,
    pub(crate) network: Network,
    pub(crate) truth: Truth,
    pub(crate) users: UsersCheck,
    pub(crate) violations: Violations,
    random: Random,
    gateways: Vec<Placed>,
    load: BTreeMap<ServiceId, Load>,
    desired_sent: Option<(u64, Ms)>,
    gateways_died: bool,
    /// Ratio of tries in which a channel does not take a page.
    pub page_loss: f64,
}

impl World {
    /// Makes a world with some gateways and nobody in it.
    pub fn new(seed: u64, gateways: usize) -> Self {
        let mut random = Random::new(seed);
        let named = |n: usize| format!("gateway-{}", n + 1).parse::<GatewayName>().expect("a name that is allowed");
        let placed =
            |n| Placed { gateway: Gateway::new(named(n)), up: false, up_at: 0, config_sent: None, report_sent: None };
        Self {
            now: 0,
            server: Server::new(random.split()),
            machine: Machine::default(),
            network: Network::new(random.split()),
            truth: Truth::default(),
            users: UsersCheck::default(),
            violations: Violations::default(),
            gateways: (0..gateways).map(placed).collect(),
            load: BTreeMap::new(),
            desired_sent: None,
            gateways_died: false,
            page_loss: 0.0,
            random,
        }
    }

    /// Declares services; those that are not named leave once nobody uses them, `-name` at once.
    ///
    /// # Errors
    /// When the server is down, its disk is full, or it refuses.
    pub fn declare(&mut self, services: &[&str]) -> Result<Done, String> {
        self.command(Input::Apply(Box::new(catalogue::document(services)), Used::new()), "token/ines")
    }

    /// Sets how many users a service has and how many requests a second they make.
    pub fn load(&mut self, service: &str, users: u64, per_second: f64) {
        self.load.insert(name(service), Load { users, per_second });
    }

    /// Sets how a version will behave.
    pub fn behave(&mut self, service: &str, version: &str, behaviour: Behaviour) {
        self.machine.behave((name(service), version.parse().expect("a version")), behaviour);
    }

    /// Ships a version.
    ///
    /// # Errors
    /// When the server is down, its disk is full, or it refuses.
    pub fn ship(&mut self, service: &str, version: &str) -> Result<Done, String> {
        let request = ship_request(version);
        self.command(Input::Ship { service: name(service), request: Box::new(request) }, "token/ines")
    }

    /// Carries out any input, as its answer says.
    ///
    /// # Errors
    /// When the server is down, its disk is full, or it refuses.
    pub fn command(&mut self, input: Input, actor: &str) -> Result<Done, String> {
        let done = match self.server.command(&input, actor) {
            None => Err("the server is down".to_owned()),
            Some(Err(CommandError::Refused(refusal))) => Err(refusal.to_string()),
            Some(Err(error)) => Err(seaworthy_kernel::chain(&error)),
            Some(Ok(done)) => Ok(done),
        };
        self.follow_ledger();
        done
    }

    /// Says whether the server runs.
    pub fn is_server_up(&self) -> bool {
        self.server.is_up()
    }

    /// Returns how many reports gateways have not seen acknowledged.
    pub fn reports_waiting(&self) -> usize {
        self.gateways.iter().map(|placed| placed.gateway.reports_waiting()).sum()
    }

    /// Returns the state as the ledger has it.
    pub fn state(&self) -> &State {
        &self.truth.state
    }

    /// Returns the last rollout of a service.
    pub fn latest(&self, service: &str) -> Option<RolloutId> {
        self.truth.state.serving.get(service)?.latest
    }

    /// Returns the version that serves everybody but a canary's users.
    pub fn stable(&self, service: &str) -> Option<&VersionId> {
        self.truth.state.serving.get(service)?.stable.as_ref()
    }

    /// Returns what was seen that must never be; empty in a world as it should be.
    pub fn violations(&self) -> &[String] {
        self.violations.told()
    }

    /// Returns the virtual time.
    pub fn now_ms(&self) -> Ms {
        self.now
    }

    /// Returns how many requests users made that met any version.
    pub fn carried(&self) -> u64 {
        self.users.carried
    }

    /// Lets time pass.
    pub fn advance(&mut self, ms: Ms) {
        let until = self.now + ms;
        while self.now < until {
            self.step();
        }
    }

    /// Lets time pass until something is so; `false` when it is not so within `ms`.
    pub fn advance_until(&mut self, ms: Ms, is_so: impl Fn(&Self) -> bool) -> bool {
        let until = self.now + ms;
        while !is_so(self) {
            if self.now >= until {
                return false;
            }
            self.step();
        }
        true
    }

    fn step(&mut self) {
        let end = self.now + STEP;
        self.server.look_after(self.now);
        self.start_gateways();
        // Messages are taken at their own time, so that what answers them leaves at that time.
        while let Some((due, message)) = self.network.arrived(end) {
            self.pass_to(due.max(self.now));
            self.take(message);
        }
        self.pass_to(end);
        self.push_desired();
        self.look_after_versions();
        self.carry_requests();
        self.run_gateways();
        if self.now.is_multiple_of(SECOND) {
            self.server.tick();
        }
        if self.now.is_multiple_of(OUTBOX_EVERY) {
            self.send_pages();
        }
        self.follow_ledger();
        if self.now.is_multiple_of(SECOND) {
            self.compare();
        }
    }

    fn pass_to(&mut self, now: Ms) {
        self.now = now;
        self.server.clock.set(now);
    }

    fn start_gateways(&mut self) {
        for placed in self.gateways.iter_mut().filter(|placed| !placed.up && placed.up_at <= self.now) {
            placed.up = true;
            placed.gateway.start(Uuid::from_u128(u128::from(self.random.bits())), self.now);
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Config(index, config) => {
                let placed = &mut self.gateways[index];
                if placed.up && config.version >= placed.gateway.applied() {
                    self.users.applied(&placed.gateway.name, &config, &mut self.violations);
                    placed.gateway.take(config, self.now);
                    placed.config_sent = None;
                }
            }
            Message::Desired(desired) => {
                self.machine.take(desired, self.now);
                self.desired_sent = None;
            }
            Message::Observed(observed) => drop(self.server.command(&Input::Observed(observed), "supervisor/local")),
            Message::Report(index, report) => match self.server.report(&report) {
                Some(Ok(ack)) => self.network.send(Message::Ack(index, ack), self.now),
                // Refused at once: the gateway tries again after a pause.
                Some(Err(_)) | None => self.gateways[index].report_sent = Some((self.now + 250).saturating_sub(AGAIN)),
            },
            Message::Ack(index, ack) => {
                self.gateways[index].gateway.acknowledged(ack);
                self.gateways[index].report_sent = None;
                self.send_report(index);
            }
        }
    }

    fn push_desired(&mut self) {
        let Some(version) = self.server.read(|shared| shared.state.desired_version) else { return };
        let on_its_way = self.desired_sent.is_some_and(|(sent, at)| sent == version && self.now < at + AGAIN);
        if self.machine.works_by() == Some(version) || on_its_way {
            return;
        }
        if let Some(desired) = self.server.read(|shared| desired_processes(&shared.state)) {
            self.desired_sent = Some((version, self.now));
            self.network.send(Message::Desired(desired), self.now);
        }
    }

    fn look_after_versions(&mut self) {
        if self.machine.look(self.now) || self.now.is_multiple_of(SECOND) {
            self.network.send(Message::Observed(self.machine.observed()), self.now);
        }
    }

    fn carry_requests(&mut self) {
        for (service, load) in &self.load {
            let expected = load.per_second * STEP as f64 / 1e3;
            let requests = expected as u64 + u64::from(self.random.chance(expected.fract()));
            for _ in 0..requests {
                let index = self.random.between(0, self.gateways.len() as u64) as usize;
                let user = self.random.between(0, load.users);
                let request = Request { service, user, may_repeat: self.random.chance(0.8) };
                let placed = &mut self.gateways[index];
                // A connection waits in the socket of the supervisor: it is not lost.
                if !placed.up {
                    continue;
                }
                let met = placed.gateway.carry(request, &self.machine, self.now, &mut self.random);
                if let Some(met) = met {
                    self.users.assigned(&placed.gateway.name, met, &self.machine, &mut self.violations);
                }
            }
        }
    }

    fn run_gateways(&mut self) {
        (0..self.gateways.len()).for_each(|index| self.send_report(index));
        let version = self.server.read(|shared| shared.state.config_version);
        for (index, placed) in self.gateways.iter_mut().enumerate().filter(|(_, placed)| placed.up) {
            placed.gateway.end_due(&self.machine, self.now, &mut self.random);
            if self.now.is_multiple_of(REPORT_EVERY_MS) {
                placed.gateway.report(self.now, REPORT_EVERY_MS);
            }
            let Some(version) = version else { continue };
            let on_its_way = placed.config_sent.is_some_and(|(sent, at)| sent == version && self.now < at + AGAIN);
            if placed.gateway.applied() != version && !on_its_way {
                placed.config_sent = Some((version, self.now));
                let config = self.server.read(|shared| gateway_config(&shared.state)).expect("it was just read");
                self.network.send(Message::Config(index, config), self.now);
            }
        }
    }

    /// Sends the oldest report, unless it is on its way already.
    fn send_report(&mut self, index: usize) {
        let placed = &mut self.gateways[index];
        if !placed.up || placed.report_sent.is_some_and(|at| self.now < at + AGAIN) {
            return;
        }
        if let Some(report) = placed.gateway.next_report(self.now) {
            placed.report_sent = Some(self.now);
            self.network.send(Message::Report(index, Box::new(report)), self.now);
        }
    }

    /// The outbox's task: each message leaves at least once, some tries fail.
    fn send_pages(&mut self) {
        let waiting = |shared: &seaworthy_kernel::Shared| -> Vec<_> {
            outbox::waiting(&shared.state).map(|message| (message.page, message.channel.to_owned())).collect()
        };
        for (page, channel) in self.server.read(waiting).unwrap_or_default() {
            if !self.random.chance(self.page_loss) {
                // A full disk: it waits on and is sent again with the same key.
                drop(self.server.command(&Input::PageDelivered { page, channel, attempt: 1 }, "outbox"));
            }
        }
    }

    fn follow_ledger(&mut self) {
        let facts = self.server.facts_after(self.truth.state.position);
        facts.iter().for_each(|fact| self.users.follow(fact));
        self.truth.follow(facts, &mut self.violations);
    }

    /// What the server has folded is what the ledger says, also after every restart.
    fn compare(&mut self) {
        let truth = &self.truth.state;
        let same = self.server.read(|shared| shared.state.position != truth.position || shared.state == *truth);
        self.violations
            .unless(same != Some(false), || format!("at {} the server's state is not the ledger's", self.now));
    }

    /// Checks what must hold when everything has settled: no fault for a while, and every report taken.
    pub fn check_settled(&mut self) {
        self.truth.settled(&self.server.acknowledged, &mut self.violations);
        let waiting = self.reports_waiting();
        self.violations.unless(waiting <= 2 * self.gateways.len(), || format!("{waiting} reports are still waiting"));
        for record in self.truth.state.rollouts.values() {
            let (Some(confirmed), None) = (&record.confirmed, record.promoted) else { continue };
            let counted = confirmed.event.canary_requests;
            let made = self.users.canary.get(&record.id()).copied().unwrap_or(0);
            let fits = if self.gateways_died { counted <= made } else { counted == made };
            self.violations.unless(fits, || {
                format!("{} {}: {counted} requests counted, {made} made", record.service(), record.version())
            });
        }
    }
}

fn name(service: &str) -> ServiceId {
    service.parse().expect("a name that is allowed")
}

/// A request to ship a version as the catalogue says.
pub(crate) fn ship_request(version: &str) -> ShipRequest {
    ShipRequest {
        version: version.to_owned(),
        command: None,
        env: BTreeMap::new(),
        address: None,
        commit: None,
        steps: None,
        dwell_ms: None,
    }
}
