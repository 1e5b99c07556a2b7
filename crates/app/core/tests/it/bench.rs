//! A bench for the core: inputs in, facts folded at once, time by hand.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::api::ShipRequest;
use seaworthy_contract::catalogue::{
    Document, Entity, Layered, Person, PersonDetails, Rotation, Service, Sourced, Strategy, Team,
};
use seaworthy_contract::events::Event;
use seaworthy_contract::gateway::{Classes, Count, InFlight, Report};
use seaworthy_contract::process::{InstanceState, Observed, ObservedInstance};
use seaworthy_core::state::RolloutRecord;
use seaworthy_core::view::Look;
use seaworthy_core::watch::Used;
use seaworthy_core::{Cx, Fact, Input, Refusal, State, Watch, step};
use seaworthy_model::{Arm, Entropy, EventId, PersonId, RolloutId, ServiceId, VersionId};
use uuid::Uuid;

pub(crate) const SERVICES: [&str; 2] = ["checkout", "payments"];

pub(crate) fn service(name: &str) -> ServiceId {
    name.parse().unwrap()
}

pub(crate) fn version(name: &str) -> VersionId {
    name.parse().unwrap()
}

pub(crate) fn start() -> Timestamp {
    Timestamp::from_second(1_750_000_000).unwrap()
}

/// State, watch and every fact so far.
pub(crate) struct Bench {
    pub(crate) state: State,
    pub(crate) watch: Watch,
    pub(crate) now: Timestamp,
    pub(crate) facts: Vec<Fact>,
    /// Who acts.
    pub(crate) actor: String,
    keys: Vec<String>,
    seq: u64,
}

impl Bench {
    /// An empty ledger.
    pub(crate) fn new() -> Self {
        let (state, watch) = (State::default(), Watch::default());
        let actor = "token/test".to_owned();
        Self { state, watch, now: start(), facts: Vec::new(), actor, keys: Vec::new(), seq: 0 }
    }

    /// Two services whose v1 serves, and a gateway that reports.
    pub(crate) fn serving() -> Self {
        let mut bench = Self::new();
        bench.act(Input::Apply(Box::new(document(&SERVICES)), Used::new()));
        bench.report(|_| {});
        for name in SERVICES {
            bench.ship(name, "v1").unwrap();
            bench.healthy(name, "v1");
        }
        bench.wait(5);
        bench
    }

    pub(crate) fn wait(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    /// Steps and folds what comes out.
    pub(crate) fn try_act(&mut self, input: &Input) -> Result<Vec<Fact>, Refusal> {
        let seed = self.facts.len() as u128 + 1;
        let mut cx = Cx { now: self.now, actor: self.actor.clone(), entropy: Entropy::new(seed) };
        let new = step(&self.state, input, &mut cx)?;
        // As a ledger would: a batch with a key that is known is not appended again.
        if new.iter().filter_map(|fact| fact.key.as_ref()).any(|key| self.keys.contains(key)) {
            return Ok(Vec::new());
        }
        let mut facts = Vec::new();
        for fact in new {
            self.keys.extend(fact.key);
            let id = EventId::new(self.now, &mut cx.entropy);
            let position = self.state.position + 1;
            let fact = Fact { position, id, at: self.now, actor: cx.actor.clone(), event: fact.event };
            self.state.apply(&fact);
            facts.push(fact);
        }
        self.facts.extend(facts.iter().cloned());
        Ok(facts)
    }

    /// Folds an event that stands in the ledger.
    pub(crate) fn fold(&mut self, event: impl Into<Event>) {
        let mut entropy = Entropy::new(self.facts.len() as u128 + 1);
        let (id, position) = (EventId::new(self.now, &mut entropy), self.state.position + 1);
        let fact = Fact { position, id, at: self.now, actor: self.actor.clone(), event: event.into() };
        self.state.apply(&fact);
        self.facts.push(fact);
    }

    /// What a view looks at.
    pub(crate) fn look(&self) -> Look<'_> {
        static NOBODY: BTreeMap<PersonId, PersonDetails> = BTreeMap::new();
        Look { state: &self.state, watch: &self.watch, directory: &NOBODY, now: self.now }
    }

    /// The same, of an input that is not refused; returns the types of what came out.
    pub(crate) fn act(&mut self, input: Input) -> Vec<String> {
        let facts = self.try_act(&input).unwrap_or_else(|refusal| panic!("{refusal}: {input:?}"));
        facts.iter().map(|fact| fact.event.kind().0.to_owned()).collect()
    }

    pub(crate) fn ship(&mut self, name: &str, version: &str) -> Result<RolloutId, Refusal> {
        let request = Box::new(ship_request(version));
        self.try_act(&Input::Ship { service: service(name), request })?;
        Ok(self.state.serving[name].latest.unwrap())
    }

    /// Ships v2 and brings it to its first step.
    pub(crate) fn stepping(&mut self, name: &str, version: &str) -> RolloutId {
        let rollout = self.ship(name, version).unwrap();
        self.healthy(name, version);
        assert_eq!(self.state.rollouts[&rollout].step(), Some(0));
        rollout
    }

    /// Everything is over and let go of, as gateways see it.
    pub(crate) fn reverted(&mut self, rollout: RolloutId) {
        self.act(Input::Revert { rollout, reason: None });
        self.report(|_| {});
        self.settle();
    }

    pub(crate) fn healthy(&mut self, name: &str, version: &str) -> Vec<String> {
        let instance = format!("{}-{version}", self.facts.len());
        let observed = seen(name, version, &instance, healthy_state());
        self.act(Input::Observed(observed))
    }

    pub(crate) fn record(&self, rollout: RolloutId) -> &RolloutRecord {
        &self.state.rollouts[&rollout]
    }

    /// Takes a report of the one gateway.
    pub(crate) fn report(&mut self, fill: impl FnOnce(&mut Report)) -> bool {
        self.seq += 1;
        let mut report = empty_report(self.seq, self.state.config_version);
        fill(&mut report);
        self.act(Input::GatewayJoined { gateway: report.gateway.clone(), boot: report.boot });
        self.watch.ingest(&self.state, &report, self.now)
    }

    /// Acts on what is known now; returns the types of what came out.
    pub(crate) fn settle(&mut self) -> Vec<String> {
        let judged = self.watch.verdicts(&self.state, self.now);
        let drained = self.watch.drained(&self.state, self.now);
        let judged = judged.into_iter().map(|judged| Input::Judged(Box::new(judged)));
        let drained = drained.into_iter().map(|drained| Input::Drained(Box::new(drained)));
        judged.chain(drained).chain([Input::Tick]).flat_map(|input| self.act(input)).collect()
    }
}

pub(crate) fn ship_request(version: &str) -> ShipRequest {
    serde_json::from_value(serde_json::json!({ "version": version })).unwrap()
}

pub(crate) fn healthy_state() -> InstanceState {
    InstanceState::Healthy { address: "127.0.0.1:9".to_owned(), took_ms: 5 }
}

pub(crate) fn seen(name: &str, of: &str, instance: &str, state: InstanceState) -> Observed {
    let (service, version) = (service(name), version(of));
    Observed {
        desired: None,
        instances: vec![ObservedInstance { service, version, instance: instance.to_owned(), state }],
    }
}

pub(crate) fn empty_report(seq: u64, applied: u64) -> Report {
    Report {
        gateway: "local".parse().unwrap(),
        boot: Uuid::from_u128(7),
        seq,
        applied,
        age_ms: 0,
        interval_ms: 250,
        counts: Vec::new(),
        moments: Vec::new(),
        in_flight: Vec::new(),
        trips: Vec::new(),
        break_glass: Vec::new(),
        controls: Vec::new(),
        control_hands: Vec::new(),
    }
}

/// Users of one arm, each with one request.
pub(crate) fn users(of: &str, arm: Arm, config: u64, users: u64, failed: u64) -> Count {
    Count {
        service: service("checkout"),
        route: "*/".to_owned(),
        version: version(of),
        arm,
        config,
        starts: users,
        ended: Classes { ok: users - failed, server_error: failed, ..Classes::default() },
        rescued: 0,
        seen_idempotent: failed,
        seen_other: 0,
        users_in_step: users,
        users,
        users_failed: failed,
        users_failed_in_step: Some(failed),
        latency: vec![(20, users)],
    }
}

pub(crate) fn inside(of: &str, requests: u64) -> InFlight {
    InFlight { service: service("checkout"), version: version(of), requests }
}

/// A catalogue of some services, with somebody on call.
pub(crate) fn document(services: &[&str]) -> Document {
    let service = |name: &&str| -> Entity {
        let service: Service = serde_json::from_value(serde_json::json!({
            "name": name, "owner": "shop", "run": { "command": ["serve", "${version}"] },
            "routes": [{ "path": format!("/{name}") }],
            "rollout": Strategy { dwell_ms: 1_000, bake_ms: 60_000, requests_min: 10, ..Strategy::default() },
        }))
        .unwrap();
        Entity::Service(Box::new(service))
    };
    let person = Entity::Person(Person { name: "ines".parse().unwrap() });
    let members = vec!["ines".parse().unwrap()];
    let team =
        Entity::Team(Team { name: "shop".parse().unwrap(), title: None, members: members.clone(), escalation: None });
    let rotation = Entity::Rotation(Rotation {
        name: "shop".parse().unwrap(),
        team: "shop".parse().unwrap(),
        participants: members,
        start: start() - SignedDuration::from_hours(24),
        zone: "UTC".to_owned(),
        days: 7,
        layered: Layered::default(),
    });
    let entities = [person, team, rotation].into_iter().chain(services.iter().map(service));
    let sourced = |entity| Sourced { entity, source: "test.yaml:1".to_owned() };
    Document { entities: entities.map(sourced).collect(), ..Document::default() }
}
