//! Applying a catalogue document: a plan first, then an event a change; the same document again gives none.

use std::collections::BTreeMap;

use seaworthy_catalog::{Action, Catalogue, FieldChange, Key, refusals};
use seaworthy_contract::api::{Change, ChangeKind, Kept, Plan};
use seaworthy_contract::catalogue::{Document, Entity, Sourced};
use seaworthy_contract::events::catalogue::{EntityClaimedV1, EntityDeclaredV2, EntityRetiredV1};
use seaworthy_escalation::{Ladder, Policy};

use super::source::{Settled, settle};
use super::{document, rollout};
use crate::ownership::entity;
use crate::watch::Used;
use crate::{Cx, NewFact, Refusal, State};

pub(super) fn apply(state: &State, document: &Document, used: &Used, cx: &mut Cx) -> Result<Vec<NewFact>, Refusal> {
    let wanted: BTreeMap<Key, &Sourced> = document.entities.iter().map(|s| (entity(&s.entity).key(), s)).collect();
    let (settled, changes) = decide(state, document, used)?;
    let mut claims = settled.claims;
    let mut facts = Vec::new();
    for change in changes {
        let (key, stream) = (change.key.clone(), stream(&change.key));
        match wanted.get(&change.key) {
            Some(sourced) => {
                let (entity, source) = (sourced.entity.clone(), sourced.source.clone());
                facts.push(NewFact::new(stream, EntityDeclaredV2 { entity, source }));
                // Beside it: an apply that is cut short must not leave behind what nobody may retire.
                facts.extend(claims.remove(&key).and(document.source.as_ref()).map(|source| claim(&key, source)));
            }
            None => facts.extend(retire(state, change.key, stream, cx)),
        }
    }
    facts.extend(claims.keys().flat_map(|key| document.source.as_ref().map(|source| claim(key, source))));
    Ok(facts)
}

fn stream(key: &Key) -> String {
    format!("{}/{}", key.kind, key.name)
}

fn claim(key: &Key, source: &str) -> NewFact {
    let (kind, name, source) = (key.kind.to_string(), key.name.clone(), source.to_owned());
    NewFact::new(stream(key), EntityClaimedV1 { kind, name, source })
}

/// What is on its way to users when its service leaves is taken off them first: nobody would look after it.
fn retire(state: &State, key: Key, stream: String, cx: &mut Cx) -> Vec<NewFact> {
    let retired = EntityRetiredV1 { kind: key.kind.to_string(), name: key.name };
    let live = (retired.kind == "service").then(|| rollout::left_the_catalogue(state, &retired.name, cx));
    live.into_iter().flatten().chain([NewFact::new(stream, retired)]).collect()
}

/// Returns what applying `document` would change, in the order in which it would happen, and what stays although the
/// document does not say so.
///
/// A line that moved within its file is no change: the place is shown, not compared.
///
/// # Errors
/// When the document breaks a rule of ownership (OWN-09: one owner, one place; nobody refers to what is not there; no
/// address leads to two services), declares a service of another source, or is over its limit.
pub fn plan(state: &State, document: &Document, used: &Used) -> Result<Plan, Refusal> {
    let places: BTreeMap<Key, &str> =
        document.entities.iter().map(|s| (entity(&s.entity).key(), s.source.as_str())).collect();
    let (mut settled, changes) = decide(state, document, used)?;
    let mut view = |change: seaworthy_catalog::Change| {
        let from = places.get(&change.key).map(|place| format!("from {place}"));
        let claim = settled.claims.remove(&change.key);
        let moved = claim.flatten().map(|before| moved(Some(&before), document));
        let (kind, details) = match change.action {
            Action::Declare(_) => (ChangeKind::Declare, from.into_iter().collect()),
            Action::Change(_) => (ChangeKind::Change, change.details.iter().map(words).chain(moved).collect()),
            Action::Retire => (ChangeKind::Retire, Vec::new()),
        };
        Change { change: kind, kind: change.key.kind.to_string(), name: change.key.name, details }
    };
    let mut changes: Vec<Change> = changes.into_iter().map(&mut view).collect();
    changes.extend(settled.claims.iter().map(|(key, before)| Change {
        change: ChangeKind::Change,
        kind: key.kind.to_string(),
        name: key.name.clone(),
        details: vec![moved(before.as_deref(), document)],
    }));
    Ok(Plan { changes, kept: settled.kept, position: state.position })
}

fn moved(before: Option<&str>, document: &Document) -> String {
    format!("source: {} -> {}", before.unwrap_or("nobody"), document.source.as_deref().unwrap_or("nobody"))
}

fn decide(
    state: &State,
    document: &Document,
    used: &Used,
) -> Result<(Settled, Vec<seaworthy_catalog::Change>), Refusal> {
    document::check(document)?;
    let said = Catalogue::collect(document.entities.iter().map(|sourced| entity(&sourced.entity)))
        .map_err(|why| refused(&why, &[]))?;
    let settled = settle(state, document, used, said)?;
    let current = state.catalogue.as_rules();
    let why = refusals(&current, &settled.wanted);
    if !why.is_empty() {
        return Err(refused(&why, &settled.kept));
    }
    ladders(state, document, &settled.wanted)?;
    let changes = seaworthy_catalog::plan(&current, &settled.wanted);
    Ok((settled, changes))
}

/// A policy that comes back to itself, or is over a limit, would call nobody when it must.
fn ladders(state: &State, document: &Document, wanted: &Catalogue) -> Result<(), Refusal> {
    let said = document.entities.iter().map(|sourced| &sourced.entity);
    let all = state.catalogue.iter().map(|declared| &declared.entity).chain(said);
    let policies = all.filter_map(|entity| match entity {
        Entity::EscalationPolicy(policy) => Some((policy.name.to_string(), policy.as_rules())),
        _ => None,
    });
    let policies: BTreeMap<String, Policy> = policies.collect();
    let names = wanted.escalation_policies().map(|policy| policy.name.as_str());
    let problems = names.filter_map(|name| Ladder::of(name, &policies).err());
    let problems: Vec<String> = problems.map(|problem| problem.to_string()).collect();
    if problems.is_empty() { Ok(()) } else { Err(Refusal::Invalid("entities", problems.join("; "))) }
}

/// What stays may be what stands in the way: a service under a new name has the route of the old one.
fn refused(why: &[seaworthy_catalog::Refusal], kept: &[Kept]) -> Refusal {
    let waits = kept.iter().filter(|kept| kept.reason.waits_for_a_word());
    let stays = waits
        .map(|kept| format!("{} \"{}\" stays until it is named with --retire: {}", kept.kind, kept.name, kept.why));
    let lines: Vec<String> = why.iter().map(ToString::to_string).chain(stays).collect();
    Refusal::Invalid("entities", lines.join("; "))
}

fn words(field: &FieldChange) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    format!("{}: {} -> {}", field.field, text(&field.from), text(&field.to))
}
