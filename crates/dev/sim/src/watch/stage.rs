//! Server, gateway, network and users of one outage, moved on by the millisecond.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::gateway::REPORT_EVERY_MS;
use seaworthy_contract::prober::ProbeReport;
use seaworthy_core::desired::{desired_processes, gateway_config};
use seaworthy_core::watch::Used;
use seaworthy_core::{Input, outbox};
use seaworthy_model::{PageId, ServiceId};
use uuid::Uuid;

use super::{Objectives, REQUEST_EVERY, WIDE_BUCKET, catalogue, past};
use crate::Ms;
use crate::gateway::{Gateway, Request};
use crate::machine::Machine;
use crate::network::{Message, Network};
use crate::random::Random;
use crate::server::{BEGIN, Server};
use crate::world::ship_request;

/// How often the server looks at the clock by itself.
const LOOK_EVERY: Ms = 1_000;

/// Users of each service.
const USERS: u64 = 10_000;

/// When every version has long been healthy.
const SETTLED: Ms = 2_000;

/// What leaves when a person is told; the portal has the page at once.
const CONTACTS: &str = "contacts";

/// Whether anybody asks the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    /// Each is asked every [`REQUEST_EVERY`], and was for days.
    Busy,
    /// Nobody ever did.
    Quiet,
}

/// Where everything falls within its period.
struct Phases {
    /// Of each service's requests, in the order of services.
    requests: Vec<Ms>,
    report: Ms,
    look: Ms,
}

/// One outage's world.
pub(super) struct Stage {
    now: Ms,
    server: Server,
    gateway: Gateway,
    machine: Machine,
    network: Network,
    services: Vec<ServiceId>,
    phases: Phases,
    random: Random,
    is_report_on_its_way: bool,
    failing_since: Option<Ms>,
    first_bad: BTreeMap<ServiceId, Ms>,
    pages: BTreeMap<ServiceId, Ms>,
}

impl Stage {
    /// Makes a world with so many services that serve, have a past, and are asked from now on, or neither of both.
    pub(super) fn new(random: &mut Random, services: usize, life: Life) -> Self {
        let asked = if life == Life::Busy { services } else { 0 };
        let phases = Phases {
            requests: (0..asked).map(|_| random.between(0, REQUEST_EVERY)).collect(),
            report: random.between(0, REPORT_EVERY_MS),
            look: random.between(0, LOOK_EVERY),
        };
        let mut stage = Self {
            now: 0,
            server: Server::new(random.split()),
            gateway: Gateway::new("gateway-1".parse().expect("a name that is allowed")),
            machine: Machine::default(),
            network: Network::new(random.split()),
            services: catalogue::services(services),
            phases,
            random: random.split(),
            is_report_on_its_way: false,
            failing_since: None,
            first_bad: BTreeMap::new(),
            pages: BTreeMap::new(),
        };
        stage.declare();
        stage.serve();
        stage.begin(life, SETTLED + random.between(0, WIDE_BUCKET));
        stage
    }

    fn declare(&mut self) {
        self.server.look_after(self.now);
        let document = catalogue::document(&self.services, Objectives::OneEach);
        self.command(&Input::Apply(Box::new(document), Used::new()));
        for service in self.services.clone() {
            self.command(&Input::Ship { service, request: Box::new(ship_request("v1")) });
        }
    }

    /// Lets every version become healthy, and the gateway know.
    fn serve(&mut self) {
        let desired = self.server.read(|shared| desired_processes(&shared.state)).expect("it runs");
        self.machine.take(desired, self.now);
        self.pass_to(SETTLED);
        self.machine.look(self.now);
        self.command(&Input::Observed(self.machine.observed()));
        let config = self.server.read(|shared| gateway_config(&shared.state)).expect("it runs");
        self.gateway.start(Uuid::from_u128(1), self.now);
        self.gateway.take(config, self.now);
    }

    /// Puts the past on disk, and starts the server again, which reads it.
    fn begin(&mut self, life: Life, now: Ms) {
        self.server.tick();
        let names = self.server.read(|shared| {
            let names = shared.watch.objectives.iter().filter_map(|watched| watched.series_name());
            names.map(str::to_owned).collect::<Vec<_>>()
        });
        self.pass_to(now);
        let at = self.server.clock.now();
        for name in names.expect("it runs").into_iter().filter(|_| life == Life::Busy) {
            self.server.store(past::healthy(&name, 1_000 / REQUEST_EVERY, at));
        }
        self.server.kill(now, 0);
        self.server.look_after(now);
    }

    fn command(&mut self, input: &Input) {
        let done = self.server.command(input, "sim").expect("it runs");
        done.expect("the disk in memory takes it, and it is allowed");
    }

    fn pass_to(&mut self, now: Ms) {
        self.now = now;
        self.server.clock.set(now);
    }

    pub(super) fn now(&self) -> Ms {
        self.now
    }

    /// Returns an instant as the server's clock shows it.
    pub(super) fn instant(at: Ms) -> Timestamp {
        BEGIN + SignedDuration::from_millis(i64::try_from(at).expect("a simulation is short"))
    }

    /// Hands the server what a prober reports.
    pub(super) fn probed(&mut self, report: &ProbeReport) {
        self.server.probed(report).expect("it runs").expect("the disk in memory takes it");
        self.send_pages();
    }

    /// Returns when the page of each service left.
    pub(super) fn pages(&self) -> &BTreeMap<ServiceId, Ms> {
        &self.pages
    }

    /// Returns when the first request of a service failed.
    pub(super) fn first_bad(&self, service: &ServiceId) -> Option<Ms> {
        self.first_bad.get(service).copied()
    }

    /// Makes every request of every service fail from now on.
    pub(super) fn fail_all(&mut self, for_ms: Ms) {
        for service in &self.services {
            self.machine.fail_all(service.clone(), self.now + 2 * for_ms, 1.0);
        }
        self.failing_since = Some(self.now);
    }

    pub(super) fn advance(&mut self, until: Ms) {
        while self.now < until {
            self.step();
        }
    }

    /// Lets a millisecond pass.
    pub(super) fn step(&mut self) {
        self.carry_requests();
        if self.now % REPORT_EVERY_MS == self.phases.report {
            self.gateway.end_due(&self.machine, self.now, &mut self.random);
            self.gateway.report(self.now, REPORT_EVERY_MS);
            self.send_report();
        }
        if self.now % LOOK_EVERY == self.phases.look {
            self.server.tick();
            self.send_pages();
        }
        while let Some((_, message)) = self.network.arrived(self.now) {
            self.take(message);
        }
        self.pass_to(self.now + 1);
    }

    fn carry_requests(&mut self) {
        for (service, phase) in self.services.iter().zip(&self.phases.requests) {
            if self.now % REQUEST_EVERY != *phase {
                continue;
            }
            let (user, may_repeat) = (self.random.between(0, USERS), self.random.chance(0.8));
            let request = Request { service, user, may_repeat };
            let met = self.gateway.carry(request, &self.machine, self.now, &mut self.random);
            assert!(met.is_some(), "{service} serves");
            if self.failing_since.is_some() {
                self.first_bad.entry(service.clone()).or_insert(self.now);
            }
        }
    }

    fn send_report(&mut self) {
        if self.is_report_on_its_way {
            return;
        }
        if let Some(report) = self.gateway.next_report(self.now) {
            self.is_report_on_its_way = true;
            self.network.send(Message::Report(0, Box::new(report)), self.now);
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Report(index, report) => {
                let ack = self.server.report(&report).expect("it runs").expect("the disk in memory takes it");
                self.network.send(Message::Ack(index, ack), self.now);
                self.send_pages();
            }
            Message::Ack(_, ack) => {
                self.gateway.acknowledged(ack);
                self.is_report_on_its_way = false;
                self.send_report();
            }
            Message::Config(..) | Message::Desired(_) | Message::Observed(_) => unreachable!("nobody sends these here"),
        }
    }

    /// The outbox's task, which every change wakes.
    fn send_pages(&mut self) {
        let waiting: Option<Vec<(PageId, String, ServiceId)>> = self.server.read(|shared| {
            let waiting = outbox::waiting(&shared.state);
            waiting.map(|m| (m.page, m.channel.to_owned(), m.request.service.clone())).collect()
        });
        for (page, channel, service) in waiting.expect("it runs") {
            if channel == CONTACTS {
                self.pages.entry(service).or_insert(self.now);
            }
            self.command(&Input::PageDelivered { page, channel, attempt: 1 });
        }
    }
}
