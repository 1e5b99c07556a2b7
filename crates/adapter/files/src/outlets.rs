//! Outlets: each once, of a team that is there, and one tracker a team.

use std::collections::BTreeMap;

use seaworthy_contract::catalogue::{Entity, OutletWay};

use crate::assemble::Whole;
use crate::diagnostic::{Place, Placed, Report};
use crate::draft::{Draft, Drafts, OutletDraft};
use crate::rule::Rule;
use crate::scalar::did_you_mean;

/// Takes outlets out of the drafts.
pub(crate) fn gather(whole: &Whole, drafts: &mut Drafts, report: &Report) -> Vec<Placed<Entity>> {
    let (mut seen, mut trackers): (BTreeMap<String, Place>, BTreeMap<String, Place>) = <_>::default();
    let mut all = Vec::new();
    for Draft { at, body: OutletDraft { outlet, team }, .. } in std::mem::take(&mut drafts.outlets) {
        if let Some(first) = seen.get(outlet.name.as_str()) {
            let message = format!("outlet \"{}\" is declared here and at {first}", outlet.name);
            let remedy = "trackers, webhooks and rooms share their names: give one another";
            report.error(Rule::DeclaredTwice, &at, message, remedy);
        }
        seen.entry(outlet.name.to_string()).or_insert_with(|| at.clone());
        let of = outlet.team.as_str();
        if !whole.teams.contains_key(of) {
            let message = format!("team \"{of}\" of \"{}\" is not a team of these files", outlet.name);
            let remedy = match did_you_mean(of, whole.teams.keys().map(String::as_str)) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("declare team \"{of}\""),
            };
            report.error(Rule::UnknownReference, &team, message, remedy);
        }
        if matches!(outlet.way, OutletWay::Tracker(_)) {
            if let Some(first) = trackers.get(of) {
                let message = format!("team \"{of}\" has a tracker here and at {first}");
                report.error(Rule::DeclaredTwice, &at, message, "a ticket is in one place: keep one of the two");
            }
            trackers.entry(of.to_owned()).or_insert_with(|| at.clone());
        }
        all.push(Placed { value: Entity::Outlet(outlet), at });
    }
    all
}
