//! The world of a rehearsal as files alone declare it.

use std::collections::BTreeSet;

use seaworthy_contract::catalogue::{
    Document, Entity, EscalationPolicy, Rotation, Service as Declared, Team as DeclaredTeam,
};
use seaworthy_core::view::schedule;
use seaworthy_escalation::standard;
use seaworthy_leaver::{Rota, Service, Team, World};
use seaworthy_model::PersonId;

/// Everything a document declares, sorted by kind.
#[derive(Default)]
struct Parts<'a> {
    teams: Vec<&'a DeclaredTeam>,
    rotations: Vec<&'a Rotation>,
    services: Vec<&'a Declared>,
    policies: Vec<&'a EscalationPolicy>,
}

impl<'a> Parts<'a> {
    fn of(document: &'a Document) -> Self {
        let mut parts = Self::default();
        for sourced in &document.entities {
            match &sourced.entity {
                Entity::Team(team) => parts.teams.push(team),
                Entity::Rotation(rotation) => parts.rotations.push(rotation),
                Entity::Service(service) => parts.services.push(service),
                Entity::EscalationPolicy(policy) => parts.policies.push(policy),
                _ => {}
            }
        }
        parts
    }

    fn service(&self, service: &Declared) -> Service {
        let own = || self.rotations.iter().find(|rotation| rotation.team == service.owner);
        let rota = service.on_call.clone().or_else(|| own().map(|rotation| rotation.name.clone()));
        let team = self.teams.iter().find(|team| team.name == service.owner);
        let policy = service.escalation.as_ref().or_else(|| team.and_then(|team| team.escalation.as_ref()));
        let policy = policy.map_or_else(|| standard().name, ToString::to_string);
        Service { name: service.name.clone(), rota, policy }
    }
}

/// Returns the world that a document declares.
pub(super) fn of(document: &Document) -> World {
    let parts = Parts::of(document);
    let team = |team: &&DeclaredTeam| {
        let owned = parts.services.iter().filter(|service| service.owner == team.name);
        Team {
            name: team.name.clone(),
            members: team.members.clone(),
            owns: owned.map(|one| one.name.clone()).collect(),
        }
    };
    let rota = |declared: &&Rotation| {
        Some(Rota { name: declared.name.clone(), schedule: schedule(declared)?, people: in_turn(declared) })
    };
    let declared = parts.policies.iter().map(|policy| policy.as_rules());
    World {
        teams: parts.teams.iter().map(team).collect(),
        rotas: parts.rotations.iter().filter_map(rota).collect(),
        policies: declared.chain([standard()]).collect(),
        services: parts.services.iter().map(|service| parts.service(service)).collect(),
        reachable: reachable(document),
    }
}

/// Whoever takes turns: a shadow does not, and whom an override names does for that time alone.
fn in_turn(declared: &Rotation) -> BTreeSet<PersonId> {
    let layers = declared.layered.layers.iter().flat_map(|layer| &layer.participants);
    declared.participants.iter().chain(layers).chain(&declared.layered.fallback).cloned().collect()
}

/// Whoever has a way to be called; not known where the files keep nobody's contacts.
fn reachable(document: &Document) -> Option<BTreeSet<PersonId>> {
    let with = document.people.iter().filter(|person| !person.contacts.is_empty());
    let with: BTreeSet<PersonId> = with.map(|person| person.name.clone()).collect();
    (!with.is_empty()).then_some(with)
}

/// Everybody whom a document names.
pub(super) fn people(document: &Document) -> BTreeSet<PersonId> {
    let named = document.entities.iter().flat_map(|sourced| match &sourced.entity {
        Entity::Person(person) => vec![person.name.clone()],
        Entity::Team(team) => team.members.clone(),
        Entity::Rotation(rotation) => rotation.participants.iter().chain(rotation.layered.people()).cloned().collect(),
        _ => Vec::new(),
    });
    named.collect()
}
