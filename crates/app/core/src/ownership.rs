//! The contract's entities as the catalogue rules see them: names and edges that rules read, the rest as text.

use seaworthy_catalog as rules;
use seaworthy_contract::catalogue::{Entity, EscalationPolicy, Whom};
use seaworthy_model::ServiceId;
use serde_json::Value;

/// Fields that rules read themselves, so that they are not compared twice.
const READ_BY_RULES: [&str; 8] = ["kind", "name", "members", "team", "participants", "owner", "on_call", "escalation"];

/// Returns an entity as the rules see it.
pub(crate) fn entity(entity: &Entity) -> rules::Entity {
    let rest = rest(entity);
    match entity {
        Entity::Team(team) => {
            let (name, members) = (team.name.clone(), team.members.clone());
            rules::Entity::Team(rules::Team { name, members, escalation: team.escalation.clone(), rest })
        }
        Entity::Person(person) => rules::Entity::Person(rules::Person { name: person.name.clone(), rest }),
        Entity::Rotation(rotation) => rules::Entity::Rotation(rules::Rotation {
            name: rotation.name.clone(),
            team: rotation.team.clone(),
            participants: rotation.participants.iter().chain(rotation.layered.people()).cloned().collect(),
            rest,
        }),
        Entity::EscalationPolicy(policy) => rules::Entity::EscalationPolicy(rules::EscalationPolicy {
            name: policy.name.clone(),
            names: named(policy),
            rest,
        }),
        Entity::Other(other) => rules::Entity::Other(rules::Other { name: other.name.clone(), rest }),
        Entity::Objective(objective) => attached(rules::Kind::Objective, &objective.name, &objective.service, rest),
        Entity::Probe(probe) => attached(rules::Kind::Probe, &probe.name, &probe.service, rest),
        Entity::Tolerance(t) => attached(rules::Kind::Tolerance, t.service.as_str(), &t.service, rest),
        Entity::Action(hook) => attached(rules::Kind::Action, &hook.name, &hook.service, rest),
        Entity::Outlet(outlet) => {
            let (name, team) = (outlet.name.clone(), outlet.team.clone());
            rules::Entity::Outlet(rules::Outlet { name, team, rest })
        }
        Entity::Service(service) => {
            let route = |route: &seaworthy_contract::catalogue::Route| rules::Route {
                hosts: route.hosts.clone(),
                path: route.path.clone(),
            };
            let dependencies: Vec<ServiceId> = service.dependencies.iter().map(|d| d.service.clone()).collect();
            rules::Entity::Service(rules::Service {
                name: service.name.clone(),
                owner: service.owner.clone(),
                dependencies,
                routes: service.routes.iter().map(route).collect(),
                on_call: service.on_call.clone(),
                escalation: service.escalation.clone(),
                rest,
            })
        }
    }
}

fn named(policy: &EscalationPolicy) -> Vec<rules::Key> {
    let key = |kind, name: &str| Some(rules::Key { kind, name: name.to_owned() });
    let named = policy.named().filter_map(|whom| match whom {
        Whom::Rotation { rotation, .. } => key(rules::Kind::Rotation, rotation.as_str()),
        Whom::Person { person } => key(rules::Kind::Person, person.as_str()),
        Whom::Policy { policy } => key(rules::Kind::EscalationPolicy, policy.as_str()),
        Whom::OnCall { .. } | Whom::Team => None,
    });
    named.collect()
}

fn attached(kind: rules::Kind, name: &str, service: &ServiceId, rest: rules::Fields) -> rules::Entity {
    let service = service.clone();
    rules::Entity::Attached(rules::Attached { kind, name: name.to_owned(), service, rest })
}

/// Every other field, as the JSON that stands in the ledger: whatever differs there is a change.
fn rest(entity: &Entity) -> rules::Fields {
    let Ok(Value::Object(fields)) = serde_json::to_value(entity) else { return rules::Fields::new() };
    let empty = |value: &Value| matches!(value, Value::Null) || value.as_array().is_some_and(Vec::is_empty);
    let owner_is_text = matches!(entity, Entity::Other(_));
    fields
        .into_iter()
        .filter(|(name, value)| {
            let read = READ_BY_RULES.contains(&name.as_str()) && !(owner_is_text && name == "owner");
            !read && !empty(value)
        })
        .map(|(name, value)| (name, value.to_string()))
        .collect()
}
