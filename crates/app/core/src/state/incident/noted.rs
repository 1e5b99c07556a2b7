//! What changed lately, of every service: kept for as long as a suspect is looked for.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use seaworthy_contract::catalogue::Entity;
use seaworthy_contract::events::Event;
use seaworthy_incident::Kind;
use seaworthy_model::{AlertId, Position, RolloutId, ServiceId};

use super::is_meant;
use crate::Fact;
use crate::state::State;
use crate::view::sentence;

/// Changes that are kept: an apply that touches everything, and a day's rollouts after it.
const CHANGES_MAX: usize = 1_000;

/// How long they are kept: what is looked at is of two hours, and an alert may say an hour later since when it is there.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(4);

/// What changed lately, oldest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Noted(VecDeque<NotedChange>);

/// A change.
#[derive(Debug, Clone, PartialEq)]
pub struct NotedChange {
    /// When.
    pub at: Timestamp,
    /// Where that stands.
    pub position: Position,
    /// Who or what did it.
    pub by: String,
    /// Of which service; none for the whole installation.
    pub service: Option<ServiceId>,
    /// What kind.
    pub kind: Kind,
    /// What it was.
    pub words: String,
    /// The rollout, where it is one.
    pub rollout: Option<RolloutId>,
    /// The alert, where a service began to fail.
    pub alert: Option<AlertId>,
}

impl Noted {
    /// Returns every change, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &NotedChange> {
        self.0.iter()
    }

    pub(super) fn push(&mut self, change: NotedChange, now: Timestamp) {
        self.0.push_back(change);
        while self.0.len() > CHANGES_MAX || self.0.front().is_some_and(|c| now.duration_since(c.at) > KEPT_FOR) {
            self.0.pop_front();
        }
    }
}

/// Returns the change that a fact is, as the state is before it is folded in; none for what changes nothing for users. What
/// is declared for the first time was not there to change.
pub(super) fn change(state: &State, fact: &Fact) -> Option<NotedChange> {
    let rollout = |id: RolloutId, kind, words: &str| {
        let record = state.rollouts.get(&id)?;
        let words = format!("{} {}: {words}", record.service(), record.version());
        Some((Some(record.service().clone()), kind, words, Some(id), None))
    };
    let whole = || sentence(&fact.event);
    let of = |service: &ServiceId, kind, words| Some((Some(service.clone()), kind, words, None, None));
    let (service, kind, words, rollout, alert) = match &fact.event {
        Event::RolloutStepEntered(e) => rollout(e.rollout, Kind::Rollout, &format!("to {} of users", e.share)),
        Event::RolloutPromoted(e) => rollout(e.rollout, Kind::Rollout, "promoted, it serves everybody"),
        Event::RolloutReverted(e) => rollout(e.rollout, Kind::Revert, &whole()),
        Event::ControlSet(e) => of(&e.service, Kind::Control, whole()),
        Event::ControlCleared(e) => of(&state.controls.get(&e.control)?.set.service, Kind::Control, whole()),
        Event::RuleChanged(_) => Some((None, Kind::Rule, whole(), None, None)),
        Event::TokenRevoked(e) => {
            let label = state.tokens.get(&e.token).map_or("credential", |token| token.label.as_str());
            Some((None, Kind::Credential, format!("credential for {label} withdrawn"), None, None))
        }
        Event::DowntimeWindowAnnounced(e) => of(&e.service, Kind::Work, whole()),
        Event::VersionExited(e) => of(&e.service, Kind::Failure, whole()),
        Event::AlertFired(e) if !e.drill => {
            Some((Some(e.service.clone()), Kind::Failure, e.sentence.clone(), None, Some(e.alert)))
        }
        Event::EntityDeclared(e) => declared(state, &e.entity, &e.source),
        _ => None,
    }?;
    let at = match &fact.event {
        Event::AlertFired(e) => e.began_at,
        _ => fact.at,
    };
    let (position, by) = (fact.position, fact.actor.clone());
    Some(NotedChange { at, position, by, service, kind, words, rollout, alert })
}

type Found = (Option<ServiceId>, Kind, String, Option<RolloutId>, Option<AlertId>);

fn declared(state: &State, entity: &Entity, source: &str) -> Option<Found> {
    let (kind, name) = entity.key();
    state.catalogue.get(kind, name)?;
    let service = match entity {
        Entity::Service(service) => &service.name,
        Entity::Objective(objective) => &objective.service,
        Entity::Probe(probe) => &probe.service,
        _ => return None,
    };
    // What is promised or watched of a service is not what its users meet.
    let what = if matches!(entity, Entity::Service(_)) { Kind::Declaration } else { Kind::Rule };
    Some((Some(service.clone()), what, format!("{kind} {name} changed in {source}"), None, None))
}

/// Says whether a change is still what it was: an alert that is meant.
pub(crate) fn stands(state: &State, change: &NotedChange) -> bool {
    change.alert.is_none_or(|alert| is_meant(state, alert))
}
