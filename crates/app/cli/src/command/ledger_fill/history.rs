//! A made-up history of a few services: who ships what, what is promoted, reverted, paged.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::{Entity, Layered, Person, Rotation, Run, Service, Strategy, Team};
use seaworthy_contract::events::Event;
use seaworthy_contract::events::catalogue::{EntityDeclaredV2, EntityRetiredV1};
use seaworthy_contract::events::gateway::GatewayJoinedV1;
use seaworthy_contract::events::page::{PageAcknowledgedV1, PageDeliveredV1, PageRequestedV1};
use seaworthy_contract::events::rollout::{
    BakeEndedV1, RevertCauseV1, RevertConfirmedV1, RolloutPromotedV1, RolloutRevertedV1, RolloutStartedV1,
    RolloutStepEnteredV1,
};
use seaworthy_contract::events::version::{VersionBecameHealthyV1, VersionRegisteredV1};
use seaworthy_contract::process::{Launch, LaunchFrom};
use seaworthy_model::{Entropy, EventId, PageId, RolloutId, ServiceId, Tier, VersionId};
use seaworthy_store::{NewEvent, RawJson};

/// Services of the history.
const SERVICES: [&str; 6] = ["cart", "catalog", "checkout", "mail", "payments", "search"];
/// People who are on call in turn.
const PEOPLE: [&str; 3] = ["ines", "mei", "tomas"];
/// Events that declare everything, and as many that retire it.
const DECLARED: u64 = (SERVICES.len() + PEOPLE.len() + 2) as u64;
/// Fewest events: the catalogue comes and goes, and one rollout of each kind is in between.
pub(super) const EVENTS_MIN: u64 = 2 * DECLARED + 2 * ROLLOUT_EVENTS_MAX;
/// Most events of one rollout.
const ROLLOUT_EVENTS_MAX: u64 = 10;
/// Every so many changes one is bad.
const BAD_EVERY: u64 = 7;

/// Returns `events` events between two instants, in batches.
pub(super) fn history(events: u64, from: Timestamp, to: Timestamp) -> Vec<Vec<NewEvent>> {
    let mut writer = Writer::new(events, from, to);
    writer.catalogue(from);
    let mut number = 0;
    while events - writer.written >= DECLARED + ROLLOUT_EVENTS_MAX {
        writer.rollout(number);
        number += 1;
    }
    while events - writer.written > DECLARED {
        writer.gateway_joined();
    }
    writer.retire();
    writer.batches
}

struct Writer {
    at: Timestamp,
    between: SignedDuration,
    entropy: Entropy,
    written: u64,
    stable: BTreeMap<&'static str, VersionId>,
    batches: Vec<Vec<NewEvent>>,
}

impl Writer {
    fn new(events: u64, from: Timestamp, to: Timestamp) -> Self {
        let between = to.duration_since(from) / i32::try_from(events).unwrap_or(i32::MAX);
        // Any seed: the history is the same each time, which makes two measurements comparable.
        let entropy = Entropy::new(0x5ea3_0a74);
        Self { at: from, between, entropy, written: 0, stable: BTreeMap::new(), batches: Vec::new() }
    }

    /// Adds an event to the open batch.
    fn push(&mut self, stream: String, actor: &str, event: impl Into<Event>) {
        let event = event.into();
        let (kind, version) = event.kind();
        let payload = event.encode().expect("the history has known events only");
        let event = NewEvent {
            id: EventId::new(self.at, &mut self.entropy),
            stream,
            occurred_at: self.at,
            actor: actor.to_owned(),
            cause: None,
            kind: kind.to_owned(),
            version,
            payload: RawJson::found(payload),
            key: None,
        };
        self.at += self.between;
        self.written += 1;
        match self.batches.last_mut() {
            Some(batch) => batch.push(event),
            None => self.batches.push(vec![event]),
        }
    }

    fn catalogue(&mut self, from: Timestamp) {
        for (entity, line) in entities(from).into_iter().zip(1..) {
            let stream = stream(&entity);
            let source = format!("catalogue.yaml:{line}");
            self.push(stream, "supervisor/local", EntityDeclaredV2 { entity, source });
        }
    }

    fn retire(&mut self) {
        self.batches.push(Vec::new());
        for entity in entities(self.at).into_iter().rev() {
            let stream = stream(&entity);
            let (kind, name) = entity.key();
            let retired = EntityRetiredV1 { kind: kind.to_owned(), name: name.to_owned() };
            self.push(stream, "supervisor/local", retired);
        }
    }

    fn gateway_joined(&mut self) {
        let gateway = name("local");
        let boot = EventId::new(self.at, &mut self.entropy).as_uuid();
        self.push("gateway/local".to_owned(), "gateway/local", GatewayJoinedV1 { gateway, boot });
    }

    fn rollout(&mut self, number: u64) {
        self.batches.push(Vec::new());
        let service_name = SERVICES[(number % SERVICES.len() as u64) as usize];
        let change = Change {
            rollout: RolloutId::new(self.at, &mut self.entropy),
            service: name(service_name),
            version: name(&format!("v{}", number / SERVICES.len() as u64 + 1)),
            baseline: self.stable.get(service_name).cloned(),
        };
        self.begin(&change, number);
        if change.baseline.is_some() && number.is_multiple_of(BAD_EVERY) {
            self.revert(&change);
        } else {
            self.promote(&change);
            self.stable.insert(service_name, change.version);
        }
    }

    fn begin(&mut self, change: &Change, number: u64) {
        let Change { rollout, service, version, baseline } = change.clone();
        let registered = VersionRegisteredV1 {
            service: service.clone(),
            version: version.clone(),
            launch: launch(&version),
            commit: Some(format!("{:040x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))),
        };
        self.push(format!("service/{service}"), "token/history", registered);
        let Strategy { steps, dwell_ms, requests_min, bake_ms } = Strategy::default();
        let started = RolloutStartedV1 {
            rollout,
            service: service.clone(),
            version: version.clone(),
            baseline,
            steps,
            dwell_ms,
            requests_min,
            bake_ms,
            start_timeout_ms: 20_000,
        };
        self.push(format!("rollout/{rollout}"), "token/history", started);
        let healthy = VersionBecameHealthyV1 {
            instance: format!("{}-{}", 1_000 + number % 30_000, 70_000 + number),
            address: format!("127.0.0.1:{}", 20_000 + number % 20_000),
            service: service.clone(),
            version,
            took_ms: 140 + number % 60,
        };
        self.push(format!("service/{service}"), "supervisor/local", healthy);
    }

    fn step(&mut self, rollout: RolloutId, step: u16) {
        let share = Strategy::default().steps[usize::from(step)];
        let log_e = (step > 0).then_some(3.4);
        self.push(format!("rollout/{rollout}"), "judge", RolloutStepEnteredV1 { rollout, step, share, log_e });
    }

    fn promote(&mut self, change: &Change) {
        let rollout = change.rollout;
        if change.baseline.is_some() {
            (0..3).for_each(|step| self.step(rollout, step));
        }
        let log_e = change.baseline.as_ref().map(|_| 3.2);
        self.push(format!("rollout/{rollout}"), "judge", RolloutPromotedV1 { rollout, log_e });
        if change.baseline.is_some() {
            self.push(format!("rollout/{rollout}"), "clock", BakeEndedV1 { rollout });
        }
    }

    fn revert(&mut self, change: &Change) {
        let Change { rollout, service, version, .. } = change;
        let rollout = *rollout;
        self.step(rollout, 0);
        let reverted = RolloutRevertedV1 {
            rollout,
            cause: RevertCauseV1::Judge,
            reason: "its users failed more often than stable's".to_owned(),
            metric: Some("errors".to_owned()),
            log_e: Some(8.4),
            first_bad_at: Some(self.at - SignedDuration::from_millis(900)),
            share: Strategy::default().steps[0],
        };
        self.push(format!("rollout/{rollout}"), "judge", reverted);
        let page = PageId::new(self.at, &mut self.entropy);
        let requested = PageRequestedV1 {
            page,
            service: service.clone(),
            team: name("shop"),
            to: Some(name(PEOPLE[0])),
            rotation: Some(name("shop-weekly")),
            sentence: format!("{service} {version} failed its users and was taken off."),
            rollout: Some(rollout),
            began_at: Some(self.at - SignedDuration::from_secs(1)),
            channels: vec!["portal".to_owned()],
        };
        self.push(format!("page/{page}"), "judge", requested);
        let confirmed = RevertConfirmedV1 {
            rollout,
            gateways: vec!["local".to_owned()],
            decision_to_last_assignment_s: 0.01,
            decision_to_last_response_s: 0.05,
            first_bad_to_last_assignment_s: Some(0.91),
            first_bad_to_last_response_s: Some(0.95),
            canary_requests: 19,
            canary_failures: 6,
            rescued: 5,
            seen_by_users: 1,
        };
        self.push(format!("rollout/{rollout}"), "judge", confirmed);
        let delivered = PageDeliveredV1 { page, channel: "portal".to_owned(), attempt: 1 };
        self.push(format!("page/{page}"), "outbox", delivered);
        self.push(format!("page/{page}"), "token/history", PageAcknowledgedV1 { page });
    }
}

/// One change of one service.
#[derive(Clone)]
struct Change {
    rollout: RolloutId,
    service: ServiceId,
    version: VersionId,
    baseline: Option<VersionId>,
}

/// Makes a name of a constant.
fn name<N: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> N {
    text.parse().expect("the names of the history are names")
}

fn stream(entity: &Entity) -> String {
    let (kind, name) = entity.key();
    format!("{kind}/{name}")
}

fn launch(version: &VersionId) -> Launch {
    let command = vec!["./run".to_owned(), format!("--release={version}")];
    Launch {
        from: LaunchFrom::Command { command, env: BTreeMap::new(), directory: None },
        health: Some("/healthz".to_owned()),
        start_timeout_ms: 20_000,
        stop_timeout_ms: 10_000,
    }
}

fn entities(start: Timestamp) -> Vec<Entity> {
    let team = Team {
        name: name("shop"),
        title: Some("Shop".to_owned()),
        members: PEOPLE.map(name).to_vec(),
        escalation: None,
    };
    let people = PEOPLE.map(|person| Entity::Person(Person { name: name(person) }));
    let participants = PEOPLE.map(name).to_vec();
    let zone = "Europe/Lisbon".to_owned();
    let rotation = Rotation {
        name: name("shop-weekly"),
        team: name("shop"),
        participants,
        start,
        zone,
        days: 7,
        layered: Layered::default(),
    };
    let services = SERVICES.map(|service| Entity::Service(Box::new(declared(service))));
    let first = [Entity::Team(team), Entity::Rotation(rotation)];
    first.into_iter().chain(people).chain(services).collect()
}

fn declared(service: &str) -> Service {
    Service {
        name: name(service),
        description: Some(format!("Customers need {service} to buy.")),
        owner: name("shop"),
        tier: Tier::Two,
        system: None,
        routes: Vec::new(),
        run: Some(Run {
            command: vec!["./run".to_owned(), "--release=${version}".to_owned()],
            env: BTreeMap::new(),
            directory: None,
            health: Some("/healthz".to_owned()),
            start_timeout_ms: 20_000,
            stop_timeout_ms: 10_000,
        }),
        dependencies: Vec::new(),
        rollout: Strategy::default(),
        on_call: Some(name("shop-weekly")),
        escalation: None,
    }
}
