//! The catalogue as the ledger has it: every entity with its source and the event that declared it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::catalogue::{
    CommandHook, Entity, EscalationPolicy, Objective, Outlet, OutletWay, Probe, Rotation, Service, Team, Tolerance,
};
use seaworthy_contract::events::catalogue::{EntityClaimedV1, EntityDeclaredV2, EntityRetiredV1};
use seaworthy_model::{OutletId, PersonId, Position, RotationId, ServiceId, TeamId};

use super::outward::outlet;
use crate::{Fact, ownership};

/// Entities by kind and name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Catalogue {
    entities: BTreeMap<(String, String), Declared>,
}

/// An entity and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// The entity.
    pub entity: Entity,
    /// `file:line`.
    pub source: String,
    /// The source that declared it: nobody else changes or retires it. None where none has claimed it.
    pub declared_by: Option<String>,
    /// Position of the event that declared it as it is.
    pub position: Position,
    /// When that was.
    pub at: Timestamp,
}

impl Catalogue {
    pub(super) fn declare(&mut self, event: &EntityDeclaredV2, fact: &Fact) {
        let (kind, name) = event.entity.key();
        let declared = Declared {
            entity: event.entity.clone(),
            source: event.source.clone(),
            declared_by: self.get(kind, name).and_then(|known| known.declared_by.clone()),
            position: fact.position,
            at: fact.at,
        };
        self.entities.insert((kind.to_owned(), name.to_owned()), declared);
    }

    pub(super) fn claim(&mut self, event: &EntityClaimedV1) {
        if let Some(declared) = self.entities.get_mut(&(event.kind.clone(), event.name.clone())) {
            declared.declared_by = Some(event.source.clone());
        }
    }

    pub(super) fn retire(&mut self, event: &EntityRetiredV1) {
        self.entities.remove(&(event.kind.clone(), event.name.clone()));
    }

    /// Returns the declaration of `(kind, name)`.
    pub fn get(&self, kind: &str, name: &str) -> Option<&Declared> {
        self.entities.get(&(kind.to_owned(), name.to_owned()))
    }

    /// Returns how many entities there are.
    pub(crate) fn len(&self) -> usize {
        self.entities.len()
    }

    /// Returns every declaration, by kind and name.
    pub fn iter(&self) -> impl Iterator<Item = &Declared> {
        self.entities.values()
    }

    /// Returns the catalogue as the rules of ownership see it.
    pub(crate) fn as_rules(&self) -> seaworthy_catalog::Catalogue {
        let entities = self.iter().map(|declared| ownership::entity(&declared.entity));
        seaworthy_catalog::Catalogue::collect(entities).expect("kind and name are the key here too")
    }

    /// Returns every service with its declaration, by name.
    pub fn services(&self) -> impl Iterator<Item = (&Service, &Declared)> {
        self.iter().filter_map(|declared| match &declared.entity {
            Entity::Service(service) => Some((service.as_ref(), declared)),
            _ => None,
        })
    }

    /// Returns a service.
    pub fn service(&self, name: &ServiceId) -> Option<&Service> {
        match &self.get("service", name.as_str())?.entity {
            Entity::Service(service) => Some(service),
            _ => None,
        }
    }

    /// Returns every objective, by name.
    pub fn objectives(&self) -> impl Iterator<Item = &Objective> {
        self.iter().filter_map(|declared| match &declared.entity {
            Entity::Objective(objective) => Some(objective.as_ref()),
            _ => None,
        })
    }

    /// Returns an objective.
    pub fn objective(&self, name: &str) -> Option<&Objective> {
        match &self.get("objective", name)?.entity {
            Entity::Objective(objective) => Some(objective),
            _ => None,
        }
    }

    /// Returns every probe, by name.
    pub fn probes(&self) -> impl Iterator<Item = &Probe> {
        self.iter().filter_map(|declared| match &declared.entity {
            Entity::Probe(probe) => Some(probe.as_ref()),
            _ => None,
        })
    }

    /// Returns a probe.
    pub fn probe(&self, name: &str) -> Option<&Probe> {
        match &self.get("probe", name)?.entity {
            Entity::Probe(probe) => Some(probe),
            _ => None,
        }
    }

    /// Returns how much planned downtime of a service the business puts up with.
    pub fn tolerance(&self, service: &ServiceId) -> Option<&Tolerance> {
        match &self.get("tolerance", service.as_str())?.entity {
            Entity::Tolerance(tolerance) => Some(tolerance),
            _ => None,
        }
    }

    /// Returns every command hook with its declaration, by name.
    pub fn hooks(&self) -> impl Iterator<Item = (&CommandHook, &Declared)> {
        self.iter().filter_map(|declared| match &declared.entity {
            Entity::Action(hook) => Some((hook.as_ref(), declared)),
            _ => None,
        })
    }

    /// Returns a command hook.
    pub fn hook(&self, name: &str) -> Option<&CommandHook> {
        match &self.get("action", name)?.entity {
            Entity::Action(hook) => Some(hook),
            _ => None,
        }
    }

    /// Returns a team.
    pub fn team(&self, name: &TeamId) -> Option<&Team> {
        match &self.get("team", name.as_str())?.entity {
            Entity::Team(team) => Some(team),
            _ => None,
        }
    }

    /// Returns every team.
    pub fn teams(&self) -> impl Iterator<Item = &Team> {
        self.iter().filter_map(|declared| match &declared.entity {
            Entity::Team(team) => Some(team),
            _ => None,
        })
    }

    /// Returns every escalation policy, by name.
    pub fn escalation_policies(&self) -> impl Iterator<Item = &EscalationPolicy> {
        self.iter().filter_map(|declared| match &declared.entity {
            Entity::EscalationPolicy(policy) => Some(policy),
            _ => None,
        })
    }

    /// Returns every outlet, by name.
    pub fn outlets(&self) -> impl Iterator<Item = &Outlet> {
        self.iter().filter_map(|declared| outlet(&declared.entity))
    }

    /// Returns an outlet.
    pub fn outlet(&self, name: &OutletId) -> Option<&Outlet> {
        outlet(&self.get("outlet", name.as_str())?.entity)
    }

    /// Returns the tracker of a team, the first by name.
    pub fn tracker_of(&self, team: &TeamId) -> Option<&Outlet> {
        self.outlets().find(|outlet| outlet.team == *team && matches!(outlet.way, OutletWay::Tracker(_)))
    }

    /// Returns a rotation.
    pub fn rotation(&self, name: &RotationId) -> Option<&Rotation> {
        match &self.get("rotation", name.as_str())?.entity {
            Entity::Rotation(rotation) => Some(rotation),
            _ => None,
        }
    }

    /// Returns every rotation with its declaration, by name.
    pub fn rotations(&self) -> impl Iterator<Item = (&Rotation, &Declared)> {
        self.iter().filter_map(|declared| match &declared.entity {
            Entity::Rotation(rotation) => Some((rotation, declared)),
            _ => None,
        })
    }

    /// Returns the rotation that is paged for a service: the one it names, or its team's first by name.
    pub fn rotation_for(&self, service: &Service) -> Option<&Rotation> {
        if let Some(name) = &service.on_call {
            return self.rotation(name);
        }
        self.iter().find_map(|declared| match &declared.entity {
            Entity::Rotation(rotation) if rotation.team == service.owner => Some(rotation),
            _ => None,
        })
    }

    /// Returns whether a person is a member of a team.
    pub fn is_member(&self, person: &PersonId, team: &TeamId) -> bool {
        self.team(team).is_some_and(|team| team.members.contains(person))
    }
}
