//! What a catalogue must not say: ownership with a hole in it, and two services on one address.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use seaworthy_model::{EscalationId, PersonId, RotationId, ServiceId, TeamId};

use crate::{Catalogue, Entity, Key, Kind, Route};

/// Why a wanted catalogue is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Two declarations have one kind and name; for a service that is two owners (OWN-09).
    DeclaredTwice(Key),
    /// A service or rotation names a team that is not there.
    TeamUnknown {
        /// The service or rotation.
        of: Key,
        /// The team.
        team: TeamId,
    },
    /// A team would leave while it owns services.
    TeamOwns {
        /// The team.
        team: TeamId,
        /// What it owns.
        services: Vec<ServiceId>,
    },
    /// A service names a rotation that is not there.
    RotationUnknown {
        /// The service.
        service: ServiceId,
        /// The rotation.
        rotation: RotationId,
    },
    /// A rotation names a person who is not there.
    PersonUnknown {
        /// The rotation.
        rotation: RotationId,
        /// The person.
        person: PersonId,
    },
    /// An escalation policy is named, or names something, that is not there.
    EscalationUnknown {
        /// The service, team or policy.
        of: Key,
        /// What it names.
        named: Key,
    },
    /// Something is said of a service that is not there.
    ServiceUnknown {
        /// What is said.
        of: Key,
        /// The service.
        service: ServiceId,
    },
    /// Two services claim one host and path.
    RouteTwice {
        /// The one.
        first: ServiceId,
        /// The other.
        second: ServiceId,
        /// What both claim.
        route: Route,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DeclaredTwice(Key { kind, name }) => {
                write!(f, "{kind} \"{name}\" is declared twice: keep it in one place")
            }
            Self::TeamUnknown { of, team } => {
                write!(f, "{} \"{}\" names team \"{team}\", which is not declared", of.kind, of.name)
            }
            Self::TeamOwns { team, services } => {
                let services: Vec<&str> = services.iter().map(ServiceId::as_str).collect();
                let services = services.join(", ");
                write!(f, "team \"{team}\" would leave while it owns {services}: give them another owner first")
            }
            Self::RotationUnknown { service, rotation } => {
                write!(f, "service \"{service}\" names rotation \"{rotation}\", which is not declared")
            }
            Self::PersonUnknown { rotation, person } => {
                write!(f, "rotation \"{rotation}\" names person \"{person}\", who is not declared")
            }
            Self::EscalationUnknown { of, named } => {
                write!(f, "{} \"{}\" names {} \"{}\", which is not declared", of.kind, of.name, named.kind, named.name)
            }
            Self::ServiceUnknown { of, service } => {
                write!(f, "{} \"{}\" is about service \"{service}\", which is not declared", of.kind, of.name)
            }
            Self::RouteTwice { first, second, route } => {
                write!(f, "services \"{first}\" and \"{second}\" both claim route {route}")
            }
        }
    }
}

/// Returns every reason not to make `wanted` of `current`; empty when there is none.
pub fn refusals(current: &Catalogue, wanted: &Catalogue) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut owned_by_gone: BTreeMap<TeamId, Vec<ServiceId>> = BTreeMap::new();
    for service in wanted.services() {
        if !wanted.has(Kind::Team, service.owner.as_str()) {
            if current.has(Kind::Team, service.owner.as_str()) {
                owned_by_gone.entry(service.owner.clone()).or_default().push(service.name.clone());
            } else {
                let of = Key { kind: Kind::Service, name: service.name.to_string() };
                refusals.push(Refusal::TeamUnknown { of, team: service.owner.clone() });
            }
        }
        if let Some(rotation) = service.on_call.clone().filter(|name| !wanted.has(Kind::Rotation, name.as_str())) {
            refusals.push(Refusal::RotationUnknown { service: service.name.clone(), rotation });
        }
    }
    refusals.extend(owned_by_gone.into_iter().map(|(team, services)| Refusal::TeamOwns { team, services }));
    refusals.extend(rotation_refusals(wanted));
    refusals.extend(escalation_refusals(wanted));
    let homeless = wanted.attached().filter(|a| !wanted.has(Kind::Service, a.service.as_str()));
    refusals.extend(homeless.map(|a| {
        let of = Key { kind: a.kind, name: a.name.clone() };
        Refusal::ServiceUnknown { of, service: a.service.clone() }
    }));
    refusals.extend(route_refusals(wanted));
    refusals
}

fn rotation_refusals(wanted: &Catalogue) -> impl Iterator<Item = Refusal> {
    wanted.rotations().flat_map(|rotation| {
        let of = Key { kind: Kind::Rotation, name: rotation.name.to_string() };
        let team = (!wanted.has(Kind::Team, rotation.team.as_str()))
            .then(|| Refusal::TeamUnknown { of, team: rotation.team.clone() });
        let unknown = rotation.participants.iter().filter(|person| !wanted.has(Kind::Person, person.as_str()));
        let name = &rotation.name;
        team.into_iter()
            .chain(unknown.map(|person| Refusal::PersonUnknown { rotation: name.clone(), person: person.clone() }))
    })
}

fn escalation_refusals(wanted: &Catalogue) -> Vec<Refusal> {
    let policy = |name: &EscalationId| Key { kind: Kind::EscalationPolicy, name: name.to_string() };
    let of = |kind, name: &str| Key { kind, name: name.to_owned() };
    let services =
        wanted.services().filter_map(|s| Some((of(Kind::Service, s.name.as_str()), policy(s.escalation.as_ref()?))));
    let teams = wanted.teams().filter_map(|t| Some((of(Kind::Team, t.name.as_str()), policy(t.escalation.as_ref()?))));
    let policies =
        wanted.escalation_policies().flat_map(|p| p.names.iter().map(|named| (policy(&p.name), named.clone())));
    let unknown = services.chain(teams).chain(policies).filter(|(_, named)| wanted.get(named).is_none());
    unknown.map(|(of, named)| Refusal::EscalationUnknown { of, named }).collect()
}

/// Finds host and path claimed by two services; every host is a claim of its own. A longer path or a named host is no
/// overlap: the more exact route wins.
fn route_refusals(wanted: &Catalogue) -> Vec<Refusal> {
    let mut claims: BTreeMap<(&str, &str), &ServiceId> = BTreeMap::new();
    let mut refusals = Vec::new();
    for (service, route) in wanted.services().flat_map(|s| s.routes.iter().map(move |route| (&s.name, route))) {
        let taken = route.claims().find_map(|claim| claims.get(&claim).filter(|other| **other != service));
        if let Some(first) = taken {
            let (first, second) = ((*first).clone(), service.clone());
            refusals.push(Refusal::RouteTwice { first, second, route: route.clone() });
        }
        claims.extend(route.claims().map(|claim| (claim, service)));
    }
    refusals
}

/// Returns what of `catalogue` cannot leave while `of` stay: the team and the rotation of a service, the team and the
/// people of a rotation. `of` themselves are not among it.
pub fn needs<'a>(catalogue: &Catalogue, of: impl IntoIterator<Item = &'a Entity>) -> BTreeSet<Key> {
    let mut needed = BTreeSet::new();
    let mut waiting: Vec<&Entity> = of.into_iter().collect();
    while let Some(entity) = waiting.pop() {
        let found = references(catalogue, entity).into_iter().filter(|key| catalogue.get(key).is_some());
        let new: Vec<Key> = found.filter(|key| needed.insert(key.clone())).collect();
        waiting.extend(new.iter().filter_map(|key| catalogue.get(key)));
    }
    needed
}

/// Returns what an entity refers to; a service that names no rotation has those of its team.
fn references(catalogue: &Catalogue, entity: &Entity) -> Vec<Key> {
    let key = |kind, name: &str| Key { kind, name: name.to_owned() };
    match entity {
        Entity::Service(service) => {
            let rotation = |name: &RotationId| key(Kind::Rotation, name.as_str());
            let of_team = catalogue.rotations().filter(|r| service.on_call.is_none() && r.team == service.owner);
            let rotations = service.on_call.iter().chain(of_team.map(|r| &r.name)).map(rotation);
            let policy = service.escalation.iter().map(|name| key(Kind::EscalationPolicy, name.as_str()));
            rotations.chain(policy).chain([key(Kind::Team, service.owner.as_str())]).collect()
        }
        Entity::Rotation(rotation) => {
            let people = rotation.participants.iter().map(|person| key(Kind::Person, person.as_str()));
            people.chain([key(Kind::Team, rotation.team.as_str())]).collect()
        }
        Entity::EscalationPolicy(policy) => policy.names.clone(),
        Entity::Team(team) => team.escalation.iter().map(|name| key(Kind::EscalationPolicy, name.as_str())).collect(),
        Entity::Attached(attached) => vec![key(Kind::Service, attached.service.as_str())],
        Entity::Outlet(outlet) => vec![key(Kind::Team, outlet.team.as_str())],
        Entity::Person(_) | Entity::Other(_) => Vec::new(),
    }
}
