//! Applying a catalogue document: a plan first, then an event a change; the same document again gives none.

use std::collections::BTreeMap;

use seaworthy_catalog::{Action, Catalogue, FieldChange, Key, refusals};
use seaworthy_contract::api::{Change, ChangeKind};
use seaworthy_contract::catalogue::{Document, Sourced};
use seaworthy_contract::events::catalogue::{EntityDeclaredV1, EntityRetiredV1};

use super::{document, rollout};
use crate::ownership::entity;
use crate::{Cx, NewFact, Refusal, State};

pub(super) fn apply(state: &State, document: &Document, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    let wanted: BTreeMap<Key, &Sourced> = document.entities.iter().map(|s| (entity(&s.entity).key(), s)).collect();
    let mut fact = |change: seaworthy_catalog::Change| {
        let stream = format!("{}/{}", change.key.kind, change.key.name);
        match wanted.get(&change.key) {
            Some(sourced) => {
                let (entity, source) = (sourced.entity.clone(), sourced.source.clone());
                vec![NewFact::new(stream, EntityDeclaredV1 { entity, source })]
            }
            None => retire(state, change.key, stream, cx),
        }
    };
    Ok(changes(state, document)?.into_iter().flat_map(&mut fact).collect())
}

/// What is on its way to users when its service leaves is taken off them first: nobody would look after it.
fn retire(state: &State, key: Key, stream: String, cx: &mut Cx) -> Vec<NewFact> {
    let retired = EntityRetiredV1 { kind: key.kind.to_string(), name: key.name };
    let live = (retired.kind == "service").then(|| rollout::left_the_catalogue(state, &retired.name, cx));
    live.into_iter().flatten().chain([NewFact::new(stream, retired)]).collect()
}

/// Returns what applying `document` would change, in the order in which it would happen.
///
/// A line that moved within its file is no change: the source is shown, not compared.
///
/// # Errors
/// When the document breaks a rule of ownership (OWN-09: one owner, one place; nobody refers to what is not there; no
/// address leads to two services), or is over its limit.
pub fn plan(state: &State, document: &Document) -> Result<Vec<Change>, Refusal> {
    let sources: BTreeMap<Key, &str> =
        document.entities.iter().map(|s| (entity(&s.entity).key(), s.source.as_str())).collect();
    let view = |change: seaworthy_catalog::Change| {
        let from = sources.get(&change.key).map(|source| format!("from {source}"));
        let (kind, details) = match change.action {
            Action::Declare(_) => (ChangeKind::Declare, from.into_iter().collect()),
            Action::Change(_) => (ChangeKind::Change, change.details.iter().map(words).collect()),
            Action::Retire => (ChangeKind::Retire, Vec::new()),
        };
        Change { change: kind, kind: change.key.kind.to_string(), name: change.key.name, details }
    };
    Ok(changes(state, document)?.into_iter().map(view).collect())
}

fn changes(state: &State, document: &Document) -> Result<Vec<seaworthy_catalog::Change>, Refusal> {
    document::check(document)?;
    let wanted = Catalogue::collect(document.entities.iter().map(|sourced| entity(&sourced.entity)))
        .map_err(|why| refused(&why))?;
    let current = state.catalogue.as_rules();
    let why = refusals(&current, &wanted);
    if !why.is_empty() {
        return Err(refused(&why));
    }
    Ok(seaworthy_catalog::plan(&current, &wanted))
}

fn refused(why: &[seaworthy_catalog::Refusal]) -> Refusal {
    let lines: Vec<String> = why.iter().map(ToString::to_string).collect();
    Refusal::Invalid("entities", lines.join("; "))
}

fn words(field: &FieldChange) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    format!("{}: {} -> {}", field.field, text(&field.from), text(&field.to))
}
