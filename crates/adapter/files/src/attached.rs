//! What is attached to services in files of its own, probes, tolerances and actions: each once, and of a service that is there.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::Entity;

use crate::assemble::Whole;
use crate::diagnostic::{Place, Placed, Report};
use crate::draft::{AttachedDraft, Drafts};
use crate::rule::Rule;
use crate::scalar::did_you_mean;

/// Takes probes, tolerances and actions out of the drafts.
pub(crate) fn gather(whole: &Whole, drafts: &mut Drafts, report: &Report) -> Vec<Placed<Entity>> {
    let probes = std::mem::take(&mut drafts.probes);
    let tolerances = std::mem::take(&mut drafts.tolerances);
    let mut all = each("probe", probes, whole, |probe| Entity::Probe(Box::new(probe)), report);
    all.extend(each("tolerance", tolerances, whole, Entity::Tolerance, report));
    let actions = std::mem::take(&mut drafts.actions);
    all.extend(each("action", actions, whole, |hook| Entity::Action(Box::new(hook)), report));
    all
}

fn each<T>(
    kind: &str,
    drafts: Vec<AttachedDraft<T>>,
    whole: &Whole,
    entity: impl Fn(T) -> Entity,
    report: &Report,
) -> Vec<Placed<Entity>> {
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    let mut all = Vec::new();
    for AttachedDraft { at, name, service, body } in drafts {
        if let Some(first) = seen.get(&name) {
            let message = format!("{kind} \"{name}\" is declared here and at {first}");
            report.error(Rule::DeclaredTwice, &at, message, "keep one of the two, or give one another name");
        }
        seen.entry(name.clone()).or_insert_with(|| at.clone());
        let named = service.value.as_str();
        if !whole.services.contains_key(named) {
            let message = format!("service \"{named}\" of {kind} \"{name}\" is not declared in these files");
            let remedy = match did_you_mean(named, whole.services.keys().map(String::as_str)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("declare service \"{named}\" with its owner: nobody could be told otherwise"),
            };
            report.error(Rule::UnknownReference, &service.at, message, remedy);
        }
        all.push(Placed { value: entity(body), at });
    }
    all
}
