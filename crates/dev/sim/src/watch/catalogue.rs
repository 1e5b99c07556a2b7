//! The catalogue of an outage: services of one team, each with the objective that a service with a route has by
//! default, and a probe.

use seaworthy_contract::catalogue::{Document, Entity, Objective, Person, Probe, Sourced, Team};
use seaworthy_model::{PersonId, ServiceId};
use seaworthy_probe::{EVERY_MS, TIMEOUT_MS};
use serde_json::{Value, json};

use crate::server::BEGIN;

const ALLOWED: &str = "a name that is allowed";

/// Returns the names of so many services.
pub fn services(count: usize) -> Vec<ServiceId> {
    (1..=count).map(|number| format!("service-{number}").parse().expect(ALLOWED)).collect()
}

/// Whether services have objectives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objectives {
    /// One of availability each.
    OneEach,
    /// None.
    None,
}

/// Returns the document that declares services, whom to page about them, and how they are watched.
pub fn document(services: &[ServiceId], objectives: Objectives) -> Document {
    let ines = || "ines".parse::<PersonId>().expect(ALLOWED);
    let rotation = json!({
        "name": "shop", "team": "shop", "participants": [ines()], "start": BEGIN, "zone": "UTC", "days": 7,
    });
    let people = [
        Entity::Person(Person { name: ines() }),
        Entity::Team(Team {
            name: "shop".parse().expect(ALLOWED),
            title: None,
            members: vec![ines()],
            escalation: None,
        }),
        Entity::Rotation(read(rotation)),
    ];
    let watched = services.iter().flat_map(|service| {
        let objective = (objectives == Objectives::OneEach).then(|| objective(service));
        [declared(service), probe(service)].into_iter().chain(objective)
    });
    let sourced = |(line, entity)| Sourced { entity, source: format!("sim.yaml:{}", line * 10 + 1) };
    Document { entities: people.into_iter().chain(watched).enumerate().map(sourced).collect(), ..Document::default() }
}

fn declared(service: &ServiceId) -> Entity {
    let value = json!({
        "name": service,
        "owner": "shop",
        "routes": [{ "path": format!("/{service}"), "sticky": { "header": "x-user" } }],
        "run": { "command": ["serve", "${version}"], "health": "/healthz", "start_timeout_ms": 5_000 },
    });
    Entity::Service(Box::new(read(value)))
}

fn objective(service: &ServiceId) -> Entity {
    let value = json!({
        "name": format!("{service}-availability"),
        "service": service,
        "indicator": { "measure": "availability" },
        "target": 0.999,
        "period": { "rolling": { "days": 30 } },
    });
    Entity::Objective(Box::new(read::<Objective>(value)))
}

/// Returns the name of a service's probe.
pub(super) fn probe_name(service: &str) -> String {
    format!("{service}-up")
}

/// A probe that runs as often as one does about which nothing is said, wherever a prober has joined.
fn probe(service: &ServiceId) -> Entity {
    let value = json!({
        "name": probe_name(service.as_str()),
        "service": service,
        "every_ms": EVERY_MS,
        "timeout_ms": TIMEOUT_MS,
        "target": { "type": "tcp", "address": "origin.example:443" },
    });
    Entity::Probe(Box::new(read::<Probe>(value)))
}

fn read<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a document of the contract's form")
}
