//! What applying a wanted catalogue would change, as a value that can be printed and approved first.

use std::collections::BTreeSet;

use crate::{Catalogue, Entity, Key};

/// What happens to an entity, with the entity as it will be.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// It is new.
    Declare(Entity),
    /// It changes.
    Change(Entity),
    /// It leaves.
    Retire,
}

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Kind and name.
    pub key: Key,
    /// What happens.
    pub action: Action,
    /// The fields that differ, by name.
    pub details: Vec<FieldChange>,
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// Its name.
    pub field: String,
    /// What it was; none where it was not there.
    pub from: Option<String>,
    /// What it will be; none where it will not be there.
    pub to: Option<String>,
}

/// Returns what makes `wanted` of `current`, in an order in which nothing refers to what is not there: declarations
/// and changes first, people before teams before rotations before services; then the retired, the other way round.
pub fn plan(current: &Catalogue, wanted: &Catalogue) -> Vec<Change> {
    let kept = wanted.iter().filter_map(|(key, entity)| match current.get(key) {
        None => Some(change(key, Action::Declare(entity.clone()), None, Some(entity))),
        Some(known) if known == entity => None,
        Some(known) => Some(change(key, Action::Change(entity.clone()), Some(known), Some(entity))),
    });
    let mut changes: Vec<Change> = kept.collect();
    let gone = current.iter().filter(|(key, _)| wanted.get(key).is_none());
    let mut gone: Vec<Change> = gone.map(|(key, entity)| change(key, Action::Retire, Some(entity), None)).collect();
    gone.reverse();
    changes.append(&mut gone);
    changes
}

/// Makes one change.
pub fn apply(catalogue: &mut Catalogue, change: &Change) {
    match &change.action {
        Action::Declare(entity) | Action::Change(entity) => catalogue.put(entity.clone()),
        Action::Retire => catalogue.remove(&change.key),
    }
}

fn change(key: &Key, action: Action, from: Option<&Entity>, to: Option<&Entity>) -> Change {
    let (from, to) = (from.map(Entity::fields).unwrap_or_default(), to.map(Entity::fields).unwrap_or_default());
    let names: BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    let details = names
        .into_iter()
        .filter(|name| from.get(*name) != to.get(*name))
        .map(|name| FieldChange { field: name.clone(), from: from.get(name).cloned(), to: to.get(name).cloned() })
        .collect();
    Change { key: key.clone(), action, details }
}
