//! Objectives of the services: those in their own files, those of OpenSLO and Sloth beside them, and the one that a service
//! with a route has where nobody wrote any.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use seaworthy_contract::catalogue::{Entity, Indicator, Objective};
use seaworthy_model::ServiceId;
use seaworthy_objectives::{Documents, Wanted, by_default};

use crate::assemble::Whole;
use crate::diagnostic::{Place, Placed, Report};
use crate::rule::Rule;
use crate::scalar::did_you_mean;

/// Longest name, in bytes: it is part of a stream's name in the ledger, which has 200.
const NAME_BYTES_MAX: usize = 120;

/// Takes the objectives out of the services and reads the documents; each name once.
pub(crate) fn gather(whole: &mut Whole, documents: Documents, report: &Report) -> Vec<Placed<Objective>> {
    let mut all = declared(whole, documents, report);
    let mut unsaid = Vec::new();
    for service in whole.services.values_mut() {
        match std::mem::take(&mut service.body.objectives) {
            Wanted::These(these) => all.extend(these),
            Wanted::Unsaid if !service.body.routes.is_empty() => {
                unsaid.push(Placed { value: service.body.name.value.clone(), at: service.at.clone() });
            }
            Wanted::Unsaid | Wanted::None => {}
        }
    }
    let has_one: BTreeSet<ServiceId> = all.iter().map(|one| one.value.service.clone()).collect();
    let unsaid = unsaid.into_iter().filter(|service| !has_one.contains(&service.value));
    all.extend(unsaid.map(|service| service.map(|name| by_default(&name))));
    named(all, report)
}

/// Reads the documents; what is about a service that nobody declares here has nobody whom it could page.
fn declared(whole: &Whole, documents: Documents, report: &Report) -> Vec<Placed<Objective>> {
    let read = documents.read(report).into_iter().map(|one| Placed {
        value: one.objective,
        at: Place { file: Rc::from(one.file.as_str()), line: one.line, column: 1 },
    });
    read.filter(|one| {
        let service = one.value.service.as_str();
        let is_known = whole.services.contains_key(service);
        if !is_known {
            let message = format!(
                "service \"{service}\" of objective \"{}\" is not declared in these files: nobody would be paged, so it \
                 is not watched",
                one.value.name
            );
            let remedy = match did_you_mean(service, whole.services.keys().map(String::as_str)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("declare service \"{service}\" with its owner"),
            };
            report.warning(Rule::UnknownReference, &one.at, message, remedy);
        }
        is_known
    })
    .collect()
}

/// Warns of objectives over a probe that is not declared beside them: another source may, otherwise nothing measures them.
pub(crate) fn measured(objectives: &[Placed<Objective>], attached: &[Placed<Entity>], report: &Report) {
    let probes: BTreeSet<&str> =
        attached.iter().map(|one| one.value.key()).filter(|key| key.0 == "probe").map(|key| key.1).collect();
    for one in objectives {
        if let Indicator::Probe { probe } = &one.value.indicator
            && !probes.contains(probe.as_str())
        {
            let message = format!(
                "probe \"{probe}\" of objective \"{}\" is not declared in these files: unless another source declares it, \
                 nothing measures this objective",
                one.value.name
            );
            let remedy = match did_you_mean(probe, probes.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("declare a Probe \"{probe}\""),
            };
            report.warning(Rule::UnknownReference, &one.at, message, remedy);
        }
    }
}

/// Keeps the first of a name, and those whose name fits.
fn named(all: Vec<Placed<Objective>>, report: &Report) -> Vec<Placed<Objective>> {
    let mut first: BTreeMap<String, Placed<Objective>> = BTreeMap::new();
    for one in all {
        let name = &one.value.name;
        if name.len() > NAME_BYTES_MAX {
            let message = format!("the name \"{name}\" is over {NAME_BYTES_MAX} bytes");
            report.error(Rule::BadName, &one.at, message, "give it a shorter name");
        } else if let Some(known) = first.get(name) {
            let message = format!("objective \"{name}\" is declared here and at {}", known.at);
            let remedy = "keep one of the two, or give one another name, such as { name: buying, target: 99.9% }";
            report.error(Rule::DeclaredTwice, &one.at, message, remedy);
        } else {
            first.insert(name.clone(), one);
        }
    }
    first.into_values().collect()
}
