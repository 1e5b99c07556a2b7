//! Applying a catalogue document: a plan first, then an event a change; the same document again gives none.

use std::collections::BTreeMap;

use seaworthy_contract::api::{Change, ChangeKind};
use seaworthy_contract::catalogue::{Document, ENTITIES_MAX, Entity, Sourced};
use seaworthy_contract::events::catalogue::{EntityDeclaredV1, EntityRetiredV1};

use crate::{NewFact, Refusal, State};

/// Kinds in the order in which their events are appended: what is referred to comes first.
const KIND_ORDER: [&str; 5] = ["person", "team", "rotation", "other", "service"];

pub(super) fn apply(state: &State, document: &Document) -> Result<Vec<NewFact>, Refusal> {
    let changes = plan(state, document)?;
    let wanted = by_key(document)?;
    Ok(changes
        .iter()
        .map(|change| {
            let stream = format!("{}/{}", change.kind, change.name);
            match wanted.get(&(change.kind.as_str(), change.name.as_str())) {
                Some(sourced) => NewFact::new(
                    stream,
                    EntityDeclaredV1 { entity: sourced.entity.clone(), source: sourced.source.clone() },
                ),
                None => NewFact::new(stream, EntityRetiredV1 { kind: change.kind.clone(), name: change.name.clone() }),
            }
        })
        .collect())
}

/// Returns what applying `document` would change, in the order in which it would happen.
///
/// A line that moved within its file is no change: the source is shown, not compared.
///
/// # Errors
/// When the document names an entity twice (OWN-09: one owner, one place), refers to a team, rotation or person it
/// does not hold, or is over its limit.
pub fn plan(state: &State, document: &Document) -> Result<Vec<Change>, Refusal> {
    let wanted = by_key(document)?;
    check_references(document, &wanted)?;
    let mut changes = Vec::new();
    for kind in KIND_ORDER {
        changes.extend(wanted.iter().filter(|(key, _)| key.0 == kind).filter_map(|(key, sourced)| {
            match state.catalogue.get(key.0, key.1) {
                None => Some(change(ChangeKind::Declare, *key, vec![format!("from {}", sourced.source)])),
                Some(known) if known.entity == sourced.entity => None,
                Some(known) => Some(change(ChangeKind::Change, *key, differences(&known.entity, &sourced.entity))),
            }
        }));
    }
    for kind in KIND_ORDER.iter().rev() {
        changes.extend(state.catalogue.iter().filter_map(|known| {
            let key = known.entity.key();
            (key.0 == *kind && !wanted.contains_key(&key))
                .then(|| change(ChangeKind::Retire, key, vec![format!("was from {}", known.source)]))
        }));
    }
    Ok(changes)
}

type Key<'a> = (&'a str, &'a str);

fn by_key(document: &Document) -> Result<BTreeMap<Key<'_>, &Sourced>, Refusal> {
    if document.entities.len() > ENTITIES_MAX {
        let why = format!("{} are over the limit of {ENTITIES_MAX}", document.entities.len());
        return Err(Refusal::Invalid("entities", why));
    }
    let mut wanted: BTreeMap<Key<'_>, &Sourced> = BTreeMap::new();
    for sourced in &document.entities {
        let key = sourced.entity.key();
        if let Some(other) = wanted.insert(key, sourced) {
            let why = format!("{} \"{}\" stands in {} and in {}", key.0, key.1, other.source, sourced.source);
            return Err(Refusal::Invalid("entities", why));
        }
    }
    Ok(wanted)
}

fn check_references(document: &Document, wanted: &BTreeMap<Key<'_>, &Sourced>) -> Result<(), Refusal> {
    for sourced in &document.entities {
        let needs: Vec<(&'static str, &str)> = match &sourced.entity {
            Entity::Service(service) => {
                let rotation = service.on_call.as_ref().map(|rotation| ("rotation", rotation.as_str()));
                std::iter::once(("team", service.owner.as_str())).chain(rotation).collect()
            }
            Entity::Rotation(rotation) => {
                let people = rotation.participants.iter().map(|person| ("person", person.as_str()));
                std::iter::once(("team", rotation.team.as_str())).chain(people).collect()
            }
            Entity::Team(_) | Entity::Person(_) | Entity::Other(_) => Vec::new(),
        };
        if let Some((kind, name)) = needs.into_iter().find(|key| !wanted.contains_key(key)) {
            let (own_kind, own_name) = sourced.entity.key();
            let why = format!("{own_kind} \"{own_name}\" ({}) needs {kind} \"{name}\"", sourced.source);
            return Err(Refusal::Invalid("entities", why));
        }
    }
    Ok(())
}

fn change(change: ChangeKind, (kind, name): Key<'_>, details: Vec<String>) -> Change {
    Change { change, kind: kind.to_owned(), name: name.to_owned(), details }
}

/// Names each top-level field that differs, with both values.
fn differences(old: &Entity, new: &Entity) -> Vec<String> {
    let fields = |entity: &Entity| match serde_json::to_value(entity) {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (old, new) = (fields(old), fields(new));
    let none = serde_json::Value::Null;
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    names
        .into_iter()
        .filter_map(|name| {
            let (before, after) = (old.get(name).unwrap_or(&none), new.get(name).unwrap_or(&none));
            (before != after).then(|| format!("{name}: {before} -> {after}"))
        })
        .collect()
}
