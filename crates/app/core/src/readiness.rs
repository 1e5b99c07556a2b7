//! Readiness: facts of a service gathered from what is known, and findings that are kept up to date from look to look.

mod lived;
mod seen;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use seaworthy_contract::catalogue::Service;
use seaworthy_model::{Position, ServiceId};
use seaworthy_readiness::{Declared, Evaluator, OnCall, ServiceSnapshot, Wakes};

use crate::evidence::{controls, drills, has_edges, paging_rules, reverts};
use crate::view::{Look, Promises, on_call, rota_facts, rota_woke_too_often};

/// Services whose findings are kept; of further ones they are made anew at each look.
const KEPT_MAX: usize = 10_000;

/// Gathers facts of many services at one look: what is worked out for all of them at once is worked out once.
pub(crate) struct Gathering<'a> {
    look: Look<'a>,
    promises: OnceCell<Promises>,
}

impl<'a> Gathering<'a> {
    pub(crate) fn new(look: &Look<'a>) -> Self {
        Self { look: *look, promises: OnceCell::new() }
    }

    /// Returns everything that checks may look at; none for a service that is not declared.
    pub(crate) fn facts(&self, name: &ServiceId) -> Option<ServiceSnapshot> {
        let (look, state) = (&self.look, self.look.state);
        let entity = state.catalogue.service(name)?;
        let declared = state.catalogue.get("service", name.as_str())?;
        let promises = self.promises.get_or_init(|| Promises::new(look));
        let (promise, contradictions) = seen::promised(look, promises, entity);
        let mut rules = paging_rules(state, name);
        rules.iter_mut().for_each(|rule| rule.from_objective = seen::from_objective(look, name, &rule.name));
        let mut facts = ServiceSnapshot {
            tier: entity.tier,
            shipped_here: entity.run.is_some() || state.serving.contains_key(name),
            owner: Declared {
                value: entity.owner.to_string(),
                source: declared.source.clone(),
                position: declared.position,
                at: declared.at,
            },
            owner_members: state.catalogue.team(&entity.owner).map_or(0, |team| team.members.len()),
            has_edges: has_edges(state, name),
            edges: lived::edges(entity),
            promise,
            contradictions,
            on_call: on_call_now(look, entity),
            rota: rota_facts(look, entity),
            wakes: wakes(look, entity),
            reverts: reverts(state, name),
            rollouts: lived::rollouts(state, entity, look.now),
            drills: drills(state, name),
            paging_rules: rules,
            controls: controls(state, name),
            pages: lived::pages(state, name, look.now),
            incidents: lived::incidents(state, name, look.now),
            objectives: seen::objectives(look, name),
            watched: seen::watched(look, name),
            lost: lived::lost(state, entity, look.now),
            calls: seen::calls(look, name),
            git: Vec::new(),
            tests: Vec::new(),
            pipeline: Vec::new(),
            rules: Vec::new(),
            routes: Vec::new(),
            kubernetes: Vec::new(),
            database: Vec::new(),
            entry: Vec::new(),
            credentials: Vec::new(),
            production: Vec::new(),
            delivery: Vec::new(),
        };
        seen::outside(look, name, &mut facts);
        Some(facts)
    }
}

fn on_call_now(look: &Look<'_>, entity: &Service) -> Option<OnCall> {
    let now = on_call(look.state, entity, look.now)?;
    let declared = look.state.catalogue.get("rotation", now.rotation.as_str());
    Some(OnCall {
        person: look.display_name(&now.person).unwrap_or_else(|| now.person.to_string()),
        position: declared.map_or(0, |declared| declared.position),
        rotation: now.rotation.to_string(),
        looked_at: look.now,
        until: now.until,
        has_confirmed_contact: look.watch.confirmed.any(&now.person),
    })
}

/// Of a rota that is too small for a figure to be nobody's in particular, none is said.
fn wakes(look: &Look<'_>, entity: &Service) -> Option<Wakes> {
    let rotation = look.state.catalogue.rotation_for(entity)?;
    let declared = look.state.catalogue.get("rotation", rotation.name.as_str())?;
    Some(Wakes {
        rotation: rotation.name.to_string(),
        position: declared.position,
        looked_at: look.now,
        is_over_line: rota_woke_too_often(look, rotation)?,
    })
}

/// Findings that are kept up to date from look to look. Losing them costs time, never truth.
#[derive(Debug, Default)]
pub struct Kept(BTreeMap<ServiceId, KeptOf>);

#[derive(Debug)]
struct KeptOf {
    evaluator: Evaluator,
    looked: (Position, Timestamp),
}

impl Kept {
    /// Brings the findings of a service up to date and returns them; none for one that is not declared. Only what reads
    /// a fact that changed is asked again.
    pub(crate) fn look(&mut self, gathering: &Gathering<'_>, name: &ServiceId) -> Option<&Evaluator> {
        let (now, head) = (gathering.look.now, gathering.look.state.position);
        let Some(facts) = gathering.facts(name) else {
            self.0.remove(name);
            return None;
        };
        if self.0.len() >= KEPT_MAX && !self.0.contains_key(name) {
            self.0.pop_first();
        }
        let looked = (head, now);
        let kept = match self.0.remove(name) {
            // A look from before the last one, of a clock that was set back, begins anew.
            Some(mut kept) if kept.looked <= looked => {
                kept.evaluator.update(facts, now);
                KeptOf { looked, ..kept }
            }
            _ => KeptOf { evaluator: Evaluator::new(facts, now), looked },
        };
        Some(&self.0.entry(name.clone()).or_insert(kept).evaluator)
    }

    /// Returns how many checks ran so far, for whoever wants to know what was spared.
    pub fn runs(&self) -> u64 {
        self.0.values().map(|kept| kept.evaluator.runs()).sum()
    }
}
