//! The catalogue of simulated worlds: two services of two teams, and who is on call for the first.

use seaworthy_contract::catalogue::{Document, Entity, Layered, Person, Rotation, Service, Sourced, Strategy, Team};

use crate::server::BEGIN;

/// Returns the document; services that are left out leave the catalogue when nobody uses them, one with a `-` in front
/// leaves in any case.
pub(crate) fn document(services: &[&str]) -> Document {
    let service = |name: &str, owner: &str, needs: &str| -> Entity {
        let service: Service = serde_json::from_value(serde_json::json!({
            "name": name,
            "owner": owner,
            "tier": 1,
            "routes": [{ "path": format!("/{name}"), "sticky": { "header": "x-user" } }],
            "run": { "command": ["serve", "${version}"], "health": "/healthz", "start_timeout_ms": 5_000 },
            "dependencies": [{ "service": needs }],
            "rollout": Strategy { dwell_ms: 3_000, bake_ms: 60_000, ..Strategy::default() },
        }))
        .expect("a service");
        Entity::Service(Box::new(service))
    };
    let name = "a name that is allowed";
    let person = |text: &str| Entity::Person(Person { name: text.parse().expect(name) });
    let team = |text: &str, member: &str| {
        Entity::Team(Team {
            name: text.parse().expect(name),
            title: None,
            members: vec![member.parse().expect(name)],
            escalation: None,
        })
    };
    let rotation = Entity::Rotation(Rotation {
        name: "shop".parse().expect(name),
        team: "shop".parse().expect(name),
        participants: vec!["ines".parse().expect(name), "omar".parse().expect(name)],
        start: BEGIN,
        zone: "UTC".to_owned(),
        days: 7,
        layered: Layered::default(),
    });
    let retire = services.iter().filter_map(|name| name.strip_prefix('-')?.parse().ok()).collect();
    let all = [("checkout", "shop", "payments"), ("payments", "bank", "vault")];
    let services =
        all.iter().filter(|(name, ..)| services.contains(name)).map(|(n, owner, needs)| service(n, owner, needs));
    let entities = [person("ines"), person("omar"), team("shop", "ines"), team("bank", "omar"), rotation];
    let sourced = |(line, entity)| Sourced { entity, source: format!("sim.yaml:{}", line * 10 + 1) };
    Document {
        retire,
        entities: entities.into_iter().chain(services).enumerate().map(sourced).collect(),
        ..Document::default()
    }
}
