//! The catalogue's entities, as far as rules and lookups need them; everything else of an entity is text in `rest`.

use std::collections::BTreeMap;
use std::fmt;

use seaworthy_model::{EscalationId, OutletId, PersonId, RotationId, ServiceId, TeamId};

use crate::Refusal;

/// Fields of an entity that no rule reads, by name, as text: they are compared and shown.
pub type Fields = BTreeMap<String, String>;

/// Kinds of entity, in the order in which changes are made: what is referred to comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A person.
    Person,
    /// A team.
    Team,
    /// A rotation.
    Rotation,
    /// Whom a page calls next.
    EscalationPolicy,
    /// Something read and shown, not acted on.
    Other,
    /// A service.
    Service,
    /// How good a service must be.
    Objective,
    /// What is tried of a service.
    Probe,
    /// How much planned downtime of a service is put up with.
    Tolerance,
    /// What can be done for a service by a program of its team.
    Action,
    /// Another system that hears of a team.
    Outlet,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Person => "person",
            Self::Team => "team",
            Self::Rotation => "rotation",
            Self::EscalationPolicy => "escalation-policy",
            Self::Other => "other",
            Self::Service => "service",
            Self::Objective => "objective",
            Self::Probe => "probe",
            Self::Tolerance => "tolerance",
            Self::Action => "action",
            Self::Outlet => "outlet",
        })
    }
}

/// Kind and name: the identity of an entity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The kind.
    pub kind: Kind,
    /// The name.
    pub name: String,
}

/// A team.
#[derive(Debug, Clone, PartialEq)]
pub struct Team {
    /// Its name.
    pub name: TeamId,
    /// Its members.
    pub members: Vec<PersonId>,
    /// The escalation policy it names, if any.
    pub escalation: Option<EscalationId>,
    /// The rest.
    pub rest: Fields,
}

/// A person.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The handle.
    pub name: PersonId,
    /// The rest.
    pub rest: Fields,
}

/// A service.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    /// Its name.
    pub name: ServiceId,
    /// The one owning team.
    pub owner: TeamId,
    /// The services it needs.
    pub dependencies: Vec<ServiceId>,
    /// How users reach it.
    pub routes: Vec<Route>,
    /// The rotation it names, if any.
    pub on_call: Option<RotationId>,
    /// The escalation policy it names, if any.
    pub escalation: Option<EscalationId>,
    /// The rest.
    pub rest: Fields,
}

/// Hosts and a path prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Lower case, without port; empty means every host.
    pub hosts: Vec<String>,
    /// Starts with `/`; matches on segment boundaries.
    pub path: String,
}

/// A rotation.
#[derive(Debug, Clone, PartialEq)]
pub struct Rotation {
    /// Its name.
    pub name: RotationId,
    /// The team it belongs to.
    pub team: TeamId,
    /// People in turn.
    pub participants: Vec<PersonId>,
    /// The rest.
    pub rest: Fields,
}

/// Whom a page calls next while nobody has taken it.
#[derive(Debug, Clone, PartialEq)]
pub struct EscalationPolicy {
    /// Its name.
    pub name: EscalationId,
    /// People, rotations and policies that its steps name.
    pub names: Vec<Key>,
    /// The rest.
    pub rest: Fields,
}

/// Something read and shown, not acted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Other {
    /// Kind and name: `api/orders`.
    pub name: String,
    /// The rest.
    pub rest: Fields,
}

/// What is said of one service and is nothing without it: an objective, a probe, a tolerance, an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Attached {
    /// Which of them.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// The service.
    pub service: ServiceId,
    /// The rest.
    pub rest: Fields,
}

/// Another system that hears of a team's tickets, incidents and pages.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlet {
    /// Its name.
    pub name: OutletId,
    /// The team.
    pub team: TeamId,
    /// The rest.
    pub rest: Fields,
}

/// One entity.
#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    /// A person.
    Person(Person),
    /// A team.
    Team(Team),
    /// A rotation.
    Rotation(Rotation),
    /// An escalation policy.
    EscalationPolicy(EscalationPolicy),
    /// Something else.
    Other(Other),
    /// A service.
    Service(Service),
    /// Something that is said of a service.
    Attached(Attached),
    /// Something that hears of a team.
    Outlet(Outlet),
}

impl Entity {
    /// Returns kind and name.
    pub fn key(&self) -> Key {
        let (kind, name) = match self {
            Self::Person(person) => (Kind::Person, person.name.as_str()),
            Self::Team(team) => (Kind::Team, team.name.as_str()),
            Self::Rotation(rotation) => (Kind::Rotation, rotation.name.as_str()),
            Self::EscalationPolicy(policy) => (Kind::EscalationPolicy, policy.name.as_str()),
            Self::Other(other) => (Kind::Other, other.name.as_str()),
            Self::Service(service) => (Kind::Service, service.name.as_str()),
            Self::Attached(attached) => (attached.kind, attached.name.as_str()),
            Self::Outlet(outlet) => (Kind::Outlet, outlet.name.as_str()),
        };
        Key { kind, name: name.to_owned() }
    }

    /// Returns every field as text, by name.
    pub fn fields(&self) -> Fields {
        let (rest, own) = match self {
            Self::Person(person) => (&person.rest, vec![]),
            Self::Team(team) => {
                (&team.rest, vec![("members", list(&team.members)), ("escalation", text(team.escalation.as_ref()))])
            }
            Self::EscalationPolicy(policy) => (&policy.rest, vec![]),
            Self::Rotation(rotation) => (
                &rotation.rest,
                vec![("team", rotation.team.to_string()), ("participants", list(&rotation.participants))],
            ),
            Self::Other(other) => (&other.rest, vec![]),
            Self::Service(service) => (&service.rest, service.own_fields()),
            Self::Attached(attached) => (&attached.rest, vec![("service", attached.service.to_string())]),
            Self::Outlet(outlet) => (&outlet.rest, vec![("team", outlet.team.to_string())]),
        };
        let own = own.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| (name.to_owned(), text));
        rest.clone().into_iter().chain(own).collect()
    }
}

impl Service {
    fn own_fields(&self) -> Vec<(&'static str, String)> {
        vec![
            ("owner", self.owner.to_string()),
            ("dependencies", list(&self.dependencies)),
            ("routes", list(&self.routes)),
            ("on_call", text(self.on_call.as_ref())),
            ("escalation", text(self.escalation.as_ref())),
        ]
    }
}

impl Route {
    /// Returns each host with the path; an empty host stands for every host. Two routes with one of these in common
    /// lead a request to two places.
    pub fn claims(&self) -> impl Iterator<Item = (&str, &str)> {
        let every = self.hosts.is_empty().then_some("");
        self.hosts.iter().map(String::as_str).chain(every).map(|host| (host, self.path.as_str()))
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.hosts.as_slice() {
            [] => f.write_str(&self.path),
            hosts => write!(f, "{}{}", hosts.join("|"), self.path),
        }
    }
}

fn text(item: Option<&impl fmt::Display>) -> String {
    item.map(ToString::to_string).unwrap_or_default()
}

fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Entities by kind and name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    entities: BTreeMap<Key, Entity>,
}

impl Catalogue {
    /// Makes a catalogue of entities that must differ in kind or name.
    ///
    /// # Errors
    /// When an entity is declared twice: each such key, once.
    pub fn collect(entities: impl IntoIterator<Item = Entity>) -> Result<Self, Vec<Refusal>> {
        let mut catalogue = Self::default();
        let mut twice = Vec::new();
        for entity in entities {
            let key = entity.key();
            if catalogue.entities.insert(key.clone(), entity).is_some() {
                twice.push(Refusal::DeclaredTwice(key));
            }
        }
        twice.dedup();
        if twice.is_empty() { Ok(catalogue) } else { Err(twice) }
    }

    /// Puts an entity in the place of the one with the same kind and name.
    pub fn put(&mut self, entity: Entity) {
        self.entities.insert(entity.key(), entity);
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        self.entities.remove(key);
    }

    /// Returns an entity.
    pub fn get(&self, key: &Key) -> Option<&Entity> {
        self.entities.get(key)
    }

    /// Returns whether there is such an entity.
    pub fn has(&self, kind: Kind, name: &str) -> bool {
        self.entities.contains_key(&Key { kind, name: name.to_owned() })
    }

    /// Returns every entity, by kind and name.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Entity)> {
        self.entities.iter()
    }

    /// Returns every service, by name.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.entities.values().filter_map(|entity| match entity {
            Entity::Service(service) => Some(service),
            _ => None,
        })
    }

    /// Returns everything that is said of services.
    pub fn attached(&self) -> impl Iterator<Item = &Attached> {
        self.entities.values().filter_map(|entity| match entity {
            Entity::Attached(attached) => Some(attached),
            _ => None,
        })
    }

    /// Returns every team, by name.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.entities.values().filter_map(|entity| match entity {
            Entity::Team(team) => Some(team),
            _ => None,
        })
    }

    /// Returns every escalation policy, by name.
    pub fn escalation_policies(&self) -> impl Iterator<Item = &EscalationPolicy> {
        self.entities.values().filter_map(|entity| match entity {
            Entity::EscalationPolicy(policy) => Some(policy),
            _ => None,
        })
    }

    /// Returns every rotation, by name.
    pub fn rotations(&self) -> impl Iterator<Item = &Rotation> {
        self.entities.values().filter_map(|entity| match entity {
            Entity::Rotation(rotation) => Some(rotation),
            _ => None,
        })
    }
}
